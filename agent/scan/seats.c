/* Rows of five seats, one cache line each; a key that finds its row full sits in the next one with room. A
 * key's row is its share of the table (key / 2^64 of all rows), so any number of rows will do, and a walk
 * through the table meets the keys nearly in order: growing reads one table and writes the other front to
 * back, without a cache miss, and the pages behind it are given back at once. Called by tally.c. */
#include "agent/scan/seats.h"

#include <sys/mman.h>

#include "base/log.h"
#include "base/vec.h"

#define SEATS 5

struct row {
	uint64_t keys[SEATS];
	uint32_t numbers[SEATS];
	uint32_t n; /* seats that are taken, from the first */
};
_Static_assert(sizeof(struct row) == 64, "a row is a cache line");

struct seats {
	struct row *rows;
	size_t n_rows, n_keys, most; /* grows when it holds `most` keys */
};

/* Four of five seats. */
#define MOST(n_rows) ((n_rows)*4)

#define FIRST_BYTES ((size_t)32 << 10)
/* Where one such page does for 512, the kernel is asked for them: whoever looks something up in a table that
 * is larger than the caches misses the translation as well. Larger tables are multiples of it. */
#define HUGE_BYTES ((size_t)2 << 20)

/* --- memory -------------------------------------------------------------------------------------- */

/* Zeroed, at a multiple of HUGE_BYTES. */
static void *map(size_t bytes)
{
	size_t all = bytes + HUGE_BYTES;
	char *p = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		log_fatal("out of memory", "bytes=%zu", all);
	size_t before = -(uintptr_t)p % HUGE_BYTES;
	if (before)
		munmap(p, before);
	munmap(p + before + bytes, HUGE_BYTES - before);
	madvise(p + before, bytes, MADV_HUGEPAGE); /* a wish */
	return p + before;
}

static size_t bytes_of(const struct seats *s)
{
	return s->n_rows * sizeof *s->rows;
}

static void begin(struct seats *s, size_t bytes)
{
	s->rows = map(bytes);
	s->n_rows = bytes / sizeof *s->rows;
	s->most = MOST(s->n_rows);
}

struct seats *seats_new(void)
{
	struct seats *s = heap_zero(1, sizeof *s);
	begin(s, FIRST_BYTES);
	return s;
}

void seats_free(struct seats *s)
{
	if (!s)
		return;
	munmap(s->rows, bytes_of(s));
	free(s);
}

/* --- keys ---------------------------------------------------------------------------------------- */

static struct row *row_of(const struct seats *s, uint64_t key)
{
	return s->rows + (size_t)((__uint128_t)key * s->n_rows >> 64);
}

static struct row *next_row(const struct seats *s, struct row *row)
{
	return row + 1 == s->rows + s->n_rows ? s->rows : row + 1;
}

/* Of a key that isn't there. */
static uint32_t *sit(const struct seats *s, struct row *row, uint64_t key, uint32_t number)
{
	while (row->n == SEATS)
		row = next_row(s, row);
	row->keys[row->n] = key;
	row->numbers[row->n] = number;
	return &row->numbers[row->n++];
}

/* By half. */
static size_t next_bytes(size_t bytes)
{
	return bytes < HUGE_BYTES ? HUGE_BYTES
				  : bytes + (bytes / 2 + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
}

/* A key at the front whose row is at the end would take the new table's last page long before it is due. */
struct late {
	uint64_t key;
	uint32_t number;
};

static void grow(struct seats *s)
{
	struct seats old = *s;
	struct row *end = old.rows + old.n_rows, *kept = old.rows;
	VEC(struct late) late = {0};
	begin(s, next_bytes(bytes_of(&old)));
	for (struct row *row = old.rows; row < end; row++) {
		for (uint32_t i = 0; i < row->n; i++)
			if (row_of(&old, row->keys[i]) > row)
				vec_push(&late, (struct late){row->keys[i], row->numbers[i]});
			else
				sit(s, row_of(s, row->keys[i]), row->keys[i], row->numbers[i]);
		if ((size_t)(row - kept) * sizeof *row == HUGE_BYTES) {
			munmap(kept, HUGE_BYTES);
			kept = row;
		}
	}
	munmap(kept, (size_t)(end - kept) * sizeof *kept);
	for (size_t i = 0; i < late.n; i++)
		sit(s, row_of(s, late.items[i].key), late.items[i].key, late.items[i].number);
	vec_fini(&late);
}

void seats_expect(const struct seats *s, uint64_t key)
{
	__builtin_prefetch(row_of(s, key), 1);
}

uint32_t *seats_at(struct seats *s, uint64_t key)
{
	struct row *home = row_of(s, key), *row = home;
	for (;; row = next_row(s, row)) {
		unsigned hits = 0;
		for (unsigned i = 0; i < SEATS; i++)
			hits |= (unsigned)(row->keys[i] == key) << i;
		hits &= (1U << row->n) - 1;
		if (hits)
			return &row->numbers[__builtin_ctz(hits)];
		if (row->n < SEATS)
			break;
	}
	if (s->n_keys++ == s->most) {
		grow(s);
		row = row_of(s, key);
	}
	return sit(s, row, key, 0);
}
