/* Feeds: which one a stretch belongs to, what is told of silence, and what of the trail that was stopped. */
#include "agent/selfwatch/feeds.h"

#include "agent/selfwatch/lateness.h"
#include "tests/unit/agent/fixture.h"

#define MINUTE_MS ((int64_t)60000)
#define DAY_MS (24 * 60 * MINUTE_MS)
#define BEGAN ((int64_t)1772442000000) /* 2026-03-02T09:00:00Z */
#define OBJECT_EU "/in/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/x.json.gz"
#define OBJECT_US "/in/AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/02/x.json.gz"

static struct source source = {.setup = {.name = "org"}};

struct ears {
	enum self_kind kinds[16];
	char *summaries[16], *details[16];
	size_t n;
};

static void hear(void *ctx, enum self_kind kind, const char *summary, const char *detail)
{
	struct ears *ears = ctx;
	assert_true(ears->n < 16);
	ears->kinds[ears->n] = kind;
	ears->summaries[ears->n] = heap_copy(summary);
	ears->details[ears->n++] = heap_copy(detail);
}

static void forget(struct ears *ears)
{
	for (size_t i = 0; i < ears->n; i++) {
		free(ears->summaries[i]);
		free(ears->details[i]);
	}
	ears->n = 0;
}

static void arrive(struct feeds *f, const char *object, int64_t now_ms)
{
	struct work w = {.source = &source, .object = (char *)object};
	struct findings found = {.events = 1};
	feeds_arrived(f, &(struct stretch){.work = &w, .findings = &found, .ends = true}, now_ms);
}

static void stop_trail(struct feeds *f, const char *error, int64_t now_ms)
{
	struct work w = {.source = &source, .object = (char *)"x"};
	struct arena a = {0};
	struct record r;
	struct err e = {0};
	char *json = heap_printf("{\"eventVersion\":\"1.11\",\"userIdentity\":{\"type\":\"IAMUser\",\"arn\":"
				 "\"arn:aws:iam::111122223333:user/"
				 "mallory\",\"accountId\":\"111122223333\",\"userName\":\"mallory\"},"
				 "\"eventTime\":\"2026-03-16T08:51:00Z\",\"eventSource\":\"cloudtrail."
				 "amazonaws.com\",\"eventName\":"
				 "\"StopLogging\",\"requestParameters\":{\"name\":\"main\"}%s,"
				 "\"recipientAccountId\":\"111122223333\"}",
	    error);
	fixture_ok(record_open(&r, &a, sv_from(json), NULL, &e), &e);
	struct findings found = {.events = 0};
	vec_push(&found.hits, (struct finding){.record = &r});
	feeds_arrived(f, &(struct stretch){.work = &w, .findings = &found}, now_ms);
	vec_fini(&found.hits);
	arena_fini(&a);
	free(json);
}

/* `minutes` in which the given objects come every five minutes; the time afterwards. */
static int64_t pass(
    struct feeds *f, int64_t now_ms, int64_t minutes, const char *one, const char *other, struct ears *ears)
{
	for (int64_t i = 0; i < minutes; i++, now_ms += MINUTE_MS) {
		if (one && i % 5 == 0)
			arrive(f, one, now_ms);
		if (other && i % 5 == 0)
			arrive(f, other, now_ms);
		feeds_look(f, now_ms, hear, ears);
	}
	return now_ms;
}

static struct feeds *learned(int64_t *now_ms, struct ears *ears)
{
	struct feeds *f = feeds_new(&(struct rhythm_options){7 * DAY_MS, 15 * MINUTE_MS, 1});
	feeds_add(f, "org");
	*now_ms = pass(f, BEGAN, 14 * 24 * 60, OBJECT_EU, OBJECT_US, ears);
	assert_int_equal(ears->n, 0);
	assert_int_equal(feeds_state(f).n, 3);
	return f;
}

static void a_source_speaks_for_its_accounts(void **state)
{
	struct ears ears = {0};
	int64_t now_ms;
	(void)state;
	struct feeds *f = learned(&now_ms, &ears);
	stop_trail(f, ",\"errorCode\":\"AccessDenied\"", now_ms);
	stop_trail(f, "", now_ms);
	now_ms = pass(f, now_ms, 12 * 60, NULL, NULL, &ears);
	assert_int_equal(ears.n, 1);
	assert_int_equal(ears.kinds[0], SELF_FEED_SILENT);
	assert_non_null(strstr(ears.summaries[0], "Nothing has come from source org for "));
	assert_non_null(
	    strstr(ears.summaries[0], " Before that, the trail main was stopped at 2026-03-16T08:51:00Z by "
				      "user/mallory. Last object: " OBJECT_US "."));
	assert_int_equal(feeds_state(f).silent, 3);
	now_ms = pass(f, now_ms, 24 * 60, NULL, NULL, &ears);
	assert_int_equal(ears.n, 2);
	assert_int_equal(ears.kinds[1], SELF_FEED_STILL_SILENT);
	assert_string_equal(ears.details[0], ears.details[1]);
	arrive(f, OBJECT_EU, now_ms);
	feeds_look(f, now_ms, hear, &ears);
	assert_int_equal(ears.kinds[2], SELF_FEED_BACK);
	assert_non_null(strstr(ears.summaries[2], "Source org gives events again, after 36 h of silence."));
	forget(&ears);
	feeds_free(f);
}

static void one_region_falls_silent(void **state)
{
	struct ears ears = {0};
	int64_t now_ms;
	(void)state;
	struct feeds *f = learned(&now_ms, &ears);
	now_ms = pass(f, now_ms, 3 * 60, OBJECT_EU, NULL, &ears);
	assert_int_equal(ears.n, 1);
	assert_non_null(
	    strstr(ears.summaries[0], "from account 111122223333 in us-east-1 (source org) for "));
	assert_null(strstr(ears.summaries[0], "trail"));
	forget(&ears);
	feeds_free(f);
}

static void copy(void *ctx, struct sv key, struct sv value)
{
	feeds_restore(ctx, key, value);
}

static void another_run_knows_what_was_learned(void **state)
{
	struct ears ears = {0};
	int64_t now_ms;
	(void)state;
	struct feeds *f = learned(&now_ms, &ears),
		     *g = feeds_new(&(struct rhythm_options){7 * DAY_MS, 15 * MINUTE_MS, 1});
	feeds_add(g, "org");
	feeds_keep(f, copy, g);
	feeds_restore(g, SV("gone/111122223333/eu-west-1"), SV("1 2 3"));
	feeds_restore(g, SV("org"), SV("nonsense"));
	assert_int_equal(feeds_state(g).n, 3);
	now_ms = pass(g, now_ms, 60, NULL, NULL, &ears);
	assert_int_equal(ears.n, 1);
	forget(&ears);
	feeds_free(f);
	feeds_free(g);
}

/* Names come from outside: any number of accounts, and texts that are none. */
static void feeds_are_capped(void **state)
{
	struct feeds *f = feeds_new(&(struct rhythm_options){7 * DAY_MS, 15 * MINUTE_MS, 1});
	(void)state;
	feeds_add(f, "org");
	arrive(f, "/CloudTrail/eu-west-1/x", BEGAN);
	arrive(f, "12345678901/CloudTrail/eu-west-1/x", BEGAN);
	arrive(f, "111122223333/CloudTrail/EU/x", BEGAN);
	arrive(f, "111122223333/CloudTrail/eu-west-1", BEGAN);
	assert_int_equal(feeds_state(f).n, 1);
	for (int i = 0; i < 2 * FEEDS_MOST; i++) {
		char *object = heap_printf("AWSLogs/%012d/CloudTrail/eu-west-1/x", i);
		arrive(f, object, BEGAN);
		free(object);
	}
	assert_int_equal(feeds_state(f).n, FEEDS_MOST);
	feeds_free(f);
}

static void objects_that_are_late(void **state)
{
	static struct lateness l;
	double usual, recent;
	int64_t stamp_ms = 1772442000000;
	const char *name = "a/111122223333_CloudTrail_eu-west-1_20260302T0900Z_x.json.gz";
	(void)state;
	lateness_note(&l, SV("no-stamp.json"), stamp_ms);
	assert_false(lateness_look(&l, stamp_ms + 3600000, &usual, &recent));
	for (int i = 0; i < 150; i++)
		lateness_note(&l, sv_from(name), stamp_ms + 6 * MINUTE_MS);
	assert_false(lateness_look(&l, stamp_ms + 60 * MINUTE_MS, &usual, &recent));
	for (int i = 0; i < 19; i++)
		lateness_note(&l, sv_from(name), stamp_ms + 90 * MINUTE_MS);
	assert_false(lateness_look(&l, stamp_ms + 119 * MINUTE_MS, &usual, &recent));
	lateness_note(&l, sv_from(name), stamp_ms + 90 * MINUTE_MS);
	assert_true(lateness_look(&l, stamp_ms + 120 * MINUTE_MS, &usual, &recent));
	assert_true(usual < 9 && recent > 60 && recent < 130);
	assert_false(lateness_look(&l, stamp_ms + 120 * MINUTE_MS, &usual, &recent));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_source_speaks_for_its_accounts),
	    cmocka_unit_test(one_region_falls_silent),
	    cmocka_unit_test(another_run_knows_what_was_learned),
	    cmocka_unit_test(feeds_are_capped),
	    cmocka_unit_test(objects_that_are_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
