/*
 * Chooses covers. An AND is covered by its best part, an OR by all of its parts together, an item by itself.
 * What is negated, or unknown, covers nothing: it is true too often to be a way in. Nor do derived fields,
 * which take longer to know.
 *
 * Shares are guesses; a bad one costs time, never a verdict. They come from what CloudTrail looks like: a
 * trail holds hundreds of event names, dozens of services, a few regions and kinds of identity.
 */
#include "rules/fast/cover.h"

#include "rules/fast/literal.h"

#define SHARE_PRESENT 0.3 /* of tests that hold for almost any value, on a field that is seldom there */
#define SHARE_MOST 0.9
/* From here on a field has few values in one company, and as many as rules ask about in a company that has so
 * many rules: each is then rare. What share of the events an event name has does not hang on rules. */
#define SHARE_FEW 0.2

static const struct {
	struct sv path;
	double share; /* of an equality */
} known[] = {
    {SV_INIT("eventName"), 0.01},
    {SV_INIT("eventSource"), 0.05},
    {SV_INIT("errorCode"), 0.02},
    {SV_INIT("errorMessage"), 0.02},
    {SV_INIT("awsRegion"), 0.4},
    {SV_INIT("recipientAccountId"), 0.4},
    {SV_INIT("userIdentity.accountId"), 0.4},
    {SV_INIT("userIdentity.type"), 0.3},
    {SV_INIT("userIdentity.invokedBy"), 0.2},
    {SV_INIT("eventType"), 0.8},
    {SV_INIT("eventCategory"), 0.8},
    {SV_INIT("readOnly"), 0.5},
    {SV_INIT("managementEvent"), 0.9},
    {SV_INIT("eventVersion"), 0.9},
    {SV_INIT("userAgent"), 0.05},
};

static double share_of_path(struct sv path)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (sv_eq(known[i].path, path))
			return known[i].share;
	return 0.02;
}

/* How many texts the item names, 0 when it is not about such. */
static size_t n_literals(const struct item *it, bool *out_whole)
{
	struct arena arena = {0};
	struct literals l;
	size_t n = 0;
	*out_whole = false;
	if (literals_of_item(it, &arena, &l)) {
		n = l.whole.list.n + l.numbers.list.n + l.inside.list.n + l.nets.n;
		*out_whole = l.inside.list.n + l.nets.n == 0;
		n += n == 0;
	}
	literals_fini(&l);
	arena_fini(&arena);
	return n;
}

/* A predicate in so many rules is thought twice as dear as one in a single rule. */
#define CROWD 16

/* A field, as rules ask about it. */
struct crowd {
	double share; /* of an equality */
	size_t n_questions;
	size_t n_uses; /* by all rules together */
};

/* What many rules name is what there is most of: of three thousand accounts that are named once each and one
 * that is named a hundred times, that one sends the events. */
#define POPULAR 3

static bool is_popular(const struct crowd *path, size_t uses)
{
	return uses * path->n_questions > POPULAR * path->n_uses;
}

static double share_of(const struct predicate *one, const struct crowd *path, size_t uses)
{
	bool whole;
	size_t n = n_literals(one->item, &whole);
	if (item_holds_value(one->item, NULL))
		return SHARE_MOST;
	if (n == 0)
		return path->share > SHARE_PRESENT ? SHARE_MOST : SHARE_PRESENT;
	double share = path->share * (double)n * (whole ? 1 : 2);
	if (path->share >= SHARE_FEW && !is_popular(path, uses))
		share /= 1 + (double)path->n_questions / 10;
	return share > SHARE_MOST ? SHARE_MOST : share;
}

void cover_costs_init(struct cover_costs *c, const struct predicates *p, const struct verdicts *v)
{
	size_t *uses = heap_zero(p->list.n + 1, sizeof *uses);
	for (size_t i = 0; i < v->nodes.n; i++)
		if (v->nodes.items[i].op == VERDICT_PREDICATE)
			uses[v->nodes.items[i].predicate]++;
	c->by_predicate = heap_zero(p->list.n + 1, sizeof *c->by_predicate);
	for (size_t i = 0; i < p->paths.n; i++) {
		const struct predicate_path *path = &p->paths.items[i];
		struct crowd crowd = {share_of_path(path->name), path->members.n, 0};
		for (size_t j = 0; j < path->members.n; j++)
			crowd.n_uses += uses[path->members.items[j]];
		for (size_t j = 0; j < path->members.n && path->kw < 0; j++) {
			uint32_t id = path->members.items[j];
			c->by_predicate[id] =
			    share_of(&p->list.items[id], &crowd, uses[id]) * (1 + (double)uses[id] / CROWD);
		}
	}
	free(uses);
}

void cover_costs_fini(struct cover_costs *c)
{
	free(c->by_predicate);
}

static const struct cover everything = {.always = true};

/* The parts of an OR: all together. */
static struct cover cover_all(
    const struct verdicts *v, uint32_t node, const struct predicates *p, const struct cover_costs *costs)
{
	struct cover all = {0};
	for (uint32_t i = node + 1; i < v->nodes.items[node].end; i = v->nodes.items[i].end) {
		struct cover one = cover_of(v, i, p, costs);
		if (one.always) {
			vec_fini(&all.predicates);
			return everything;
		}
		all.cost += one.cost;
		for (size_t j = 0; j < one.predicates.n; j++)
			vec_push(&all.predicates, one.predicates.items[j]);
		vec_fini(&one.predicates);
	}
	return all;
}

static bool cheaper(const struct cover *a, const struct cover *b)
{
	return b->always ? !a->always : !a->always && a->cost < b->cost;
}

/* The parts of an AND: the best one. */
static struct cover cover_best(
    const struct verdicts *v, uint32_t node, const struct predicates *p, const struct cover_costs *costs)
{
	struct cover best = everything;
	for (uint32_t i = node + 1; i < v->nodes.items[node].end; i = v->nodes.items[i].end) {
		struct cover one = cover_of(v, i, p, costs);
		if (cheaper(&one, &best)) {
			struct cover worse = best;
			best = one;
			one = worse;
		}
		vec_fini(&one.predicates);
	}
	return best;
}

static struct cover cover_predicate(uint32_t id, const struct predicates *p, const struct cover_costs *costs)
{
	struct cover c = {.cost = costs->by_predicate[id]};
	const struct predicate *one = &p->list.items[id];
	if (one->usually || p->paths.items[one->path].kw >= 0)
		return everything;
	vec_push(&c.predicates, id);
	return c;
}

struct cover cover_of(
    const struct verdicts *v, uint32_t node, const struct predicates *p, const struct cover_costs *costs)
{
	switch (v->nodes.items[node].op) {
	case VERDICT_AND: return cover_best(v, node, p, costs);
	case VERDICT_OR: return cover_all(v, node, p, costs);
	case VERDICT_PREDICATE: return cover_predicate(v->nodes.items[node].predicate, p, costs);
	case VERDICT_NOT:
	case VERDICT_UNKNOWN: break;
	}
	return everything;
}
