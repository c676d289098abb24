/* Names that a rule can misspell: fields of the record, parameters of Kendra's operations, event sources and
 * events. What is unknown is told only where something near is known. */
#include "base/nearest.h"
#include "rules/event/api_access.h"
#include "rules/lint/event_name.h"
#include "rules/lint/pass.h"
#include "rules/lint/record_field.h"

/* --- the map that an item stands in --------------------------------------------------------------- */

/* The one literal event source that the map asks for; ptr NULL when there is none, or several. */
static struct sv source_of(const struct lint *l, const struct lint_item *it)
{
	for (size_t i = 0; it->map && i < l->items.n; i++) {
		const struct lint_item *other = &l->items.items[i];
		if (other->map == it->map && sv_eq(other->field, SV("eventSource")) && other->n == 1 &&
		    !other->modifiers.has[MODIFIER_NEQ] && lint_is_literal(other, other->values[0]))
			return other->values[0]->text;
	}
	return (struct sv){0};
}

/* --- parameters of Kendra ------------------------------------------------------------------------- */

/* Is `path` a parameter, what leads to one, or below one? */
static bool is_parameter(struct sv path, struct sv params)
{
	struct sv each;
	while (sv_cut(&params, ',', &each)) {
		struct sv shorter = each.len < path.len ? each : path,
			  longer = each.len < path.len ? path : each;
		if (sv_starts(longer, shorter) &&
		    (longer.len == shorter.len || longer.ptr[shorter.len] == '.'))
			return true;
	}
	return false;
}

static bool is_kendra_parameter(struct sv path)
{
	size_t n = 0;
	const struct kendra_op *ops = api_access_kendra_ops(&n);
	for (size_t i = 0; i < n; i++)
		if (is_parameter(path, ops[i].params))
			return true;
	return false;
}

/* The parameter that differs in case only, or by one slip. */
static struct sv near_parameter(struct sv path)
{
	size_t n = 0, least = 2;
	const struct kendra_op *ops = api_access_kendra_ops(&n);
	struct sv best = {0};
	for (size_t i = 0; i < n; i++) {
		struct sv params = ops[i].params, each;
		while (sv_cut(&params, ',', &each)) {
			if (each.len + 1 < path.len || path.len + 1 < each.len || each.len > 60)
				continue;
			size_t distance = nearest_distance(each, path);
			if (distance < least) {
				least = distance;
				best = each;
			}
		}
	}
	return best;
}

static void check_parameter(const struct lint *l, const struct lint_item *it)
{
	struct sv path = sv_skip(it->field, strlen("requestParameters."));
	if (is_kendra_parameter(path))
		return;
	struct sv near = near_parameter(path);
	if (near.len > 0)
		lint_say(l, FAULT_UNKNOWN_PATH, FAULT_WARNING, it->key,
		    "Kendra's records have no %.*s; did you mean \"requestParameters.%.*s\"?",
		    SV_ARG(it->field), SV_ARG(near));
}

/* --- fields --------------------------------------------------------------------------------------- */

static void check_field(const struct lint *l, struct sv field, const struct ydoc_node *at)
{
	if (field.len == 0 || sv_starts(field, SV("kw.")) || record_field_known(field))
		return;
	const char *near = record_field_near(field);
	if (near)
		lint_say(l, FAULT_UNKNOWN_PATH, FAULT_WARNING, at,
		    "CloudTrail writes no \"%.*s\"; did you mean \"%s\"?", SV_ARG(sv_head(field, 100)), near);
}

void lint_fields(const struct lint *l)
{
	for (size_t i = 0; i < l->items.n; i++) {
		const struct lint_item *it = &l->items.items[i];
		if (!it->key)
			continue;
		check_field(l, it->field, it->key);
		if (sv_starts(it->field, SV("requestParameters.")) &&
		    sv_eq_nocase(source_of(l, it), SV("kendra.amazonaws.com")))
			check_parameter(l, it);
		for (size_t j = 0; it->modifiers.has[MODIFIER_FIELDREF] && j < it->n; j++)
			check_field(l, ydoc_text(it->values[j]), it->values[j]);
	}
}

/* --- event sources and events --------------------------------------------------------------------- */

static void check_source(const struct lint *l, const struct ydoc_node *v)
{
	/* Without a dot the loader has told it. */
	if (sv_find_char(v->text, '.') == SV_NONE || event_source_known(v->text))
		return;
	const char *near = event_source_near(v->text);
	if (near)
		lint_say(l, FAULT_UNKNOWN_SOURCE, FAULT_WARNING, v,
		    "no service is called \"%.*s\"; did you mean \"%s\"?", SV_ARG(sv_head(v->text, 60)),
		    near);
}

static void check_event(const struct lint *l, struct sv source, int service, const struct ydoc_node *v)
{
	struct buf near = {0};
	struct sv owner;
	if (event_service_has(service, v->text))
		return;
	if (event_service_near(service, v->text, &near))
		lint_say(l, FAULT_UNKNOWN_EVENT, FAULT_WARNING, v,
		    "%.*s has no event \"%.*s\"; did you mean \"%s\"?", SV_ARG(source),
		    SV_ARG(sv_head(v->text, 60)), near.ptr);
	else if ((owner = event_service_of(v->text)).len > 0)
		lint_say(l, FAULT_OTHER_SERVICE, FAULT_WARNING, v,
		    "\"%.*s\" is an event of %.*s, not of %.*s", SV_ARG(sv_head(v->text, 60)), SV_ARG(owner),
		    SV_ARG(source));
	buf_fini(&near);
}

void lint_events(const struct lint *l)
{
	for (size_t i = 0; i < l->items.n; i++) {
		const struct lint_item *it = &l->items.items[i];
		bool name = sv_eq(it->field, SV("eventName"));
		struct sv source = name ? source_of(l, it) : (struct sv){0};
		int service = source.ptr ? event_service(source) : -1;
		for (size_t j = 0; j < it->n; j++) {
			if (!lint_is_literal(it, it->values[j]))
				continue;
			if (sv_eq(it->field, SV("eventSource")))
				check_source(l, it->values[j]);
			else if (name && service >= 0)
				check_event(l, source, service, it->values[j]);
		}
	}
}
