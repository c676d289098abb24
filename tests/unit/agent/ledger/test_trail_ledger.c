/* The delivery ledger: sums follow what becomes known of each log, in whatever order. */
#include "agent/ledger/trail_ledger.h"

#include "alerts/state.h"
#include "base/clock.h"
#include "tests/unit/agent/fixture.h"

#define HOUR ((int64_t)3600000)
#define LOG(minute, n)                                                                                   \
	"s3://b/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/24/111122223333_CloudTrail_eu-west-1_" \
	"20261124T03" minute "Z_" n ".json.gz"
#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static int64_t at(const char *time)
{
	int64_t ms = 0;
	assert_true(clk_parse(sv_from(time), &ms));
	return ms;
}

static struct store *open_store(void **state)
{
	struct store *s;
	struct err e = {0};
	fixture_ok(state_open(*state, STORE_WRITE, &s, &e), &e);
	return s;
}

static bool add_up(void *ctx, const struct trail_hour *h)
{
	struct trail_hour *sum = ctx;
	sum->delivered += h->delivered;
	sum->read += h->read;
	sum->missing += h->missing;
	sum->altered += h->altered;
	sum->late += h->late;
	return true;
}

static void want(struct store *s, int delivered, int read, int missing, int altered, int late)
{
	struct trail_hour sum = {0};
	fixture_ok(trail_ledger_hours(s, 0, add_up, &sum, NULL), NULL);
	assert_int_equal(sum.delivered, delivered);
	assert_int_equal(sum.read, read);
	assert_int_equal(sum.missing, missing);
	assert_int_equal(sum.altered, altered);
	assert_int_equal(sum.late, late);
}

static void read_log(struct store *s, const char *object, const char *hash, int64_t now_ms, size_t alarms)
{
	struct trail_alarms a = {0};
	struct err e = {0};
	fixture_ok(trail_ledger_read(s, sv_from(object), sv_from(hash), now_ms, &a, &e), &e);
	assert_int_equal(a.all.n, alarms);
	trail_alarms_fini(&a);
}

/* A valid digest of 03:00 to 04:00 that lists `object`. */
static void list_log(struct store *s, const char *object, const char *hash, int64_t now_ms, size_t alarms)
{
	struct trail_alarms a = {0};
	struct err e = {0};
	struct digest_log log = {SV("b"), sv_skip(sv_from(object), strlen("s3://b/")), sv_from(hash)};
	struct digest_news n = {.verdict = FLAW_KINDS, .patience_ms = HOUR};
	assert_true(trail_name_read(SV("AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/24/"
				       "111122223333_CloudTrail-Digest_eu-west-1_"
				       "main_eu-west-1_20261124T040000Z.json.gz"),
	    &n.name));
	n.digest = (struct digest){.start_ms = at("2026-11-24T03:00:00Z"),
	    .end_ms = at("2026-11-24T04:00:00Z"),
	    .logs = &log,
	    .n_logs = 1};
	fixture_ok(trail_ledger_digest(s, &n, now_ms, &a, &e), &e);
	assert_int_equal(a.all.n, alarms);
	trail_alarms_fini(&a);
}

static int64_t sweep(struct store *s, int64_t now_ms, size_t alarms, enum flaw_kind kind)
{
	struct trail_alarms a = {0};
	struct err e = {0};
	int64_t next_ms;
	fixture_ok(trail_ledger_sweep(s, now_ms, &a, &next_ms, &e), &e);
	assert_int_equal(a.all.n, alarms);
	if (alarms)
		assert_int_equal(a.all.items[0].kind, kind);
	trail_alarms_fini(&a);
	return next_ms;
}

static void read_twice_counts_once(void **state)
{
	struct store *s = open_store(state);
	int64_t now = at("2026-11-24T03:15:00Z");
	read_log(s, LOG("10", "a"), "", now, 0);
	read_log(s, LOG("10", "a"), "", now, 0);
	read_log(s, LOG("11", "b"), "", now, 0);
	read_log(s, "any/other.json.gz", "", now, 0);
	want(s, 2, 2, 0, 0, 0);
	store_close(s);
}

static void late(void **state)
{
	struct store *s = open_store(state);
	read_log(s, LOG("05", "a"), "", at("2026-11-24T03:06:00Z"), 0);
	read_log(s, LOG("10", "b"), "", at("2026-11-24T05:00:00Z"), 0);
	read_log(s, LOG("01", "c"), "", at("2026-11-24T05:00:00Z"), 0); /* from before the ledger */
	want(s, 3, 3, 0, 0, 1);
	store_close(s);
}

static void missing_until_it_comes(void **state)
{
	struct store *s = open_store(state);
	int64_t now = at("2026-11-24T04:20:00Z");
	list_log(s, LOG("10", "a"), HASH_A, now, 0);
	want(s, 1, 0, 0, 0, 0);
	assert_int_equal(sweep(s, now, 0, FLAW_KINDS), now + HOUR);
	sweep(s, now + HOUR, 1, FLAW_MISSING_LOG);
	want(s, 1, 0, 1, 0, 0);
	assert_true(sweep(s, now + HOUR + 1, 0, FLAW_KINDS) == INT64_MAX);
	read_log(s, LOG("10", "a"), HASH_A, now + 2 * HOUR, 0);
	want(s, 1, 1, 0, 0, 0);
	store_close(s);
}

static void altered_in_either_order(void **state)
{
	struct store *s = open_store(state);
	int64_t now = at("2026-11-24T04:20:00Z");
	list_log(s, LOG("10", "a"), HASH_A, now, 0);
	read_log(s, LOG("10", "a"), HASH_B, now, 1);
	read_log(s, LOG("10", "a"), HASH_B, now, 0);
	read_log(s, LOG("12", "b"), HASH_B, now, 0);
	list_log(s, LOG("12", "b"), HASH_A, now, 1);
	want(s, 2, 2, 0, 2, 0);
	read_log(s, LOG("10", "a"), HASH_A, now, 0);
	want(s, 2, 2, 0, 1, 0);
	store_close(s);
}

static void a_stranger_in_a_closed_hour(void **state)
{
	struct store *s = open_store(state);
	int64_t now = at("2026-11-24T04:20:00Z");
	list_log(s, LOG("10", "a"), HASH_A, now, 0);
	read_log(s, LOG("10", "a"), HASH_A, now, 0);
	read_log(s, LOG("30", "b"), HASH_A, now, 0);
	read_log(s, LOG("58", "c"), HASH_A, now, 0); /* may be of the next hour's digest */
	sweep(s, now + HOUR, 1, FLAW_LOG_NOT_LISTED);
	sweep(s, now + HOUR, 0, FLAW_KINDS);
	store_close(s);
}

static void a_chain_that_stops(void **state)
{
	struct store *s = open_store(state);
	int64_t now = at("2026-11-24T04:20:00Z");
	list_log(s, LOG("10", "a"), HASH_A, now, 0);
	read_log(s, LOG("10", "a"), HASH_A, now, 0);
	sweep(s, now + HOUR, 0, FLAW_KINDS);
	sweep(s, now + 3 * HOUR, 1, FLAW_STALE_CHAIN);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(read_twice_counts_once),
	    FOLDER(late),
	    FOLDER(missing_until_it_comes),
	    FOLDER(altered_in_either_order),
	    FOLDER(a_stranger_in_a_closed_hour),
	    FOLDER(a_chain_that_stops),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
