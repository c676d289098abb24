/* What the sinks' unit tests share: options from YAML, a sink, an alert. */
#ifndef KW_TESTS_UNIT_ALERTS_SINK_BED_H
#define KW_TESTS_UNIT_ALERTS_SINK_BED_H

#include "alerts/sink/sink.h"
#include "base/heap.h"
#include "base/net/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define BED_ALERT                                                                                            \
	"{\"schema\":\"kendrawatch.alert/1\",\"id\":\"0123456789abcdef0123456789abcdef\","                   \
	"\"time\":\"2026-11-24T01:58:11Z\",\"detected_at\":\"2026-11-24T02:03:04Z\","                        \
	"\"rule\":{\"id\":\"7c0d3f52-6a0e-4a57-9d0b-0c5b7a1f2e41\",\"title\":\"Index deleted\","             \
	"\"level\":\"critical\",\"tags\":[]},\"summary\":\"alice@example.com DELETED the Kendra index hr\"," \
	"\"principal\":\"role/"                                                                              \
	"Admin\",\"account\":\"111122223333\",\"region\":\"eu-west-1\",\"outcome\":\"ok\","                  \
	"\"event\":{\"eventName\":\"DeleteIndex\"},\"why\":[]}"

struct bed {
	struct options options;
	struct faults faults;
	struct sink_context context;
	const struct sink_type *type;
	struct sink *sink;
	struct err e;
	struct jdoc *alert;
	struct delivery delivery;
};

static inline void bed_alert(struct bed *b, struct sv body)
{
	jdoc_free(b->alert);
	assert_int_equal(jdoc_read(body, &b->alert, NULL), RC_OK);
	b->delivery = (struct delivery){.key = SV("msg_key1"), .body = body, .alert = b->alert, .attempt = 1};
}

/* Opens a sink of `type` with the options in `yaml`; {0} before. */
static inline enum rc bed_open(struct bed *b, const char *type, const char *yaml)
{
	struct ydoc *y = ydoc_parse("test.yaml", sv_from(yaml), 0, &b->faults);
	b->type = sink_type_find(sv_from(type));
	assert_non_null(b->type);
	options_read(&b->options, b->type->table, ydoc_root(y, 0), "test.yaml", NULL, &b->faults);
	ydoc_free(y);
	for (size_t i = 0; i < b->faults.list.n; i++)
		print_message("%s\n", b->faults.list.items[i].text);
	assert_int_equal(b->faults.n_errors, 0);
	if (!b->context.stdout_fd)
		b->context.stdout_fd = 1;
	bed_alert(b, SV(BED_ALERT));
	return b->type->open(&b->options, &b->context, &b->sink, &b->e);
}

static inline void bed_close(struct bed *b)
{
	if (b->sink)
		b->type->close(b->sink);
	options_fini(&b->options);
	faults_fini(&b->faults);
	jdoc_free(b->alert);
}

/* Value of a header of a request; empty when it is not there once. */
static inline struct sv bed_header(const struct http_request *r, const char *name)
{
	struct sv found = {NULL, 0};
	size_t n = 0;
	for (size_t i = 0; i < r->headers.n; i++) {
		struct sv rest = sv_from(r->headers.items[i]), key;
		sv_cut(&rest, ':', &key);
		if (!sv_eq_nocase(key, sv_from(name)))
			continue;
		found = sv_trim(rest);
		n++;
	}
	return n == 1 ? found : (struct sv){NULL, 0};
}

/* Sets the wall clock of this process (base/clock.h's hook of the test flavours). */
static inline void bed_clock(int64_t ms)
{
	static int fd = -1;
	char text[16];
	if (fd < 0)
		fd = memfd_create("clock", MFD_CLOEXEC);
	assert_int_equal(pwrite(fd, &ms, sizeof ms, 0), sizeof ms);
	snprintf(text, sizeof text, "%d", fd);
	setenv("KW_CLOCK_FD", text, 1);
}

/* What the sink makes of an HTTP answer. */
static inline struct sink_verdict bed_judge(
    struct bed *b, int status, const char *body, int64_t retry_after_ms)
{
	struct http_reply reply = {.status = status, .retry_after_ms = retry_after_ms, .date_ms = -1};
	if (!status)
		err_set(&reply.error, RC_RETRY, "http://x/…: nothing came");
	buf_adds(&reply.body, body);
	struct sink_verdict v = b->type->judge(b->sink, &b->delivery, &reply);
	http_reply_fini(&reply);
	return v;
}

#endif
