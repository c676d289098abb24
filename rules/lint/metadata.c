/* What a rule says about itself: the keys that the person on call and the next author will miss. */
#include "base/clock.h"
#include "rules/lint/pass.h"

static const struct {
	const char *key;
	enum fault_code code;
	bool of_filters;
	const char *advice;
} wanted[] = {
    {"status", FAULT_MISSING_STATUS, true, "say experimental, test or stable"},
    {"description", FAULT_MISSING_DESCRIPTION, true, "say what happened and why it is bad"},
    {"tags", FAULT_MISSING_TAGS, false, "name the ATT&CK technique, e.g. attack.t1562.008"},
    {"falsepositives", FAULT_MISSING_FALSEPOSITIVES, false, "say who does this rightfully"},
    {"tests", FAULT_MISSING_TESTS, false,
	"one event that hits and one that misses; `kendrawatch new` drafts them"},
};

static bool digits(struct sv s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	return true;
}

/* 2026-11-24, or Sigma 1's 2026/11/24. */
static bool is_date(struct sv s)
{
	return s.len == 10 && digits(s, 0, 4) && digits(s, 5, 7) && digits(s, 8, 10) &&
	       (s.ptr[4] == '-' || s.ptr[4] == '/') && s.ptr[7] == s.ptr[4];
}

static void check_date(const struct lint *l, const char *key)
{
	const struct ydoc_node *n = ydoc_get(l->rule->root, key);
	if (n && n->kind == YDOC_SCALAR && n->type != YDOC_NULL && !is_date(n->text))
		lint_say(l, FAULT_BAD_DATE, FAULT_WARNING, n, "`%s` is written as 2026-11-24, not \"%.*s\"",
		    key, SV_ARG(sv_head(n->text, 40)));
}

void lint_metadata(const struct lint *l)
{
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		if (l->rule->kind != RULE_DETECTION && !wanted[i].of_filters)
			continue;
		if (!ydoc_get(l->rule->root, wanted[i].key))
			lint_say(l, wanted[i].code, FAULT_NOTE, l->rule->root, "`%s` is missing; %s",
			    wanted[i].key, wanted[i].advice);
	}
	check_date(l, "date");
	check_date(l, "modified");
}
