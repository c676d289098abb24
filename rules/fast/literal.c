/* Takes compiled probes apart for the finder. Called while a rule set is prepared. */
#include "rules/fast/literal.h"

#include "base/utf8.h"
#include "rules/casefold.h"
#include "rules/modifier.h"
#include "rules/value.h"

/* A row of plain characters of a pattern, as folded text. Bytes that are no UTF-8 are left out: next to one
 * another they could mean a character. */
static bool plain(uint32_t item)
{
	return item < UTF8_BAD;
}

static struct sv text_of_run(const struct pattern *p, size_t from, size_t to, struct arena *arena)
{
	char *text = arena_alloc(arena, 4 * (to - from) + 1);
	size_t n = 0;
	for (size_t i = from; i < to; i++)
		n += utf8_put(p->cased ? casefold_cp(p->items[i]) : p->items[i], text + n);
	return sv_of(text, n);
}

/* The longest one; whole patterns are equalities. */
static bool add_pattern(const struct pattern *p, struct arena *arena, struct literals *out)
{
	size_t best = 0, best_n = 0, from = 0;
	for (size_t i = 0; i <= p->n; i++) {
		if (i < p->n && plain(p->items[i]))
			continue;
		if (i - from > best_n) {
			best = from;
			best_n = i - from;
		}
		from = i + 1;
	}
	struct sv text = text_of_run(p, best, best + best_n, arena);
	if (best_n == p->n)
		vec_push(&out->whole.list, text);
	else if (text.len >= REQUIRED_MIN)
		vec_push(&out->inside.list, text);
	else
		return false;
	return true;
}

/* --- numbers --------------------------------------------------------------------------------------- */

static struct sv spell(const struct number *n, char room[LITERAL_NUMBER], bool *out_long)
{
	size_t digits = n->end - n->first, at = 0;
	*out_long = digits > LITERAL_NUMBER - 32;
	if (*out_long)
		return (struct sv){NULL, 0};
	room[at++] = n->negative ? '-' : '+';
	for (size_t i = n->first; i < n->end; i++)
		room[at++] = i < n->whole.len ? n->whole.ptr[i] : n->fraction.ptr[i - n->whole.len];
	int more = snprintf(room + at, LITERAL_NUMBER - at, "e%lld", (long long)n->magnitude);
	return sv_of(room, at + (size_t)more);
}

struct sv literal_number(struct sv text, char room[LITERAL_NUMBER], bool *out_long)
{
	struct number n;
	*out_long = false;
	if (!text.len || (text.ptr[0] != '-' && (text.ptr[0] < '0' || text.ptr[0] > '9')))
		return (struct sv){NULL, 0};
	return number_read(text, &n) ? spell(&n, room, out_long) : (struct sv){NULL, 0};
}

static bool add_number(const struct probe *p, struct arena *arena, struct literals *out)
{
	char room[LITERAL_NUMBER];
	bool too_long;
	if (p->compare != PROBE_EQ || p->part != MOMENT_NONE)
		return false;
	struct sv text = spell(&p->number, room, &too_long);
	if (!too_long)
		vec_push(&out->numbers.list, arena_copy(arena, text));
	return !too_long;
}

/* --- an item ----------------------------------------------------------------------------------------- */

typedef bool add_function(
    const struct value *v, const struct probe *p, struct arena *arena, struct literals *out);

static bool add_probe(const struct value *v, const struct probe *p, struct arena *arena, struct literals *out)
{
	switch (p->kind) {
	case PROBE_PATTERN: return add_pattern(&p->pattern, arena, out);
	case PROBE_REGEX: return required_texts(v->written, arena, &out->inside);
	case PROBE_TRUTH: vec_push(&out->whole.list, p->truth ? SV("true") : SV("false")); return true;
	case PROBE_NUMBER: return add_number(p, arena, out);
	case PROBE_NETWORK: vec_push(&out->nets, p->net); return true;
	case PROBE_NULL:
	case PROBE_EXISTS:
	case PROBE_FIELD:
	case PROBE_PRINCIPAL: break;
	}
	return false;
}

/* Strings in an object are in its text. */
static bool add_probe_in_object(
    const struct value *v, const struct probe *p, struct arena *arena, struct literals *out)
{
	struct literals one = {0};
	switch (p->kind) {
	case PROBE_PATTERN:
		if (!add_pattern(&p->pattern, arena, &one))
			return false;
		struct sv text = one.whole.list.n ? one.whole.list.items[0] : one.inside.list.items[0];
		literals_fini(&one);
		if (text.len >= REQUIRED_MIN)
			vec_push(&out->inside.list, text);
		return text.len >= REQUIRED_MIN;
	case PROBE_REGEX: return required_texts(v->written, arena, &out->inside);
	case PROBE_TRUTH:
	case PROBE_NUMBER:
	case PROBE_NETWORK:
	case PROBE_NULL: return true;
	case PROBE_EXISTS:
	case PROBE_FIELD:
	case PROBE_PRINCIPAL: break;
	}
	return false;
}

static bool add_value(const struct value *v, add_function *add, struct arena *arena, struct literals *out)
{
	for (size_t i = 0; i < v->n; i++)
		if (!add(v, &v->probes[i], arena, out))
			return false;
	return true;
}

/* Under `all` one value that says something is enough. */
static bool add_any_value(
    const struct item_parts *it, add_function *add, struct arena *arena, struct literals *out)
{
	for (size_t i = 0; i < it->n; i++) {
		literals_fini(out);
		if (add_value(&it->values[i], add, arena, out))
			return true;
	}
	return false;
}

static bool add_all_values(
    const struct item_parts *it, add_function *add, struct arena *arena, struct literals *out)
{
	for (size_t i = 0; i < it->n; i++)
		if (!add_value(&it->values[i], add, arena, out))
			return false;
	return true;
}

static bool collect(const struct item *it, add_function *add, struct arena *arena, struct literals *out)
{
	struct item_parts parts = item_parts(it);
	*out = (struct literals){0};
	bool known = parts.modifiers->has[MODIFIER_ALL] ? add_any_value(&parts, add, arena, out)
							: add_all_values(&parts, add, arena, out);
	if (!known)
		literals_fini(out);
	return known;
}

bool literals_of_item(const struct item *it, struct arena *arena, struct literals *out)
{
	return collect(it, add_probe, arena, out);
}

bool literals_in_object(const struct item *it, struct arena *arena, struct literals *out)
{
	return collect(it, add_probe_in_object, arena, out);
}

bool literals_array_differs(const struct item *it)
{
	struct item_parts parts = item_parts(it);
	for (size_t i = 0; i < parts.n; i++)
		for (size_t j = 0; j < parts.values[i].n; j++)
			if (parts.values[i].probes[j].kind != PROBE_PATTERN &&
			    parts.values[i].probes[j].kind != PROBE_REGEX)
				return true;
	return false;
}

static bool takes_any_text(const struct probe *p)
{
	if (p->kind == PROBE_NULL || p->kind == PROBE_EXISTS)
		return true;
	return p->kind == PROBE_PATTERN && p->pattern.n == 1 && p->pattern.items[0] == PATTERN_RUN;
}

bool literals_any_text(const struct item *it)
{
	struct item_parts parts = item_parts(it);
	for (size_t i = 0; i < parts.n; i++)
		for (size_t j = 0; j < parts.values[i].n; j++)
			if (!takes_any_text(&parts.values[i].probes[j]))
				return false;
	return true;
}

void literals_fini(struct literals *l)
{
	vec_fini(&l->whole.list);
	vec_fini(&l->inside.list);
	vec_fini(&l->numbers.list);
	vec_fini(&l->nets);
}
