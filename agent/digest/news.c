/* Digests as they come. On the thread of the source that got them. */
#include "agent/digest/news.h"

#include <stdio.h>

static bool at_home(const struct digest_feed *f, const struct digest *d)
{
	if (f->bucket.len)
		return sv_eq(f->bucket, d->bucket) && sv_eq(f->object, d->object);
	size_t before = f->object.len - d->object.len;
	return sv_ends(f->object, d->object) && (before == 0 || f->object.ptr[before - 1] == '/');
}

struct digest_news *digest_news_new(const struct digest_feed *f)
{
	struct digest_news *n = heap_zero(1, sizeof *n);
	struct err e = {0};
	if (!trail_name_read(arena_copy(&n->arena, f->object), &n->name) || n->name.kind != TRAIL_DIGEST) {
		digest_news_free(n);
		return NULL;
	}
	n->patience_ms = f->patience_ms;
	if (f->metadata.len)
		digest_metadata_read(f->metadata, &n->arena, &n->metadata, NULL);
	if (digest_read(f->bytes, &n->arena, &n->digest, &e) != RC_OK) {
		n->digest = (struct digest){0};
		n->verdict = FLAW_DAMAGED_DIGEST;
		snprintf(n->reason, sizeof n->reason, "%.400s", e.text);
		return n;
	}
	n->verdict = link_check(&n->digest, &n->metadata, at_home(f, &n->digest), &(struct link_claim){0},
	    f->keys, n->name.region, n->reason);
	return n;
}

void digest_news_free(struct digest_news *n)
{
	if (!n)
		return;
	arena_fini(&n->arena);
	free(n);
}
