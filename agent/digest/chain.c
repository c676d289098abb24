/* Walking a chain. The newest digest is trusted for its signature; each valid one then says what its
 * predecessor must be, so that a single one can't be taken out or put in unseen. */
#include "agent/digest/chain.h"

#include "agent/digest/link.h"
#include "base/clock.h"

/* Digests that are got at once: in S3 each is a round trip. */
#define BATCH 16

struct loaded {
	struct arena arena;
	const struct place_entry *entry;
	enum rc rc;
	struct err err;
	struct digest digest;
	struct digest_metadata metadata;
};

/* What the digest in hand's younger neighbour said. */
struct expected {
	bool any;         /* it is known what must stand here */
	bool starting;    /* the younger neighbour names none: it began a chain */
	int64_t start_ms; /* where the younger neighbour begins */
	char *newer;      /* its key */
	char *object;     /* what it names */
	struct buf hash, signature;
};

struct walk {
	struct chain *chain;
	struct expected expected;
	struct map keys;             /* of this chain, from AWSLogs/ on */
	const struct digest *digest; /* whose logs are checked */
	int64_t digest_ms;
};

/* --- logs ------------------------------------------------------------------------------------------ */

static void check_log(void *ctx, const struct place_object *o)
{
	struct walk *w = ctx;
	struct chain *c = w->chain;
	const struct digest_log *log = &w->digest->logs[o->index];
	char hash[DIGEST_HASH_TEXT];
	struct err e = {0};
	if (o->rc == RC_NOTFOUND)
		flaw_add(c->flaws, FLAW_MISSING_LOG, w->digest_ms, log->object, "it is not there");
	else if (o->rc != RC_OK)
		flaw_add(c->flaws, FLAW_UNREADABLE, w->digest_ms, log->object, "%s", o->err.text);
	else if (digest_log_hash(o->bytes, hash, &e) != RC_OK)
		flaw_add(c->flaws, FLAW_DAMAGED_LOG, w->digest_ms, log->object, "%s", e.text);
	else if (!sv_eq_nocase(sv_from(hash), log->hash))
		flaw_add(c->flaws, FLAW_TAMPERED_LOG, w->digest_ms, log->object,
		    "its bytes hash to %.16s…, and its digest lists %.16s…", hash, log->hash.ptr);
	else
		c->valid_logs++;
}

static void check_logs(struct walk *w, const struct digest *d)
{
	struct place_request *requests = heap_zero(d->n_logs ? d->n_logs : 1, sizeof *requests);
	struct trail_name name;
	w->digest = d;
	w->digest_ms = d->end_ms;
	for (size_t i = 0; i < d->n_logs; i++) {
		requests[i] = (struct place_request){d->logs[i].bucket, d->logs[i].object};
		trail_name_read(d->logs[i].object, &name);
		map_put(w->chain->listed, name.key, w->chain);
	}
	w->chain->logs += d->n_logs;
	place_get(w->chain->place, requests, d->n_logs, false, check_log, w);
	free(requests);
}

/* --- links ----------------------------------------------------------------------------------------- */

static void forget(struct expected *x)
{
	free(x->newer);
	free(x->object);
	buf_fini(&x->hash);
	buf_fini(&x->signature);
	*x = (struct expected){0};
}

static void expect(struct walk *w, const struct loaded *l)
{
	struct expected *x = &w->expected;
	const struct digest *d = &l->digest;
	forget(x);
	x->newer = heap_text(l->entry->name.key);
	x->start_ms = d->start_ms;
	x->starting = !d->previous_object.ptr;
	x->any = !x->starting;
	x->object = heap_text(d->previous_object);
	buf_add(&x->hash, d->previous_hash);
	buf_add(&x->signature, d->previous_signature);
}

static bool filled(const struct chain *c, int64_t from_ms, int64_t to_ms)
{
	for (size_t i = 0; c->filled && i < c->filled->all.n; i++) {
		const struct chain_span *s = &c->filled->all.items[i];
		if (s->from_ms <= from_ms && s->to_ms > from_ms)
			from_ms = s->to_ms;
	}
	return from_ms >= to_ms;
}

/* Between the digest in hand and its younger neighbour nothing may be left out. */
static void check_time(struct walk *w, int64_t end_ms)
{
	struct chain *c = w->chain;
	const struct expected *x = &w->expected;
	char from[CLK_TEXT], to[CLK_TEXT];
	if (!x->newer || c->backfill || end_ms >= x->start_ms || filled(c, end_ms, x->start_ms))
		return;
	clk_format(end_ms, false, from);
	clk_format(x->start_ms, false, to);
	flaw_add(c->flaws, FLAW_GAP, end_ms, sv_from(x->newer), "nothing covers %s to %s%s", from, to,
	    x->starting ? "; a new chain begins there" : "");
}

/* Is the entry at hand the one that its younger neighbour names? Says so when that one is not there at all.
 */
static bool follows(struct walk *w, const struct place_entry *entry)
{
	struct expected *x = &w->expected;
	struct trail_name name;
	if (!x->any)
		return false;
	trail_name_read(sv_from(x->object), &name);
	if (sv_eq(name.key, entry->name.key))
		return true;
	if (map_has(&w->keys, name.key))
		return false;
	if (!map_has(w->chain->present, name.key))
		flaw_add(w->chain->flaws, FLAW_MISSING_DIGEST, x->start_ms, sv_from(x->object),
		    "named by %s as the one before it", x->newer);
	forget(x);
	return false;
}

static void take(struct walk *w, struct loaded *l)
{
	struct chain *c = w->chain;
	struct link_claim claim = {0};
	const struct trail_name *name = &l->entry->name;
	char reason[500];
	bool linked = follows(w, l->entry), stray = !linked && w->expected.any;
	c->digests++;
	if (l->rc == RC_OK && l->digest.end_ms > c->newest_ms)
		c->newest_ms = l->digest.end_ms;
	if (l->rc != RC_OK) {
		flaw_add(c->flaws,
		    l->rc == RC_INPUT || l->rc == RC_LIMIT ? FLAW_DAMAGED_DIGEST : FLAW_UNREADABLE,
		    name->time_ms, name->key, "%s", l->err.text);
		if (!stray)
			forget(&w->expected);
		return;
	}
	if (linked)
		claim = (struct link_claim){buf_sv(&w->expected.hash), buf_sv(&w->expected.signature)};
	enum flaw_kind flaw = link_check(&l->digest, &l->metadata,
	    place_is_at(c->place, sv_from(l->entry->key), l->digest.bucket, l->digest.object), &claim,
	    c->keys, name->region, reason);
	if (flaw != FLAW_KINDS) {
		flaw_add(c->flaws, flaw, name->time_ms, name->key, "%s", reason);
		if (!stray)
			forget(&w->expected);
		return;
	}
	if (!stray)
		check_time(w, l->digest.end_ms);
	c->valid_digests++;
	vec_push(&c->covered->all, (struct chain_span){l->digest.start_ms, l->digest.end_ms});
	if (c->backfill)
		flaw_add(c->flaws, FLAW_BACKFILL, name->time_ms, name->key, "made %.*s",
		    SV_ARG(
			l->metadata.generated_at.len ? l->metadata.generated_at : SV("at an unknown time")));
	check_logs(w, &l->digest);
	/* One that stands between two neighbours says nothing of the older one. */
	if (!stray)
		expect(w, l);
}

/* The oldest one names a predecessor that nobody can look at. */
static void end_walk(struct walk *w)
{
	struct expected *x = &w->expected;
	struct chain *c = w->chain;
	if (x->any && c->bounded && x->start_ms > c->from_ms)
		flaw_add(c->flaws, FLAW_MISSING_DIGEST, x->start_ms, sv_from(x->object),
		    "named by %s as the one before it", x->newer);
	else if (x->any && !c->bounded && !c->backfill)
		flaw_add(c->flaws, FLAW_OPEN_START, x->start_ms, sv_from(x->newer), "it names %s", x->object);
	forget(x);
}

/* --- loading --------------------------------------------------------------------------------------- */

static void on_loaded(void *ctx, const struct place_object *o)
{
	struct loaded *l = (struct loaded *)ctx + o->index;
	l->rc = o->rc;
	l->err = o->err;
	if (o->rc != RC_OK)
		return;
	l->rc = digest_read(o->bytes, &l->arena, &l->digest, &l->err);
	if (o->metadata.len)
		digest_metadata_read(o->metadata, &l->arena, &l->metadata, NULL);
}

static bool in_time(const struct chain *c, const struct loaded *l)
{
	return l->rc != RC_OK || (l->digest.end_ms > c->from_ms && l->digest.start_ms < c->to_ms);
}

/* Entries [at - n, at), the newest first. */
static void walk_batch(struct walk *w, size_t at, size_t n)
{
	struct loaded *batch = heap_zero(n, sizeof *batch);
	struct place_request requests[BATCH];
	for (size_t i = 0; i < n; i++) {
		batch[i].entry = w->chain->entries[at - 1 - i];
		requests[i] = (struct place_request){{NULL, 0}, sv_from(batch[i].entry->key)};
	}
	place_get(w->chain->place, requests, n, true, on_loaded, batch);
	for (size_t i = 0; i < n; i++) {
		if (in_time(w->chain, &batch[i]))
			take(w, &batch[i]);
		arena_fini(&batch[i].arena);
	}
	free(batch);
}

void chain_walk(struct chain *c)
{
	struct walk w = {.chain = c};
	c->newest_ms = INT64_MIN;
	for (size_t i = 0; i < c->n; i++)
		map_put(&w.keys, c->entries[i]->name.key, c);
	for (size_t left = c->n; left;) {
		size_t n = left < BATCH ? left : BATCH;
		walk_batch(&w, left, n);
		left -= n;
	}
	end_walk(&w);
	map_fini(&w.keys);
}
