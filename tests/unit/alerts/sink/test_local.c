/* The stdout and file sinks. */
#include "tests/unit/alerts/sink/bed.h"

#include "base/file.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[96], yaml[128];

static int fresh(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/kw_file_sink_XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof path, "%s/alerts.ndjson", folder);
	snprintf(yaml, sizeof yaml, "{path: '%s'}", path);
	return 0;
}

static int gone(void **state)
{
	char old[128];
	(void)state;
	snprintf(old, sizeof old, "%s.1", path);
	unlink(old);
	unlink(path);
	return rmdir(folder);
}

static void expect_file(const char *text)
{
	struct buf b = {0};
	buf_adds(&b, "");
	assert_int_equal(file_read(path, 1 << 24, &b, NULL), RC_OK);
	assert_string_equal(b.ptr, text);
	buf_fini(&b);
}

static void put(const char *text)
{
	assert_int_equal(file_write_atomic(path, sv_from(text), 0600, NULL), RC_OK);
}

static void deliver(struct bed *b, struct sv body)
{
	b->delivery.body = body;
	struct sink_verdict v = b->type->write(b->sink, &b->delivery);
	assert_string_equal(v.why.text, "");
	assert_int_equal(v.answer, SINK_SENT);
}

static void file_appends_private_lines(void **state)
{
	struct bed b = {0};
	struct stat st;
	(void)state;
	assert_int_equal(bed_open(&b, "file", yaml), RC_OK);
	deliver(&b, SV("{\"id\":\"1\"}"));
	deliver(&b, SV("{\"id\":\"2\"}"));
	expect_file("{\"id\":\"1\"}\n{\"id\":\"2\"}\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	bed_close(&b);
}

static void file_does_not_double(void **state)
{
	struct bed b = {0};
	(void)state;
	put("{\"id\":\"1\"}\n{\"id\":\"2\"}\n");
	assert_int_equal(bed_open(&b, "file", yaml), RC_OK);
	deliver(&b, SV("{\"id\":\"1\"}"));
	deliver(&b, SV("{\"id\":\"2\"}"));
	expect_file("{\"id\":\"1\"}\n{\"id\":\"2\"}\n");
	deliver(&b, SV("\"2\"}")); /* the end of a line is no line */
	expect_file("{\"id\":\"1\"}\n{\"id\":\"2\"}\n\"2\"}\n");
	bed_close(&b);
}

static void file_completes_its_torn_line(void **state)
{
	struct bed b = {0};
	(void)state;
	put("{\"id\":\"1\"}\n{\"id\":");
	assert_int_equal(bed_open(&b, "file", yaml), RC_OK);
	deliver(&b, SV("{\"id\":\"2\"}"));
	expect_file("{\"id\":\"1\"}\n{\"id\":\"2\"}\n");
	put("{\"id\":\"2\"}"); /* all but its line break; put() makes another inode, too */
	deliver(&b, SV("{\"id\":\"2\"}"));
	expect_file("{\"id\":\"2\"}\n");
	bed_close(&b);
}

static void file_keeps_a_foreign_torn_line(void **state)
{
	struct bed b = {0};
	(void)state;
	put("something else");
	assert_int_equal(bed_open(&b, "file", yaml), RC_OK);
	deliver(&b, SV("{\"id\":\"2\"}"));
	expect_file("something else\n{\"id\":\"2\"}\n");
	bed_close(&b);
}

static void file_follows_rotation(void **state)
{
	struct bed b = {0};
	char old[128];
	(void)state;
	snprintf(old, sizeof old, "%s.1", path);
	assert_int_equal(bed_open(&b, "file", yaml), RC_OK);
	deliver(&b, SV("{\"id\":\"1\"}"));
	assert_int_equal(rename(path, old), 0);
	deliver(&b, SV("{\"id\":\"2\"}"));
	expect_file("{\"id\":\"2\"}\n");
	bed_close(&b);
}

static void file_looks_back_in_a_long_file(void **state)
{
	struct bed b = {0};
	struct buf body = {0};
	struct stat before, after;
	(void)state;
	assert_int_equal(bed_open(&b, "file", yaml), RC_OK);
	for (int i = 0; i < 40; i++) {
		buf_reset(&body);
		buf_printf(&body, "{\"id\":%d,\"pad\":\"%065000d\"}", i, 0);
		deliver(&b, buf_sv(&body));
	}
	assert_int_equal(stat(path, &before), 0);
	deliver(&b, buf_sv(&body));
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_true(before.st_size > 2 << 20);
	buf_fini(&body);
	bed_close(&b);
}

static void file_refuses_what_is_no_file(void **state)
{
	struct bed b = {0};
	(void)state;
	assert_int_equal(bed_open(&b, "file", "{path: /dev/null}"), RC_IO);
	assert_string_equal(b.e.text, "/dev/null: not a regular file");
	bed_close(&b);
	struct bed c = {0};
	assert_int_equal(bed_open(&c, "file", "{path: /nonexistent/alerts}"), RC_IO);
	assert_string_equal(c.e.text, "/nonexistent/alerts: can't open: No such file or directory");
	bed_close(&c);
}

/* --- stdout ---------------------------------------------------------------------------------------- */

static void read_some(int fd, char *out, size_t size)
{
	ssize_t n = read(fd, out, size - 1);
	assert_true(n > 0);
	out[n] = 0;
}

static void stdout_is_ndjson_in_a_pipe(void **state)
{
	int ends[2];
	char text[8192];
	(void)state;
	assert_int_equal(pipe(ends), 0);
	struct bed b = {.context = {.stdout_fd = ends[1]}};
	assert_int_equal(bed_open(&b, "stdout", "{}"), RC_OK);
	deliver(&b, SV(BED_ALERT));
	read_some(ends[0], text, sizeof text);
	assert_string_equal(text, BED_ALERT "\n");
	bed_close(&b);
	close(ends[0]);
	close(ends[1]);
}

/* The dispatcher's thread must not hang in a pipe: others wait for it, a stop too. Nothing is torn by it. */
static void stdout_does_not_wait_for_a_reader(void **state)
{
	static char text[1 << 20];
	struct buf body = {0}, expected = {0};
	struct sink_verdict v = {0};
	int ends[2], n = 0;
	(void)state;
	assert_int_equal(pipe(ends), 0);
	struct bed b = {.context = {.stdout_fd = ends[1]}};
	assert_int_equal(bed_open(&b, "stdout", "{}"), RC_OK);
	for (; n < 100; n++) {
		char key[16];
		buf_reset(&body);
		buf_printf(&body, "{\"id\":%d,\"pad\":\"%09000d\"}", n, 0);
		snprintf(key, sizeof key, "k%d", n);
		b.delivery.key = sv_from(key);
		b.delivery.body = buf_sv(&body);
		v = b.type->write(b.sink, &b.delivery);
		buf_add(&expected, buf_sv(&body));
		buf_addc(&expected, '\n');
		if (v.answer != SINK_SENT)
			break;
	}
	assert_int_equal(v.answer, SINK_RETRY);
	assert_string_equal(v.why.text, "standard output: its reader does not read");
	ssize_t got = read(ends[0], text, sizeof text);
	assert_true(got > 0 && (size_t)got < expected.len);
	/* Another alert comes first: the torn line is completed before it. */
	b.delivery.key = SV("other");
	deliver(&b, SV("{\"id\":\"other\"}"));
	char key[16];
	snprintf(key, sizeof key, "k%d", n);
	b.delivery.key = sv_from(key);
	deliver(&b, buf_sv(&body));
	buf_adds(&expected, "{\"id\":\"other\"}\n");
	ssize_t more = read(ends[0], text + got, sizeof text - (size_t)got);
	assert_true(more > 0);
	struct sv all = sv_of(text, (size_t)(got + more));
	assert_true(sv_eq(all, buf_sv(&expected)));
	bed_close(&b);
	buf_fini(&body);
	buf_fini(&expected);
	close(ends[0]);
	close(ends[1]);
}

static void stdout_completes_its_torn_line(void **state)
{
	static char text[1 << 20];
	struct buf body = {0};
	int ends[2];
	(void)state;
	assert_int_equal(pipe(ends), 0);
	struct bed b = {.context = {.stdout_fd = ends[1]}};
	assert_int_equal(bed_open(&b, "stdout", "{}"), RC_OK);
	buf_printf(&body, "{\"pad\":\"%0100000d\"}", 0);
	b.delivery.body = buf_sv(&body);
	assert_int_equal(b.type->write(b.sink, &b.delivery).answer, SINK_RETRY);
	ssize_t got = read(ends[0], text, sizeof text);
	assert_true(got > 0 && (size_t)got < body.len);
	deliver(&b, buf_sv(&body));
	got += read(ends[0], text + got, sizeof text - (size_t)got);
	buf_addc(&body, '\n');
	assert_true(sv_eq(sv_of(text, (size_t)got), buf_sv(&body)));
	bed_close(&b);
	buf_fini(&body);
	close(ends[0]);
	close(ends[1]);
}

static void stdout_is_text_when_asked(void **state)
{
	int ends[2];
	char text[8192];
	(void)state;
	assert_int_equal(pipe(ends), 0);
	struct bed b = {.context = {.stdout_fd = ends[1]}};
	assert_int_equal(bed_open(&b, "stdout", "{format: text}"), RC_OK);
	deliver(&b, SV(BED_ALERT));
	read_some(ends[0], text, sizeof text);
	assert_non_null(strstr(text, "alice@example.com DELETED"));
	assert_null(strchr(text, '\x1b'));
	assert_null(strchr(text, '{'));
	bed_close(&b);
	close(ends[0]);
	close(ends[1]);
}

static void colour_of(const char *no_color, enum sink_colour wish, bool expected)
{
	int terminal, end;
	char text[8192];
	setenv("TERM", "xterm", 1);
	if (no_color)
		setenv("NO_COLOR", no_color, 1);
	else
		unsetenv("NO_COLOR");
	assert_int_equal(openpty(&terminal, &end, NULL, NULL, NULL), 0);
	struct bed b = {.context = {.stdout_fd = end, .colour = wish}};
	assert_int_equal(bed_open(&b, "stdout", "{}"), RC_OK);
	deliver(&b, SV(BED_ALERT));
	read_some(terminal, text, sizeof text);
	assert_int_equal(strchr(text, '\x1b') != NULL, expected);
	bed_close(&b);
	close(terminal);
	close(end);
}

static void stdout_colours_a_terminal(void **state)
{
	(void)state;
	colour_of(NULL, SINK_COLOUR_AUTO, true);
	colour_of("1", SINK_COLOUR_AUTO, false);
	colour_of("", SINK_COLOUR_AUTO, true);
	colour_of("1", SINK_COLOUR_ALWAYS, true);
	colour_of(NULL, SINK_COLOUR_NEVER, false);
}

static void stdout_that_is_full_is_retried(void **state)
{
	(void)state;
	struct bed b = {.context = {.stdout_fd = open("/dev/full", O_WRONLY)}};
	assert_int_equal(bed_open(&b, "stdout", "{}"), RC_OK);
	struct sink_verdict v = b.type->write(b.sink, &b.delivery);
	assert_int_equal(v.answer, SINK_RETRY);
	assert_string_equal(v.why.text, "standard output: No space left on device");
	close(b.context.stdout_fd);
	bed_close(&b);
}

#define FILE_TEST(f) cmocka_unit_test_setup_teardown(f, fresh, gone)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FILE_TEST(file_appends_private_lines),
	    FILE_TEST(file_does_not_double),
	    FILE_TEST(file_completes_its_torn_line),
	    FILE_TEST(file_keeps_a_foreign_torn_line),
	    FILE_TEST(file_follows_rotation),
	    FILE_TEST(file_looks_back_in_a_long_file),
	    cmocka_unit_test(file_refuses_what_is_no_file),
	    cmocka_unit_test(stdout_is_ndjson_in_a_pipe),
	    cmocka_unit_test(stdout_does_not_wait_for_a_reader),
	    cmocka_unit_test(stdout_completes_its_torn_line),
	    cmocka_unit_test(stdout_is_text_when_asked),
	    cmocka_unit_test(stdout_colours_a_terminal),
	    cmocka_unit_test(stdout_that_is_full_is_retried),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
