/* Tests of single values against what an event's field offers. Hot path of the reference evaluator; any
 * thread, each with its own record. */
#include "rules/probe.h"

#include "base/map.h"
#include "rules/event/principal.h"
#include "rules/casefold.h"
#include "rules/limit.h"
#include "rules/regex.h"

/* Bytes that comparing two long fields with contains, startswith or endswith may go over. */
#define FIELD_MAX_BYTES ((size_t)16 << 20)

static bool truth_met(const struct probe *p, const struct text *t)
{
	if (t->type == TREE_TRUE || t->type == TREE_FALSE)
		return p->truth == (t->type == TREE_TRUE);
	return t->type == TREE_STRING && sv_eq_nocase(t->text, p->truth ? SV("true") : SV("false"));
}

static bool compare_holds(enum probe_compare compare, int order)
{
	switch (compare) {
	case PROBE_EQ: return order == 0;
	case PROBE_LT: return order < 0;
	case PROBE_LTE: return order <= 0;
	case PROBE_GT: return order > 0;
	case PROBE_GTE: return order >= 0;
	}
	return false;
}

static bool number_met(const struct probe *p, const struct text *t)
{
	char digits[16];
	struct sv written = t->text;
	struct number n;
	if (t->type != TREE_NUMBER && t->type != TREE_STRING)
		return false;
	if (p->part != MOMENT_NONE) {
		int part;
		if (t->type != TREE_STRING || !moment_part(t->text, p->part, &part))
			return false;
		written = sv_of(digits, (size_t)snprintf(digits, sizeof digits, "%d", part));
	}
	return number_read(written, &n) && compare_holds(p->compare, number_cmp(&n, &p->number));
}

static bool text_met(const struct probe *p, const struct text *t, uint64_t *steps_left)
{
	/* What stands inside an object is seen by tests of strings only. */
	if (t->inside && p->kind != PROBE_PATTERN && p->kind != PROBE_REGEX)
		return false;
	switch (p->kind) {
	case PROBE_PATTERN: return pattern_fits(&p->pattern, t->text);
	case PROBE_REGEX: return regex_found(p->regex, t->text, steps_left);
	case PROBE_TRUTH: return truth_met(p, t);
	case PROBE_NUMBER: return number_met(p, t);
	case PROBE_NETWORK: return t->type == TREE_STRING && cidr_holds(&p->net, t->text);
	case PROBE_NULL:
	case PROBE_EXISTS:
	case PROBE_FIELD:
	case PROBE_PRINCIPAL: break;
	}
	return false;
}

/* --- another field ----------------------------------------------------------------------------- */

static struct sv folded(const struct probe *p, struct sv text, struct buf *scratch)
{
	if (p->cased)
		return text;
	buf_reset(scratch);
	casefold_add(scratch, text);
	return buf_sv(scratch);
}

/* A text of the field that equals one of the other's: by hash, since both may be long arrays. */
static const struct text *equal_text(
    const struct probe *p, const struct texts *texts, const struct texts *other)
{
	struct map known = {0};
	struct buf scratch = {0};
	const struct text *found = NULL;
	for (size_t i = 0; i < other->list.n; i++)
		if (!other->list.items[i].inside)
			map_put(&known, folded(p, other->list.items[i].text, &scratch), &known);
	for (size_t i = 0; i < texts->list.n && !found; i++)
		if (!texts->list.items[i].inside &&
		    map_has(&known, folded(p, texts->list.items[i].text, &scratch)))
			found = &texts->list.items[i];
	buf_fini(&scratch);
	map_fini(&known);
	return found;
}

static bool stands(enum probe_place place, struct sv text, struct sv part)
{
	switch (place) {
	case PROBE_WHOLE: return sv_eq(text, part);
	case PROBE_CONTAINS: return sv_find(text, part) != SV_NONE;
	case PROBE_STARTS: return sv_starts(text, part);
	case PROBE_ENDS: return sv_ends(text, part);
	}
	return false;
}

/* A text of the field in which one of the other's stands. */
static const struct text *placed_text(
    const struct probe *p, const struct texts *texts, const struct texts *other)
{
	struct buf a = {0}, b = {0};
	const struct text *found = NULL;
	size_t bytes = 0;
	for (size_t i = 0; i < other->list.n && !found && bytes <= FIELD_MAX_BYTES; i++) {
		if (other->list.items[i].inside)
			continue;
		struct sv part = folded(p, other->list.items[i].text, &b);
		for (size_t j = 0; j < texts->list.n && !found && bytes <= FIELD_MAX_BYTES; j++) {
			const struct text *t = &texts->list.items[j];
			bytes += t->text.len + part.len + 1;
			if (!t->inside && stands(p->place, folded(p, t->text, &a), part))
				found = t;
		}
	}
	if (!found && bytes > FIELD_MAX_BYTES)
		limit_reached();
	buf_fini(&a);
	buf_fini(&b);
	return found;
}

static const struct text *field_met(const struct probe *p, const struct texts *texts, struct record *r)
{
	struct texts other = {0};
	texts_of_field(&other, &p->other, r);
	const struct text *found =
	    p->place == PROBE_WHOLE ? equal_text(p, texts, &other) : placed_text(p, texts, &other);
	texts_fini(&other);
	return found;
}

/* --- all of them --------------------------------------------------------------------------------- */

bool probe_met(
    const struct probe *p, const struct texts *texts, struct record *r, const struct text **out_text)
{
	*out_text = NULL;
	for (size_t i = 0; i < p->n_guards; i++)
		if (!expand_guard_holds(&p->guards[i], r))
			return false;
	switch (p->kind) {
	case PROBE_NULL: return texts->n_hits == 0 || texts->has_null;
	case PROBE_EXISTS: return p->truth == (texts->n_hits > 0);
	case PROBE_PRINCIPAL: return texts->list.n > 0 && principal_matches(p->entry, r);
	case PROBE_FIELD: *out_text = field_met(p, texts, r); return *out_text != NULL;
	case PROBE_PATTERN:
	case PROBE_REGEX:
	case PROBE_TRUTH:
	case PROBE_NUMBER:
	case PROBE_NETWORK: break;
	}
	uint64_t steps_left = REGEX_MAX_STEPS;
	for (size_t i = 0; i < texts->list.n; i++)
		if (text_met(p, &texts->list.items[i], &steps_left)) {
			*out_text = &texts->list.items[i];
			return true;
		}
	return false;
}
