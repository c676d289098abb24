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

static void put_span(struct index *x, const struct index_span *span)
{
	size_t i = span->digest & x->mask;
	while (x->spans[i].n)
		i = (i + 1) & x->mask;
	x->spans[i] = *span;
}

void index_finish(struct index *x)
{
	size_t places = 2;
	while (places < 2 * x->pairs.n)
		places *= 2;
	x->mask = places - 1;
	x->spans = heap_zero(places, sizeof *x->spans);
	x->numbers = heap_zero(x->pairs.n + 1, sizeof *x->numbers);
	if (x->pairs.n)
		qsort(x->pairs.items, x->pairs.n, sizeof *x->pairs.items, by_digest);
	uint32_t n = 0;
	for (size_t i = 0; i < x->pairs.n;) {
		struct index_span span = {x->pairs.items[i].digest, n, 0};
		for (; i < x->pairs.n && x->pairs.items[i].digest == span.digest; i++) {
			uint32_t number = x->pairs.items[i].number;
			if (!span.n || x->numbers[n - 1] != number) {
				x->numbers[n++] = number;
				span.n++;
			}
		}
		put_span(x, &span);
	}
	vec_fini(&x->pairs);
}

void index_fini(struct index *x)
{
	vec_fini(&x->pairs);
	free(x->spans);
	free(x->numbers);
}
