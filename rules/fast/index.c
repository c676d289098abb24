/* Sorts pairs into spans and hashes the spans. Built by one thread, then read by any. */
#include "rules/fast/index.h"

void index_add(struct index *x, uint64_t digest, uint32_t number)
{
	vec_push(&x->pairs, (struct index_pair){digest, number});
}

static int by_digest(const void *a, const void *b)
{
	const struct index_pair *x = a, *y = b;
	if (x->digest != y->digest)
		return x->digest < y->digest ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static void put_span(struct index *x, uint64_t digest, uint32_t at)
{
	size_t i = digest & x->mask;
	while (x->spans[i].at)
		i = (i + 1) & x->mask;
	x->spans[i] = (struct index_span){(uint32_t)(digest >> 32), at};
}

static size_t count_digests(const struct index *x)
{
	size_t n = 0;
	for (size_t i = 0; i < x->pairs.n; i++)
		n += i == 0 || x->pairs.items[i].digest != x->pairs.items[i - 1].digest;
	return n;
}

void index_finish(struct index *x)
{
	size_t places = 2;
	if (x->pairs.n)
		qsort(x->pairs.items, x->pairs.n, sizeof *x->pairs.items, by_digest);
	size_t digests = count_digests(x);
	while (places < 2 * digests)
		places *= 2;
	x->mask = places - 1;
	x->spans = heap_zero(places, sizeof *x->spans);
	x->numbers = heap_zero(1 + digests + x->pairs.n, sizeof *x->numbers);
	uint32_t n = 1;
	for (size_t i = 0; i < x->pairs.n;) {
		uint64_t digest = x->pairs.items[i].digest;
		uint32_t at = n++;
		for (; i < x->pairs.n && x->pairs.items[i].digest == digest; i++)
			if (n == at + 1 || x->numbers[n - 1] != x->pairs.items[i].number)
				x->numbers[n++] = x->pairs.items[i].number;
		x->numbers[at] = n - at - 1;
		put_span(x, digest, at);
	}
	vec_fini(&x->pairs);
}

void index_fini(struct index *x)
{
	vec_fini(&x->pairs);
	free(x->spans);
	free(x->numbers);
}
