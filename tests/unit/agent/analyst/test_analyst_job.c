/* Jobs of others on the analyst's thread: done and durable, rolled back, too late, and many at once. */
#include <pthread.h>

#include "agent/analyst/analyst.h"
#include "agent/setup.h"
#include "alerts/state.h"
#include "tests/unit/agent/fixture.h"

struct bed {
	struct config *config;
	struct store *store;
	struct quarantine *quarantine;
	struct analyst *analyst;
	pthread_t thread;
	_Atomic int added;
};

static void added(void *ctx)
{
	((struct bed *)ctx)->added++;
}

static void settled(void *ctx, const struct outbox_result *results, size_t n)
{
	(void)ctx;
	(void)results;
	(void)n;
}

static void *run(void *arg)
{
	analyst_run(((struct bed *)arg)->analyst);
	return NULL;
}

static void open_bed(struct bed *b, const char *folder)
{
	struct faults faults = {0};
	struct err e = {0};
	struct config_tables tables = setup_tables();
	*b = (struct bed){0};
	config_read_text("c.yaml", SV("sinks: {out: {type: stdout}}\n"), &tables, &b->config, &faults);
	faults_fini(&faults);
	fixture_ok(state_open(folder, STORE_WRITE, &b->store, &e), &e);
	fixture_ok(quarantine_open(folder, 1 << 20, &b->quarantine, &e), &e);
	b->analyst = analyst_new(&(struct analyst_setup){.store = b->store,
	    .quarantine = b->quarantine,
	    .config = b->config,
	    .agent = {.name = "unit", .max_age_ms = -1},
	    .added = added,
	    .settled = settled,
	    .ctx = b});
	assert_int_equal(pthread_create(&b->thread, NULL, run, b), 0);
}

static void close_bed(struct bed *b)
{
	analyst_free(b->analyst);
	quarantine_close(b->quarantine);
	store_close(b->store);
	config_free(b->config);
}

/* Writes a row; then does as *ctx says. */
static enum rc write_row(void *ctx, struct store *s, struct err *e)
{
	enum rc rc = store_exec(s, "INSERT INTO fold VALUES(hex(randomblob(8)),1,'a',1,0,9000000000000)", e);
	if (rc == RC_OK && *(enum rc *)ctx != RC_OK)
		rc = err_set(e, *(enum rc *)ctx, "as told");
	return rc;
}

static int64_t rows_after(struct bed *b)
{
	struct store_stmt *st = store_prepare(b->store, "SELECT count(*) FROM fold");
	struct err e = {0};
	fixture_ok(store_step(st, &e), &e);
	int64_t n = store_int(st, 0);
	store_reset(st);
	return n;
}

static void what_fails_leaves_nothing(void **state)
{
	struct bed b;
	struct err e = {0};
	enum rc fine = RC_OK, wrong = RC_INPUT;
	open_bed(&b, *state);
	assert_int_equal(analyst_ask(b.analyst, write_row, &fine, &e), RC_OK);
	assert_int_equal(b.added, 1);
	assert_int_equal(analyst_ask(b.analyst, write_row, &wrong, &e), RC_INPUT);
	assert_string_equal(e.text, "as told");
	assert_int_equal(analyst_ask(b.analyst, write_row, &fine, &e), RC_OK);
	analyst_stop(b.analyst);
	pthread_join(b.thread, NULL);
	assert_int_equal(analyst_ask(b.analyst, write_row, &fine, &e), RC_STOPPED);
	assert_int_equal(rows_after(&b), 2);
	close_bed(&b);
}

struct asker {
	struct bed *bed;
	pthread_t thread;
	int done, busy, stopped;
};

static void *ask(void *arg)
{
	struct asker *a = arg;
	enum rc fine = RC_OK;
	struct err e = {0};
	while (!a->stopped) {
		enum rc rc = analyst_ask(a->bed->analyst, write_row, &fine, &e);
		a->done += rc == RC_OK;
		a->busy += rc == RC_RETRY;
		a->stopped += rc == RC_STOPPED;
	}
	return NULL;
}

static void many_ask_until_it_stops(void **state)
{
	struct bed b;
	struct asker askers[4];
	struct analyst_vitals vitals;
	open_bed(&b, *state);
	for (int i = 0; i < 4; i++) {
		askers[i] = (struct asker){.bed = &b};
		assert_int_equal(pthread_create(&askers[i].thread, NULL, ask, &askers[i]), 0);
	}
	while (b.added < 50)
		analyst_look(b.analyst, &vitals);
	assert_false(vitals.full || vitals.failing || vitals.waiting);
	analyst_stop(b.analyst);
	pthread_join(b.thread, NULL);
	int done = 0;
	for (int i = 0; i < 4; i++) {
		pthread_join(askers[i].thread, NULL);
		done += askers[i].done;
	}
	assert_int_equal(rows_after(&b), done);
	assert_int_equal(b.added, done);
	close_bed(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(what_fails_leaves_nothing),
	    FOLDER(many_ask_until_it_stops),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
