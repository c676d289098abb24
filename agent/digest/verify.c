/* Brings the digests of a place into chains and has each walked. Main thread. */
#include "agent/digest/verify.h"

#include "base/clock.h"

#define MINUTE_MS ((int64_t)60000)
#define STALE_MS (120 * MINUTE_MS)
/* A log's name holds the minute in which it was begun: it may be listed by the digest of the next hour. */
#define EDGE_MS (5 * MINUTE_MS)

static int compare_entries(const void *x, const void *y)
{
	const struct place_entry *a = *(const struct place_entry *const *)x,
				 *b = *(const struct place_entry *const *)y;
	const struct sv pairs[][2] = {{a->name.account, b->name.account}, {a->name.region, b->name.region},
	    {a->name.trail, b->name.trail}, {a->name.home_region, b->name.home_region}};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		int by = sv_cmp(pairs[i][0], pairs[i][1]);
		if (by)
			return by;
	}
	if (a->name.backfill != b->name.backfill)
		return a->name.backfill ? -1 : 1;
	if (a->name.time_ms != b->name.time_ms)
		return a->name.time_ms < b->name.time_ms ? -1 : 1;
	return sv_cmp(a->name.key, b->name.key);
}

static bool same_trail(const struct trail_name *a, const struct trail_name *b)
{
	return sv_eq(a->account, b->account) && sv_eq(a->region, b->region) && sv_eq(a->trail, b->trail) &&
	       sv_eq(a->home_region, b->home_region);
}

/* --- one trail ------------------------------------------------------------------------------------- */

struct run {
	struct verify *v;
	struct map present, listed;
};

static void walk_part(struct run *run, struct verify_trail *t, const struct place_entry **entries, size_t n,
    bool backfill, const struct chain_spans *filled)
{
	struct verify *v = run->v;
	struct chain_spans covered = {0};
	struct chain c = {.place = v->place,
	    .keys = v->keys,
	    .entries = entries,
	    .n = n,
	    .backfill = backfill,
	    .bounded = v->bounded,
	    .from_ms = v->from_ms,
	    .to_ms = v->to_ms,
	    .present = &run->present,
	    .filled = filled,
	    .covered = &covered,
	    .listed = &run->listed,
	    .flaws = &t->flaws};
	chain_walk(&c);
	t->digests += c.digests;
	t->valid_digests += c.valid_digests;
	t->backfills += backfill ? c.valid_digests : 0;
	t->logs += c.logs;
	t->valid_logs += c.valid_logs;
	t->newest_ms = c.newest_ms > t->newest_ms ? c.newest_ms : t->newest_ms;
	for (size_t i = 0; i < covered.all.n; i++) {
		struct chain_span span = covered.all.items[i];
		t->from_ms = span.from_ms < t->from_ms ? span.from_ms : t->from_ms;
		t->to_ms = span.to_ms > t->to_ms ? span.to_ms : t->to_ms;
		vec_push(&t->covered.all, span);
	}
	vec_fini(&covered.all);
}

/* `entries` are one trail's: its backfill digests, then the others. */
static void walk_trail(struct run *run, const struct place_entry **entries, size_t n)
{
	struct verify_trail t = {.account = entries[0]->name.account,
	    .region = entries[0]->name.region,
	    .trail = entries[0]->name.trail,
	    .home_region = entries[0]->name.home_region,
	    .from_ms = INT64_MAX,
	    .to_ms = INT64_MIN,
	    .newest_ms = INT64_MIN};
	struct chain_spans filled = {0};
	size_t n_backfills = 0;
	while (n_backfills < n && entries[n_backfills]->name.backfill)
		n_backfills++;
	walk_part(run, &t, entries, n_backfills, true, NULL);
	for (size_t i = 0; i < t.covered.all.n; i++)
		vec_push(&filled.all, t.covered.all.items[i]);
	walk_part(run, &t, entries + n_backfills, n - n_backfills, false, &filled);
	vec_fini(&filled.all);
	if (t.digests)
		vec_push(&run->v->trails, t);
}

/* --- all of them ----------------------------------------------------------------------------------- */

static int compare_spans(const void *x, const void *y)
{
	const struct chain_span *a = x, *b = y;
	return (a->from_ms > b->from_ms) - (a->from_ms < b->from_ms);
}

/* The valid hours of all trails of one account and region, joined. */
static void join_spans(const struct verify *v, const struct trail_name *of, struct chain_spans *out,
    struct verify_trail **out_first)
{
	struct chain_spans all = {0};
	*out_first = NULL;
	for (size_t i = 0; i < v->trails.n; i++) {
		struct verify_trail *t = &v->trails.items[i];
		if (!sv_eq(t->account, of->account) || !sv_eq(t->region, of->region))
			continue;
		*out_first = *out_first ? *out_first : t;
		for (size_t k = 0; k < t->covered.all.n; k++)
			vec_push(&all.all, t->covered.all.items[k]);
	}
	if (all.all.n)
		qsort(all.all.items, all.all.n, sizeof *all.all.items, compare_spans);
	for (size_t i = 0; i < all.all.n; i++) {
		struct chain_span span = all.all.items[i],
				  *last = out->all.n ? &out->all.items[out->all.n - 1] : NULL;
		if (!last || span.from_ms > last->to_ms)
			vec_push(&out->all, span);
		else if (span.to_ms > last->to_ms)
			last->to_ms = span.to_ms;
	}
	vec_fini(&all.all);
}

static bool closed(const struct chain_spans *spans, int64_t ms)
{
	for (size_t i = 0; i < spans->all.n; i++)
		if (ms >= spans->all.items[i].from_ms + EDGE_MS && ms < spans->all.items[i].to_ms - EDGE_MS)
			return true;
	return false;
}

/* Logs of one account and region, [at, end) of `logs`, that no digest lists. */
static void look_for_strangers(struct run *run, const struct place_entry **logs, size_t n)
{
	struct chain_spans spans = {0};
	struct verify_trail *first;
	int64_t newest_ms = INT64_MIN;
	join_spans(run->v, &logs[0]->name, &spans, &first);
	for (size_t i = 0; i < n; i++) {
		const struct trail_name *name = &logs[i]->name;
		newest_ms = name->time_ms > newest_ms ? name->time_ms : newest_ms;
		if (map_has(&run->listed, name->key))
			continue;
		if (closed(&spans, name->time_ms))
			flaw_add(&first->flaws, FLAW_LOG_NOT_LISTED, name->time_ms, name->key,
			    "no digest of its hours lists it");
		else
			run->v->unproven_logs++;
	}
	for (size_t i = 0; i < run->v->trails.n && first; i++) {
		struct verify_trail *t = &run->v->trails.items[i];
		char end[CLK_TEXT], log[CLK_TEXT];
		if (!sv_eq(t->account, first->account) || !sv_eq(t->region, first->region) ||
		    t->newest_ms == INT64_MIN || newest_ms <= t->newest_ms + STALE_MS)
			continue;
		clk_format(t->newest_ms, false, end);
		clk_format(newest_ms, false, log);
		flaw_add(&t->flaws, FLAW_STALE_CHAIN, t->newest_ms, t->trail,
		    "its newest digest ends %s, and logs were delivered until %s", end, log);
	}
	vec_fini(&spans.all);
}

/* A trail's other regions, or the clock, say how far its digests should reach. */
static void look_for_stale(struct verify *v)
{
	for (size_t i = 0; i < v->trails.n; i++) {
		struct verify_trail *t = &v->trails.items[i];
		int64_t due_ms = v->now_ms;
		char end[CLK_TEXT], due[CLK_TEXT];
		bool told = false;
		for (size_t k = 0; k < v->trails.n; k++) {
			const struct verify_trail *o = &v->trails.items[k];
			if (sv_eq(o->account, t->account) && sv_eq(o->trail, t->trail) &&
			    sv_eq(o->home_region, t->home_region) && o->newest_ms > due_ms)
				due_ms = o->newest_ms;
		}
		for (size_t k = 0; k < t->flaws.all.n; k++)
			told |= t->flaws.all.items[k].kind == FLAW_STALE_CHAIN;
		if (told || t->newest_ms == INT64_MIN || due_ms <= t->newest_ms + STALE_MS)
			continue;
		clk_format(t->newest_ms, false, end);
		clk_format(due_ms, false, due);
		flaw_add(&t->flaws, FLAW_STALE_CHAIN, t->newest_ms, t->trail,
		    "its newest digest ends %s, and %s %s", end,
		    due_ms == v->now_ms ? "it should reach to" : "the trail's other regions go on until",
		    due);
	}
}

static void pick(
    const struct place_list *l, enum trail_kind kind, const struct place_entry ***out, size_t *out_n)
{
	*out = heap_zero(l->all.n ? l->all.n : 1, sizeof **out);
	*out_n = 0;
	for (size_t i = 0; i < l->all.n; i++)
		if (l->all.items[i].name.kind == kind)
			(*out)[(*out_n)++] = &l->all.items[i];
	if (*out_n)
		qsort(*out, *out_n, sizeof **out, compare_entries);
}

/* The end of the entries from `at` on that are of one trail, or of one account and region. */
static size_t end_of(const struct place_entry **entries, size_t n, size_t at, bool trail)
{
	size_t end = at + 1;
	while (end < n && (trail ? same_trail(&entries[at]->name, &entries[end]->name)
				 : sv_eq(entries[at]->name.account, entries[end]->name.account) &&
				       sv_eq(entries[at]->name.region, entries[end]->name.region)))
		end++;
	return end;
}

static int compare_flaws(const void *x, const void *y)
{
	const struct flaw *a = x, *b = y;
	if (a->time_ms != b->time_ms)
		return a->time_ms < b->time_ms ? -1 : 1;
	return a->kind != b->kind ? (int)a->kind - (int)b->kind : strcmp(a->object, b->object);
}

enum rc verify_run(struct verify *v, struct err *e)
{
	struct run run = {.v = v};
	const struct place_entry **digests, **logs;
	size_t n_digests, n_logs;
	/* A digest that covers the time comes up to an hour and some later. */
	int64_t to_ms = v->to_ms > INT64_MAX - STALE_MS ? v->to_ms : v->to_ms + STALE_MS;
	enum rc rc = place_walk(v->place, v->from_ms, to_ms, &v->list, e);
	if (rc != RC_OK)
		return rc;
	pick(&v->list, TRAIL_DIGEST, &digests, &n_digests);
	pick(&v->list, TRAIL_LOG, &logs, &n_logs);
	for (size_t i = 0; i < n_digests; i++)
		map_put(&run.present, digests[i]->name.key, v);
	for (size_t at = 0, end; at < n_digests; at = end) {
		end = end_of(digests, n_digests, at, true);
		walk_trail(&run, digests + at, end - at);
	}
	for (size_t at = 0, end; at < n_logs; at = end) {
		end = end_of(logs, n_logs, at, false);
		look_for_strangers(&run, logs + at, end - at);
	}
	look_for_stale(v);
	for (size_t i = 0; i < v->trails.n; i++)
		if (v->trails.items[i].flaws.all.n)
			qsort(v->trails.items[i].flaws.all.items, v->trails.items[i].flaws.all.n,
			    sizeof(struct flaw), compare_flaws);
	map_fini(&run.present);
	map_fini(&run.listed);
	free(digests);
	free(logs);
	if (!v->trails.n)
		return err_set(e, RC_NOTFOUND,
		    "no digest there%s: nothing can be verified (%zu logs, %llu other objects)",
		    v->bounded ? " of that time" : "", n_logs, (unsigned long long)v->list.n_other);
	return RC_OK;
}

void verify_fini(struct verify *v)
{
	for (size_t i = 0; i < v->trails.n; i++) {
		flaw_list_fini(&v->trails.items[i].flaws);
		vec_fini(&v->trails.items[i].covered.all);
	}
	vec_fini(&v->trails);
	place_list_fini(&v->list);
}

uint64_t verify_failures(const struct verify *v)
{
	uint64_t n = 0;
	for (size_t i = 0; i < v->trails.n; i++)
		for (size_t k = 0; k < v->trails.items[i].flaws.all.n; k++) {
			enum flaw_kind kind = v->trails.items[i].flaws.all.items[k].kind;
			n += flaw_grade(kind) == FLAW_BAD && !v->allowed[kind];
		}
	return n;
}
