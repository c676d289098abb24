/* Any bytes as an event, asked about every modifier: no crash, and each item is the opposite of itself under
 * neq. */
#include <assert.h>

#include "rules/eval.h"
#include "rules/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const lines[] = {"a%s: 'x*?y'", "a|contains%s: 'a*b'", "a|startswith|cased%s: É",
    "a|endswith%s: [é, '\\*']", "a.b%s: 10", "a.b|gt%s: 1.5", "a.b|lte%s: -1e3", "a%s: true", "a%s: null",
    "a%s: ''", "a|exists%s: true", "a|re|i%s: '(a+)+[é-ü]$'", "a|cidr%s: [10.0.0.0/8, '2001:db8::/32']",
    "a|wide|base64offset|contains%s: foo", "a|windash|contains%s: '-x/'", "t|hour|gte%s: 7", "t|week%s: 53",
    "a|fieldref%s: a.b", "a|fieldref|contains%s: t", "a|expand%s: '%%l%%-%%k%%'", "a|contains|all%s: [x, z]",
    "'|contains%s': kw"};
#define N_LINES (sizeof lines / sizeof *lines)

static struct ruleset *load(void)
{
	struct faults faults = {0};
	static struct lists lists;
	struct ydoc *doc = ydoc_parse("l", SV("{l: [x, 'y*'], k: {by: a.b, values: {k: [v]}}}"), 0, &faults);
	struct buf yaml = {0};
	lists_read(&lists, ydoc_root(doc, 0), "l", ".", NULL, &faults);
	for (size_t i = 0; i < 2 * N_LINES; i++) {
		char item[128];
		/* The format is one of ours, above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(item, sizeof item, lines[i / 2], i % 2 ? "|neq" : "");
#pragma GCC diagnostic pop
		buf_printf(&yaml, "---\ntitle: t\nname: r%zu\nlogsource: {product: aws}\n", i);
		buf_printf(&yaml, "detection:\n  s:\n    %s\n  condition: s\n", item);
	}
	struct ruleset *set = rules_load_text("f", buf_sv(&yaml), &lists, &faults);
	assert(faults.n_errors == 0 && set->rules.n == 2 * N_LINES);
	faults_fini(&faults);
	buf_fini(&yaml);
	ydoc_free(doc);
	return set;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ruleset *set;
	struct arena arena = {0};
	struct record r;
	if (!set)
		set = load();
	if (record_open(&r, &arena, sv_of(data, size), NULL, NULL) == RC_OK)
		for (size_t i = 0; i < set->rules.n; i += 2)
			assert(eval_rule(set->rules.items[i], &r, NULL) !=
			       eval_rule(set->rules.items[i + 1], &r, NULL));
	arena_fini(&arena);
	return 0;
}
