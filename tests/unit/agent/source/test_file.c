/* Source file: whole lines as they are written, across rotation, truncation and restarts. */
#include "agent/source/source.h"

#include "base/queue.h"
#include "tests/unit/agent/source/bed.h"

static void open_bed(struct bed *b, const char *path, const char *more, const struct ledger_row *row)
{
	char *yaml = heap_printf("{path: %s, poll: 10ms%s}", path, more);
	bed_open(b, &source_file, yaml, row);
	free(yaml);
}

/* Takes works until they hold `want`; the last one's row goes to `row` when asked for. */
static void expect(struct bed *b, const char *want, struct ledger_row *row)
{
	struct buf got = {0};
	uint64_t begin = 0;
	for (bool first = true; got.len < strlen(want); first = false) {
		struct work *w = bed_take(b);
		assert_true(w->part && w->last && w->keep_row);
		assert_int_equal(w->fd, -1);
		assert_true(first || w->begin == begin);
		begin = w->begin + w->bytes.len;
		assert_int_equal(w->row.position, begin);
		assert_false(w->row.done);
		buf_add(&got, buf_sv(&w->bytes));
		if (row) {
			ledger_row_fini(row);
			*row = (struct ledger_row){
			    heap_copy(w->row.object), heap_copy(w->row.identity), w->row.position, false};
		}
		bed_settle(b, w, RC_OK);
	}
	assert_string_equal(got.ptr, want);
	buf_fini(&got);
}

/* The first thing of a file: which one it is, before any byte of it. */
static void expect_mark(struct bed *b, struct ledger_row *row)
{
	struct work *w = bed_take(b);
	assert_true(w->part && w->keep_row && !w->row.done);
	assert_int_equal(w->bytes.len, 0);
	assert_int_equal(w->row.position, w->begin);
	if (row)
		*row = (struct ledger_row){
		    heap_copy(w->row.object), heap_copy(w->row.identity), w->row.position, false};
	bed_settle(b, w, RC_OK);
}

static void a_file_renamed_before_it_was_read_is_known(void **state)
{
	struct bed b;
	struct ledger_row row = {0};
	char *path = file_join(*state, "log"), *old = file_join(*state, "log.1");
	fixture_append(path, SV("half a line"));
	open_bed(&b, path, "", NULL);
	bed_run(&b);
	expect_mark(&b, &row);
	bed_stop(&b);
	bed_close(&b);
	fixture_append(path, SV(", now whole\n"));
	assert_int_equal(rename(path, old), 0);
	fixture_append(path, SV("next\n"));
	open_bed(&b, path, "", &row);
	bed_run(&b);
	expect(&b, "half a line, now whole\n", NULL);
	expect(&b, "next\n", NULL);
	bed_stop(&b);
	bed_close(&b);
	ledger_row_fini(&row);
	free(path);
	free(old);
}

static void whole_lines_as_they_come(void **state)
{
	struct bed b;
	char *path = file_join(*state, "log");
	fixture_append(path, SV("one\ntwo\nthr"));
	open_bed(&b, path, "", NULL);
	bed_run(&b);
	expect(&b, "one\ntwo\n", NULL);
	fixture_append(path, SV("ee"));
	fixture_append(path, SV("\nfo"));
	expect(&b, "three\n", NULL);
	bed_stop(&b);
	assert_int_equal(queue_length(b.intake), 0);
	bed_close(&b);
	free(path);
}

static void a_file_may_come_later(void **state)
{
	struct bed b;
	char *path = file_join(*state, "log");
	open_bed(&b, path, "", NULL);
	bed_run(&b);
	fixture_append(path, SV("one\n"));
	expect(&b, "one\n", NULL);
	bed_stop(&b);
	bed_close(&b);
	free(path);
}

/* A pipe without a writer would keep open(2) waiting, and with it the agent's stop. */
static void what_is_no_file_keeps_nobody_waiting(void **state)
{
	struct bed b;
	char *path = file_join(*state, "log");
	assert_int_equal(mkfifo(path, 0600), 0);
	open_bed(&b, path, "", NULL);
	bed_run(&b);
	bed_stop(&b);
	assert_int_equal(queue_length(b.intake), 0);
	bed_close(&b);
	/* A file in its place is followed. */
	open_bed(&b, path, "", NULL);
	bed_run(&b);
	assert_int_equal(unlink(path), 0);
	fixture_append(path, SV("one\n"));
	expect(&b, "one\n", NULL);
	bed_stop(&b);
	bed_close(&b);
	free(path);
}

static void from_end_takes_what_is_added(void **state)
{
	struct bed b;
	char *path = file_join(*state, "log");
	struct ledger_row row = {0};
	fixture_append(path, SV("old\n"));
	open_bed(&b, path, ", from: end", NULL);
	bed_run(&b);
	/* Until it has begun it may see the file longer: a line that is certainly behind its start. */
	struct stat st;
	struct work *w = NULL;
	for (int i = 0; i < 2000 && !w; i++) {
		fixture_append(path, SV("new\n"));
		w = queue_take(b.intake, 10);
	}
	assert_non_null(w);
	assert_true(w->begin >= 4);
	assert_int_equal(stat(path, &st), 0);
	assert_true(w->row.position <= st.st_size);
	row = (struct ledger_row){heap_copy(path), heap_copy(w->row.identity), w->row.position, false};
	work_unref(w);
	bed_stop(&b);
	bed_close(&b);
	/* The second time it goes on where it was. */
	char *rest = heap_printf("%s", "more\n");
	assert_int_equal(truncate(path, row.position), 0);
	fixture_append(path, sv_from(rest));
	open_bed(&b, path, ", from: end", &row);
	bed_run(&b);
	expect(&b, "more\n", NULL);
	bed_stop(&b);
	bed_close(&b);
	ledger_row_fini(&row);
	free(rest);
	free(path);
}

static void a_restart_goes_on_where_it_was(void **state)
{
	struct bed b;
	struct ledger_row row = {0};
	char *path = file_join(*state, "log");
	fixture_append(path, SV("one\ntwo\n"));
	open_bed(&b, path, "", NULL);
	bed_run(&b);
	expect(&b, "one\ntwo\n", &row);
	bed_stop(&b);
	bed_close(&b);
	fixture_append(path, SV("three\n"));
	open_bed(&b, path, "", &row);
	bed_run(&b);
	expect(&b, "three\n", &row);
	bed_stop(&b);
	bed_close(&b);
	/* Another file under the name, at least as long: read from its start. */
	assert_int_equal(unlink(path), 0);
	fixture_append(path, SV("ONE\nTWO\nTHREE\nFOUR\n"));
	open_bed(&b, path, "", &row);
	bed_run(&b);
	expect(&b, "ONE\nTWO\nTHREE\nFOUR\n", NULL);
	bed_stop(&b);
	bed_close(&b);
	ledger_row_fini(&row);
	free(path);
}

static void rotation_loses_nothing(void **state)
{
	struct bed b;
	char *path = file_join(*state, "log"), *old = file_join(*state, "log.1");
	fixture_append(path, SV("one\n"));
	open_bed(&b, path, "", NULL);
	bed_run(&b);
	expect(&b, "one\n", NULL);
	/* Written to under its new name, without a newline at its end, then a new file. */
	assert_int_equal(rename(path, old), 0);
	fixture_append(old, SV("two\nthree"));
	fixture_append(path, SV("four\n"));
	struct work *w = bed_take(&b);
	assert_string_equal(w->bytes.ptr, "two\n");
	bed_settle(&b, w, RC_OK);
	w = bed_take(&b);
	assert_string_equal(w->bytes.ptr, "three");
	bed_settle(&b, w, RC_OK);
	expect(&b, "four\n", NULL);
	bed_stop(&b);
	bed_close(&b);
	free(path);
	free(old);
}

static void rotation_while_away_loses_nothing(void **state)
{
	struct bed b;
	struct ledger_row row = {0};
	char *path = file_join(*state, "log"), *old = file_join(*state, "log.1");
	fixture_append(path, SV("one\n"));
	open_bed(&b, path, "", NULL);
	bed_run(&b);
	expect(&b, "one\n", &row);
	bed_stop(&b);
	bed_close(&b);
	fixture_append(path, SV("two\n"));
	assert_int_equal(rename(path, old), 0);
	fixture_append(path, SV("three\n"));
	open_bed(&b, path, "", &row);
	bed_run(&b);
	expect(&b, "two\n", NULL);
	expect(&b, "three\n", NULL);
	bed_stop(&b);
	bed_close(&b);
	ledger_row_fini(&row);
	free(path);
	free(old);
}

static void a_truncated_file_begins_anew(void **state)
{
	struct bed b;
	char *path = file_join(*state, "log");
	fixture_append(path, SV("a long first line\nhalf"));
	open_bed(&b, path, "", NULL);
	bed_run(&b);
	expect(&b, "a long first line\n", NULL);
	assert_int_equal(truncate(path, 0), 0);
	fixture_append(path, SV("new\n"));
	expect(&b, "new\n", NULL);
	bed_stop(&b);
	bed_close(&b);
	free(path);
}

/* Memory stays bounded whatever is in the file. */
static void a_line_without_end_is_given_away(void **state)
{
	struct bed b;
	char *path = file_join(*state, "log"), *block = heap_alloc(1 << 20);
	memset(block, 'x', 1 << 20);
	for (int i = 0; i < 4; i++)
		fixture_append(path, sv_of(block, 1 << 20));
	open_bed(&b, path, "", NULL);
	bed_run(&b);
	expect_mark(&b, NULL);
	struct work *w = bed_take(&b);
	assert_true(w->bytes.len >= 3 << 20);
	assert_int_equal(w->begin, 0);
	bed_settle(&b, w, RC_OK);
	bed_stop(&b);
	bed_close(&b);
	free(block);
	free(path);
}

static void a_closed_intake_ends_it(void **state)
{
	struct bed b;
	char *path = file_join(*state, "log");
	open_bed(&b, path, "", NULL);
	queue_close(b.intake);
	fixture_append(path, SV("one\n"));
	bed_run(&b);
	bed_join(&b);
	bed_close(&b);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(a_file_renamed_before_it_was_read_is_known),
	    FOLDER(whole_lines_as_they_come),
	    FOLDER(a_file_may_come_later),
	    FOLDER(what_is_no_file_keeps_nobody_waiting),
	    FOLDER(from_end_takes_what_is_added),
	    FOLDER(a_restart_goes_on_where_it_was),
	    FOLDER(rotation_loses_nothing),
	    FOLDER(rotation_while_away_loses_nothing),
	    FOLDER(a_truncated_file_begins_anew),
	    FOLDER(a_line_without_end_is_given_away),
	    FOLDER(a_closed_intake_ends_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
