/* `count() by a, b > 10` → a correlation. Only ever printed, in the fault that refuses the old form; called
 * by detection.c. What is printed loads as it is. */
#include "rules/aggregation.h"

#include "base/net/crypto.h"
#include "rules/correlation.h"

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

/* A title has 256 bytes. */
#define MAX_TITLE_RULE 200

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

/* Plain where YAML reads it back as it is, else in quotes. */
static void add_scalar(struct buf *out, struct sv s)
{
	bool plain = s.len > 0 && !(s.ptr[0] >= '0' && s.ptr[0] <= '9');

	for (size_t i = 0; i < s.len && plain; i++)
		plain = (s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'z') ||
			(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z') || s.ptr[i] == '_' || (i > 0 && s.ptr[i] == '.');
	if (plain && !sv_eq_nocase(s, SV("true")) && !sv_eq_nocase(s, SV("false")) &&
	    !sv_eq_nocase(s, SV("null"))) {
		buf_add(out, s);
		return;
	}
	buf_addc(out, '\'');
	for (size_t i = 0; i < s.len; i++)
		buf_adds(out, s.ptr[i] == '\'' ? "''" : (char[]){s.ptr[i], 0});
	buf_addc(out, '\'');
}

/* `a, b` as a list. */
static void add_fields(struct buf *out, struct sv fields)
{
	struct sv field;

	buf_adds(out, ", group-by: [");
	for (const char *comma = ""; sv_cut(&fields, ',', &field); comma = ", ") {
		buf_adds(out, comma);
		add_scalar(out, sv_trim(field));
	}
	buf_addc(out, ']');
}

/* An id of its own that is the same at every try. */
static void add_head(struct buf *out, struct sv rule, enum level level, struct sv tail)
{
	char uuid[37];
	struct arena scratch = {0};

	crypto_uuid5(arena_printf(&scratch, "%.*s|%.*s", SV_ARG(rule), SV_ARG(tail)), uuid);
	struct sv title = arena_printf(&scratch, "Many of %.*s", SV_ARG(sv_head(rule, MAX_TITLE_RULE)));
	buf_adds(out, "{title: ");
	add_scalar(out, title);
	buf_printf(out, ", id: '%s', level: %s, ", uuid, level_name(level));
	arena_fini(&scratch);
}

bool aggregation_rewrite(const struct aggregation_input *in, struct buf *out)
{
	struct aggregation a = {0};
	struct sv tail = in->tail, timespan = in->timespan;
	int64_t ms = 0;

	if (!take_function(&tail, &a) || !take_comparison(tail, &a))
		return false;
	if (!correlation_span(timespan, &ms))
		timespan = SV("5m");
	add_head(out, in->rule, in->level, in->tail);
	buf_printf(out, "correlation: {type: %.*s, rules: [", SV_ARG(a.type));
	add_scalar(out, in->rule);
	buf_addc(out, ']');
	if (a.by.len > 0)
		add_fields(out, a.by);
	buf_printf(out, ", timespan: %.*s", SV_ARG(timespan));
	buf_printf(out, ", condition: {%.*s: %.*s", SV_ARG(a.compare), SV_ARG(a.number));
	if (a.field.len > 0) {
		buf_adds(out, ", field: ");
		add_scalar(out, a.field);
	}
	buf_adds(out, "}}}");
	return true;
}
