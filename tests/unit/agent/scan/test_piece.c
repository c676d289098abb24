/* Cutting: where pieces of a file may begin, which files are cut, and that a scan finds the same whatever the
 * pieces and however many threads read them. */
#include "agent/scan/piece.h"

#include "agent/scan/scan.h"
#include "tests/unit/agent/fixture.h"

static int open_with(const char *folder, struct sv bytes)
{
	char *path = file_join(folder, "f");
	fixture_write(path, bytes);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	free(path);
	return fd;
}

static void pieces_begin_where_a_line_does(void **state)
{
	int fd = open_with(*state, SV("{\"a\":1}\n{\"b\":2}\r\n\n {\"c\":3}\n{\"d\":4}\n"));
	assert_int_equal(piece_begin(fd, 0), 8);
	assert_int_equal(piece_begin(fd, 7), 8);
	assert_int_equal(piece_begin(fd, 8), 27);
	assert_int_equal(piece_begin(fd, 26), 27);
	assert_int_equal(piece_begin(fd, 27), PIECE_END);
	assert_int_equal(piece_begin(fd, 999), PIECE_END);
	close(fd);
	assert_int_equal(piece_begin(-1, 0), PIECE_END);
}

/* A newline is the last byte of what is looked at once, and the `{` the first one of the next look. */
static void a_beginning_is_found_across_looks(void **state)
{
	struct buf b = {0};
	for (size_t n = 16382; n < 16388; n++) {
		buf_reset(&b);
		for (size_t i = 0; i < n; i++)
			buf_addc(&b, 'x');
		buf_adds(&b, "\n{}");
		int fd = open_with(*state, buf_sv(&b));
		assert_int_equal(piece_begin(fd, 0), n + 1);
		close(fd);
	}
	buf_fini(&b);
}

static void only_files_of_lines_are_cut(void **state)
{
	static const struct {
		const char *text;
		bool cuttable;
	} files[] = {
	    {"{\"a\":1}\n{\"b\":2}\n", true},
	    {"\xef\xbb\xbf{\"a\":1}\r\n{\"b\":2}\n", true},
	    {"\n{\"a\":1}\n", false},
	    {"[{\"a\":1},\n{\"b\":2}]\n", false},
	    {"{\n \"a\":1\n}\n", false},
	    {"{\"Records\":[\n{\"a\":1},\n{\"b\":2}]}\n", false},
	    {"{\"Records\":[{\"a\":1},\n{\"b\":2}]}\n", false},
	    {"{\"a\":1}", false},
	    {"\x1f\x8b\x08{\"a\":1}\n", false},
	    {"", false},
	};
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		int fd = open_with(*state, sv_from(files[i].text));
		if (piece_looks_cuttable(fd) != files[i].cuttable)
			fail_msg("%s", files[i].text);
		close(fd);
	}
}

/* --- the same for any number of threads ----------------------------------------------------------- */

static bool match(void *ctx, const struct finding *f, const char *id, const char *object)
{
	buf_printf(ctx, "%d %s %.*s\n", (int)f->number, id, SV_ARG(f->record->event_id));
	return object[0] != 0;
}

static void spoiled(void *ctx, const struct spoiled *s, const char *object)
{
	(void)object;
	buf_printf(ctx, "%d spoiled at %d, %zu bytes: %s\n", (int)s->number, (int)s->offset, s->bytes.len,
	    s->reason);
}

static void trouble(void *ctx, const char *object, const struct err *e)
{
	(void)object;
	buf_printf(ctx, "%s\n", e->text);
}

static void progress(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	assert_true(done <= total);
}

/* What a scan of the file tells, and its totals. */
static void tell(
    const char *path, struct ruleset *rules, unsigned jobs, uint64_t piece_bytes, struct buf *out)
{
	struct err e = {0};
	struct scan *s = scan_new(&(struct scan_setup){.rules = rules,
	    .jobs = jobs,
	    .piece_bytes = piece_bytes,
	    .match = match,
	    .spoiled = spoiled,
	    .trouble = trouble,
	    .progress = progress,
	    .ctx = out});
	fixture_ok(scan_add(s, path, &e), &e);
	fixture_ok(scan_run(s), &e);
	const struct scan_totals *t = scan_totals(s);
	buf_printf(out, "%d events %d bytes %d malformed %d duplicates %d inputs %d failed\n", (int)t->events,
	    (int)t->bytes, (int)t->malformed, (int)t->duplicates, (int)t->inputs, (int)t->failed);
	scan_free(s);
}

static void expect_same(const char *folder, struct sv bytes)
{
	struct ruleset *rules = fixture_rules(FIXTURE_RULE_ANY);
	struct buf one = {0}, several = {0};
	char *path = file_join(folder, "f");
	fixture_write(path, bytes);
	tell(path, rules, 1, 0, &one);
	for (uint64_t piece = 1; piece < bytes.len; piece = piece * 3 + 40) {
		buf_reset(&several);
		tell(path, rules, 1 + (unsigned)piece % 4, piece, &several);
		if (!sv_eq(buf_sv(&one), buf_sv(&several)))
			fail_msg("pieces of %d bytes of\n%.*s\none thread:\n%s\nseveral:\n%s", (int)piece,
			    SV_ARG(sv_head(bytes, 3000)), one.ptr, several.ptr);
	}
	free(path);
	buf_fini(&one);
	buf_fini(&several);
	ruleset_unref(rules);
}

/* Lines with something among them. */
static void among_lines(const char *folder, const char *something)
{
	struct buf b = {0};
	fixture_lines(&b, 0, 9);
	buf_adds(&b, something);
	fixture_lines(&b, 9, 20);
	expect_same(folder, buf_sv(&b));
	buf_fini(&b);
}

static void what_lies_at_a_cut_changes_nothing(void **state)
{
	static const char *const things[] = {"", "\n\n", "garbage\n", "{\"torn\":\n",
	    "{\"torn\":\"\n{\"eventVersion\":\"1\"}\n", "{\"s\":\"a\\n{\\\"eventVersion\\\":1}\"}\n",
	    "{\n \"pretty\": {\n  \"a\": 1\n }\n}\n",
	    "[\n{\"eventVersion\":\"1\"},\n{\"eventVersion\":\"2\"}\n]\n",
	    "{\"Records\":[\n{\"eventVersion\":\"1\"},\n{\"eventVersion\":\"2\"}\n]}\n",
	    "{\"Records\" [\n{\"eventVersion\":\"1\"},\n{\"eventVersion\":\"2\"},\n",
	    "[\n{\"never\":\"closed\"},\n", "{\"Records\":[]},\n", ",\n,{\"a\":1},\n", "}\n]\n",
	    "{\"eventVersion\":\"1\"}{\"eventVersion\":\"2\"}\n", "  {\"indented\" oops\n  {\"a\":1}\n",
	    "\xef\xbb\xbf{\"a\":1}\n", "\x1e{\"a\":1}\n"};
	for (size_t i = 0; i < sizeof things / sizeof *things; i++)
		among_lines(*state, things[i]);
}

static void no_last_newline_crlf_and_large_records(void **state)
{
	struct buf b = {0}, crlf = {0};
	fixture_lines(&b, 0, 12);
	buf_adds(&b, "{\"eventVersion\":\"1\",\"large\":\"");
	for (int i = 0; i < 3000; i++)
		buf_adds(&b, "{\\n");
	buf_adds(&b, "\"}\n");
	fixture_lines(&b, 6, 18);
	for (size_t i = 0; i < b.len; i++) {
		if (b.ptr[i] == '\n')
			buf_addc(&crlf, '\r');
		buf_addc(&crlf, b.ptr[i]);
	}
	expect_same(*state, sv_head(buf_sv(&b), b.len - 1));
	expect_same(*state, sv_head(buf_sv(&b), b.len - 30));
	expect_same(*state, buf_sv(&crlf));
	buf_fini(&b);
	buf_fini(&crlf);
}

/* Whoever listens may stop it; what the threads have read in vain is freed. */
static bool refuse(void *ctx, const struct finding *f, const char *id, const char *object)
{
	(void)f, (void)id, (void)object;
	return ++*(int *)ctx < 3;
}

static void ignore_progress(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx, (void)done, (void)total;
}

static void a_stop_stops_all_threads(void **state)
{
	struct buf b = {0};
	struct err e = {0};
	int n = 0;
	struct ruleset *rules = fixture_rules(FIXTURE_RULE_ANY);
	char *path = file_join(*state, "f");
	fixture_lines(&b, 0, 500);
	fixture_write(path, buf_sv(&b));
	struct scan *s = scan_new(&(struct scan_setup){.rules = rules,
	    .jobs = 4,
	    .piece_bytes = 900,
	    .match = refuse,
	    .progress = ignore_progress,
	    .ctx = &n});
	fixture_ok(scan_add(s, path, &e), &e);
	assert_int_equal(scan_run(s), RC_STOPPED);
	assert_int_equal(n, 3);
	scan_free(s);
	free(path);
	buf_fini(&b);
	ruleset_unref(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(pieces_begin_where_a_line_does),
	    FOLDER(a_beginning_is_found_across_looks),
	    FOLDER(only_files_of_lines_are_cut),
	    FOLDER(what_lies_at_a_cut_changes_nothing),
	    FOLDER(no_last_newline_crlf_and_large_records),
	    FOLDER(a_stop_stops_all_threads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
