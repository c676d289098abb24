/* What the tests of agent/ share: events, rules, gzip, a folder of their own, and ears for a reading. */
#ifndef KW_TESTS_UNIT_AGENT_FIXTURE_H
#define KW_TESTS_UNIT_AGENT_FIXTURE_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/worker/reading.h"
#include "base/buf.h"
#include "base/file.h"
#include "rules/load.h"

#include <cmocka.h>
#include <zlib.h>

/* Appends record `i`: every third is a DeleteIndex, the others are DescribeIndex. */
static inline void fixture_event(struct buf *out, int i)
{
	buf_printf(out,
	    "{\"eventVersion\":\"1.11\",\"userIdentity\":{\"type\":\"IAMUser\",\"arn\":"
	    "\"arn:aws:iam::111122223333:user/u%d\",\"accountId\":\"111122223333\",\"userName\":\"u%d\"},"
	    "\"eventTime\":\"2026-11-24T01:%02d:%02dZ\",\"eventSource\":\"kendra.amazonaws.com\","
	    "\"eventName\":\"%s\",\"awsRegion\":\"eu-west-1\",\"sourceIPAddress\":\"203.0.113.9\","
	    "\"requestParameters\":{\"id\":\"idx-%d\"},\"eventID\":\"e-%06d\","
	    "\"recipientAccountId\":\"111122223333\"}",
	    i % 5, i % 5, i / 60 % 60, i % 60, i % 3 ? "DescribeIndex" : "DeleteIndex", i, i);
}

/* Appends records [from, to) in an envelope. */
static inline void fixture_records(struct buf *out, int from, int to)
{
	buf_adds(out, "{\"Records\":[");
	for (int i = from; i < to; i++) {
		buf_adds(out, i > from ? "," : "");
		fixture_event(out, i);
	}
	buf_adds(out, "]}");
}

/* Appends records [from, to), a line each. */
static inline void fixture_lines(struct buf *out, int from, int to)
{
	for (int i = from; i < to; i++) {
		fixture_event(out, i);
		buf_addc(out, '\n');
	}
}

/* Appends one gzip member. */
static inline void fixture_gzip(struct sv plain, struct buf *out)
{
	z_stream z = {0};
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
	size_t room = deflateBound(&z, plain.len) + 64;
	buf_room(out, room);
	z.next_in = (Bytef *)(uintptr_t)plain.ptr;
	z.avail_in = (uInt)plain.len;
	z.next_out = (Bytef *)out->ptr + out->len;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->len += room - z.avail_out;
	deflateEnd(&z);
}

#define FIXTURE_RULE_DELETE                                                                                \
	"title: Kendra index deleted\nname: deleted\nlevel: critical\nlogsource: {product: aws, service: " \
	"cloudtrail}\ndetection:\n  s: {eventName: DeleteIndex}\n  condition: s\n"
#define FIXTURE_RULE_ANY                                                                          \
	"title: Any Kendra call\nname: any_call\nlevel: low\nlogsource: {product: aws, service: " \
	"cloudtrail}\n"                                                                           \
	"detection:\n  s: {eventSource: kendra.amazonaws.com}\n  condition: s\n"

static inline struct ruleset *fixture_rules(const char *yaml)
{
	struct faults faults = {0};
	struct buf shown = {0};
	struct ruleset *set = rules_load_text("rules.yml", sv_from(yaml), NULL, &faults);
	for (size_t i = 0; i < faults.list.n; i++)
		fault_show(&faults.list.items[i], &shown);
	if (faults.n_errors)
		fail_msg("%s", shown.ptr);
	buf_fini(&shown);
	faults_fini(&faults);
	return set;
}

/* --- what a reading told ------------------------------------------------------------------------- */

struct fixture_heard {
	struct buf text; /* a line for each finding and spoiled piece, in order of number */
	uint64_t events, notices, insights, bytes, hits, spoiled, stretches, done;
	uint64_t most_hits;  /* in one stretch */
	uint64_t stop_after; /* stretches; 0: never */
};

static inline bool fixture_hear(void *ctx, struct findings *f)
{
	struct fixture_heard *h = ctx;
	for (size_t i = 0, s = 0; i < f->hits.n || s < f->spoiled.n;) {
		if (s < f->spoiled.n &&
		    (i == f->hits.n || f->spoiled.items[s].number < f->hits.items[i].number)) {
			const struct spoiled *p = &f->spoiled.items[s++];
			buf_printf(&h->text, "%d spoiled at %d, %zu bytes: %s\n", (int)p->number,
			    (int)p->offset, p->bytes.len, p->reason);
			continue;
		}
		const struct finding *hit = &f->hits.items[i++];
		buf_printf(&h->text, "%d %.*s %.*s, %zu why\n", (int)hit->number, SV_ARG(hit->rule->name),
		    SV_ARG(hit->record->event_id), hit->why.leaves.n);
	}
	h->events += f->events;
	h->notices += f->notices;
	h->insights += f->insights;
	h->bytes += f->bytes;
	h->hits += f->hits.n;
	h->spoiled += f->spoiled.n;
	h->most_hits = f->hits.n > h->most_hits ? f->hits.n : h->most_hits;
	h->done = f->records_done;
	h->stretches++;
	findings_free(f);
	return !h->stop_after || h->stretches < h->stop_after;
}

/* --- a folder ------------------------------------------------------------------------------------ */

static inline int fixture_folder(void **state)
{
	char *folder = heap_copy("/tmp/kw-agent-XXXXXX");
	*state = folder;
	return mkdtemp(folder) ? 0 : -1;
}

static inline int fixture_remove(void **state)
{
	char *command = heap_printf("chmod -R u+rwx %s && rm -rf %s", (char *)*state, (char *)*state);
	int rc = system(command);
	free(command);
	free(*state);
	return rc;
}

static inline void fixture_write(const char *path, struct sv bytes)
{
	struct err e = {0};
	if (file_write_atomic(path, bytes, 0644, &e) != RC_OK)
		fail_msg("%s", e.text);
}

static inline void fixture_append(const char *path, struct sv bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.ptr, bytes.len), (ssize_t)bytes.len);
	close(fd);
}

static inline void fixture_ok(enum rc rc, const struct err *e)
{
	if (rc != RC_OK)
		fail_msg("%s: %s", err_name(rc), e->text);
}

#define FOLDER(test) cmocka_unit_test_setup_teardown(test, fixture_folder, fixture_remove)

#endif
