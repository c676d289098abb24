/* The outbox on a real state file: adding, taking, results, dead letters, queries, pruning. */
#include "alerts/outbox.h"

#include "tests/unit/alerts/fixture.h"

#define DAY ((int64_t)24 * 3600000)

static struct outbox_alert sample(const char *id)
{
	return (struct outbox_alert){.id = id,
	    .fold_key = "k",
	    .rule_key = SV("rule-1"),
	    .level = LEVEL_HIGH,
	    .account = SV("111122223333"),
	    .region = SV("eu-west-1"),
	    .actor = SV("alice@example.com"),
	    .event_key = SV("111122223333/e1"),
	    .time_ms = T0,
	    .detected_ms = T0 + 1000,
	    .body = SV("{\"schema\":\"kendrawatch.alert/1\"}")};
}

static void add(struct store *s, const struct outbox_alert *a, const char *const *sinks, size_t n)
{
	struct route to = {0};
	struct err e = {0};
	bool is_new = false;
	for (size_t i = 0; i < n; i++)
		vec_push(&to.sinks, sinks[i]);
	fixture_ok(outbox_add(s, a, &to, &is_new, &e), &e);
	assert_true(is_new);
	route_fini(&to);
}

static size_t due(struct store *s, const char *sink, int64_t now_ms, struct outbox_due *out, int64_t *next_ms)
{
	struct err e = {0};
	size_t n = 0;
	fixture_ok(outbox_due(s, sink, now_ms, 8, NULL, NULL, out, &n, next_ms, &e), &e);
	return n;
}

static void fini(struct outbox_due *d, size_t n)
{
	for (size_t i = 0; i < n; i++)
		outbox_due_fini(&d[i]);
}

static void result(struct store *s, int64_t n, enum outbox_status status, int64_t next_ms, const char *error)
{
	struct outbox_result r = {.n = n, .status = status, .next_ms = next_ms, .done_ms = T0 + 5000};
	struct err e = {0};
	snprintf(r.error, sizeof r.error, "%s", error);
	fixture_ok(outbox_results(s, &r, 1, &e), &e);
}

static struct outbox_size measure(struct store *s)
{
	struct outbox_size size = {0};
	struct err e = {0};
	fixture_ok(outbox_measure(s, &size, &e), &e);
	return size;
}

static const char *const both[] = {"team", "oncall"};

static void one_delivery_a_sink_oldest_first(void **state)
{
	struct store *s = ((struct fixture_state *)*state)->store;
	struct outbox_alert a = sample("aaaa"), b = sample("bbbb");
	struct outbox_due d[8];
	int64_t next_ms;
	add(s, &a, both, 2);
	add(s, &b, both, 1);
	size_t n = due(s, "team", T0 + 1000, d, &next_ms);
	assert_int_equal(n, 2);
	assert_string_equal(d[0].key, "aaaa");
	assert_string_equal(d[1].key, "bbbb");
	assert_int_equal(d[0].attempts, 0);
	assert_true(sv_eq(buf_sv(&d[0].body), a.body));
	assert_int_equal(next_ms, INT64_MAX);
	fini(d, n);
	n = due(s, "oncall", T0 + 1000, d, &next_ms);
	assert_int_equal(n, 1);
	fini(d, n);
	assert_int_equal(due(s, "team", T0, d, &next_ms), 0);
	assert_int_equal(next_ms, T0 + 1000);
	assert_int_equal(measure(s).pending, 3);
	assert_int_equal(measure(s).bytes, 3 * (int64_t)a.body.len);
}

static void an_id_that_is_there_changes_nothing(void **state)
{
	struct store *s = ((struct fixture_state *)*state)->store;
	struct outbox_alert a = sample("aaaa");
	struct route to = {0};
	struct err e = {0};
	bool is_new = true;
	add(s, &a, both, 2);
	a.body = SV("{}");
	vec_push(&to.sinks, "third");
	fixture_ok(outbox_add(s, &a, &to, &is_new, &e), &e);
	assert_false(is_new);
	assert_int_equal(measure(s).pending, 2);
	route_fini(&to);
}

static void results_move_deliveries_on(void **state)
{
	struct store *s = ((struct fixture_state *)*state)->store;
	struct outbox_alert a = sample("aaaa");
	struct outbox_due d[8];
	int64_t next_ms, rows = 0;
	struct err e = {0};
	add(s, &a, both, 1);
	size_t n = due(s, "team", T0 + 2000, d, &next_ms);
	assert_int_equal(n, 1);
	int64_t number = d[0].n;
	fini(d, n);
	result(s, number, OUTBOX_PENDING, T0 + 9000, "500");
	assert_int_equal(due(s, "team", T0 + 8999, d, &next_ms), 0);
	assert_int_equal(next_ms, T0 + 9000);
	n = due(s, "team", T0 + 9000, d, &next_ms);
	assert_int_equal(n, 1);
	assert_int_equal(d[0].attempts, 1);
	fini(d, n);
	result(s, number, OUTBOX_DEAD, 0, "403 AuthorizationError");
	assert_int_equal(measure(s).pending, 0);
	assert_int_equal(measure(s).dead, 1);
	/* a result that comes late, and a number that is not there */
	result(s, number, OUTBOX_SENT, 0, "");
	result(s, number + 77, OUTBOX_SENT, 0, "");
	assert_int_equal(measure(s).dead, 1);
	fixture_ok(outbox_retry(s, 0, T0 + 20000, &rows, &e), &e);
	assert_int_equal(rows, 1);
	n = due(s, "team", T0 + 20000, d, &next_ms);
	assert_int_equal(n, 1);
	assert_int_equal(d[0].attempts, 2);
	assert_int_equal(d[0].created_ms, T0 + 20000);
	fini(d, n);
	result(s, number, OUTBOX_SENT, 0, "");
	assert_int_equal(measure(s).pending + measure(s).dead, 0);
}

static bool count_rows(void *ctx, const struct outbox_row *row)
{
	int *n = ctx;
	*n += 1;
	assert_true(sv_eq(row->handle, row->handle));
	assert_int_equal(row->handle.len, ALERT_HANDLE_TEXT - 1);
	return true;
}

static bool keep_error(void *ctx, const struct outbox_row *row)
{
	snprintf(ctx, 300, "%.*s %.*s %d", SV_ARG(row->sink), SV_ARG(row->error), row->attempts);
	return false;
}

static void dead_letters_are_listed_and_dropped(void **state)
{
	struct store *s = ((struct fixture_state *)*state)->store;
	struct outbox_alert a = sample("aaaa"), b = sample("bbbb");
	struct err e = {0};
	int n = 0;
	int64_t rows = 0;
	char text[300];
	add(s, &a, both, 2);
	add(s, &b, both, 2);
	result(s, 2, OUTBOX_DEAD, 0, "410 gone");
	result(s, 3, OUTBOX_SENT, 0, "");
	fixture_ok(outbox_list(s, false, count_rows, &n, &e), &e);
	assert_int_equal(n, 3);
	n = 0;
	fixture_ok(outbox_list(s, true, count_rows, &n, &e), &e);
	assert_int_equal(n, 1);
	fixture_ok(outbox_list(s, true, keep_error, text, &e), &e);
	assert_string_equal(text, "oncall 410 gone 1");
	fixture_ok(outbox_drop(s, 1, &rows, &e), &e);
	assert_int_equal(rows, 0); /* pending, not dead */
	fixture_ok(outbox_drop(s, 2, &rows, &e), &e);
	assert_int_equal(rows, 1);
	assert_int_equal(measure(s).pending, 2);
}

struct found {
	char ids[200];
	struct outbox_record last;
};

static bool keep_record(void *ctx, const struct outbox_record *a)
{
	struct found *f = ctx;
	size_t at = strlen(f->ids);
	snprintf(f->ids + at, sizeof f->ids - at, "%.*s ", SV_ARG(a->id));
	f->last = *a;
	return true;
}

static void finds(struct store *s, struct outbox_query q, const char *want, struct found *f)
{
	struct err e = {0};
	memset(f, 0, sizeof *f);
	fixture_ok(outbox_alerts(s, &q, keep_record, f, &e), &e);
	assert_string_equal(f->ids, want);
}

static void recorded_alerts_are_found(void **state)
{
	struct store *s = ((struct fixture_state *)*state)->store;
	struct outbox_alert a = sample("aaaaaaaa"), b = sample("bbbbbbbb"), c = sample("cccccccc");
	struct found f;
	char handle[ALERT_HANDLE_TEXT];
	b.level = LEVEL_LOW;
	b.detected_ms += 5000;
	c.shadow = true;
	add(s, &a, both, 2);
	add(s, &b, NULL, 0);
	add(s, &c, both, 2);
	result(s, 1, OUTBOX_SENT, 0, "");
	finds(s, (struct outbox_query){0}, "aaaaaaaa bbbbbbbb cccccccc ", &f);
	assert_int_equal(f.last.kind, OUTBOX_SHADOW);
	assert_int_equal(f.last.pending, 0);
	finds(s, (struct outbox_query){.newest_first = true, .limit = 2}, "cccccccc bbbbbbbb ", &f);
	assert_int_equal(f.last.kind, OUTBOX_UNROUTED);
	finds(s, (struct outbox_query){.min_level = LEVEL_HIGH}, "aaaaaaaa cccccccc ", &f);
	finds(s, (struct outbox_query){.since_ms = T0 + 2000}, "bbbbbbbb ", &f);
	finds(s, (struct outbox_query){.after = 1}, "bbbbbbbb cccccccc ", &f);
	finds(s, (struct outbox_query){.id = SV("bbbbbbbb")}, "bbbbbbbb ", &f);
	alert_handle("aaaaaaaa", handle);
	finds(s, (struct outbox_query){.handle = sv_from(handle)}, "aaaaaaaa ", &f);
	assert_int_equal(f.last.kind, OUTBOX_ROUTED);
	assert_int_equal(f.last.sent, 1);
	assert_int_equal(f.last.pending, 1);
	assert_int_equal(f.last.time_ms, T0);
}

static void pruning_keeps_what_is_not_delivered(void **state)
{
	struct store *s = ((struct fixture_state *)*state)->store;
	struct outbox_alert a = sample("aaaa"), b = sample("bbbb");
	struct err e = {0};
	struct found f;
	int64_t rows = 0, total = 0;
	add(s, &a, both, 2);
	add(s, &b, both, 1);
	result(s, 1, OUTBOX_SENT, 0, "");
	result(s, 2, OUTBOX_DEAD, 0, "410");
	result(s, 3, OUTBOX_SENT, 0, "");
	fixture_ok(store_exec(s,
		       "INSERT INTO seen VALUES('x',1,5);"
		       "INSERT INTO object VALUES('dir','f','1',0,0,1,5);"
		       "INSERT INTO fold VALUES('k',5,'aaaa',0,0,5)",
		       &e),
	    &e);
	/* suppress_for may be a year: a younger window is still folded into. */
	char *young =
	    heap_printf("INSERT INTO fold VALUES('l',6,'aaaa',0,0,%lld)", (long long)(T0 - 270 * DAY));
	fixture_ok(store_exec(s, young, &e), &e);
	free(young);
	fixture_ok(state_prune(s, T0 + 89 * DAY, 100, &rows, &e), &e);
	assert_int_equal(rows, 3);
	do {
		fixture_ok(state_prune(s, T0 + 91 * DAY, 1, &rows, &e), &e);
		total += rows;
	} while (rows);
	assert_int_equal(total, 3); /* two sent deliveries, one alert */
	finds(s, (struct outbox_query){0}, "aaaa ", &f);
}

static bool is_one(void *ctx, int64_t n)
{
	(void)ctx;
	return n == 1;
}

static void what_is_in_flight_is_left_out(void **state)
{
	struct store *s = ((struct fixture_state *)*state)->store;
	struct outbox_alert a = sample("aaaa"), b = sample("bbbb");
	struct outbox_due d[8];
	struct err e = {0};
	size_t n = 0;
	int64_t next_ms;
	add(s, &a, both, 1);
	add(s, &b, both, 1);
	fixture_ok(outbox_due(s, "team", T0 + 1000, 1, is_one, NULL, d, &n, &next_ms, &e), &e);
	assert_int_equal(n, 1);
	assert_int_equal(d[0].n, 2);
	fini(d, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE(one_delivery_a_sink_oldest_first),
	    FIXTURE(an_id_that_is_there_changes_nothing),
	    FIXTURE(results_move_deliveries_on),
	    FIXTURE(dead_letters_are_listed_and_dropped),
	    FIXTURE(recorded_alerts_are_found),
	    FIXTURE(pruning_keeps_what_is_not_delivered),
	    FIXTURE(what_is_in_flight_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
