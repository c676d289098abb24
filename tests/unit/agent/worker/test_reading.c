/* Bytes to findings: however cut, compressed, damaged or resumed, the same findings at the same places. */
#include "agent/worker/reading.h"

#include <sys/mman.h>

#include "tests/unit/agent/fixture.h"

#define N 30

struct ask {
	const char *rules;
	uint64_t skip, stop_after;
	bool patient;
	size_t step; /* bytes a feed; 0: from a file */
};

static bool go_on(void *ctx, size_t raw_bytes)
{
	(void)ctx;
	(void)raw_bytes;
	return true;
}

static enum rc read_all(const struct ask *ask, struct sv bytes, struct fixture_heard *h, struct err *e)
{
	struct ruleset *rules = fixture_rules(ask->rules ? ask->rules : FIXTURE_RULE_DELETE);
	*h = (struct fixture_heard){.stop_after = ask->stop_after};
	struct reading *r = reading_new(&(struct reading_setup){.rules = rules,
	    .skip = ask->skip,
	    .patient = ask->patient,
	    .emit = fixture_hear,
	    .after_read = go_on,
	    .ctx = h});
	enum rc rc = RC_OK;
	ruleset_unref(rules);
	if (ask->step) {
		for (size_t at = 0; at < bytes.len && rc == RC_OK; at += ask->step)
			rc = reading_feed(r, sv_head(sv_skip(bytes, at), ask->step), e);
		if (rc != RC_STOPPED)
			rc = reading_end(r, e);
	} else {
		int fd = memfd_create("reading", MFD_CLOEXEC);
		assert_int_equal(write(fd, bytes.ptr, bytes.len), (ssize_t)bytes.len);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		rc = reading_file(r, fd, e);
		close(fd);
	}
	reading_free(r);
	return rc;
}

static void same_text(const struct buf *got, const struct buf *want)
{
	if (!sv_eq(buf_sv(got), buf_sv(want)))
		fail_msg("got\n%.*swant\n%.*s", SV_ARG(buf_sv(got)), SV_ARG(buf_sv(want)));
}

/* Events, a notice, broken bytes, an Insights record: a bit of everything, a line each. */
static void write_mixture(struct buf *out)
{
	fixture_lines(out, 0, 10);
	buf_adds(out, "{\"eventVersion\":\"1.11\",\"eventName\":\"DeleteIndex\",\"broken\":}\n");
	fixture_lines(out, 10, 12);
	buf_adds(out, "{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\"}\n");
	buf_adds(out, "{\"eventVersion\":\"1.11\",\"eventName\":\"Delete\xff\\x\"}\n");
	buf_adds(out, "{\"eventVersion\":\"1.07\",\"eventType\":\"AwsCloudTrailInsight\"}\n");
	buf_adds(out, "garbage\n");
	fixture_lines(out, 12, N);
}

static void cuts_and_compression_change_nothing(void **state)
{
	(void)state;
	struct buf plain = {0}, zipped = {0}, two = {0};
	struct fixture_heard want, got;
	write_mixture(&plain);
	fixture_gzip(buf_sv(&plain), &zipped);
	fixture_gzip(sv_head(buf_sv(&plain), 1000), &two);
	fixture_gzip(sv_skip(buf_sv(&plain), 1000), &two);
	const struct sv forms[] = {buf_sv(&plain), buf_sv(&zipped), buf_sv(&two)};
	struct err e = {0};
	fixture_ok(read_all(&(struct ask){0}, forms[0], &want, &e), &e);
	assert_int_equal(want.hits, N / 3);
	assert_int_equal(want.events, N + 1);
	assert_int_equal(want.notices, 1);
	assert_int_equal(want.insights, 1);
	assert_int_equal(want.spoiled, 3);
	assert_int_equal(want.done, N + 5);
	assert_int_equal(want.bytes, plain.len);
	for (size_t f = 0; f < 3; f++)
		for (size_t step = 0; step < 9000; step = step * 2 + (step < 4)) {
			fixture_ok(read_all(&(struct ask){.step = step}, forms[f], &got, &e), &e);
			same_text(&got.text, &want.text);
			assert_int_equal(got.events, want.events);
			assert_int_equal(got.done, want.done);
			assert_int_equal(got.bytes, want.bytes);
			buf_fini(&got.text);
		}
	buf_fini(&want.text);
	buf_fini(&plain);
	buf_fini(&zipped);
	buf_fini(&two);
}

/* Every envelope at once: an array of each kind and single objects behind one another. */
static void all_envelopes_give_their_events(void **state)
{
	(void)state;
	struct buf in = {0}, one = {0};
	struct fixture_heard h;
	struct err e = {0};
	fixture_records(&in, 0, 3);
	buf_adds(&in, "\n[");
	fixture_event(&in, 3);
	buf_adds(&in, "]\n{\"version\":\"0\",\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":");
	fixture_event(&in, 6);
	buf_adds(&in, "}\n{\"Events\":[{\"EventId\":\"e\",\"CloudTrailEvent\":\"");
	fixture_event(&one, 9);
	for (size_t i = 0; i < one.len; i++)
		buf_printf(&in, one.ptr[i] == '"' ? "\\%c" : "%c", one.ptr[i]);
	buf_adds(&in, "\"}],\"NextToken\":\"x\"}");
	fixture_event(&in, 12);
	fixture_ok(read_all(&(struct ask){.step = 7}, buf_sv(&in), &h, &e), &e);
	assert_int_equal(h.events, 7);
	assert_int_equal(h.spoiled, 0);
	assert_string_equal(h.text.ptr,
	    "1 deleted e-000000, 1 why\n4 deleted e-000003, 1 why\n5 deleted "
	    "e-000006, 1 why\n6 deleted e-000009, 1 why\n7 deleted e-000012, 1 why\n");
	buf_fini(&h.text);
	buf_fini(&one);
	buf_fini(&in);
}

/* Stopped behind any record and gone on with later, nothing is missing and nothing comes twice. */
static void two_halves_are_the_whole(void **state)
{
	(void)state;
	struct buf plain = {0}, zipped = {0};
	struct fixture_heard whole, rest;
	struct err e = {0};
	write_mixture(&plain);
	fixture_gzip(buf_sv(&plain), &zipped);
	fixture_ok(read_all(&(struct ask){.rules = FIXTURE_RULE_ANY}, buf_sv(&plain), &whole, &e), &e);
	for (uint64_t skip = 0; skip <= whole.done + 1; skip++) {
		struct ask ask = {.rules = FIXTURE_RULE_ANY, .skip = skip, .step = skip % 2 ? 0 : 333};
		fixture_ok(read_all(&ask, buf_sv(skip % 3 ? &zipped : &plain), &rest, &e), &e);
		/* What the first `skip` records told, then the rest. */
		struct buf both = {0};
		struct sv lines = buf_sv(&whole.text), line;
		while (sv_cut(&lines, '\n', &line)) {
			struct sv after = line, number;
			int64_t n;
			if (!line.len || !sv_cut(&after, ' ', &number) || !sv_int(number, 1, INT64_MAX, &n) ||
			    (uint64_t)n > skip)
				break;
			buf_add(&both, line);
			buf_addc(&both, '\n');
		}
		buf_add(&both, buf_sv(&rest.text));
		same_text(&both, &whole.text);
		assert_int_equal(rest.done, whole.done);
		buf_fini(&both);
		buf_fini(&rest.text);
	}
	buf_fini(&whole.text);
	buf_fini(&plain);
	buf_fini(&zipped);
}

/* A gzip cut off anywhere: records before the cut are read; in an object that may still grow nothing is
 * spoiled, else one piece is. */
static void a_truncated_gzip_is_read_as_far_as_it_goes(void **state)
{
	(void)state;
	struct buf plain = {0}, zipped = {0};
	struct fixture_heard h;
	fixture_lines(&plain, 0, N);
	fixture_gzip(buf_sv(&plain), &zipped);
	uint64_t most = 0;
	for (size_t cut = 4; cut < zipped.len; cut += 7)
		for (int patient = 0; patient < 2; patient++)
			for (size_t step = 0; step < 200; step += 97) {
				struct err e = {0};
				struct ask ask = {.patient = patient, .step = step};
				assert_int_equal(
				    read_all(&ask, sv_head(buf_sv(&zipped), cut), &h, &e), RC_INPUT);
				assert_true(sv_starts(sv_from(e.text), SV("truncated gzip after ")));
				assert_int_equal(h.spoiled, patient ? 0 : 1);
				assert_int_equal(h.events + h.spoiled, h.done);
				if (!patient)
					assert_true(sv_find(buf_sv(&h.text), SV(": truncated gzip after ")) !=
						    SV_NONE);
				most = h.events > most ? h.events : most;
				buf_fini(&h.text);
			}
	assert_true(most >= N - 2);
	buf_fini(&plain);
	buf_fini(&zipped);
}

static void damage_is_told_and_what_came_before_kept(void **state)
{
	(void)state;
	struct buf plain = {0}, zipped = {0};
	struct fixture_heard h;
	fixture_lines(&plain, 0, N);
	fixture_gzip(buf_sv(&plain), &zipped);
	buf_adds(&zipped, "something else");
	for (size_t step = 0; step < 2000; step += 111) {
		struct err e = {0};
		assert_int_equal(read_all(&(struct ask){.step = step}, buf_sv(&zipped), &h, &e), RC_INPUT);
		assert_true(e.text[0] != 0);
		assert_int_equal(h.events, N);
		assert_int_equal(h.spoiled, 1);
		buf_fini(&h.text);
	}
	buf_fini(&plain);
	buf_fini(&zipped);
}

/* Damage is final: what is fed behind it is not taken for a new input. */
static void nothing_is_read_behind_damage(void **state)
{
	(void)state;
	struct buf plain = {0}, zipped = {0}, more = {0};
	struct ruleset *rules = fixture_rules(FIXTURE_RULE_DELETE);
	struct fixture_heard h = {0};
	struct err e = {0};
	struct reading *r =
	    reading_new(&(struct reading_setup){.rules = rules, .emit = fixture_hear, .ctx = &h});
	fixture_lines(&plain, 0, N);
	fixture_gzip(buf_sv(&plain), &zipped);
	fixture_lines(&more, 0, N);
	buf_adds(&zipped, "something else");
	assert_int_equal(reading_feed(r, buf_sv(&zipped), &e), RC_INPUT);
	char *first = heap_copy(e.text);
	e = (struct err){0};
	assert_int_equal(reading_feed(r, buf_sv(&more), &e), RC_INPUT);
	assert_string_equal(e.text, first);
	e = (struct err){0};
	assert_int_equal(reading_end(r, &e), RC_INPUT);
	assert_string_equal(e.text, first);
	assert_int_equal(h.events, N);
	assert_int_equal(h.spoiled, 1);
	free(first);
	reading_free(r);
	ruleset_unref(rules);
	buf_fini(&h.text);
	buf_fini(&plain);
	buf_fini(&zipped);
	buf_fini(&more);
}

static void a_record_cut_off_may_be_waited_for(void **state)
{
	(void)state;
	struct buf in = {0};
	struct fixture_heard h;
	fixture_lines(&in, 0, 4);
	for (int patient = 0; patient < 2; patient++) {
		struct err e = {0};
		struct ask ask = {.patient = patient, .step = 100};
		assert_int_equal(read_all(&ask, sv_head(buf_sv(&in), in.len - 20), &h, &e), RC_INPUT);
		assert_string_equal(e.text, "ends inside a record");
		assert_int_equal(h.events, 3);
		assert_int_equal(h.spoiled, patient ? 0 : 1);
		assert_int_equal(h.done, patient ? 3 : 4);
		buf_fini(&h.text);
	}
	/* No more bytes would mend garbage. */
	struct err e = {0};
	read_all(
	    &(struct ask){.patient = true, .step = 100}, SV("{\"eventVersion\":\"1\"}\nnonsense"), &h, &e);
	assert_int_equal(h.spoiled, 1);
	buf_fini(&h.text);
	buf_fini(&in);
}

static void stretches_stay_small(void **state)
{
	(void)state;
	struct buf in = {0};
	struct fixture_heard h;
	struct err e = {0};
	fixture_records(&in, 0, 3 * READING_HITS + 10);
	fixture_ok(read_all(&(struct ask){.rules = FIXTURE_RULE_ANY}, buf_sv(&in), &h, &e), &e);
	assert_int_equal(h.hits, 3 * READING_HITS + 10);
	assert_true(h.stretches >= 4);
	assert_true(h.most_hits <= READING_HITS + 1);
	buf_fini(&h.text);
	/* Stopped by the taker: no more comes. */
	struct ask ask = {.rules = FIXTURE_RULE_ANY, .stop_after = 1};
	assert_int_equal(read_all(&ask, buf_sv(&in), &h, &e), RC_STOPPED);
	assert_int_equal(h.stretches, 1);
	assert_true(h.hits <= READING_HITS + 1);
	buf_fini(&h.text);
	buf_fini(&in);
}

static void an_empty_input_is_an_empty_stretch(void **state)
{
	(void)state;
	static const struct sv inputs[] = {SV_INIT(""), SV_INIT("\n"), SV_INIT("{}")};
	for (size_t i = 0; i < 3; i++)
		for (size_t step = 0; step < 2; step++) {
			struct fixture_heard h;
			struct err e = {0};
			fixture_ok(read_all(&(struct ask){.step = step}, inputs[i], &h, &e), &e);
			assert_int_equal(h.stretches, 1);
			assert_int_equal(h.events, i == 2);
			assert_int_equal(h.hits + h.spoiled, 0);
			buf_fini(&h.text);
		}
}

/* Rules in shadow are evaluated, rules that are off or refused are not. */
static void only_rules_that_count_are_asked(void **state)
{
	(void)state;
	struct buf in = {0};
	struct fixture_heard h = {0};
	struct err e = {0};
	struct ruleset *rules = fixture_rules(FIXTURE_RULE_DELETE "---\n" FIXTURE_RULE_ANY);
	rules->rules.items[0]->state = RULE_SHADOW;
	rules->rules.items[1]->state = RULE_OFF;
	struct reading *r =
	    reading_new(&(struct reading_setup){.rules = rules, .emit = fixture_hear, .ctx = &h});
	fixture_lines(&in, 0, 3);
	fixture_ok(reading_feed(r, buf_sv(&in), &e), &e);
	fixture_ok(reading_end(r, &e), &e);
	assert_string_equal(h.text.ptr, "1 deleted e-000000, 1 why\n");
	reading_free(r);
	reading_free(NULL);
	ruleset_unref(rules);
	buf_fini(&h.text);
	buf_fini(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cuts_and_compression_change_nothing),
	    cmocka_unit_test(all_envelopes_give_their_events),
	    cmocka_unit_test(two_halves_are_the_whole),
	    cmocka_unit_test(a_truncated_gzip_is_read_as_far_as_it_goes),
	    cmocka_unit_test(damage_is_told_and_what_came_before_kept),
	    cmocka_unit_test(nothing_is_read_behind_damage),
	    cmocka_unit_test(a_record_cut_off_may_be_waited_for),
	    cmocka_unit_test(stretches_stay_small),
	    cmocka_unit_test(an_empty_input_is_an_empty_stretch),
	    cmocka_unit_test(only_rules_that_count_are_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
