/* Heavy hitters. Called by noise.c for each alert. */
#include "agent/author/backtest/top.h"

#include <stdlib.h>

#include "base/hash.h"

/* At most `max` bytes of it, not ending inside a code point. */
static struct sv cut(struct sv s, size_t max)
{
	if (s.len <= max)
		return s;
	size_t n = max;
	while (n && ((unsigned char)s.ptr[n] & 0xc0) == 0x80)
		n--;
	return sv_head(s, n);
}

static struct top_name *place_for(struct top *t, struct sv name, uint64_t hash)
{
	struct top_name *least = &t->names[0];
	for (size_t i = 0; i < t->n; i++) {
		struct top_name *known = &t->names[i];
		if (known->hash == hash && sv_eq(sv_of(known->text, known->len), name))
			return known;
		if (known->alerts < least->alerts)
			least = known;
	}
	if (t->n < TOP_NAMES) {
		least = &t->names[t->n++];
		least->alerts = 0;
	}
	least->over = least->alerts;
	least->pages = 0;
	least->hash = hash;
	least->len = (uint32_t)name.len;
	memcpy(least->text, name.ptr, name.len);
	return least;
}

void top_count(struct top *t, struct sv name, bool page)
{
	struct sv kept = name.len ? cut(name, TOP_BYTES) : SV("unknown");
	struct top_name *n = place_for(t, kept, hash_sv(kept));
	n->alerts++;
	n->pages += page;
	t->total++;
}

static int by_alerts(const void *a, const void *b)
{
	const struct top_name *x = a, *y = b;
	if (x->alerts != y->alerts)
		return x->alerts > y->alerts ? -1 : 1;
	return sv_cmp(sv_of(x->text, x->len), sv_of(y->text, y->len));
}

void top_sort(struct top *t)
{
	qsort(t->names, t->n, sizeof *t->names, by_alerts);
}
