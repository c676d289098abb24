/* The scanner alone: picks twelve paths from every record of an NDJSON file that is in memory, with each unit
 * this machine has, and beside it libdeflate's own rate on the same bytes.
 *
 *     bench_scan FILE.ndjson [ROUNDS [json]]
 *
 * The input is cut into objects of some 4 MB. Each is inflated and then scanned with every unit where it
 * lies, within milliseconds, so that whatever else the machine does slows all of them; ratios are taken
 * within an object. Shown are the medians over all objects and rounds, and the best; with `json` the medians
 * as one JSON object, for bench.py. */
#include "base/file.h"
#include "base/heap.h"
#include "base/vec.h"
#include "rules/event/scan.h"
#include "tests/bench/paths.h"

#include <libdeflate.h>

#include <stdio.h>
#include <time.h>

#define INPUT_MAX ((size_t)2 << 30)
#define OBJECT_BYTES ((size_t)4 << 20) /* of JSON in one gzip object */
#define MAX_ROUNDS 999

struct figures {
	double *items;
	size_t n, cap;
};

struct object {
	struct sv json;
	void *gz;
	size_t gz_len;
};

struct bench {
	struct buf input;
	VEC(struct object) objects;
	struct scan_plan *plan;
	struct scan_state *states[SCAN_UNIT_COUNT];
	struct libdeflate_decompressor *inflater;
	char *room;
	uint64_t records, picked; /* of the last object */
	struct figures inflate_rate, rate[SCAN_UNIT_COUNT], ratio[SCAN_UNIT_COUNT];
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Objects of whole lines, compressed as CloudTrail delivers them. */
static bool compress_input(struct bench *b)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	bool ok = true;
	for (struct sv rest = buf_sv(&b->input); rest.len && ok;) {
		size_t len = sv_head(rest, OBJECT_BYTES).len;
		const char *newline = memrchr(rest.ptr, '\n', len);
		len = newline && len < rest.len ? (size_t)(newline + 1 - rest.ptr) : len;
		struct object o = {.json = sv_head(rest, len)};
		size_t bound = libdeflate_gzip_compress_bound(c, len);
		o.gz = heap_alloc(bound);
		o.gz_len = libdeflate_gzip_compress(c, rest.ptr, len, o.gz, bound);
		ok = o.gz_len > 0;
		vec_push(&b->objects, o);
		rest = sv_skip(rest, len);
	}
	libdeflate_free_compressor(c);
	return ok;
}

static bool scan_all(struct bench *b, struct scan_state *state, size_t len)
{
	struct scan_slot slots[BENCH_PATHS];
	b->records = b->picked = 0;
	for (const char *p = b->room, *end = p + len; p < end; b->records++) {
		int64_t n = scan_record(b->plan, state, p, (size_t)(end - p), slots);
		if (n <= 0)
			return false;
		for (size_t s = 0; s < BENCH_PATHS; s++)
			b->picked += slots[s].kind != SCAN_ABSENT;
		for (p += n; p < end && *p == '\n';)
			p++;
	}
	return true;
}

/* One object: inflated, then scanned where it lies with each unit. */
static bool round_of(struct bench *b, const struct object *o)
{
	double mb = (double)o->json.len / 1e6, start = now();
	if (libdeflate_gzip_decompress(b->inflater, o->gz, o->gz_len, b->room, o->json.len, NULL))
		return false;
	double inflate = now() - start;
	vec_push(&b->inflate_rate, mb / inflate);
	for (size_t u = 0; u < SCAN_UNIT_COUNT; u++) {
		if (!b->states[u])
			continue;
		start = now();
		if (!scan_all(b, b->states[u], o->json.len))
			return false;
		double took = now() - start;
		vec_push(&b->rate[u], mb / took);
		vec_push(&b->ratio[u], inflate / took);
	}
	return true;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(struct figures *f)
{
	qsort(f->items, f->n, sizeof *f->items, by_size);
	return f->items[f->n / 2];
}

/* Once sorted by median(). */
static double best(const struct figures *f)
{
	return f->items[f->n - 1];
}

static const char *const unit_names[] = {"plain", "SSE2", "AVX2"};

static void show_text(struct bench *b, uint64_t records, uint64_t picked)
{
	printf("%.0f MB, %llu records, %llu values of %zu paths\n", (double)b->input.len / 1e6,
	    (unsigned long long)records, (unsigned long long)picked, BENCH_PATHS);
	double inflate = median(&b->inflate_rate), inflate_best = best(&b->inflate_rate);
	printf("%-10s %6.0f MB/s   best %6.0f\n", "libdeflate", inflate, inflate_best);
	for (size_t u = 0; u < SCAN_UNIT_COUNT; u++)
		if (b->rate[u].n) {
			double rate = median(&b->rate[u]);
			printf("%-10s %6.0f MB/s   best %6.0f   %.2f of libdeflate, best of best %.2f\n",
			    unit_names[u], rate, best(&b->rate[u]), median(&b->ratio[u]),
			    best(&b->rate[u]) / inflate_best);
		}
}

static void show_json(struct bench *b, uint64_t records, uint64_t picked)
{
	const char *comma = "";
	printf("{\"records\":%llu,\"values\":%llu,\"units\":{", (unsigned long long)records,
	    (unsigned long long)picked);
	for (size_t u = 0; u < SCAN_UNIT_COUNT; u++)
		if (b->rate[u].n) {
			printf("%s\"%s\":{\"mb_per_s\":%.3f,\"ratio\":%.6f}", comma, unit_names[u],
			    median(&b->rate[u]), median(&b->ratio[u]));
			comma = ",";
		}
	printf("}}\n");
}

static bool run(struct bench *b, int64_t rounds, bool json)
{
	uint64_t records = 0, picked = 0;
	for (int64_t r = 0; r < rounds; r++)
		for (size_t i = 0; i < b->objects.n; i++) {
			if (!round_of(b, &b->objects.items[i]))
				return false;
			records += r == 0 ? b->records : 0;
			picked += r == 0 ? b->picked : 0;
		}
	(json ? show_json : show_text)(b, records, picked);
	return true;
}

int main(int argc, char **argv)
{
	struct bench b = {0};
	struct err e = {0};
	int64_t rounds = 7;
	bool json = argc > 3 && sv_eq(sv_from(argv[3]), SV("json"));
	if (argc < 2 || (argc > 3 && !json) ||
	    (argc > 2 && !sv_int(sv_from(argv[2]), 1, MAX_ROUNDS, &rounds))) {
		fprintf(stderr, "usage: bench_scan FILE.ndjson [ROUNDS [json]]\n");
		return 2;
	}
	if (file_read(argv[1], INPUT_MAX, &b.input, &e)) {
		fprintf(stderr, "bench_scan: %s\n", e.text);
		return 1;
	}
	b.room = heap_alloc(b.input.len < OBJECT_BYTES ? b.input.len + 1 : OBJECT_BYTES);
	b.inflater = libdeflate_alloc_decompressor();
	b.plan = scan_plan_new(bench_paths, BENCH_PATHS);
	for (int u = 0; u < SCAN_UNIT_COUNT; u++)
		b.states[u] = scan_state_new_for((enum scan_unit)u);
	bool ok = compress_input(&b) && run(&b, rounds, json);
	if (!ok)
		fprintf(stderr, "bench_scan: the input is not NDJSON of compact objects\n");
	for (size_t i = 0; i < b.objects.n; i++)
		free(b.objects.items[i].gz);
	vec_fini(&b.objects);
	for (int u = 0; u < SCAN_UNIT_COUNT; u++) {
		scan_state_free(b.states[u]);
		vec_fini(&b.rate[u]);
		vec_fini(&b.ratio[u]);
	}
	vec_fini(&b.inflate_rate);
	libdeflate_free_decompressor(b.inflater);
	scan_plan_free(b.plan);
	free(b.room);
	buf_fini(&b.input);
	return ok ? 0 : 1;
}
