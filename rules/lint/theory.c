/* Relations between probes, by their kinds. Pure functions. */
#include "rules/lint/theory.h"

#include "base/utf8.h"
#include "rules/lint/record_field.h"

bool theory_single(struct sv field)
{
	return sv_starts(field, SV("kw.")) || record_field_single(field);
}

/* --- patterns ------------------------------------------------------------------------------------- */

static bool is_wild(uint32_t item)
{
	return item == PATTERN_RUN || item == PATTERN_ONE || item == PATTERN_DASH;
}

static bool is_text(const struct pattern *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (is_wild(p->items[i]))
			return false;
	return true;
}

/* Does `wide`, which has no `?`, fit the pattern `narrow` read as a text in which wildcards are characters
 * that only `*` takes? Then it fits all that `narrow` fits. The usual two-pointer match, linear but for
 * restarts. */
static bool fits_pattern(const struct pattern *wide, const struct pattern *narrow)
{
	size_t w = 0, n = 0, star = SIZE_MAX, from = 0;
	while (n < narrow->n) {
		if (w < wide->n && wide->items[w] == PATTERN_RUN) {
			star = w++;
			from = n;
		} else if (w < wide->n && wide->items[w] == narrow->items[n] && !is_wild(narrow->items[n])) {
			w++;
			n++;
		} else if (star != SIZE_MAX) {
			w = star + 1;
			n = ++from;
		} else {
			return false;
		}
	}
	while (w < wide->n && wide->items[w] == PATTERN_RUN)
		w++;
	return w == wide->n;
}

static bool has_one(const struct pattern *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->items[i] == PATTERN_ONE || p->items[i] == PATTERN_DASH)
			return true;
	return false;
}

static bool pattern_implies(const struct pattern *a, const struct pattern *b)
{
	return a->cased == b->cased && !has_one(b) && fits_pattern(b, a);
}

/* Do the fixed heads, or the fixed tails, of the two differ? */
static bool pattern_excludes(const struct pattern *a, const struct pattern *b)
{
	if (a->cased != b->cased)
		return false;
	for (size_t i = 0; i < a->n && i < b->n && !is_wild(a->items[i]) && !is_wild(b->items[i]); i++)
		if (a->items[i] != b->items[i])
			return true;
	for (size_t i = 1; i <= a->n && i <= b->n; i++) {
		uint32_t x = a->items[a->n - i], y = b->items[b->n - i];
		if (is_wild(x) || is_wild(y))
			break;
		if (x != y)
			return true;
	}
	if (is_text(a) && is_text(b))
		return a->n != b->n;
	return (is_text(a) && !has_one(b) && !fits_pattern(b, a)) ||
	       (is_text(b) && !has_one(a) && !fits_pattern(a, b));
}

/* --- numbers -------------------------------------------------------------------------------------- */

static bool number_holds(enum probe_compare compare, int order)
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

static bool is_below(enum probe_compare c)
{
	return c == PROBE_LT || c == PROBE_LTE;
}

static bool number_excludes(const struct probe *a, const struct probe *b)
{
	int order = number_cmp(&a->number, &b->number);
	if (a->part != b->part)
		return false;
	if (a->compare == PROBE_EQ)
		return !number_holds(b->compare, order);
	if (b->compare == PROBE_EQ)
		return !number_holds(a->compare, -order);
	if (is_below(a->compare) == is_below(b->compare))
		return false;
	if (!is_below(a->compare))
		return number_excludes(b, a);
	/* below a, above b */
	return order < 0 || (order == 0 && (a->compare == PROBE_LT || b->compare == PROBE_GT));
}

static bool number_implies(const struct probe *a, const struct probe *b)
{
	int order = number_cmp(&a->number, &b->number);
	if (a->part != b->part)
		return false;
	if (a->compare == PROBE_EQ)
		return number_holds(b->compare, order);
	if (b->compare == PROBE_EQ || is_below(a->compare) != is_below(b->compare))
		return false;
	bool stricter = a->compare == PROBE_LT || a->compare == PROBE_GT || b->compare == PROBE_LTE ||
			b->compare == PROBE_GTE;
	return order == 0 ? stricter : is_below(a->compare) ? order < 0 : order > 0;
}

/* --- networks ------------------------------------------------------------------------------------- */

static bool network_implies(const struct cidr *a, const struct cidr *b)
{
	struct cidr wide = *a;
	if (a->v6 != b->v6 || a->length < b->length)
		return false;
	cidr_widen(&wide, b->length);
	return memcmp(wide.bytes, b->bytes, a->v6 ? 16 : 4) == 0;
}

/* --- kinds ---------------------------------------------------------------------------------------- */

/* Entries of lists may be guarded by a key; nothing is claimed of those. */
static bool is_plain(const struct probe *p)
{
	return p->n_guards == 0;
}

bool theory_same(const struct probe *a, const struct probe *b)
{
	if (a->kind != b->kind || !is_plain(a) || !is_plain(b))
		return false;
	if (a->kind == PROBE_PATTERN)
		return a->pattern.cased == b->pattern.cased && a->pattern.n == b->pattern.n &&
		       (a->pattern.n == 0 ||
			   memcmp(a->pattern.items, b->pattern.items, a->pattern.n * sizeof(uint32_t)) == 0);
	return theory_implies(a, b) && theory_implies(b, a);
}

bool theory_implies(const struct probe *a, const struct probe *b)
{
	if (!is_plain(a) || !is_plain(b))
		return false;
	if (a->kind == PROBE_EXISTS && b->kind == PROBE_NULL)
		return !a->truth;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case PROBE_NULL: return true;
	case PROBE_EXISTS:
	case PROBE_TRUTH: return a->truth == b->truth;
	case PROBE_PATTERN: return pattern_implies(&a->pattern, &b->pattern);
	case PROBE_NUMBER: return number_implies(a, b);
	case PROBE_NETWORK: return network_implies(&a->net, &b->net);
	case PROBE_REGEX:
	case PROBE_FIELD:
	case PROBE_PRINCIPAL: break;
	}
	return false;
}

/* An absent or null field meets no test of a text. */
static bool is_nothing(const struct probe *p)
{
	return p->kind == PROBE_NULL || (p->kind == PROBE_EXISTS && !p->truth);
}

bool theory_excludes(const struct probe *a, const struct probe *b)
{
	if (!is_plain(a) || !is_plain(b))
		return false;
	if (a->kind == PROBE_EXISTS && b->kind == PROBE_EXISTS)
		return a->truth != b->truth;
	if (is_nothing(a) != is_nothing(b))
		return (is_nothing(a) ? b : a)->kind != PROBE_EXISTS;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case PROBE_TRUTH: return a->truth != b->truth;
	case PROBE_PATTERN: return pattern_excludes(&a->pattern, &b->pattern);
	case PROBE_NUMBER: return number_excludes(a, b);
	case PROBE_NETWORK:
		return a->net.v6 == b->net.v6 && !network_implies(&a->net, &b->net) &&
		       !network_implies(&b->net, &a->net);
	case PROBE_NULL:
	case PROBE_EXISTS:
	case PROBE_REGEX:
	case PROBE_FIELD:
	case PROBE_PRINCIPAL: break;
	}
	return false;
}
