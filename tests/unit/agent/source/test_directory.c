/* Source directory: each object once, new ones as they come, growing ones when they have grown. */
#include "agent/source/source.h"

#include "base/queue.h"
#include "tests/unit/agent/source/bed.h"

static char *options_of(const char *folder, const char *more)
{
	return heap_printf("{path: %s%s}", folder, more);
}

static void open_bed(struct bed *b, const char *folder, const char *more, const struct ledger_row *row)
{
	char *yaml = options_of(folder, more);
	bed_open(b, &source_directory, yaml, row);
	free(yaml);
}

static char *put(const char *folder, const char *name, const char *text)
{
	char *path = file_join(folder, name), *parent = file_folder_of(path);
	struct err e = {0};
	fixture_ok(file_make_folder(parent, 0755, &e), &e);
	fixture_append(path, sv_from(text));
	free(parent);
	return path;
}

/* The next work is of the object `name`. */
static struct work *take(struct bed *b, const char *name)
{
	struct work *w = bed_take(b);
	if (!sv_ends(sv_from(w->object), sv_from(name)))
		fail_msg("%s, not %s", w->object, name);
	assert_string_equal(w->object, w->row.object);
	assert_true(w->keep_row);
	return w;
}

static void lists_a_tree_in_the_order_of_its_stamps(void **state)
{
	struct bed b;
	free(put(*state, "us/1_CloudTrail_us_20261124T0305Z_a.json", "{}"));
	free(put(*state, "eu/1_CloudTrail_eu_20261124T0310Z_a.json", "{}"));
	free(put(*state, "eu/1_CloudTrail_eu_20261124T0300Z_a.json", "{}"));
	free(put(*state, "CloudTrail-Digest/1_20261124T0400Z_x.json", "{}"));
	free(put(*state, ".hidden", "{}"));
	free(put(*state, "empty", ""));
	open_bed(&b, *state, "", NULL);
	bed_run(&b);
	static const char *const names[] = {"eu_20261124T0300Z_a.json", "us_20261124T0305Z_a.json",
	    "eu_20261124T0310Z_a.json", "1_20261124T0400Z_x.json"};
	for (size_t i = 0; i < 4; i++) {
		struct work *w = take(&b, names[i]);
		/* A digest is remembered, not read. */
		assert_int_equal(w->fd >= 0, i != 3);
		assert_true(w->patient);
		assert_int_equal(w->skip, 0);
		bed_settle(&b, w, RC_OK);
	}
	bed_stop(&b);
	assert_int_equal(queue_length(b.intake), 0);
	bed_close(&b);
}

static void sees_what_comes_later(void **state)
{
	struct bed b;
	char *first = put(*state, "a.json", "{}"), *staged = NULL, *final = NULL;
	open_bed(&b, *state, "", NULL);
	bed_run(&b);
	bed_settle(&b, take(&b, "/a.json"), RC_OK);
	/* Written in place, renamed into place, in a folder that is new. */
	staged = file_join(*state, "b.json");
	fixture_append(staged, SV("{}"));
	bed_settle(&b, take(&b, "/b.json"), RC_OK);
	free(staged);
	staged = put(*state, ".c.tmp", "{}");
	final = file_join(*state, "c.json");
	assert_int_equal(rename(staged, final), 0);
	bed_settle(&b, take(&b, "/c.json"), RC_OK);
	free(put(*state, "new/deep/d.json", "{}"));
	bed_settle(&b, take(&b, "/new/deep/d.json"), RC_OK);
	bed_stop(&b);
	assert_int_equal(queue_length(b.intake), 0);
	bed_close(&b);
	free(first);
	free(staged);
	free(final);
}

/* A rewritten object is another one; one that changes while it is read is read again afterwards. */
static void a_changed_object_is_read_again(void **state)
{
	struct bed b;
	char *path = put(*state, "a.json", "{}");
	open_bed(&b, *state, "", NULL);
	bed_run(&b);
	struct work *w = take(&b, "/a.json");
	char *identity = heap_copy(w->row.identity);
	fixture_append(path, SV("{}"));
	char *other = put(*state, "b.json", "{}");
	/* The change is seen by the time the next object is. */
	struct work *next = take(&b, "/b.json");
	bed_settle(&b, next, RC_OK);
	bed_settle(&b, w, RC_OK);
	w = take(&b, "/a.json");
	assert_string_not_equal(w->row.identity, identity);
	assert_int_equal(w->skip, 0);
	bed_settle(&b, w, RC_OK);
	bed_stop(&b);
	bed_close(&b);
	free(identity);
	free(other);
	free(path);
}

/* What the ledger calls done is left alone, what it calls begun goes on, what changed begins anew. */
static void the_ledger_is_believed(void **state)
{
	struct bed b;
	char *path = put(*state, "a.json", "{}{}{}");
	open_bed(&b, *state, "", NULL);
	bed_run(&b);
	struct work *w = take(&b, "/a.json");
	struct ledger_row row = {heap_copy(path), heap_copy(w->row.identity), 2, false};
	bed_stop(&b);
	work_unref(w);
	bed_close(&b);
	for (int i = 0; i < 3; i++) {
		row.done = i == 1;
		if (i == 2)
			fixture_append(path, SV("{}"));
		open_bed(&b, *state, "", &row);
		bed_run(&b);
		if (i == 1) {
			/* Whatever comes next is not it. */
			char *marker = put(*state, "z.json", "{}");
			bed_settle(&b, take(&b, "/z.json"), RC_OK);
			assert_int_equal(unlink(marker), 0);
			free(marker);
		} else {
			w = take(&b, "/a.json");
			assert_int_equal(w->skip, i == 0 ? 2 : 0);
			bed_settle(&b, w, RC_OK);
		}
		bed_stop(&b);
		bed_close(&b);
	}
	ledger_row_fini(&row);
	free(path);
}

/* An object that ends too early is waited for, then read without patience from where it was. */
static void patience_ends(void **state)
{
	struct bed b;
	char *path = put(*state, "a.json", "{}{");
	open_bed(&b, *state, ", patience: 100ms, rescan: 60s", NULL);
	bed_run(&b);
	struct work *w = take(&b, "/a.json");
	assert_true(w->patient);
	w->row.position = 1;
	bed_settle(&b, w, RC_INPUT);
	/* Grown meanwhile: all of it again, with patience. */
	fixture_append(path, SV("\"a\""));
	w = take(&b, "/a.json");
	assert_true(w->patient);
	assert_int_equal(w->skip, 0);
	w->row.position = 1;
	bed_settle(&b, w, RC_INPUT);
	w = take(&b, "/a.json");
	assert_false(w->patient);
	assert_int_equal(w->skip, 1);
	bed_settle(&b, w, RC_INPUT);
	bed_stop(&b);
	assert_int_equal(queue_length(b.intake), 0);
	bed_close(&b);
	free(path);
}

static void an_unreadable_object_is_tried_again(void **state)
{
	struct bed b;
	char *path = put(*state, "a.json", "{}");
	open_bed(&b, *state, ", rescan: 1s", NULL);
	bed_run(&b);
	bed_settle(&b, take(&b, "/a.json"), RC_IO);
	bed_settle(&b, take(&b, "/a.json"), RC_OK);
	bed_stop(&b);
	bed_close(&b);
	free(path);
}

static void stop_comes_through_a_full_intake(void **state)
{
	struct bed b;
	for (int i = 0; i < 100; i++) {
		char name[16];
		snprintf(name, sizeof name, "%d.json", i);
		free(put(*state, name, "{}"));
	}
	open_bed(&b, *state, "", NULL);
	bed_run(&b);
	while (queue_length(b.intake) < 64)
		sched_yield();
	b.type->stop(b.source);
	queue_close(b.intake);
	bed_join(&b);
	bed_close(&b);
}

static void a_path_that_is_no_folder_is_refused(void **state)
{
	static const char *const rows[][2] = {
	    {"none", "No such file"}, {"file", "is not a folder; a single file is `type: file`"}};
	free(put(*state, "file", "x"));
	for (size_t i = 0; i < 2; i++) {
		struct faults faults = {0};
		struct err e = {0};
		struct source *source = NULL;
		struct options options;
		struct ledger ledger = {0};
		char *yaml = heap_printf("{path: %s/%s}", (char *)*state, rows[i][0]);
		struct ydoc *y = ydoc_parse("bed", sv_from(yaml), 0, &faults);
		options_read(&options, source_directory.table, ydoc_root(y, 0), "bed", NULL, &faults);
		assert_int_equal(
		    source_directory.open(&(struct source_setup){"in", &options, NULL, &ledger}, &source, &e),
		    i ? RC_CONFIG : RC_NOTFOUND);
		assert_true(sv_starts(sv_from(e.text), SV("source in: ")));
		assert_true(sv_find(sv_from(e.text), sv_from(rows[i][1])) != SV_NONE);
		assert_null(source);
		options_fini(&options);
		ydoc_free(y);
		free(yaml);
		faults_fini(&faults);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(lists_a_tree_in_the_order_of_its_stamps),
	    FOLDER(sees_what_comes_later),
	    FOLDER(a_changed_object_is_read_again),
	    FOLDER(the_ledger_is_believed),
	    FOLDER(patience_ends),
	    FOLDER(an_unreadable_object_is_tried_again),
	    FOLDER(stop_comes_through_a_full_intake),
	    FOLDER(a_path_that_is_no_folder_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
