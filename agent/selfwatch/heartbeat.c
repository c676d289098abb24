/* Sends heartbeats. The address is a secret: whoever knows it can fake the beat. It is never logged, only its
 * host. */
#include "agent/selfwatch/heartbeat.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/jout.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/net/http.h"
#include "config/secret.h"

#define TIMEOUT_MS 10000

struct heartbeat {
	const struct options *options;
	const char *agent;
	int64_t every_ms, due_ms;
	int64_t sent_ms;    /* the beat under way */
	int64_t failing_ms; /* the first beat since the last success */
	bool held;
	struct http *http;
};

struct heartbeat *heartbeat_new(const struct options *options, const char *agent)
{
	const struct option_value *url = options_get(options, "url");
	if (!url->text && !url->secret)
		return NULL;
	struct heartbeat *h = heap_zero(1, sizeof *h);
	h->options = options;
	h->agent = agent;
	h->every_ms = options_number(options, "every");
	h->http = http_new(&(struct http_options){.timeout_ms = TIMEOUT_MS}, 1);
	return h;
}

void heartbeat_free(struct heartbeat *h)
{
	if (!h)
		return;
	http_free(h->http);
	free(h);
}

bool heartbeat_due(const struct heartbeat *h, int64_t mono_ms)
{
	return mono_ms >= h->due_ms && !http_in_flight(h->http);
}

static void failed(struct heartbeat *h, const char *why)
{
	metric_add(METRIC_HEARTBEATS_FAILED, 1);
	if (!h->failing_ms)
		h->failing_ms = h->sent_ms;
	log_warn("heartbeat was not taken", "error=\"%s\" next=\"it is sent again at the next beat\"", why);
}

static void answered(void *ctx, struct http_reply *reply)
{
	struct heartbeat *h = ctx;
	char *why = NULL;
	if (reply->error.rc == RC_STOPPED)
		return;
	if (reply->status >= 200 && reply->status < 300) {
		metric_add(METRIC_HEARTBEATS, 1);
		if (h->failing_ms)
			log_info("heartbeat is taken again", "status=%d", reply->status);
		h->failing_ms = 0;
		return;
	}
	why = reply->status ? heap_printf("HTTP status %d", reply->status) : heap_copy(reply->error.text);
	failed(h, why);
	free(why);
}

static void write_body(const struct heartbeat *h, int64_t quiet_ms, struct http_request *r)
{
	struct jout j = jout_on(&r->body);
	jout_begin_object(&j);
	jout_kv(&j, "agent", sv_from(h->agent));
	jout_kv(&j, "version", SV(KW_VERSION));
	jout_key(&j, "quiet_seconds");
	if (quiet_ms < 0)
		jout_null(&j);
	else
		jout_int(&j, quiet_ms / 1000);
	jout_end_object(&j);
	http_request_header(r, "Content-Type", SV("application/json"));
}

static void send_beat(struct heartbeat *h, int64_t quiet_ms)
{
	const struct option_value *url = options_get(h->options, "url");
	struct http_request r = {.method = options_text(h->options, "method")};
	r.url = url->secret ? heap_text(secret_value(url->secret)) : heap_copy(url->text);
	http_request_header(&r, "User-Agent", SV("kendrawatch/" KW_VERSION));
	if (strcmp(r.method, "POST") == 0)
		write_body(h, quiet_ms, &r);
	http_start(h->http, &r, answered, h);
	explicit_bzero(r.url, strlen(r.url));
	http_request_fini(&r);
}

void heartbeat_beat(struct heartbeat *h, int64_t mono_ms, const char *why_not, int64_t quiet_ms)
{
	h->due_ms = mono_ms + h->every_ms;
	if (why_not) {
		metric_add(METRIC_HEARTBEATS_HELD, 1);
		if (!h->held)
			log_warn("heartbeat is held back",
			    "reason=\"%s\" next=\"it goes on when that is mended\"", why_not);
		h->held = true;
		return;
	}
	if (h->held)
		log_info("heartbeat goes on", "every_ms=%lld", (long long)h->every_ms);
	h->held = false;
	h->sent_ms = mono_ms;
	send_beat(h, quiet_ms);
}

void heartbeat_wait(struct heartbeat *h, int64_t timeout_ms)
{
	http_run(h->http, timeout_ms);
}

void heartbeat_wake(struct heartbeat *h)
{
	http_wake(h->http);
}

int64_t heartbeat_failing_ms(const struct heartbeat *h)
{
	return h->failing_ms;
}
