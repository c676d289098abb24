/* Any rules and any events: rules up to a line `%%`, then an event a line, twice each so that the second time
 * its values are known. What matches by the reference is a candidate; a candidate called certain matches. */
#include <stdlib.h>

#include "rules/eval.h"
#include "rules/fast/program.h"
#include "rules/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct program *p, struct program_state *s, const struct ruleset *set, struct sv event)
{
	struct arena arena = {0};
	struct record r;
	struct scan_state *scan = scan_state_new();
	struct scan_slot *slots = heap_zero(program_n_slots(p) + 1, sizeof *slots);
	const struct rule **found = heap_zero(program_n_rules(p) + 1, sizeof *found);
	bool certain = false;
	if (record_open(&r, &arena, event, NULL, NULL) == RC_OK &&
	    scan_record(program_plan(p), scan, event.ptr, event.len, slots) == (int64_t)event.len) {
		size_t n = program_candidates(s, slots, found, &certain), at = 0;
		for (size_t i = 0; i < set->rules.n; i++) {
			const struct rule *rule = set->rules.items[i];
			bool given = at < n && found[at] == rule, matches = eval_rule(rule, &r, NULL);
			at += given;
			if (matches ? !given : given && certain)
				abort();
		}
	}
	free(found);
	free(slots);
	scan_state_free(scan);
	arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct faults faults = {0};
	struct sv all = sv_of(data, size), line;
	size_t cut = sv_find(all, SV("\n%%\n"));
	struct ruleset *set =
	    rules_load_text("f.yml", sv_head(all, cut == SV_NONE ? size : cut), NULL, &faults);
	struct program *p = program_new(set);
	struct program_state *s = program_state_new(p);
	struct sv events = cut == SV_NONE ? (struct sv){0} : sv_skip(all, cut + 4), rest = events;
	for (int i = 0; i < 2; i++, rest = events)
		while (sv_cut(&rest, '\n', &line))
			ask(p, s, set, line);
	program_state_free(s);
	program_unref(p);
	ruleset_unref(set);
	faults_fini(&faults);
	return 0;
}
