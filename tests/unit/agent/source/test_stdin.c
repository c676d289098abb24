/* Source stdin: all that comes, in order, as one stream that ends. */
#include "agent/source/source.h"

#include "base/queue.h"
#include "tests/unit/agent/source/bed.h"

struct pipe_in {
	int kept, writer;
};

static struct pipe_in open_pipe(void)
{
	int ends[2];
	struct pipe_in p = {.kept = dup(STDIN_FILENO)};
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	p.writer = ends[1];
	return p;
}

static void close_pipe(const struct pipe_in *p)
{
	dup2(p->kept, STDIN_FILENO);
	close(p->kept);
}

/* Takes works up to the last of the stream. */
static void expect(struct bed *b, const char *want)
{
	struct buf got = {0};
	struct stream *stream = NULL;
	buf_adds(&got, "");
	for (bool last = false; !last;) {
		struct work *w = bed_take(b);
		assert_non_null(w->stream);
		assert_true(!stream || w->stream == stream);
		assert_false(w->keep_row);
		assert_string_equal(w->object, "stdin");
		stream = w->stream;
		last = w->last;
		buf_add(&got, buf_sv(&w->bytes));
		bed_settle(b, w, RC_OK);
	}
	assert_true(sv_eq(buf_sv(&got), sv_from(want)));
	/* The worker's part. */
	free(stream);
	buf_fini(&got);
}

static void all_that_comes_then_the_end(void **state)
{
	(void)state;
	struct bed b;
	struct pipe_in p = open_pipe();
	bed_open(&b, &source_stdin, "{}", NULL);
	bed_run(&b);
	assert_int_equal(write(p.writer, "one\n", 4), 4);
	assert_int_equal(write(p.writer, "tw", 2), 2);
	close(p.writer);
	expect(&b, "one\ntw");
	bed_join(&b);
	bed_close(&b);
	close_pipe(&p);
}

/* A stop ends a source that waits, also one that was asked before it began. */
static void stop_ends_the_stream(void **state)
{
	(void)state;
	for (int early = 0; early < 2; early++) {
		struct bed b;
		struct pipe_in p = open_pipe();
		bed_open(&b, &source_stdin, "{}", NULL);
		if (early)
			b.type->stop(b.source);
		bed_run(&b);
		if (!early)
			b.type->stop(b.source);
		expect(&b, "");
		bed_join(&b);
		bed_close(&b);
		close(p.writer);
		close_pipe(&p);
	}
}

static void every_type_has_its_name(void **state)
{
	(void)state;
	size_t n;
	const struct source_type *const *types = source_types(&n);
	assert_true(n >= 3);
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(source_type_find(types[i]->name), types[i]);
		assert_true(sv_starts(sv_from(types[i]->table->kind), SV("sources.")));
		assert_string_equal(types[i]->table->kind + 8, types[i]->name);
	}
	assert_null(source_type_find("none"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_that_comes_then_the_end),
	    cmocka_unit_test(stop_ends_the_stream),
	    cmocka_unit_test(every_type_has_its_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
