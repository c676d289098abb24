/* Fold windows. Called by the gate for each match that is not a duplicate, on whichever thread owns the gate.
 * Owns nothing. */
#include "alerts/fold.h"

#include "alerts/summary.h"
#include "base/net/crypto.h"

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

int64_t fold_uncarried(const struct fold_set *set)
{
	int64_t n = 0;
	for (size_t i = 0; i < set->n; i++)
		n += set->windows[i].count - set->windows[i].carried;
	return n;
}

/* The window nearest to `t_ms` that is open for it, the earlier one of two that are as near, so that the
 * order in which a set is kept plays no part; set->n when none is open. */
static size_t open_window(const struct fold_set *set, int64_t t_ms, int64_t suppress_ms)
{
	size_t best = set->n;
	int64_t nearest = suppress_ms;
	for (size_t i = 0; i < set->n; i++) {
		int64_t d = distance(set->windows[i].opened_ms, t_ms);
		bool earlier = best < set->n && set->windows[i].opened_ms < set->windows[best].opened_ms;
		if (d < nearest || (best < set->n && d == nearest && earlier)) {
			best = i;
			nearest = d;
		}
	}
	return best;
}

static size_t oldest(const struct fold_set *set)
{
	size_t at = 0;
	for (size_t i = 1; i < set->n; i++)
		if (set->windows[i].opened_ms < set->windows[at].opened_ms)
			at = i;
	return at;
}

struct fold_verdict fold_match(struct fold_set *set, int64_t t_ms, int64_t suppress_ms, const char *alert_id)
{
	struct fold_verdict v = {0};
	v.window = open_window(set, t_ms, suppress_ms);
	if (v.window < set->n) {
		set->windows[v.window].count++;
		return v;
	}
	v.alerts = true;
	v.carried = fold_uncarried(set);
	for (size_t i = 0; i < set->n; i++)
		set->windows[i].carried = set->windows[i].count;
	if (set->n == FOLD_WINDOWS) {
		v.window = oldest(set);
		v.evicted = true;
		v.evicted_opened_ms = set->windows[v.window].opened_ms;
	} else {
		v.window = set->n++;
	}
	struct fold_window *w = &set->windows[v.window];
	*w = (struct fold_window){.opened_ms = t_ms};
	snprintf(w->alert_id, sizeof w->alert_id, "%s", alert_id);
	return v;
}

/* Each part with its length in front, so that no two lists of parts give the same bytes. */
static void add_part(struct buf *b, struct sv part)
{
	buf_printf(b, "%zu:", part.len);
	buf_add(b, part);
}

void fold_key(const struct rule *rule, struct record *r, char out[FOLD_KEY_TEXT])
{
	struct buf b = {0};
	char hex[2 * CRYPTO_SHA256_BYTES + 1];
	add_part(&b, rule->key);
	add_part(&b, r->account);
	if (rule->group_by.n == 0)
		add_part(&b, record_derived(r, KW_FIELD_ACTOR));
	for (size_t i = 0; i < rule->group_by.n; i++)
		add_part(&b, summary_value(r, rule->group_by.items[i]));
	crypto_sha256_hex(buf_sv(&b), hex);
	memcpy(out, hex, FOLD_KEY_TEXT - 1);
	out[FOLD_KEY_TEXT - 1] = 0;
	buf_fini(&b);
}
