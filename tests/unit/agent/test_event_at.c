/* One event by its place: FILE, FILE:RECORD, standard input. */
#include "agent/event_at.h"

#include "tests/unit/agent/fixture.h"

static char *write_input(const char *folder, const char *name, struct sv bytes)
{
	char *path = file_join(folder, name);
	fixture_write(path, bytes);
	return path;
}

/* The eventID at `where`, or the error. */
static void at(const char *where, enum rc want, const char *text)
{
	struct arena a = {0};
	struct record r;
	struct err e = {0};
	enum rc rc = event_at(where, &a, NULL, &r, &e);
	if (rc != want)
		fail_msg("%s: %s %s", where, err_name(rc), e.text);
	if (rc == RC_OK)
		assert_true(sv_eq(r.event_id, sv_from(text)));
	else if (sv_find(sv_from(e.text), sv_from(text)) == SV_NONE)
		fail_msg("%s", e.text);
	arena_fini(&a);
}

static void with_record(const char *path, int number, enum rc want, const char *text)
{
	char *where = heap_printf("%s:%d", path, number);
	at(where, want, text);
	free(where);
}

static void any_record_of_any_form(void **state)
{
	struct buf plain = {0}, lines = {0}, zipped = {0};
	fixture_records(&plain, 0, 400);
	fixture_lines(&lines, 0, 400);
	fixture_gzip(buf_sv(&plain), &zipped);
	const struct sv forms[] = {buf_sv(&plain), buf_sv(&lines), buf_sv(&zipped)};
	for (size_t i = 0; i < 3; i++) {
		char *path = write_input(*state, "in.json", forms[i]);
		at(path, RC_OK, "e-000000");
		with_record(path, 1, RC_OK, "e-000000");
		with_record(path, 17, RC_OK, "e-000016");
		with_record(path, 400, RC_OK, "e-000399");
		with_record(path, 401, RC_NOTFOUND, "in.json: has 400 records, not 401");
		free(path);
	}
	buf_fini(&plain);
	buf_fini(&lines);
	buf_fini(&zipped);
}

static void a_malformed_record_is_told_only_when_asked_for(void **state)
{
	struct buf in = {0};
	fixture_lines(&in, 0, 1);
	buf_adds(&in, "{\"a\":}\n");
	fixture_lines(&in, 1, 2);
	buf_adds(&in, "{\"a\":\"\\q\"}\n");
	char *path = write_input(*state, "in", buf_sv(&in));
	with_record(path, 2, RC_INPUT, "record 2 is malformed at byte");
	with_record(path, 3, RC_OK, "e-000001");
	with_record(path, 4, RC_INPUT, "/in: ");
	free(path);
	buf_fini(&in);
}

static void a_colon_may_be_part_of_the_name(void **state)
{
	struct buf in = {0};
	fixture_lines(&in, 5, 8);
	char *path = write_input(*state, "a:2", buf_sv(&in));
	at(path, RC_OK, "e-000005");
	with_record(path, 3, RC_OK, "e-000007");
	free(path);
	path = file_join(*state, "none");
	at(path, RC_NOTFOUND, "/none: No such file");
	with_record(path, 3, RC_NOTFOUND, "/none: No such file");
	free(path);
	buf_fini(&in);
}

/* What comes before a cut is found all the same. */
static void a_truncated_gzip_gives_what_it_has(void **state)
{
	struct buf lines = {0}, zipped = {0};
	fixture_lines(&lines, 0, 400);
	fixture_gzip(buf_sv(&lines), &zipped);
	char *path = write_input(*state, "in.gz", sv_head(buf_sv(&zipped), zipped.len - 100));
	with_record(path, 100, RC_OK, "e-000099");
	with_record(path, 400, RC_INPUT, "truncated gzip");
	free(path);
	buf_fini(&lines);
	buf_fini(&zipped);
}

/* Standard input may come in small pieces. */
static void standard_input_by_the_byte(void **state)
{
	(void)state;
	struct buf lines = {0}, zipped = {0};
	fixture_lines(&lines, 3, 5);
	fixture_gzip(buf_sv(&lines), &zipped);
	int kept = dup(STDIN_FILENO);
	for (int gz = 0; gz < 2; gz++) {
		int ends[2];
		struct sv in = buf_sv(gz ? &zipped : &lines);
		assert_int_equal(pipe2(ends, O_CLOEXEC | O_DIRECT), 0);
		for (size_t i = 0; i < in.len && i < 12; i++)
			assert_int_equal(write(ends[1], in.ptr + i, 1), 1);
		assert_true(write(ends[1], in.ptr + 12, in.len - 12) > 0);
		close(ends[1]);
		assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
		close(ends[0]);
		at("-", RC_OK, "e-000003");
	}
	dup2(kept, STDIN_FILENO);
	close(kept);
	buf_fini(&lines);
	buf_fini(&zipped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(any_record_of_any_form),
	    FOLDER(a_malformed_record_is_told_only_when_asked_for),
	    FOLDER(a_colon_may_be_part_of_the_name),
	    FOLDER(a_truncated_gzip_gives_what_it_has),
	    cmocka_unit_test(standard_input_by_the_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
