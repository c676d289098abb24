/* Any bytes as a rule file: no crash, and what loads can be asked about an event. */
#include <assert.h>

#include "rules/eval.h"
#include "rules/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char lists_yaml[] =
    "nets: {type: cidr, values: [10.0.0.0/8, '2001:db8::/32']}\nadmins: [alice, 'svc-*']\nnobody: []\n";
static const char event[] =
    "{\"eventName\":\"DeleteIndex\",\"sourceIPAddress\":\"10.1.2.3\",\"n\":[1,2.5,true,null],"
    "\"requestParameters\":{\"policy\":\"{\\\"a\\\":1}\",\"items\":[{\"x\":\"y\"}]}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct faults faults = {0};
	struct lists lists = {0};
	struct ydoc *doc = ydoc_parse("lists", sv_from(lists_yaml), 0, &faults);
	lists_read(&lists, ydoc_root(doc, 0), "lists", ".", NULL, &faults);
	struct ruleset *set = rules_load_text("fuzz.yml", sv_of(data, size), &lists, &faults);

	for (size_t i = 0; i < set->rules.n; i++) {
		struct arena arena = {0};
		struct record r;
		struct why why = {0};

		assert(!record_open(&r, &arena, sv_from(event), NULL, NULL));
		bool holds = eval_rule(set->rules.items[i], &r, &why);
		assert(holds == eval_rule(set->rules.items[i], &r, NULL));
		vec_fini(&why.leaves);
		arena_fini(&arena);
	}
	ruleset_unref(set);
	ydoc_free(doc);
	lists_fini(&lists);
	faults_fini(&faults);
	return 0;
}
