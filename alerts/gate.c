/* The gate between matches and alerts: dedup, then fold. One thread owns a gate: the analyst (on the store),
 * a scan or a test run (in memory). On a store the tables are the only truth, so that a rolled back
 * transaction undoes the verdicts too. */
#include "alerts/gate.h"

#include <stdlib.h>

#include "alerts/kept.h"
#include "base/map.h"
#include "base/metric.h"
#include "base/net/crypto.h"

struct gate {
	struct gate_options options;
	struct map seen;  /* id -> fingerprint, heap; without a store */
	struct map folds; /* fold key -> struct fold_set, heap; without a store */
};

struct gate *gate_new(const struct gate_options *o)
{
	struct gate *g = heap_zero(1, sizeof *g);
	g->options = *o;
	return g;
}

static void free_map(struct map *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->entries[i].value);
	map_fini(m);
}

void gate_free(struct gate *g)
{
	if (!g)
		return;
	free_map(&g->seen);
	free_map(&g->folds);
	free(g);
}

/* --- dedup
 * ------------------------------------------------------------------------------------------------------ */

/* Eight bytes of a hash over what two copies of one event have in common. */
static int64_t fingerprint_of(struct record *r)
{
	struct kept *kept = kept_of(r);
	struct buf b = {0};
	unsigned char hash[CRYPTO_SHA256_BYTES];
	if (kept->fingerprinted)
		return kept->fingerprint;
	buf_add_uint(&b, r->event_time.len);
	buf_addc(&b, ':');
	buf_add(&b, r->event_time);
	buf_add_uint(&b, r->event_name.len);
	buf_addc(&b, ':');
	buf_add(&b, r->event_name);
	buf_add(&b, r->event_source);
	crypto_sha256(buf_sv(&b), hash);
	buf_fini(&b);
	memcpy(&kept->fingerprint, hash, sizeof kept->fingerprint);
	kept->fingerprinted = true;
	return kept->fingerprint;
}

enum mark { MARK_NEW, MARK_SAME, MARK_OTHER };

static enum mark mark_memory(struct gate *g, const char *id, int64_t fingerprint)
{
	int64_t *old = map_get(&g->seen, sv_from(id));
	if (old)
		return *old == fingerprint ? MARK_SAME : MARK_OTHER;
	int64_t *own = heap_alloc(sizeof *own);
	*own = fingerprint;
	map_put(&g->seen, sv_from(id), own);
	return MARK_NEW;
}

static enum rc mark_store(
    struct store *s, const char *id, int64_t fingerprint, int64_t now_ms, enum mark *out, struct err *e)
{
	struct store_stmt *st = store_prepare(s, "SELECT fingerprint FROM seen WHERE id=?1");
	store_bind_text(st, 1, sv_from(id));
	enum rc rc = store_step(st, e);
	if (rc == RC_OK) {
		*out = store_int(st, 0) == fingerprint ? MARK_SAME : MARK_OTHER;
		store_reset(st);
		return RC_OK;
	}
	if (rc != RC_NOTFOUND)
		return rc;
	*out = MARK_NEW;
	st = store_prepare(s, "INSERT INTO seen(id,fingerprint,seen_ms) VALUES(?1,?2,?3)");
	store_bind_text(st, 1, sv_from(id));
	store_bind_int(st, 2, fingerprint);
	store_bind_int(st, 3, now_ms);
	return store_run(st, NULL, e);
}

static enum rc mark(
    struct gate *g, const char *id, int64_t fingerprint, int64_t now_ms, enum mark *out, struct err *e)
{
	if (g->options.store)
		return mark_store(g->options.store, id, fingerprint, now_ms, out, e);
	*out = mark_memory(g, id, fingerprint);
	return RC_OK;
}

/* The id under which another event with the same eventID goes. */
static void id_of_conflict(char id[ALERT_ID_TEXT], int64_t fingerprint)
{
	char text[ALERT_ID_TEXT + 24], hex[2 * CRYPTO_SHA256_BYTES + 1];
	int n = snprintf(text, sizeof text, "%s/%016llx", id, (unsigned long long)fingerprint);
	crypto_sha256_hex(sv_of(text, (size_t)n), hex);
	memcpy(id, hex, ALERT_ID_TEXT - 1);
}

/* Sets out->id, out->conflict, and fate to GATE_DUPLICATE or GATE_ALERT. */
static enum rc dedup(
    struct gate *g, struct record *r, int64_t now_ms, struct gate_verdict *out, struct err *e)
{
	int64_t fingerprint = fingerprint_of(r);
	enum mark m = MARK_NEW;
	out->fate = GATE_ALERT;
	enum rc rc = mark(g, out->id, fingerprint, now_ms, &m, e);
	if (rc == RC_OK && m == MARK_OTHER) {
		out->conflict = true;
		id_of_conflict(out->id, fingerprint);
		rc = mark(g, out->id, fingerprint, now_ms, &m, e);
		if (rc == RC_OK && m == MARK_NEW)
			metric_add(METRIC_ID_CONFLICTS, 1);
	}
	if (rc == RC_OK && m != MARK_NEW)
		out->fate = GATE_DUPLICATE;
	return rc;
}

/* --- fold
 * ------------------------------------------------------------------------------------------------------- */

static enum rc load_set(struct store *s, const char *key, struct fold_set *set, struct err *e)
{
	struct store_stmt *st = store_prepare(s,
	    "SELECT opened_ms,alert_id,count,carried FROM fold WHERE key=?1 ORDER BY opened_ms DESC LIMIT 8");
	_Static_assert(FOLD_WINDOWS == 8, "the query above");
	store_bind_text(st, 1, sv_from(key));
	enum rc rc;
	while ((rc = store_step(st, e)) == RC_OK) {
		struct fold_window *w = &set->windows[set->n++];
		w->opened_ms = store_int(st, 0);
		snprintf(w->alert_id, sizeof w->alert_id, "%.*s", SV_ARG(store_text(st, 1)));
		w->count = store_int(st, 2);
		w->carried = store_int(st, 3);
	}
	return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc count_folded(
    struct store *s, const char *key, const struct fold_window *w, int64_t now_ms, struct err *e)
{
	struct store_stmt *st =
	    store_prepare(s, "UPDATE fold SET count=?3, touched_ms=?4 WHERE key=?1 AND opened_ms=?2");
	store_bind_text(st, 1, sv_from(key));
	store_bind_int(st, 2, w->opened_ms);
	store_bind_int(st, 3, w->count);
	store_bind_int(st, 4, now_ms);
	enum rc rc = store_run(st, NULL, e);
	if (rc != RC_OK)
		return rc;
	st = store_prepare(s, "UPDATE alert SET folded=folded+1 WHERE id=?1");
	store_bind_text(st, 1, sv_from(w->alert_id));
	return store_run(st, NULL, e);
}

static enum rc open_fold(struct store *s, const char *key, const struct fold_set *set,
    const struct fold_verdict *v, int64_t now_ms, struct err *e)
{
	struct store_stmt *st;
	enum rc rc = RC_OK;
	if (v->carried > 0) {
		st = store_prepare(s, "UPDATE fold SET carried=count WHERE key=?1");
		store_bind_text(st, 1, sv_from(key));
		rc = store_run(st, NULL, e);
	}
	if (rc == RC_OK && v->evicted) {
		st = store_prepare(s, "DELETE FROM fold WHERE key=?1 AND opened_ms=?2");
		store_bind_text(st, 1, sv_from(key));
		store_bind_int(st, 2, v->evicted_opened_ms);
		rc = store_run(st, NULL, e);
	}
	if (rc != RC_OK)
		return rc;
	const struct fold_window *w = &set->windows[v->window];
	st = store_prepare(
	    s, "INSERT INTO fold(key,opened_ms,alert_id,count,carried,touched_ms) VALUES(?1,?2,?3,0,0,?4)");
	store_bind_text(st, 1, sv_from(key));
	store_bind_int(st, 2, w->opened_ms);
	store_bind_text(st, 3, sv_from(w->alert_id));
	store_bind_int(st, 4, now_ms);
	return store_run(st, NULL, e);
}

static enum rc fold_store(struct gate *g, int64_t t_ms, int64_t suppress_ms, int64_t now_ms,
    struct gate_verdict *out, struct err *e)
{
	struct fold_set set = {0};
	struct store *s = g->options.store;
	enum rc rc = load_set(s, out->fold_key, &set, e);
	if (rc != RC_OK)
		return rc;
	struct fold_verdict v = fold_match(&set, t_ms, suppress_ms, out->id);
	const struct fold_window *w = &set.windows[v.window];
	if (v.alerts) {
		out->carried = v.carried;
		return open_fold(s, out->fold_key, &set, &v, now_ms, e);
	}
	out->fate = GATE_FOLDED;
	memcpy(out->id, w->alert_id, sizeof out->id);
	return count_folded(s, out->fold_key, w, now_ms, e);
}

static void fold_memory(struct gate *g, int64_t t_ms, int64_t suppress_ms, struct gate_verdict *out)
{
	struct fold_set *set = map_get(&g->folds, sv_from(out->fold_key));
	if (!set) {
		set = heap_zero(1, sizeof *set);
		map_put(&g->folds, sv_from(out->fold_key), set);
	}
	struct fold_verdict v = fold_match(set, t_ms, suppress_ms, out->id);
	out->carried = v.carried;
	if (v.alerts)
		return;
	out->fate = GATE_FOLDED;
	memcpy(out->id, set->windows[v.window].alert_id, sizeof out->id);
}

enum rc gate_match(struct gate *g, const struct rule *rule, struct record *r, int64_t detected_ms,
    struct gate_verdict *out, struct err *e)
{
	struct gate_verdict v = {.fate = GATE_ALERT};
	enum rc rc = RC_OK;
	alert_id(rule, r, v.id);
	if (!g->options.no_fold)
		fold_key(rule, r, v.fold_key);
	if (!g->options.no_dedup)
		rc = dedup(g, r, detected_ms, &v, e);
	int64_t suppress_ms = rule->suppress_for_ms >= 0 ? rule->suppress_for_ms : g->options.suppress_ms;
	int64_t t_ms = r->time_ms == RECORD_NO_TIME ? detected_ms : r->time_ms;
	if (rc == RC_OK && v.fate == GATE_ALERT && !g->options.no_fold && suppress_ms > 0) {
		if (g->options.store)
			rc = fold_store(g, t_ms, suppress_ms, detected_ms, &v, e);
		else
			fold_memory(g, t_ms, suppress_ms, &v);
	}
	if (rc != RC_OK)
		return rc;
	metric_add(METRIC_MATCHES, 1);
	if (v.fate == GATE_DUPLICATE)
		metric_add(METRIC_DUPLICATES, 1);
	if (v.fate == GATE_FOLDED)
		metric_add(METRIC_FOLDED, 1);
	*out = v;
	return RC_OK;
}
