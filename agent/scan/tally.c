/* Called by scan.c, on its thread. An event's seat (seats.h) names a set of rules; the sets are few,
 * however many events there are, since each is kept once. */
#include "agent/scan/tally.h"

#include <stdlib.h>

#include "agent/scan/seats.h"
#include "base/map.h"
#include "base/vec.h"

/* One set of rules. */
struct company {
	const struct rule **rules;
	size_t n;
};

struct tally {
	struct seats *events; /* key -> number of the company + 1 */
	VEC(struct company) companies;
	struct map by_rules; /* the bytes of a company's list -> its number + 1 */
	uint32_t last;       /* the company that was looked for last, + 1 */
};

struct tally *tally_new(void)
{
	struct tally *t = heap_zero(1, sizeof *t);
	t->events = seats_new();
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
	seats_free(t->events);
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

void tally_expect(const struct tally *t, uint64_t key)
{
	seats_expect(t->events, key);
}

size_t tally_new_rules(struct tally *t, uint64_t key, const struct rule **rules, size_t n)
{
	uint32_t *company = seats_at(t->events, key);
	if (!*company) {
		*company = company_of(t, rules, n);
		return n;
	}
	size_t n_new = 0;
	for (size_t i = 0; i < n; i++)
		if (!has(&t->companies.items[*company - 1], rules[i]))
			rules[n_new++] = rules[i];
	if (n_new)
		*company = join(t, *company, rules, n_new);
	return n_new;
}
