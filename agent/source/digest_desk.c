/* The desk's thread owns keys and what waits; sources only put something into its queue. */
#include "agent/source/digest_desk.h"

#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define MAX_QUEUED 256 /* more than any source has in hand of digests in an hour */
#define AGAIN_MS 15000 /* between two looks for keys that are not to be had */

struct paper {
	struct work *work;
	char *bucket, *key, *metadata;
	struct buf bytes;
	int64_t end_ms; /* monotonic: no longer than that */
};

struct digest_desk {
	struct digests *digests;
	size_t most;
	struct queue *in;
	VEC(struct paper *) waiting; /* oldest first */
	pthread_t thread;
};

static void paper_free(struct paper *p)
{
	work_unref(p->work);
	free(p->bucket);
	free(p->key);
	free(p->metadata);
	buf_fini(&p->bytes);
	free(p);
}

/* It is left where it came from. */
static void give_up(struct paper *p)
{
	struct source *s = p->work->source;
	s->type->settled(s, p->work, RC_IO);
	paper_free(p);
}

static void hand_on(struct paper *p, struct digest_news *n)
{
	struct work *w = p->work;
	w->digest = n;
	if (queue_put(w->source->setup.intake, w))
		p->work = NULL;
	if (p->work)
		give_up(p);
	else
		paper_free(p);
}

/* False when the key is not to be had, and there is time. */
static bool judge(struct digest_desk *d, struct paper *p)
{
	struct digest_feed feed = {buf_sv(&p->bytes), sv_from(p->metadata), sv_from(p->bucket),
	    sv_from(p->key), &d->digests->keys, d->digests->patience_ms};
	struct digest_news *n = digests_judge(d->digests, &feed);
	bool unasked = n && n->verdict == FLAW_UNKNOWN_KEY && d->digests->keys.trouble;
	if (unasked && clk_mono_ms() < p->end_ms) {
		digest_news_free(n);
		return false;
	}
	hand_on(p, n);
	return true;
}

/* All of the object, or what is too long to be a digest and is told as damaged. */
static bool read_object(struct paper *p)
{
	char part[16384];
	ssize_t n;
	while (p->bytes.len <= DIGEST_MAX_BYTES && (n = read(p->work->fd, part, sizeof part)) != 0) {
		if (n < 0)
			return false;
		buf_add(&p->bytes, sv_of(part, (size_t)n));
	}
	close(p->work->fd);
	p->work->fd = -1;
	return true;
}

static void take(struct digest_desk *d, struct paper *p)
{
	if (!read_object(p)) {
		log_warn(
		    "digest can't be read", "object=\"%s\" next=\"it is read again later\"", p->work->object);
		give_up(p);
		return;
	}
	if (judge(d, p))
		return;
	log_warn("digest waits for its key", "object=\"%s\" error=\"%s\" next=\"told of in %lld s\"",
	    p->work->object, d->digests->keys.trouble, (long long)(d->digests->patience_ms / 1000));
	vec_push(&d->waiting, p);
	if (d->waiting.n > d->most) {
		give_up(d->waiting.items[0]);
		d->waiting.n--;
		memmove(d->waiting.items, d->waiting.items + 1, d->waiting.n * sizeof *d->waiting.items);
	}
}

static void look_again(struct digest_desk *d)
{
	size_t kept = 0;
	for (size_t i = 0; i < d->waiting.n; i++)
		if (!judge(d, d->waiting.items[i]))
			d->waiting.items[kept++] = d->waiting.items[i];
	d->waiting.n = kept;
}

static int64_t pause_ms(const struct digest_desk *d)
{
	if (!d->waiting.n)
		return -1;
	int64_t left = d->waiting.items[0]->end_ms - clk_mono_ms();
	return left < 0 ? 0 : left < AGAIN_MS ? left : AGAIN_MS;
}

static bool is_closed(void *ctx)
{
	return queue_closed(ctx);
}

static void *run(void *ctx)
{
	struct digest_desk *d = ctx;
	int64_t look_ms = 0;
	while (!queue_closed(d->in)) {
		struct paper *p = queue_take(d->in, pause_ms(d));
		if (p)
			take(d, p);
		if (d->waiting.n && (!p || clk_mono_ms() >= look_ms)) {
			look_again(d);
			look_ms = clk_mono_ms() + AGAIN_MS;
		}
	}
	return NULL;
}

struct digest_desk *digest_desk_new(struct digests *digests, size_t most)
{
	struct digest_desk *d = heap_zero(1, sizeof *d);
	d->digests = digests;
	d->most = most;
	d->in = queue_new(MAX_QUEUED);
	digests->keys.stopped = is_closed;
	digests->keys.ctx = d->in;
	if (pthread_create(&d->thread, NULL, run, d) != 0) {
		log_warn(
		    "digests are not checked", "error=\"no thread for them\" next=\"restart the agent\"");
		digests->on = false;
		digests->keys.stopped = NULL;
		queue_free(d->in);
		free(d);
		return NULL;
	}
	return d;
}

void digest_desk_free(struct digest_desk *d)
{
	struct paper *p;
	if (!d)
		return;
	queue_close(d->in);
	pthread_join(d->thread, NULL);
	while ((p = queue_take(d->in, 0)))
		give_up(p);
	for (size_t i = 0; i < d->waiting.n; i++)
		give_up(d->waiting.items[i]);
	vec_fini(&d->waiting);
	d->digests->keys.stopped = NULL;
	queue_free(d->in);
	free(d);
}

void digest_desk_take(
    struct digest_desk *d, struct work *w, const char *bucket, const char *key, const char *metadata)
{
	struct paper *p = heap_zero(1, sizeof *p);
	*p = (struct paper){.work = work_ref(w),
	    .bucket = heap_copy(bucket),
	    .key = heap_copy(key),
	    .metadata = heap_copy(metadata),
	    .end_ms = clk_mono_ms() + d->digests->patience_ms};
	if (!queue_offer(d->in, p))
		give_up(p);
}
