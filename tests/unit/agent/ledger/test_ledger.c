/* The ledger: what is written is read again, by source, the newest identity of each object. */
#include "agent/ledger/ledger.h"

#include "alerts/state.h"
#include "tests/unit/agent/fixture.h"

static struct store *open_state(const char *folder)
{
	struct store *s = NULL;
	struct err e = {0};
	fixture_ok(state_open(folder, STORE_WRITE, &s, &e), &e);
	return s;
}

static void write_row(struct store *s, const char *source, struct ledger_row row, int64_t now_ms)
{
	struct err e = {0};
	fixture_ok(store_begin(s, &e), &e);
	fixture_ok(ledger_write(s, source, &row, 5, now_ms, &e), &e);
	fixture_ok(store_commit(s, &e), &e);
}

#define ROW(object, identity, position, done) \
	((struct ledger_row){(char *)(uintptr_t)(object), (char *)(uintptr_t)(identity), position, done})

static void rows_come_back_by_source(void **state)
{
	struct store *s = open_state(*state);
	struct ledger l = {0};
	struct err e = {0};
	write_row(s, "trail", ROW("a", "1:1", 3, false), 1000);
	write_row(s, "trail", ROW("b \xc3\xa9\n", "1:2", INT64_MAX, true), 1000);
	write_row(s, "other", ROW("c", "1:3", 0, true), 1000);
	fixture_ok(ledger_read(s, "trail", &l, &e), &e);
	assert_int_equal(l.rows.n, 2);
	const struct ledger_row *a = ledger_find(&l, "a"), *b = ledger_find(&l, "b \xc3\xa9\n");
	assert_string_equal(a->identity, "1:1");
	assert_int_equal(a->position, 3);
	assert_false(a->done);
	assert_int_equal(b->position, INT64_MAX);
	assert_true(b->done);
	assert_null(ledger_find(&l, "c"));
	ledger_fini(&l);
	fixture_ok(ledger_read(s, "none", &l, &e), &e);
	assert_int_equal(l.rows.n, 0);
	ledger_fini(&l);
	store_close(s);
}

static void one_row_is_looked_up(void **state)
{
	struct store *s = open_state(*state), *reader = NULL;
	struct ledger_row row = {0};
	struct err e = {0};
	fixture_ok(state_open(*state, STORE_READ, &reader, &e), &e);
	assert_int_equal(ledger_look(reader, "trail", "a", &row, &e), RC_NOTFOUND);
	write_row(s, "trail", ROW("a", "1:1", 900, false), 1000);
	write_row(s, "other", ROW("a", "3:3", 1, true), 1000);
	fixture_ok(ledger_look(reader, "trail", "a", &row, &e), &e);
	assert_string_equal(row.identity, "1:1");
	assert_int_equal(row.position, 900);
	assert_false(row.done);
	ledger_row_fini(&row);
	write_row(s, "trail", ROW("a", "1:1", 901, true), 1001);
	fixture_ok(ledger_look(reader, "trail", "a", &row, &e), &e);
	assert_true(row.done);
	ledger_row_fini(&row);
	store_close(reader);
	store_close(s);
}

static void a_new_identity_replaces_the_old_one(void **state)
{
	struct store *s = open_state(*state);
	struct ledger l = {0};
	struct err e = {0};
	write_row(s, "trail", ROW("a", "1:1", 900, true), 1000);
	write_row(s, "trail", ROW("a", "2:2", 4, false), 500);
	write_row(s, "trail", ROW("a", "2:2", 8, false), 600);
	fixture_ok(ledger_read(s, "trail", &l, &e), &e);
	assert_int_equal(l.rows.n, 1);
	assert_string_equal(ledger_find(&l, "a")->identity, "2:2");
	assert_int_equal(ledger_find(&l, "a")->position, 8);
	ledger_fini(&l);
	struct store_stmt *st = store_prepare(s, "SELECT count(*) FROM object");
	fixture_ok(store_step(st, &e), &e);
	assert_int_equal(store_int(st, 0), 1);
	store_reset(st);
	store_close(s);
}

static void a_rolled_back_row_was_never_there(void **state)
{
	struct store *s = open_state(*state);
	struct ledger l = {0};
	struct err e = {0};
	write_row(s, "trail", ROW("a", "1:1", 3, false), 1000);
	fixture_ok(store_begin(s, &e), &e);
	fixture_ok(ledger_write(s, "trail", &ROW("a", "2:2", 9, true), 9, 2000, &e), &e);
	store_rollback(s);
	fixture_ok(ledger_read(s, "trail", &l, &e), &e);
	assert_string_equal(ledger_find(&l, "a")->identity, "1:1");
	ledger_fini(&l);
	store_close(s);
}

static void a_reader_without_the_table_says_which_source(void **state)
{
	struct store *s = open_state(*state);
	struct ledger l = {0};
	struct err e = {0};
	fixture_ok(store_exec(s, "DROP TABLE object", &e), &e);
	assert_int_not_equal(ledger_read(s, "trail", &l, &e), RC_OK);
	assert_true(sv_starts(sv_from(e.text), SV("ledger of source trail: ")));
	assert_int_not_equal(ledger_write(s, "trail", &ROW("a", "1", 0, false), 0, 0, &e), RC_OK);
	ledger_fini(&l);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(rows_come_back_by_source),
	    FOLDER(one_row_is_looked_up),
	    FOLDER(a_new_identity_replaces_the_old_one),
	    FOLDER(a_rolled_back_row_was_never_there),
	    FOLDER(a_reader_without_the_table_says_which_source),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
