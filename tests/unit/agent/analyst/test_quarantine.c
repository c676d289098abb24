/* Quarantine: what is kept, once, private, and within its cap. */
#include "agent/analyst/quarantine.h"

#include <dirent.h>

#include "base/jdoc.h"
#include "base/metric.h"
#include "tests/unit/agent/fixture.h"

#define T0 1795485491000

static struct quarantine *open_ok(const char *folder, int64_t max_bytes)
{
	struct quarantine *q = NULL;
	struct err e = {0};
	fixture_ok(quarantine_open(folder, max_bytes, &q, &e), &e);
	return q;
}

static void keep(struct quarantine *q, const char *object, struct sv bytes, int64_t now_ms)
{
	struct err e = {0};
	fixture_ok(
	    quarantine_keep(q,
		&(struct quarantine_piece){"trail", object, 7, 3, "expected , at offset 7", bytes, now_ms},
		&e),
	    &e);
}

/* Names in byte order. */
static struct file_list listing(const char *folder)
{
	struct file_list l = {0};
	struct err e = {0};
	char *path = file_join(folder, "quarantine");
	fixture_ok(file_walk(path, &l, NULL, NULL, &e), &e);
	free(path);
	return l;
}

static size_t count(const char *folder)
{
	struct file_list l = listing(folder);
	size_t n = l.paths.n;
	file_list_fini(&l);
	return n;
}

static void a_piece_is_two_private_files(void **state)
{
	struct quarantine *q = open_ok(*state, 1 << 20);
	keep(q, "x.json.gz", SV("{\"a\":\0 \xff}"), T0);
	struct file_list l = listing(*state);
	assert_int_equal(l.paths.n, 2);
	struct stat st;
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(stat(l.paths.items[i], &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	char *folder = file_folder_of(l.paths.items[0]);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	free(folder);
	struct buf bytes = {0}, text = {0};
	struct err e = {0};
	fixture_ok(file_read(l.paths.items[0], 1 << 20, &bytes, &e), &e);
	assert_true(sv_eq(buf_sv(&bytes), SV("{\"a\":\0 \xff}")));
	fixture_ok(file_read(l.paths.items[1], 1 << 20, &text, &e), &e);
	struct jdoc *about = NULL;
	fixture_ok(jdoc_read(buf_sv(&text), &about, &e), &e);
	assert_true(sv_eq(jdoc_text(about, "source"), SV("trail")));
	assert_true(sv_eq(jdoc_text(about, "object"), SV("x.json.gz")));
	assert_true(sv_eq(jdoc_text(about, "reason"), SV("expected , at offset 7")));
	assert_true(sv_eq(jdoc_text(about, "kept_at"), SV("2026-11-24T01:58:11Z")));
	assert_int_equal(jdoc_int(about, "offset", 0), 7);
	assert_int_equal(jdoc_int(about, "record", 0), 3);
	assert_int_equal(jdoc_int(about, "bytes", 0), 9);
	jdoc_free(about);
	buf_fini(&bytes);
	buf_fini(&text);
	file_list_fini(&l);
	quarantine_close(q);
	quarantine_close(NULL);
}

/* A batch that is repeated, also after a restart, doubles nothing; other bytes or another place are another
 * piece. */
static void the_same_piece_is_kept_once(void **state)
{
	struct quarantine *q = open_ok(*state, 1 << 20);
	keep(q, "x", SV("abc"), T0);
	keep(q, "x", SV("abc"), T0 + 5000);
	assert_int_equal(count(*state), 2);
	quarantine_close(q);
	q = open_ok(*state, 1 << 20);
	keep(q, "x", SV("abc"), T0 + 9000);
	assert_int_equal(count(*state), 2);
	keep(q, "y", SV("abc"), T0);
	keep(q, "x", SV("abd"), T0);
	assert_int_equal(count(*state), 6);
	quarantine_close(q);
}

static void past_the_cap_the_oldest_go(void **state)
{
	char bytes[1000];
	struct quarantine *q = open_ok(*state, 4000);
	uint64_t before = metric_get(METRIC_QUARANTINE_DROPPED);
	for (int i = 0; i < 10; i++) {
		memset(bytes, 'a' + i, sizeof bytes);
		if (i == 5) {
			/* What lies there counts after a restart too. */
			quarantine_close(q);
			q = open_ok(*state, 4000);
		}
		keep(q, "x", sv_of(bytes, sizeof bytes), T0 + i * 1000);
	}
	struct file_list l = listing(*state);
	assert_int_equal(l.paths.n, 6);
	assert_int_equal(metric_get(METRIC_QUARANTINE_DROPPED), before + 7);
	int64_t total = 0;
	for (size_t i = 0; i < l.paths.n; i++) {
		struct stat st;
		assert_int_equal(stat(l.paths.items[i], &st), 0);
		total += st.st_size;
		if (i % 2)
			continue;
		/* Whole pieces, the newest. */
		struct sv stem = sv_head(sv_from(l.paths.items[i]), strlen(l.paths.items[i]) - 4);
		assert_true(sv_starts(sv_from(l.paths.items[i + 1]), stem));
		struct buf b = {0};
		struct err e = {0};
		fixture_ok(file_read(l.paths.items[i], 1 << 20, &b, &e), &e);
		assert_int_equal(b.ptr[0], 'a' + 7 + (int)i / 2);
		buf_fini(&b);
	}
	assert_true(total <= 4000);
	file_list_fini(&l);
	quarantine_close(q);
}

/* No description is left without its bytes: it would say that the piece is kept. */
static void a_piece_goes_whole(void **state)
{
	char bytes[1000];
	struct quarantine *q = open_ok(*state, 3500);
	for (int i = 0; i < 3; i++) {
		memset(bytes, 'a' + i, sizeof bytes);
		keep(q, "x", sv_of(bytes, sizeof bytes), T0 + i);
	}
	assert_int_equal(count(*state), 6);
	keep(q, "x", SV("short"), T0 + 3);
	assert_int_equal(count(*state), 6);
	memset(bytes, 'a', sizeof bytes);
	keep(q, "x", sv_of(bytes, sizeof bytes), T0 + 4);
	struct file_list l = listing(*state);
	struct stat st;
	assert_int_equal(l.paths.n, 6);
	assert_int_equal(stat(l.paths.items[4], &st), 0);
	assert_int_equal(st.st_size, 1000);
	file_list_fini(&l);
	quarantine_close(q);
}

static void a_folder_that_cannot_be_is_an_error(void **state)
{
	char *path = file_join(*state, "quarantine");
	struct quarantine *q = NULL;
	struct err e = {0};
	fixture_write(path, SV("a file"));
	assert_int_equal(quarantine_open(*state, 1000, &q, &e), RC_IO);
	assert_true(sv_find(sv_from(e.text), SV("quarantine")) != SV_NONE);
	assert_null(q);
	/* Gone while the agent runs: the batch must not be acknowledged. */
	assert_int_equal(unlink(path), 0);
	q = open_ok(*state, 1000);
	assert_int_equal(rmdir(path), 0);
	e = (struct err){0};
	assert_int_equal(
	    quarantine_keep(q, &(struct quarantine_piece){"s", "o", 0, 1, "r", SV("x"), T0}, &e), RC_IO);
	assert_true(e.text[0] != 0);
	quarantine_close(q);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(a_piece_is_two_private_files),
	    FOLDER(the_same_piece_is_kept_once),
	    FOLDER(past_the_cap_the_oldest_go),
	    FOLDER(a_piece_goes_whole),
	    FOLDER(a_folder_that_cannot_be_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
