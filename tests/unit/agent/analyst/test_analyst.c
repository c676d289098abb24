/* The analyst on its own thread, over a real state: what is durable when a source hears of it, a state that
 * can't be written, a full outbox, and how it ends. */
#include "agent/analyst/analyst.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>

#include "agent/setup.h"
#include "alerts/state.h"
#include "base/clock.h"
#include "tests/unit/agent/fixture.h"

#define PATIENCE_MS 20000

struct bed {
	const char *folder;
	struct config *config;
	struct store *store, *reader;
	struct quarantine *quarantine;
	struct analyst *analyst;
	pthread_t thread;
	struct ruleset *rules;
	/* Written by the analyst's thread, read by the test. */
	_Atomic int added, results, settled[RC_STOPPED + 1];
};

static struct bed *heard; /* by the fake source */

static void source_settled(struct source *s, struct work *w, enum rc rc)
{
	assert_string_equal(s->setup.name, "fake");
	assert_true(w->object[0] != 0);
	heard->settled[rc]++;
}

static const struct source_type fake_type = {.name = "fake", .settled = source_settled};
static struct source fake = {.type = &fake_type, .setup = {.name = "fake"}};

static void added(void *ctx)
{
	((struct bed *)ctx)->added++;
}

static void results_settled(void *ctx, const struct outbox_result *results, size_t n)
{
	assert_non_null(results);
	((struct bed *)ctx)->results += (int)n;
}

static void *run(void *arg)
{
	analyst_run(((struct bed *)arg)->analyst);
	return NULL;
}

static void open_bed(struct bed *b, const char *folder, const char *yaml)
{
	struct faults faults = {0};
	struct err e = {0};
	struct config_tables tables = setup_tables();
	*b = (struct bed){.folder = folder};
	heard = b;
	config_read_text("c.yaml", sv_from(yaml), &tables, &b->config, &faults);
	assert_int_equal(faults.n_errors, 0);
	faults_fini(&faults);
	fixture_ok(state_open(folder, STORE_WRITE, &b->store, &e), &e);
	fixture_ok(state_open(folder, STORE_READ, &b->reader, &e), &e);
	fixture_ok(quarantine_open(folder, 1 << 20, &b->quarantine, &e), &e);
	b->rules = fixture_rules(FIXTURE_RULE_ANY);
	b->analyst = analyst_new(&(struct analyst_setup){.store = b->store,
	    .quarantine = b->quarantine,
	    .config = b->config,
	    .agent = {.name = "unit", .max_age_ms = -1},
	    .added = added,
	    .settled = results_settled,
	    .ctx = b});
	assert_int_equal(pthread_create(&b->thread, NULL, run, b), 0);
}

/* After analyst_stop. */
static void close_bed(struct bed *b)
{
	pthread_join(b->thread, NULL);
	analyst_free(b->analyst);
	quarantine_close(b->quarantine);
	store_close(b->reader);
	store_close(b->store);
	ruleset_unref(b->rules);
	config_free(b->config);
}

#define CONFIG "agent: {suppress_for: 0s, outbox_max: 1MiB}\nsinks: {out: {type: stdout}}\n"

static bool keep_findings(void *ctx, struct findings *f)
{
	*(struct findings **)ctx = f;
	return true;
}

/* A stretch of `w` with records [from, to) and, if any, broken bytes. */
static struct stretch *stretch_of(struct bed *b, struct work *w, int from, int to, const char *broken)
{
	struct buf in = {0};
	struct stretch *s = heap_zero(1, sizeof *s);
	struct err e = {0};
	struct reading *r = reading_new(
	    &(struct reading_setup){.rules = b->rules, .emit = keep_findings, .ctx = &s->findings});
	fixture_lines(&in, from, to);
	buf_adds(&in, broken);
	fixture_ok(reading_feed(r, buf_sv(&in), &e), &e);
	fixture_ok(reading_end(r, &e), &e);
	reading_free(r);
	buf_fini(&in);
	s->work = work_ref(w);
	return s;
}

static struct work *object(const char *name)
{
	struct work *w = work_new(&fake, name);
	w->keep_row = true;
	w->row = (struct ledger_row){heap_copy(name), heap_copy("1:1"), 0, true};
	return w;
}

/* Hands over records [from, to) as the only stretch of an object. */
static void hand(struct bed *b, const char *name, int from, int to, const char *broken)
{
	struct work *w = object(name);
	struct stretch *s = stretch_of(b, w, from, to, broken);
	s->ends = true;
	assert_true(analyst_take(b->analyst, s));
	work_unref(w);
}

static int64_t count(struct bed *b, const char *sql)
{
	struct err e = {0};
	struct store_stmt *st = store_prepare(b->reader, sql);
	fixture_ok(store_step(st, &e), &e);
	int64_t n = store_int(st, 0);
	store_reset(st);
	return n;
}

static size_t quarantined(const struct bed *b)
{
	struct file_list l = {0};
	struct err e = {0};
	char *path = file_join(b->folder, "quarantine");
	fixture_ok(file_walk(path, &l, NULL, NULL, &e), &e);
	size_t n = 0;
	for (size_t i = 0; i < l.paths.n; i++)
		n += sv_ends(sv_from(l.paths.items[i]), SV(".json"));
	file_list_fini(&l);
	free(path);
	return n;
}

static void row_is(struct bed *b, const char *name, int64_t position, bool done)
{
	struct ledger l = {0};
	struct err e = {0};
	fixture_ok(ledger_read(b->reader, "fake", &l, &e), &e);
	const struct ledger_row *row = ledger_find(&l, name);
	assert_non_null(row);
	assert_int_equal(row->position, position);
	assert_int_equal(row->done, done);
	ledger_fini(&l);
}

static void what_is_settled_is_durable(void **state)
{
	struct bed b;
	open_bed(&b, *state, CONFIG);
	hand(&b, "a", 0, 5, "{\"a\":}\n");
	analyst_settle(b.analyst);
	assert_int_equal(b.settled[RC_OK], 1);
	assert_true(b.added >= 1);
	assert_int_equal(count(&b, "SELECT count(*) FROM alert"), 5);
	assert_int_equal(count(&b, "SELECT count(*) FROM delivery"), 5);
	assert_int_equal(quarantined(&b), 1);
	row_is(&b, "a", 6, true);
	/* The same once more, as after a crash before the ledger: nothing doubles. */
	hand(&b, "a", 0, 5, "{\"a\":}\n");
	analyst_settle(b.analyst);
	assert_int_equal(b.settled[RC_OK], 2);
	assert_int_equal(count(&b, "SELECT count(*) FROM alert"), 5);
	assert_int_equal(quarantined(&b), 1);
	analyst_stop(b.analyst);
	close_bed(&b);
	analyst_free(NULL);
}

static void stretches_are_checkpoints(void **state)
{
	struct bed b;
	open_bed(&b, *state, CONFIG);
	struct work *w = object("large");
	struct stretch *s = stretch_of(&b, w, 0, 4, "");
	assert_true(analyst_take(b.analyst, s));
	analyst_settle(b.analyst);
	assert_int_equal(b.settled[RC_OK], 0);
	row_is(&b, "large", 4, false);
	s = stretch_of(&b, w, 4, 6, "");
	s->findings->records_done = 6;
	s->ends = true;
	assert_true(analyst_take(b.analyst, s));
	work_unref(w);
	analyst_settle(b.analyst);
	assert_int_equal(b.settled[RC_OK], 1);
	row_is(&b, "large", 6, true);
	analyst_stop(b.analyst);
	close_bed(&b);
}

/* How a work ended says whether it is looked at again. */
static void only_what_may_change_is_not_done(void **state)
{
	static const struct {
		enum rc rc;
		bool patient, done;
	} rows[] = {{RC_OK, true, true}, {RC_INPUT, true, false}, {RC_INPUT, false, true},
	    {RC_IO, true, false}, {RC_LIMIT, true, true}};
	struct bed b;
	open_bed(&b, *state, CONFIG);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char name[8];
		snprintf(name, sizeof name, "o%zu", i);
		struct work *w = object(name);
		w->patient = rows[i].patient;
		struct stretch *s = stretch_of(&b, w, 0, 3, "");
		s->ends = true;
		s->rc = rows[i].rc;
		assert_true(analyst_take(b.analyst, s));
		work_unref(w);
		analyst_settle(b.analyst);
		row_is(&b, name, 3, rows[i].done);
	}
	assert_int_equal(b.settled[RC_OK], 1);
	assert_int_equal(b.settled[RC_INPUT], 2);
	assert_int_equal(b.settled[RC_IO], 1);
	assert_int_equal(b.settled[RC_LIMIT], 1);
	/* A part of a followed file: the source's own position, and only at its end. */
	struct work *w = object("followed");
	buf_adds(&w->bytes, "x");
	w->part = true;
	w->begin = 1000;
	w->row.position = 1234;
	w->row.done = false;
	struct stretch *s = stretch_of(&b, w, 10, 12, "{\"a\":}\n");
	s->ends = true;
	assert_true(analyst_take(b.analyst, s));
	work_unref(w);
	analyst_settle(b.analyst);
	row_is(&b, "followed", 1234, false);
	analyst_stop(b.analyst);
	close_bed(&b);
}

/* --- a state that can't be written --------------------------------------------------------------- */

static rlim_t limit_files(rlim_t bytes)
{
	struct rlimit limit;
	getrlimit(RLIMIT_FSIZE, &limit);
	rlim_t old = limit.rlim_cur;
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	return old;
}

/* A flood of broken lines is kept to the last byte, in few files: each costs several syncs, and alerts wait.
 */
static void many_spoiled_pieces_are_few_files(void **state)
{
	struct bed b;
	struct buf broken = {0}, kept = {0};
	open_bed(&b, *state, CONFIG);
	for (int i = 0; i < 500; i++)
		buf_printf(&broken, "{\"broken\" %d\n", 1000 + i);
	hand(&b, "x", 0, 1, broken.ptr);
	analyst_settle(b.analyst);
	assert_int_equal(quarantined(&b), 65);
	struct file_list l = {0};
	char *path = file_join(b.folder, "quarantine");
	fixture_ok(file_walk(path, &l, NULL, NULL, NULL), NULL);
	for (size_t i = 0; i < l.paths.n; i++)
		if (sv_ends(sv_from(l.paths.items[i]), SV(".bin")))
			fixture_ok(file_read(l.paths.items[i], 1 << 20, &kept, NULL), NULL);
	for (int i = 0; i < 500; i++) {
		char line[32];
		snprintf(line, sizeof line, "{\"broken\" %d", 1000 + i);
		assert_non_null(strstr(kept.ptr, line));
	}
	file_list_fini(&l);
	buf_fini(&broken);
	buf_fini(&kept);
	free(path);
	analyst_stop(b.analyst);
	close_bed(&b);
}

static void wait_for_quarantine(const struct bed *b)
{
	int64_t until = clk_mono_ms() + PATIENCE_MS;
	while (!quarantined(b) && clk_mono_ms() < until)
		sched_yield();
	assert_int_equal(quarantined(b), 1);
}

static void forget_quarantine(const struct bed *b)
{
	char *command = heap_printf("rm -f %s/quarantine/*", b->folder);
	assert_int_equal(system(command), 0);
	free(command);
}

/* Nothing is acknowledged while it can't be written; then all of it is, once. */
static void a_failing_state_is_waited_for(void **state)
{
	struct bed b;
	open_bed(&b, *state, CONFIG);
	signal(SIGXFSZ, SIG_IGN);
	rlim_t old = limit_files(1000);
	hand(&b, "a", 0, 5, "{\"a\":}\n");
	wait_for_quarantine(&b);
	forget_quarantine(&b);
	/* That it is kept again shows that the batch failed and is tried again. */
	wait_for_quarantine(&b);
	assert_int_equal(b.settled[RC_OK], 0);
	assert_int_equal(count(&b, "SELECT count(*) FROM alert"), 0);
	limit_files(old);
	analyst_settle(b.analyst);
	assert_int_equal(b.settled[RC_OK], 1);
	assert_int_equal(count(&b, "SELECT count(*) FROM alert"), 5);
	assert_int_equal(quarantined(&b), 1);
	row_is(&b, "a", 6, true);
	analyst_stop(b.analyst);
	close_bed(&b);
}

static void a_failing_state_can_be_given_up(void **state)
{
	struct bed b;
	open_bed(&b, *state, CONFIG);
	signal(SIGXFSZ, SIG_IGN);
	rlim_t old = limit_files(1000);
	hand(&b, "a", 0, 5, "{\"a\":}\n");
	wait_for_quarantine(&b);
	analyst_give_up(b.analyst);
	analyst_settle(b.analyst);
	analyst_stop(b.analyst);
	limit_files(old);
	assert_int_equal(b.settled[RC_OK], 0);
	close_bed(&b);
}

/* --- a full outbox ------------------------------------------------------------------------------- */

static void sent(struct bed *b, int64_t from, int64_t to)
{
	size_t n = (size_t)(to - from);
	struct outbox_result *results = heap_zero(n, sizeof *results);
	for (size_t i = 0; i < n; i++)
		results[i] =
		    (struct outbox_result){.n = from + (int64_t)i, .status = OUTBOX_SENT, .done_ms = 1};
	analyst_results(b->analyst, results, n);
}

static void wait_for_results(struct bed *b, int n)
{
	int64_t until = clk_mono_ms() + PATIENCE_MS;
	while (b->results < n && clk_mono_ms() < until)
		sched_yield();
	assert_int_equal(b->results, n);
}

/* Fills the outbox past its cap; how many deliveries there are. */
static int64_t fill(struct bed *b)
{
	hand(b, "fill", 0, 900, "");
	analyst_settle(b->analyst);
	assert_int_equal(b->settled[RC_OK], 1);
	assert_int_equal(count(b, "SELECT count(*) FROM delivery WHERE status=0"), 901);
	assert_int_equal(
	    count(b, "SELECT count(*) FROM alert WHERE rule='kendrawatch.self.outbox_filling'"), 1);
	return count(b, "SELECT max(n) FROM delivery");
}

static void a_full_outbox_stops_input_but_not_results(void **state)
{
	struct bed b;
	open_bed(&b, *state, CONFIG);
	int64_t last = fill(&b);
	hand(&b, "next", 1000, 1003, "");
	/* One result makes no room: it is durable, the stretch waits. */
	sent(&b, 1, 2);
	wait_for_results(&b, 1);
	assert_int_equal(b.settled[RC_OK], 1);
	sent(&b, 2, 3);
	wait_for_results(&b, 2);
	assert_int_equal(b.settled[RC_OK], 1);
	assert_int_equal(count(&b, "SELECT count(*) FROM alert WHERE event_key LIKE '%e-001%'"), 0);
	sent(&b, 3, last + 1);
	analyst_settle(b.analyst);
	assert_int_equal(b.settled[RC_OK], 2);
	assert_int_equal(count(&b, "SELECT count(*) FROM alert WHERE event_key LIKE '%e-001%'"), 3);
	analyst_stop(b.analyst);
	close_bed(&b);
}

static void a_full_outbox_does_not_hold_up_a_stop(void **state)
{
	for (int give_up = 0; give_up < 2; give_up++) {
		struct bed b;
		char *folder = heap_printf("%s/%d", (char *)*state, give_up);
		open_bed(&b, folder, CONFIG);
		fill(&b);
		hand(&b, "next", 1000, 1003, "");
		if (give_up) {
			analyst_give_up(b.analyst);
			analyst_settle(b.analyst);
		}
		analyst_stop(b.analyst);
		pthread_join(b.thread, NULL);
		assert_int_equal(b.settled[RC_OK], 1);
		struct work *w = object("late");
		struct stretch *s = stretch_of(&b, w, 0, 1, "");
		assert_false(analyst_take(b.analyst, s));
		stretch_free(s);
		work_unref(w);
		assert_int_equal(pthread_create(&b.thread, NULL, run, &b), 0);
		close_bed(&b);
		free(folder);
	}
}

/* --- itself -------------------------------------------------------------------------------------- */

static void an_alert_about_itself_comes_once(void **state)
{
	struct bed b;
	open_bed(&b, *state, CONFIG);
	for (int i = 0; i < 3; i++)
		analyst_self(b.analyst, "kendrawatch.self.rules_refused", "Rules were refused", LEVEL_HIGH,
		    "kendrawatch is degraded.", i < 2 ? "r1" : "r2");
	analyst_settle(b.analyst);
	assert_int_equal(count(&b, "SELECT count(*) FROM alert"), 2);
	assert_int_equal(count(&b, "SELECT count(*) FROM delivery"), 2);
	analyst_stop(b.analyst);
	close_bed(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(what_is_settled_is_durable),
	    FOLDER(stretches_are_checkpoints),
	    FOLDER(only_what_may_change_is_not_done),
	    FOLDER(a_failing_state_is_waited_for),
	    FOLDER(a_failing_state_can_be_given_up),
	    FOLDER(a_full_outbox_stops_input_but_not_results),
	    FOLDER(a_full_outbox_does_not_hold_up_a_stop),
	    FOLDER(an_alert_about_itself_comes_once),
	    FOLDER(many_spoiled_pieces_are_few_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
