/* Runs one stage of the pipeline over input that is in memory, and prints what it took: one JSON object.
 * bench.py calls it, each stage in a process of its own.
 *
 *     bench_stages STAGE INPUT [LISTS RULES...]
 *
 * INPUT is an NDJSON file, for the inflating stages a folder of gzip objects. `paths file` reads it as it
 * goes, the others have it in memory before they begin. libdeflate and jansson alone are here as yardsticks:
 * what they do with the same bytes in the same run says how fast this machine is today. */
#include "agent/worker/reading.h"
#include "base/file.h"
#include "base/heap.h"
#include "base/inflate.h"
#include "rules/event/frame.h"
#include "rules/load.h"
#include "tests/bench/paths.h"

#include <jansson.h>
#include <libdeflate.h>

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)8 << 30)
#define OBJECT_MAX ((size_t)1 << 30)
#define BATCH 512 /* records between two resets of the arena */
#define FED ((size_t)1 << 20)

/* What all stages work on, and what they count. */
struct bench {
	const char *path;
	VEC(struct buf) inputs;
	struct lists lists;
	struct ruleset *rules;
	uint64_t events, bytes, matches, spoiled;
	bool failed;
};

static bool wrong(struct bench *b, const char *what)
{
	fprintf(stderr, "bench_stages: %s\n", what);
	b->failed = true;
	return false;
}

/* --- inflating ------------------------------------------------------------------------------------------ */

/* Both write to memory that is warm after the first object, as the agent does. */
static void stage_libdeflate(struct bench *b)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	size_t room = 0;
	char *out = NULL;
	for (size_t i = 0; i < b->inputs.n; i++) {
		const struct buf *in = &b->inputs.items[i];
		const unsigned char *last = (const unsigned char *)in->ptr + in->len - 4;
		size_t isize =
		    (size_t)last[0] | (size_t)last[1] << 8 | (size_t)last[2] << 16 | (size_t)last[3] << 24;
		if (isize > room) {
			room = isize;
			out = heap_resize(out, room, 1);
		}
		size_t got = 0;
		if (libdeflate_gzip_decompress(d, in->ptr, in->len, out, room, &got))
			wrong(b, "libdeflate refuses an object");
		b->bytes += got;
	}
	free(out);
	libdeflate_free_decompressor(d);
}

static void stage_inflate(struct bench *b)
{
	struct buf out = {0};
	struct err e = {0};
	for (size_t i = 0; i < b->inputs.n; i++) {
		buf_reset(&out);
		if (inflate_whole(buf_sv(&b->inputs.items[i]), OBJECT_MAX, &out, &e))
			wrong(b, e.text);
		b->bytes += out.len;
	}
	buf_fini(&out);
}

static enum rc count_chunk(void *ctx, struct sv bytes)
{
	((struct bench *)ctx)->bytes += bytes.len;
	return RC_OK;
}

static void stage_inflate_stream(struct bench *b)
{
	struct err e = {0};
	for (size_t i = 0; i < b->inputs.n; i++) {
		struct inflate *z = inflate_new(0);
		if (inflate_feed(z, buf_sv(&b->inputs.items[i]), count_chunk, b, &e) || inflate_end(z, &e))
			wrong(b, e.text);
		inflate_free(z);
	}
}

/* --- scanning ------------------------------------------------------------------------------------------- */

/* Scans the whole records of `bytes`; returns what is left. */
static struct sv scan_records(
    struct bench *b, const struct scan_plan *plan, struct scan_state *state, struct sv bytes)
{
	struct scan_slot slots[BENCH_PATHS];
	for (;;) {
		while (bytes.len && *bytes.ptr == '\n')
			bytes = sv_skip(bytes, 1);
		if (!bytes.len || b->failed)
			break;
		int64_t n = scan_record(plan, state, bytes.ptr, bytes.len, slots);
		if (n == 0)
			break;
		if (n < 0)
			wrong(b, "a record is damaged");
		b->events += n > 0;
		bytes = sv_skip(bytes, n > 0 ? (size_t)n : bytes.len);
	}
	return bytes;
}

/* The least that any scan of a file costs: its bytes come in as they do for `kendrawatch scan`, and twelve
 * values are picked from each record. */
static void stage_paths_file(struct bench *b)
{
	struct scan_plan *plan = scan_plan_new(bench_paths, BENCH_PATHS);
	struct scan_state *state = scan_state_new();
	char *room = heap_alloc(2 * FED);
	size_t kept = 0;
	int fd = open(b->path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : 1;
	while (got > 0 && !b->failed && (got = read(fd, room + kept, FED)) > 0) {
		b->bytes += (uint64_t)got;
		struct sv rest = scan_records(b, plan, state, sv_of(room, kept + (size_t)got));
		kept = rest.len;
		if (kept > FED)
			wrong(b, "a record is too long");
		else
			memmove(room, rest.ptr, kept);
	}
	if (got < 0 || kept)
		wrong(b, "the file can't be read to its end");
	close(fd);
	free(room);
	scan_state_free(state);
	scan_plan_free(plan);
}

/* --- decoding ------------------------------------------------------------------------------------------- */

static bool next_line(struct bench *b, struct sv *rest, struct sv *line)
{
	while (!b->failed && sv_cut(rest, '\n', line))
		if (line->len) {
			b->events++;
			b->bytes += line->len + 1;
			return true;
		}
	return false;
}

static void stage_jansson(struct bench *b)
{
	struct sv rest = buf_sv(&b->inputs.items[0]), line;
	while (next_line(b, &rest, &line)) {
		json_t *v = json_loadb(line.ptr, line.len, 0, NULL);
		if (!v)
			wrong(b, "jansson refuses a line");
		json_decref(v);
	}
}

static bool count_record(void *ctx, struct sv bytes, uint64_t offset, uint64_t number)
{
	(void)bytes, (void)offset, (void)number;
	((struct bench *)ctx)->events++;
	return true;
}

static bool count_malformed(void *ctx, struct sv bytes, uint64_t offset, uint64_t number, const char *reason)
{
	(void)bytes, (void)offset, (void)number;
	return wrong(ctx, reason);
}

static void stage_frame(struct bench *b)
{
	struct frame_sink sink = {.record = count_record, .malformed = count_malformed, .ctx = b};
	struct frame *f = frame_new(&sink);
	struct sv rest = buf_sv(&b->inputs.items[0]);
	b->bytes = rest.len;
	for (; rest.len; rest = sv_skip(rest, FED))
		frame_feed(f, sv_head(rest, FED));
	frame_end(f, NULL);
	frame_free(f);
}

static void decode_and(struct bench *b, void (*then)(struct bench *b, struct record *r))
{
	struct arena arena = {0};
	struct err e = {0};
	struct record r;
	struct sv rest = buf_sv(&b->inputs.items[0]), line;
	while (next_line(b, &rest, &line)) {
		if (b->events % BATCH == 0)
			arena_reset(&arena);
		if (record_open(&r, &arena, line, NULL, &e))
			wrong(b, e.text);
		else
			then(b, &r);
	}
	arena_fini(&arena);
}

static void no_more(struct bench *b, struct record *r)
{
	(void)b, (void)r;
}

static void stage_decode(struct bench *b)
{
	decode_and(b, no_more);
}

/* --- evaluating ----------------------------------------------------------------------------------------- */

static void evaluate(struct bench *b, struct record *r)
{
	for (size_t i = 0; i < b->rules->rules.n; i++) {
		const struct rule *rule = b->rules->rules.items[i];
		if (rule->kind == RULE_DETECTION &&
		    (rule->state == RULE_ACTIVE || rule->state == RULE_SHADOW))
			b->matches += eval_rule(rule, r, NULL);
	}
}

static void stage_evaluate(struct bench *b)
{
	decode_and(b, evaluate);
}

static bool take_findings(void *ctx, struct findings *f)
{
	struct bench *b = ctx;
	b->events += f->events;
	b->bytes += f->bytes;
	b->matches += f->hits.n;
	b->spoiled += f->spoiled.n;
	findings_free(f);
	return true;
}

/* All that happens between bytes and findings, as one worker does it. */
static void stage_reading(struct bench *b)
{
	struct reading_setup setup = {.rules = b->rules, .emit = take_findings, .ctx = b};
	struct reading *r = reading_new(&setup);
	struct err e = {0};
	struct sv rest = buf_sv(&b->inputs.items[0]);
	for (; rest.len && !b->failed; rest = sv_skip(rest, FED))
		if (reading_feed(r, sv_head(rest, FED), &e))
			wrong(b, e.text);
	if (reading_end(r, &e) || b->spoiled)
		wrong(b, e.text[0] ? e.text : "malformed records");
	reading_free(r);
}

/* -------------------------------------------------------------------------------------------------------- */

static const struct stage {
	const char *name;
	void (*run)(struct bench *b);
	bool reads; /* its input itself */
} stages[] = {
    {"libdeflate", stage_libdeflate},
    {"inflate", stage_inflate},
    {"inflate_stream", stage_inflate_stream},
    {"jansson", stage_jansson},
    {"frame", stage_frame},
    {"paths file", stage_paths_file, true},
    {"decode", stage_decode},
    {"evaluate", stage_evaluate},
    {"reading", stage_reading},
};

static int64_t ns_of(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool load_inputs(struct bench *b, const char *path)
{
	struct file_list files = {0};
	struct err e = {0};
	if (file_walk(path, &files, NULL, NULL, &e))
		return wrong(b, e.text);
	for (size_t i = 0; i < files.paths.n && !b->failed; i++) {
		struct buf bytes = {0};
		if (file_read(files.paths.items[i], INPUT_MAX, &bytes, &e))
			wrong(b, e.text);
		else if (bytes.len < 20)
			wrong(b, "an input is empty");
		vec_push(&b->inputs, bytes);
	}
	file_list_fini(&files);
	return b->inputs.n ? !b->failed : wrong(b, "no input");
}

static bool load_lists(struct bench *b, const char *path, struct faults *faults)
{
	struct buf text = {0};
	struct err e = {0};
	if (file_read(path, INPUT_MAX, &text, &e))
		return wrong(b, e.text);
	struct ydoc *doc = ydoc_parse(path, buf_sv(&text), 0, faults);
	if (ydoc_count(doc))
		lists_read(&b->lists, ydoc_get(ydoc_root(doc, 0), "lists"), path, ".", NULL, faults);
	ydoc_free(doc);
	buf_fini(&text);
	return true;
}

/* Every rule must be able to do its work, else the figure flatters. */
static bool load_rules(struct bench *b, int n, char **paths)
{
	struct faults faults = {0};
	struct load_input in = {
	    .paths = (const char *const *)paths + 1, .n_paths = (size_t)n - 1, .lists = &b->lists};
	if (load_lists(b, paths[0], &faults))
		b->rules = rules_load(&in, &faults);
	if (faults.n_errors || !b->rules || b->rules->n_waiting || b->rules->n_refused)
		wrong(b, "some rules wait or are refused: see kendrawatch check and list rules");
	faults_fini(&faults);
	return !b->failed;
}

static void show(const struct bench *b, const char *stage, int64_t wall, int64_t cpu)
{
	printf("{\"stage\":\"%s\",\"events\":%llu,\"bytes\":%llu,\"matches\":%llu,\"seconds\":%.6f,\"cpu\":%."
	       "6f}\n",
	    stage, (unsigned long long)b->events, (unsigned long long)b->bytes,
	    (unsigned long long)b->matches, (double)wall / 1e9, (double)cpu / 1e9);
}

int main(int argc, char **argv)
{
	struct bench b = {.path = argc > 2 ? argv[2] : NULL};
	const struct stage *stage = NULL;
	for (size_t i = 0; argc > 2 && i < sizeof stages / sizeof *stages; i++)
		if (!strcmp(argv[1], stages[i].name))
			stage = &stages[i];
	if (!stage) {
		fprintf(stderr, "usage: bench_stages STAGE INPUT [LISTS RULES...]\n");
		return 2;
	}
	if ((stage->reads || load_inputs(&b, argv[2])) && (argc < 5 || load_rules(&b, argc - 3, argv + 3))) {
		int64_t wall = ns_of(CLOCK_MONOTONIC), cpu = ns_of(CLOCK_PROCESS_CPUTIME_ID);
		stage->run(&b);
		wall = ns_of(CLOCK_MONOTONIC) - wall, cpu = ns_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
		if (!b.failed)
			show(&b, stage->name, wall, cpu);
	}
	for (size_t i = 0; i < b.inputs.n; i++)
		buf_fini(&b.inputs.items[i]);
	vec_fini(&b.inputs);
	ruleset_unref(b.rules);
	lists_fini(&b.lists);
	return b.failed ? 1 : 0;
}
