/*
 * A literal of n bytes holds n - 5 pieces of six bytes. Where it is long enough, eight in a row are put in
 * the table; then one of every eight of a text's pieces has to be looked up, as any row of eight places holds
 * one of those. Shorter literals are found by every piece, those under six bytes by pieces of three.
 *
 * Pieces were chosen over an automaton (Aho-Corasick) since the tables are a tenth of its size and are built
 * in one pass. Called by finder.c.
 */
#include "rules/fast/pieces.h"

#include "rules/fast/digest.h"

/* Letters in one case at the price of an OR; other bytes that fall together cost time only. */
#define LOOSE UINT64_C(0x2020202020202020)

/* By what is the shortest literal that a group takes. */
static const struct {
	size_t least, length, stride;
} forms[PIECES_GROUPS] = {{13, 6, 8}, {6, 6, 1}, {3, 3, 1}};

/* One bit in eight is set at most. */
#define BITMAP_LEAST_BITS 13
#define BITMAP_SPARSE 8
#define COUNT_BITS 16

static inline uint64_t piece_of(const char *p, size_t length)
{
	uint64_t w = 0;
	memcpy(&w, p, length);
	return w;
}

static inline uint64_t spread(uint64_t piece)
{
	return piece * DIGEST_A;
}

static uint64_t piece_digest(uint64_t piece)
{
	return digest_mix(piece ^ DIGEST_A, DIGEST_B);
}

void pieces_add(struct pieces *p, uint32_t id, struct sv text, struct arena *arena)
{
	size_t g = 0;
	while (g + 1 < PIECES_GROUPS && text.len < forms[g].least)
		g++;
	char *loose = arena_alloc(arena, text.len + 1);
	for (size_t i = 0; i < text.len; i++)
		loose[i] = text.ptr[i] | 0x20;
	vec_push(&p->groups[g].places, (struct pieces_place){sv_of(loose, text.len), 0, id});
	p->n++;
}

static size_t count_of(const struct pieces_group *g, const uint32_t *counts, const struct pieces_place *place)
{
	size_t n = 0;
	for (size_t i = 0; i < g->stride; i++)
		n +=
		    counts[spread(piece_of(place->text.ptr + place->at + i, g->length)) >> (64 - COUNT_BITS)];
	return n;
}

/* Each literal goes under those of its pieces that the fewest others hold, as far as a small table tells. */
static void choose(struct pieces_group *g)
{
	uint32_t *counts = heap_zero((size_t)1 << COUNT_BITS, sizeof *counts);
	for (size_t i = 0; i < g->places.n; i++) {
		struct sv text = g->places.items[i].text;
		for (size_t at = 0; at + g->length <= text.len; at++)
			counts[spread(piece_of(text.ptr + at, g->length)) >> (64 - COUNT_BITS)]++;
	}
	for (size_t i = 0; i < g->places.n; i++) {
		struct pieces_place *place = &g->places.items[i], best = *place;
		size_t fewest = count_of(g, counts, place);
		while (++place->at + g->length + g->stride - 1 <= place->text.len) {
			size_t n = count_of(g, counts, place);
			if (n < fewest) {
				fewest = n;
				best = *place;
			}
		}
		*place = best;
	}
	free(counts);
}

static void finish(struct pieces_group *g)
{
	unsigned bits = BITMAP_LEAST_BITS;
	while ((size_t)1 << bits < g->places.n * g->stride * BITMAP_SPARSE)
		bits++;
	g->bitmap_shift = 64 - bits;
	g->bitmap = heap_zero(((size_t)1 << bits) / 64, sizeof *g->bitmap);
	choose(g);
	for (size_t i = 0; i < g->places.n; i++)
		for (size_t j = 0; j < g->stride; j++) {
			const struct pieces_place *place = &g->places.items[i];
			uint64_t piece = piece_of(place->text.ptr + place->at + j, g->length);
			uint64_t bit = spread(piece) >> g->bitmap_shift;
			g->bitmap[bit / 64] |= (uint64_t)1 << bit % 64;
			index_add(&g->by_piece, piece_digest(piece), (uint32_t)(i * g->stride + j));
		}
	index_finish(&g->by_piece);
}

void pieces_finish(struct pieces *p)
{
	for (size_t i = 0; i < PIECES_GROUPS; i++) {
		p->groups[i].length = forms[i].length;
		p->groups[i].stride = forms[i].stride;
		if (p->groups[i].places.n)
			finish(&p->groups[i]);
	}
}

void pieces_fini(struct pieces *p)
{
	for (size_t i = 0; i < PIECES_GROUPS; i++) {
		vec_fini(&p->groups[i].places);
		index_fini(&p->groups[i].by_piece);
		free(p->groups[i].bitmap);
	}
}

/* --- finding ------------------------------------------------------------------------------------------- */

static bool stands(const struct pieces_place *place, size_t piece_at, struct sv text, size_t at)
{
	if (at < piece_at || text.len - (at - piece_at) < place->text.len)
		return false;
	const char *p = text.ptr + at - piece_at;
	for (size_t i = 0; i < place->text.len; i++)
		if ((char)(p[i] | 0x20) != place->text.ptr[i])
			return false;
	return true;
}

static __attribute__((noinline)) bool look_at(const struct pieces_group *g, uint64_t piece, struct sv text,
    size_t at, bool (*found)(void *ctx, uint32_t id), void *ctx)
{
	uint32_t n;
	const uint32_t *numbers = index_find(&g->by_piece, piece_digest(piece), &n);
	for (uint32_t i = 0; i < n; i++) {
		const struct pieces_place *place = &g->places.items[numbers[i] / g->stride];
		if (stands(place, place->at + numbers[i] % g->stride, text, at) && found(ctx, place->id))
			return true;
	}
	return false;
}

static bool find(
    const struct pieces_group *g, struct sv text, bool (*found)(void *ctx, uint32_t id), void *ctx)
{
	const uint64_t *bitmap = g->bitmap, mask = UINT64_MAX >> (64 - 8 * g->length), loose = LOOSE & mask;
	const unsigned shift = g->bitmap_shift;
	const size_t stride = g->stride;
	for (size_t at = 0; at + g->length <= text.len; at += stride) {
		uint64_t piece = at + 8 <= text.len ? digest_load(text.ptr + at) & mask
						    : piece_of(text.ptr + at, g->length);
		piece |= loose;
		uint64_t bit = spread(piece) >> shift;
		if ((bitmap[bit / 64] >> bit % 64 & 1) && look_at(g, piece, text, at, found, ctx))
			return true;
	}
	return false;
}

bool pieces_find(const struct pieces *p, struct sv text, bool (*found)(void *ctx, uint32_t id), void *ctx)
{
	for (size_t i = 0; i < PIECES_GROUPS; i++)
		if (p->groups[i].places.n && find(&p->groups[i], text, found, ctx))
			return true;
	return false;
}
