/* The worker: works in, stretches out; streams of pieces; where a work ends, and who holds it. */
#include "agent/worker/worker.h"

#include "tests/unit/agent/fixture.h"

struct taker {
	VEC(struct stretch *) stretches;
	size_t refuse_after; /* stretches; 0: takes all */
	size_t hurry_after;  /* stretches; 0: never */
	size_t asked;        /* how often hurry was asked since */
};

static bool take(void *ctx, struct stretch *s)
{
	struct taker *t = ctx;
	if (t->refuse_after && t->stretches.n >= t->refuse_after)
		return false;
	vec_push(&t->stretches, s);
	return true;
}

static bool hurry(void *ctx)
{
	struct taker *t = ctx;
	return t->hurry_after && t->stretches.n >= t->hurry_after;
}

static struct source source = {.type = NULL, .setup = {.name = "s"}};

/* The works through a worker, to its end. */
static void run(struct taker *t, const char *rules, struct work **works, size_t n)
{
	struct queue *intake = queue_new(n + 1);
	struct rules_box *box = rules_box_new(fixture_rules(rules));
	for (size_t i = 0; i < n; i++)
		assert_true(queue_put(intake, works[i]));
	queue_close(intake);
	struct intake *in = intake_new(intake);
	worker_run(&(struct worker_setup){in, box, NULL, take, hurry, t});
	intake_free(in);
	rules_box_free(box);
	queue_free(intake);
}

static void forget(struct taker *t)
{
	for (size_t i = 0; i < t->stretches.n; i++)
		stretch_free(t->stretches.items[i]);
	vec_fini(&t->stretches);
}

static struct work *of_file(const char *folder, const char *name, struct sv bytes)
{
	char *path = file_join(folder, name);
	fixture_write(path, bytes);
	struct work *w = work_new(&source, path);
	w->fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(w->fd >= 0);
	free(path);
	return w;
}

static struct work *piece_of(struct stream *stream, struct sv bytes, bool last)
{
	struct work *w = work_new(&source, "stdin");
	buf_add(&w->bytes, bytes);
	w->stream = stream;
	w->last = last;
	return w;
}

static uint64_t hits(const struct taker *t)
{
	uint64_t n = 0;
	for (size_t i = 0; i < t->stretches.n; i++)
		n += t->stretches.items[i]->findings->hits.n;
	return n;
}

static void a_small_object_is_one_stretch_that_ends(void **state)
{
	struct buf in = {0};
	struct taker t = {0};
	fixture_records(&in, 0, 9);
	struct work *w = of_file(*state, "a.json", buf_sv(&in));
	run(&t, FIXTURE_RULE_DELETE, &w, 1);
	assert_int_equal(t.stretches.n, 1);
	const struct stretch *s = t.stretches.items[0];
	assert_true(s->ends);
	assert_int_equal(s->rc, RC_OK);
	assert_ptr_equal(s->work, w);
	assert_int_equal(s->findings->hits.n, 3);
	assert_int_equal(s->findings->events, 9);
	assert_int_equal(s->findings->records_done, 9);
	forget(&t);
	buf_fini(&in);
}

static void a_large_object_ends_with_its_last_stretch_only(void **state)
{
	struct buf in = {0};
	struct taker t = {0};
	uint64_t done = 0;
	fixture_records(&in, 0, 2 * READING_HITS + 500);
	struct work *w = of_file(*state, "a.json", buf_sv(&in));
	run(&t, FIXTURE_RULE_ANY, &w, 1);
	assert_true(t.stretches.n >= 3);
	assert_int_equal(hits(&t), 2 * READING_HITS + 500);
	for (size_t i = 0; i < t.stretches.n; i++) {
		const struct stretch *s = t.stretches.items[i];
		assert_int_equal(s->ends, i + 1 == t.stretches.n);
		assert_true(s->findings->records_done > done || s->ends);
		done = s->findings->records_done;
	}
	assert_int_equal(done, 2 * READING_HITS + 500);
	forget(&t);
	buf_fini(&in);
}

static void what_is_no_event_is_set_aside(void **state)
{
	struct taker t = {0};
	(void)state;
	struct work *w = work_new(&source, "message");
	buf_adds(&w->bytes, "{\"a\":1}");
	w->unreadable = "it is nothing";
	run(&t, FIXTURE_RULE_ANY, &w, 1);
	assert_int_equal(t.stretches.n, 1);
	const struct findings *f = t.stretches.items[0]->findings;
	assert_true(t.stretches.items[0]->ends);
	assert_int_equal(t.stretches.items[0]->rc, RC_OK);
	assert_int_equal(f->events + f->hits.n, 0);
	assert_int_equal(f->spoiled.n, 1);
	assert_string_equal(f->spoiled.items[0].bytes.ptr, "{\"a\":1}");
	assert_string_equal(f->spoiled.items[0].reason, "it is nothing");
	forget(&t);
}

static void an_object_cut_off_says_so_at_its_end(void **state)
{
	struct buf in = {0};
	struct taker t = {0};
	fixture_records(&in, 0, 9);
	struct work *works[2];
	for (int i = 0; i < 2; i++) {
		works[i] = of_file(*state, i ? "b.json" : "a.json", sv_head(buf_sv(&in), in.len - 40));
		works[i]->patient = i;
	}
	run(&t, FIXTURE_RULE_DELETE, works, 2);
	assert_int_equal(t.stretches.n, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct stretch *s = t.stretches.items[i];
		assert_true(s->ends);
		assert_int_equal(s->rc, RC_INPUT);
		assert_string_equal(s->err.text, "ends inside a record");
		assert_int_equal(s->findings->spoiled.n, i ? 0 : 1);
		assert_int_equal(s->findings->records_done, i ? 8 : 9);
	}
	forget(&t);
	buf_fini(&in);
}

static void a_work_without_bytes_still_ends(void **state)
{
	(void)state;
	struct taker t = {0};
	struct work *w = work_new(&source, "AWSLogs/x_CloudTrail-Digest_y.json.gz");
	w->skip = 7;
	run(&t, FIXTURE_RULE_DELETE, &w, 1);
	assert_int_equal(t.stretches.n, 1);
	assert_true(t.stretches.items[0]->ends);
	assert_int_equal(t.stretches.items[0]->findings->records_done, 7);
	forget(&t);
}

/* However cut, a stream gives what it gives whole, and each piece is settled by a stretch of its own. */
static void pieces_of_a_stream_are_read_as_one(void **state)
{
	(void)state;
	struct buf plain = {0}, zipped = {0};
	fixture_records(&plain, 0, 60);
	fixture_gzip(buf_sv(&plain), &zipped);
	for (int gz = 0; gz < 2; gz++) {
		struct sv all = buf_sv(gz ? &zipped : &plain);
		for (size_t step = 1; step < all.len; step = step * 3 + 1) {
			struct taker t = {0};
			VEC(struct work *) works = {0};
			struct stream *stream = heap_zero(1, sizeof *stream);
			for (size_t at = 0; at < all.len; at += step)
				vec_push(&works, piece_of(stream, sv_head(sv_skip(all, at), step), false));
			vec_push(&works, piece_of(stream, SV(""), true));
			size_t n = works.n;
			run(&t, FIXTURE_RULE_DELETE, works.items, n);
			assert_int_equal(hits(&t), 20);
			assert_int_equal(t.stretches.n, n);
			for (size_t i = 0; i < n; i++) {
				assert_true(t.stretches.items[i]->ends);
				assert_int_equal(t.stretches.items[i]->rc, RC_OK);
				assert_ptr_equal(t.stretches.items[i]->work, works.items[i]);
			}
			assert_int_equal(t.stretches.items[n - 1]->findings->records_done, 60);
			vec_fini(&works);
			forget(&t);
		}
	}
	buf_fini(&plain);
	buf_fini(&zipped);
}

/* What came before the damage is not lost, whatever piece it came in. */
static void a_damaged_stream_gives_what_came_before(void **state)
{
	(void)state;
	struct buf plain = {0}, zipped = {0};
	fixture_lines(&plain, 0, 30);
	fixture_gzip(buf_sv(&plain), &zipped);
	buf_adds(&zipped, "this is no gzip member");
	for (size_t step = 50; step < 5000; step *= 9) {
		struct taker t = {0};
		VEC(struct work *) works = {0};
		struct stream *stream = heap_zero(1, sizeof *stream);
		for (size_t at = 0; at < zipped.len; at += step)
			vec_push(&works, piece_of(stream, sv_head(sv_skip(buf_sv(&zipped), at), step),
					     at + step >= zipped.len));
		run(&t, FIXTURE_RULE_DELETE, works.items, works.n);
		assert_int_equal(hits(&t), 10);
		const struct stretch *end = t.stretches.items[t.stretches.n - 1];
		assert_int_equal(end->rc, RC_INPUT);
		assert_int_equal(end->findings->spoiled.n, 1);
		vec_fini(&works);
		forget(&t);
	}
	buf_fini(&plain);
	buf_fini(&zipped);
}

/* Stretches of a work that was left halfway still know it: the analyst may be at them. */
static void stretches_hold_a_work_that_was_left(void **state)
{
	struct buf in = {0};
	fixture_records(&in, 0, 4 * READING_HITS);
	for (int refused = 0; refused < 2; refused++) {
		struct taker t = {.hurry_after = refused ? 0 : 1, .refuse_after = refused ? 2 : 0};
		struct work *works[2] = {
		    of_file(*state, "a.json", buf_sv(&in)), of_file(*state, "b.json", SV("{}"))};
		run(&t, FIXTURE_RULE_ANY, works, 2);
		assert_true(t.stretches.n >= 1);
		for (size_t i = 0; i < t.stretches.n; i++) {
			assert_false(t.stretches.items[i]->ends);
			assert_true(sv_ends(sv_from(t.stretches.items[i]->work->object), SV("/a.json")));
			assert_string_equal(t.stretches.items[i]->work->source->setup.name, "s");
		}
		forget(&t);
	}
	buf_fini(&in);
}

static void a_stream_dropped_in_a_hurry_is_freed(void **state)
{
	(void)state;
	struct taker t = {.hurry_after = 1};
	struct stream *stream = heap_zero(1, sizeof *stream);
	struct work *works[] = {piece_of(stream, SV("{\"eventVersion\":\"1\"}\n{\"event"), false),
	    piece_of(stream, SV("Version\":\"1\"}"), false), piece_of(stream, SV(""), true)};
	run(&t, FIXTURE_RULE_DELETE, works, 3);
	assert_int_equal(t.stretches.n, 1);
	forget(&t);
}

static void a_work_keeps_the_rules_it_began_with(void **state)
{
	(void)state;
	struct rules_box *box = rules_box_new(fixture_rules(FIXTURE_RULE_DELETE));
	struct ruleset *first = rules_box_get(box);
	rules_box_set(box, fixture_rules(FIXTURE_RULE_ANY));
	struct ruleset *second = rules_box_get(box);
	assert_string_equal(first->rules.items[0]->name.ptr, "deleted");
	assert_string_equal(second->rules.items[0]->name.ptr, "any_call");
	ruleset_unref(first);
	ruleset_unref(second);
	rules_box_free(box);
	rules_box_free(NULL);
	stretch_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER(a_small_object_is_one_stretch_that_ends),
	    FOLDER(a_large_object_ends_with_its_last_stretch_only),
	    FOLDER(an_object_cut_off_says_so_at_its_end),
	    FOLDER(what_is_no_event_is_set_aside),
	    cmocka_unit_test(a_work_without_bytes_still_ends),
	    cmocka_unit_test(pieces_of_a_stream_are_read_as_one),
	    cmocka_unit_test(a_damaged_stream_gives_what_came_before),
	    FOLDER(stretches_hold_a_work_that_was_left),
	    cmocka_unit_test(a_stream_dropped_in_a_hurry_is_freed),
	    cmocka_unit_test(a_work_keeps_the_rules_it_began_with),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
