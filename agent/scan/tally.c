/* Called by scan.c, on its thread. An event's place in the table names a set of rules; the sets are few,
 * however many events there are, since each is kept once. */
#include "agent/scan/tally.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/vec.h"

/* One set of rules. */
struct company {
	const struct rule **rules;
	size_t n;
};

struct place {
	uint64_t key;
	uint32_t company; /* its number + 1; 0: the place is free */
};

struct tally {
	struct place *places; /* open addressing, a power of two, at most three quarters full */
	size_t n_places, n_used;
	VEC(struct company) companies;
	struct map by_rules; /* the bytes of a company's list -> its number + 1 */
	uint32_t last;       /* the company that was looked for last, + 1 */
};

#define FIRST_PLACES ((size_t)1024)

struct tally *tally_new(void)
{
	struct tally *t = heap_zero(1, sizeof *t);
	t->n_places = FIRST_PLACES;
	t->places = heap_zero(t->n_places, sizeof *t->places);
	return t;
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->companies.n; i++)
		free(t->companies.items[i].rules);
	vec_fini(&t->companies);
	map_fini(&t->by_rules);
	free(t->places);
	free(t);
}

/* --- companies ----------------------------------------------------------------------------------- */

static struct sv bytes_of(const struct rule *const *rules, size_t n)
{
	return sv_of((const char *)rules, n * sizeof(const struct rule *));
}

static uint32_t company_of(struct tally *t, const struct rule *const *rules, size_t n)
{
	struct sv bytes = bytes_of(rules, n);
	if (t->last) {
		const struct company *c = &t->companies.items[t->last - 1];
		if (sv_eq(bytes_of(c->rules, c->n), bytes))
			return t->last;
	}
	uintptr_t known = (uintptr_t)map_get(&t->by_rules, bytes);
	if (!known) {
		struct company c = {heap_zero(n, sizeof(const struct rule *)), n};
		memcpy(c.rules, rules, bytes.len);
		vec_push(&t->companies, c);
		known = t->companies.n;
		map_put(&t->by_rules, bytes, (void *)known);
	}
	t->last = (uint32_t)known;
	return t->last;
}

static bool has(const struct company *c, const struct rule *rule)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->rules[i] == rule)
			return true;
	return false;
}

/* The company of all that are in `known` or among the new ones. */
static uint32_t join(struct tally *t, uint32_t known, const struct rule *const *more, size_t n)
{
	const struct company *c = &t->companies.items[known - 1];
	const struct rule **all = heap_zero(c->n + n, sizeof(const struct rule *));
	memcpy(all, c->rules, c->n * sizeof(const struct rule *));
	memcpy(all + c->n, more, n * sizeof(const struct rule *));
	uint32_t joined = company_of(t, all, c->n + n);
	free(all);
	return joined;
}

/* --- events -------------------------------------------------------------------------------------- */

static struct place *place_of(struct tally *t, uint64_t key)
{
	size_t mask = t->n_places - 1, i = key & mask;
	while (t->places[i].company && t->places[i].key != key)
		i = (i + 1) & mask;
	return &t->places[i];
}

static void grow(struct tally *t)
{
	struct place *old = t->places;
	size_t n_old = t->n_places;
	t->n_places *= 2;
	t->places = heap_zero(t->n_places, sizeof *t->places);
	for (size_t i = 0; i < n_old; i++)
		if (old[i].company)
			*place_of(t, old[i].key) = old[i];
	free(old);
}

size_t tally_new_rules(struct tally *t, uint64_t key, const struct rule **rules, size_t n)
{
	struct place *p = place_of(t, key);
	if (!p->company) {
		*p = (struct place){key, company_of(t, rules, n)};
		if (++t->n_used > t->n_places / 4 * 3)
			grow(t);
		return n;
	}
	size_t n_new = 0;
	for (size_t i = 0; i < n; i++)
		if (!has(&t->companies.items[p->company - 1], rules[i]))
			rules[n_new++] = rules[i];
	if (n_new)
		p->company = join(t, p->company, rules, n_new);
	return n_new;
}
