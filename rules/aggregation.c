/* `count() by a, b > 10` → a correlation. Only ever printed, in the fault that refuses the old form; called
 * by detection.c. */
#include "rules/aggregation.h"

/* Old function, with and without a field in its parentheses, and today's type. */
static const struct {
	struct sv name;
	bool has_field;
	struct sv type;
} functions[] = {
    {SV_INIT("count"), false, SV_INIT("event_count")},
    {SV_INIT("count"), true, SV_INIT("value_count")},
    {SV_INIT("sum"), true, SV_INIT("value_sum")},
    {SV_INIT("avg"), true, SV_INIT("value_avg")},
};

static const struct {
	struct sv sign, name;
} operators[] = {
    {SV_INIT(">="), SV_INIT("gte")},
    {SV_INIT("<="), SV_INIT("lte")},
    {SV_INIT(">"), SV_INIT("gt")},
    {SV_INIT("<"), SV_INIT("lt")},
    {SV_INIT("=="), SV_INIT("eq")},
    {SV_INIT("="), SV_INIT("eq")},
};

struct aggregation {
	struct sv type, field, by, compare, number;
};

/* Takes `NAME(FIELD)` off the front. */
static bool take_function(struct sv *s, struct aggregation *a)
{
	struct sv name, field;

	if (!sv_cut(s, '(', &name) || !s->ptr || !sv_cut(s, ')', &field) || !s->ptr)
		return false;
	a->field = sv_trim(field);
	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
		if (sv_eq_nocase(sv_trim(name), functions[i].name) &&
		    functions[i].has_field == (a->field.len > 0))
			a->type = functions[i].type;
	return a->type.len > 0;
}

/* Splits `by FIELDS > NUMBER`. */
static bool take_comparison(struct sv s, struct aggregation *a)
{
	int64_t number;
	size_t at = 0;

	while (at < s.len && sv_find_char(SV("<>="), s.ptr[at]) == SV_NONE)
		at++;
	a->by = sv_trim(sv_head(s, at));
	s = sv_skip(s, at);
	for (size_t i = 0; i < sizeof operators / sizeof operators[0] && !a->compare.ptr; i++) {
		if (!sv_starts(s, operators[i].sign))
			continue;
		a->compare = operators[i].name;
		s = sv_skip(s, operators[i].sign.len);
	}
	a->number = sv_trim(s);
	if (a->by.len > 0) {
		if (a->by.len < 4 || !sv_eq_nocase(sv_head(a->by, 3), SV("by ")))
			return false;
		a->by = sv_trim(sv_skip(a->by, 3));
	}
	return a->compare.ptr && sv_int(a->number, 0, INT64_MAX, &number);
}

bool aggregation_rewrite(struct sv tail, struct sv rule, struct sv timespan, struct buf *out)
{
	struct aggregation a = {0};

	if (!take_function(&tail, &a) || !take_comparison(tail, &a))
		return false;
	buf_printf(out, "correlation: {type: %.*s, rules: [%.*s]", SV_ARG(a.type), SV_ARG(rule));
	if (a.by.len > 0)
		buf_printf(out, ", group-by: [%.*s]", SV_ARG(a.by));
	buf_printf(out, ", timespan: %.*s", SV_ARG(timespan.len > 0 ? timespan : SV("5m")));
	buf_printf(out, ", condition: {%.*s: %.*s", SV_ARG(a.compare), SV_ARG(a.number));
	if (a.field.len > 0)
		buf_printf(out, ", field: %.*s", SV_ARG(a.field));
	buf_adds(out, "}}");
	return true;
}
