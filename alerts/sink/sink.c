/* The registry of sinks and what they share: verdicts, and what HTTP's statuses mean. Called by config's
 * caller at start and by sinks on the dispatcher's thread; owns nothing. */
#include "alerts/sink/sink.h"

#include <stdarg.h>

static const struct sink_type *const types[] = {
#define SINK(name) &sink_##name,
#include "alerts/sink/sink_list.h"
#undef SINK
};
#define N_TYPES (sizeof types / sizeof types[0])

const struct sink_type *const *sink_types(size_t *out_n)
{
	*out_n = N_TYPES;
	return types;
}

const struct sink_type *sink_type_find(struct sv name)
{
	for (size_t i = 0; i < N_TYPES; i++)
		if (sv_eq(name, sv_from(types[i]->name)))
			return types[i];
	return NULL;
}

const struct option_table *const *sink_tables(size_t *out_n)
{
	static const struct option_table *tables[N_TYPES]; /* the same values each time */
	for (size_t i = 0; i < N_TYPES; i++)
		tables[i] = types[i]->table;
	*out_n = N_TYPES;
	return tables;
}

struct sink_verdict sink_sent(void)
{
	return (struct sink_verdict){.answer = SINK_SENT, .retry_after_ms = -1};
}

__attribute__((format(printf, 2, 0))) static void set_why(struct sink_verdict *v, const char *fmt, va_list ap)
{
	char text[sizeof v->why.text];
	vsnprintf(text, sizeof text, fmt, ap);
	err_set(&v->why, v->answer == SINK_RETRY ? RC_RETRY : RC_REJECT, "%s", text);
}

struct sink_verdict sink_retry(int64_t retry_after_ms, const char *fmt, ...)
{
	struct sink_verdict v = {.answer = SINK_RETRY, .retry_after_ms = retry_after_ms};
	va_list ap;
	va_start(ap, fmt);
	set_why(&v, fmt, ap);
	va_end(ap);
	return v;
}

struct sink_verdict sink_reject(const char *fmt, ...)
{
	struct sink_verdict v = {.answer = SINK_REJECT, .retry_after_ms = -1};
	va_list ap;
	va_start(ap, fmt);
	set_why(&v, fmt, ap);
	va_end(ap);
	return v;
}

struct sink_verdict sink_judge_http(const struct http_reply *reply, const char *where)
{
	int status = reply->status;
	if (!status)
		return sink_retry(-1, "%s", reply->error.text);
	if (status >= 200 && status < 300)
		return sink_sent();
	if (status >= 300 && status < 400)
		return sink_reject(
		    "%s answered %d, a redirect; it is not followed, since what is sent is for this "
		    "address only: configure the final URL",
		    where, status);
	if (status == 410)
		return sink_reject(
		    "%s answered 410: the endpoint is gone; remove this sink or give its new URL", where);
	if (status == 408 || status == 425 || status == 429 || status >= 500)
		return sink_retry(reply->retry_after_ms, "%s answered %d", where, status);
	return sink_reject("%s answered %d: it refuses this alert", where, status);
}
