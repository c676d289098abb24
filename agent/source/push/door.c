/* The door. `inbox`, `strangers` and `shut` are shared with the server's thread; all else is the source's. */
#include "agent/source/push/door.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "agent/listen/listen.h"
#include "agent/listen/listen_address.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/net/cert.h"
#include "base/net/crypto.h"
#include "base/vec.h"
#include "base/wake.h"

#define MOST_WAITING 64
#define PEM_BYTES ((size_t)64 << 10)
#define RETRY_S 5
#define REOPEN_MS 10000 /* after a failure */

struct door {
	struct door_setup setup;
	struct listen *listen; /* NULL: closed */
	uint32_t opening;
	struct timespec certificate_time; /* of its file when it was opened */
	int64_t again_ms;                 /* monotonic: not before that */
	struct wake wake;
	pthread_mutex_t lock;
	VEC(struct pushed *) inbox; /* under the lock */
	atomic_bool shut;
	_Atomic uint64_t strangers;
};

void pushed_free(struct pushed *p)
{
	if (!p)
		return;
	buf_fini(&p->body);
	free(p);
}

/* --- the server's thread --------------------------------------------------------------------------- */

static void refuse(struct listen_reply *reply, unsigned status, const char *text)
{
	reply->status = status;
	reply->retry_after_s = status == 503 ? RETRY_S : 0;
	buf_adds(&reply->body, text);
	metric_add(METRIC_PUSH_REFUSED, 1);
}

static bool has_key(const struct door *d, const struct listen_request *r)
{
	struct sv given = listen_header(r, d->setup.api_key_header);
	return d->setup.api_key && given.ptr && crypto_equal(given, secret_value(d->setup.api_key));
}

static bool let_in(struct door *d, struct pushed *p)
{
	pthread_mutex_lock(&d->lock);
	bool room = d->inbox.n < MOST_WAITING;
	if (room)
		vec_push(&d->inbox, p);
	pthread_mutex_unlock(&d->lock);
	wake_ring(&d->wake);
	return room;
}

static void on_knock(void *ctx, const struct listen_request *r, struct listen_reply *reply)
{
	struct door *d = ctx;
	bool sns = listen_header(r, "x-amz-sns-message-type").ptr;
	if (d->shut) {
		refuse(reply, 503, "stopping\n");
		return;
	}
	/* What has the key needs no signature, whatever it says it is. */
	bool keyed = has_key(d, r);
	if (!keyed && !(sns && d->setup.sns)) {
		d->strangers++;
		refuse(reply, 401,
		    sns ? "no messages of SNS are taken here\n" : "the key is missing or wrong\n");
		return;
	}
	struct pushed *p = heap_zero(1, sizeof *p);
	*p = (struct pushed){.ticket = r->ticket,
	    .opening = d->opening,
	    .sns = !keyed,
	    .raw = sv_eq(listen_header(r, "x-amz-sns-rawdelivery"), SV("true"))};
	buf_add(&p->body, r->body);
	reply->status = 0;
	if (let_in(d, p))
		return;
	pushed_free(p);
	refuse(reply, 503, "busy\n");
}

/* --- opening --------------------------------------------------------------------------------------- */

static enum rc read_pair(const struct door *d, struct buf *certificate, struct err *e)
{
	enum rc rc = file_read(d->setup.certificate, PEM_BYTES, certificate, e);
	if (rc == RC_OK)
		rc = cert_check_pair(buf_sv(certificate), secret_value(d->setup.key), e);
	return rc == RC_OK ? rc : err_set(e, RC_CONFIG, "%s: %s", d->setup.certificate, e->text);
}

static enum rc check(const struct door *d, struct err *e)
{
	struct listen_address a;
	struct buf certificate = {0};
	enum rc rc = listen_address_parse(sv_from(d->setup.address), &a, e);
	if (rc != RC_OK)
		return err_at(e, "address");
	if (!d->setup.certificate != !d->setup.key)
		return err_set(e, RC_CONFIG, "tls_certificate and tls_key go together");
	if (!d->setup.certificate && !a.loopback)
		return err_set(e, RC_CONFIG,
		    "address %s is reached by other machines: give it tls_certificate and tls_key, or listen "
		    "on "
		    "127.0.0.1 behind a proxy that has them",
		    d->setup.address);
	if (d->setup.certificate)
		rc = read_pair(d, &certificate, e);
	buf_fini(&certificate);
	return rc;
}

enum rc door_new(const struct door_setup *setup, struct door **out, struct err *e)
{
	struct door *d = heap_zero(1, sizeof *d);
	d->setup = *setup;
	d->wake = (struct wake)WAKE_CLOSED;
	pthread_mutex_init(&d->lock, NULL);
	enum rc rc = check(d, e);
	if (rc == RC_OK)
		rc = wake_open(&d->wake, e);
	if (rc == RC_OK) {
		*out = d;
		return RC_OK;
	}
	door_free(d);
	return rc;
}

/* Requests that have no answer yet get 503. */
static void close_door(struct door *d)
{
	listen_free(d->listen);
	d->listen = NULL;
	d->opening++;
}

void door_free(struct door *d)
{
	if (!d)
		return;
	close_door(d);
	for (size_t i = 0; i < d->inbox.n; i++)
		pushed_free(d->inbox.items[i]);
	vec_fini(&d->inbox);
	wake_close(&d->wake);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

static struct timespec changed_at(const struct door *d)
{
	struct stat st;
	if (!d->setup.certificate || stat(d->setup.certificate, &st) != 0)
		return d->certificate_time;
	return st.st_mtim;
}

static enum rc open_door(struct door *d, struct err *e)
{
	struct buf certificate = {0};
	struct timespec time = changed_at(d);
	enum rc rc = d->setup.certificate ? read_pair(d, &certificate, e) : RC_OK;
	if (rc != RC_OK) {
		buf_fini(&certificate);
		return rc;
	}
	close_door(d);
	char *key = d->setup.key ? heap_text(secret_value(d->setup.key)) : NULL;
	d->listen = listen_new_for(&(struct listen_setup){.address = d->setup.address,
	    .what = "address",
	    .remote = d->setup.certificate,
	    .certificate = certificate.ptr,
	    .key = key});
	d->certificate_time = time;
	listen_route(
	    d->listen, &(struct listen_route){"POST", d->setup.path, d->setup.max_body, on_knock, d});
	rc = listen_start(d->listen, e);
	if (rc != RC_OK)
		close_door(d);
	if (key)
		crypto_wipe(key, strlen(key));
	free(key);
	buf_fini(&certificate);
	return rc;
}

enum rc door_tend(struct door *d, struct err *e)
{
	struct timespec now = changed_at(d);
	bool renewed = now.tv_sec != d->certificate_time.tv_sec || now.tv_nsec != d->certificate_time.tv_nsec;
	if ((d->listen && !renewed) || d->shut || clk_mono_ms() < d->again_ms)
		return RC_OK;
	enum rc rc = open_door(d, e);
	d->again_ms = rc == RC_OK ? 0 : clk_mono_ms() + REOPEN_MS;
	return rc;
}

bool door_is_open(const struct door *d)
{
	return d->listen;
}

/* --- the source's thread --------------------------------------------------------------------------- */

static struct pushed *first_waiting(struct door *d)
{
	struct pushed *p = NULL;
	pthread_mutex_lock(&d->lock);
	if (d->inbox.n) {
		p = d->inbox.items[0];
		memmove(d->inbox.items, d->inbox.items + 1, (d->inbox.n - 1) * sizeof *d->inbox.items);
		d->inbox.n--;
	}
	pthread_mutex_unlock(&d->lock);
	return p;
}

struct pushed *door_take(struct door *d, int64_t timeout_ms)
{
	struct pushed *p = first_waiting(d);
	if (!p && wake_rung(&d->wake, timeout_ms)) {
		wake_quiet(&d->wake);
		p = first_waiting(d);
	}
	return p;
}

void door_ring(struct door *d)
{
	wake_ring(&d->wake);
}

void door_answer(struct door *d, const struct pushed *p, unsigned status, const char *text)
{
	if (d->listen && p->opening == d->opening)
		listen_answer(d->listen, p->ticket, status, text, status == 503 ? RETRY_S : 0);
}

void door_shut(struct door *d)
{
	d->shut = true;
	door_ring(d);
}

uint64_t door_strangers(struct door *d)
{
	return atomic_exchange(&d->strangers, 0);
}
