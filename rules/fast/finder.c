/*
 * Four ways from a text to the items it may meet: the hash of the whole text; the hash of the number it
 * spells; the hashes of its pieces of six bytes (three, for short literals), each literal standing under its
 * rarest one; the networks of each prefix length that occurs, by the hash of the address so cut. What has no
 * literal is told always.
 *
 * Pieces were chosen over an automaton (Aho-Corasick) since the tables are a tenth of its size, build in one
 * pass, and cost one multiplication a byte behind a bitmap that stays in the nearest cache.
 */
#include "rules/fast/finder.h"

#include "rules/fast/digest.h"
#include "rules/fast/index.h"
#include "rules/fast/literal.h"
#include "rules/casefold.h"

#define LONG_PIECE ((size_t)6)
#define SHORT_PIECE ((size_t)REQUIRED_MIN)
#define BITMAP_BITS 16

/* A literal in which a piece stands. */
struct place {
	struct sv text;
	size_t at; /* of the piece in it */
	uint32_t id;
};

/* Literals found by pieces of one length. */
struct pieces {
	size_t length;
	VEC(struct place) places;
	struct index by_piece; /* number of the place */
	uint64_t *bitmap;
};

struct prefix {
	bool v6;
	uint8_t length;
};

struct finder {
	struct arena arena; /* literals */
	VEC(uint32_t) always;
	struct index whole, numbers, nets;
	struct pieces longs, shorts;
	VEC(struct prefix) prefixes;
};

/* --- digests ------------------------------------------------------------------------------------------- */

static uint64_t piece_of(const char *p, size_t length)
{
	uint64_t w = 0;
	memcpy(&w, p, length);
	return w;
}

static uint64_t piece_digest(uint64_t piece)
{
	return digest_mix(piece ^ DIGEST_A, DIGEST_B);
}

static uint64_t net_digest(const struct cidr *net)
{
	char key[18];
	memcpy(key, net->bytes, 16);
	key[16] = (char)net->length;
	key[17] = net->v6;
	return digest_of(sv_of(key, sizeof key), 0);
}

/* --- building ------------------------------------------------------------------------------------------ */

struct finder *finder_new(void)
{
	struct finder *f = heap_zero(1, sizeof *f);
	f->longs.length = LONG_PIECE;
	f->shorts.length = SHORT_PIECE;
	return f;
}

static void pieces_fini(struct pieces *p)
{
	vec_fini(&p->places);
	index_fini(&p->by_piece);
	free(p->bitmap);
}

void finder_free(struct finder *f)
{
	if (!f)
		return;
	pieces_fini(&f->longs);
	pieces_fini(&f->shorts);
	index_fini(&f->whole);
	index_fini(&f->numbers);
	index_fini(&f->nets);
	vec_fini(&f->always);
	vec_fini(&f->prefixes);
	arena_fini(&f->arena);
	free(f);
}

static void add_net(struct finder *f, uint32_t id, const struct cidr *net)
{
	bool known = false;
	for (size_t i = 0; i < f->prefixes.n; i++)
		known |= f->prefixes.items[i].v6 == net->v6 && f->prefixes.items[i].length == net->length;
	if (!known)
		vec_push(&f->prefixes, (struct prefix){net->v6, net->length});
	index_add(&f->nets, net_digest(net), id);
}

void finder_add(struct finder *f, uint32_t id, const struct item *it)
{
	struct literals l;
	if (!literals_of_item(it, &f->arena, &l)) {
		vec_push(&f->always, id);
		return;
	}
	for (size_t i = 0; i < l.whole.list.n; i++)
		index_add(&f->whole, digest_of(l.whole.list.items[i], 0), id);
	for (size_t i = 0; i < l.numbers.list.n; i++)
		index_add(&f->numbers, digest_of(l.numbers.list.items[i], 0), id);
	for (size_t i = 0; i < l.inside.list.n; i++) {
		struct sv text = l.inside.list.items[i];
		struct pieces *p = text.len >= LONG_PIECE ? &f->longs : &f->shorts;
		vec_push(&p->places, (struct place){text, 0, id});
	}
	for (size_t i = 0; i < l.nets.n; i++)
		add_net(f, id, &l.nets.items[i]);
	literals_fini(&l);
}

/* One multiplication, since it is looked at for every byte of a text. */
static inline size_t bit_of(uint64_t piece)
{
	return (size_t)((piece * DIGEST_A) >> (64 - BITMAP_BITS));
}

/* Each literal goes under its piece that the fewest others hold: counted by the bitmap's bits, which is exact
 * enough. */
static void choose_pieces(struct pieces *p)
{
	uint32_t *counts = heap_zero((size_t)1 << BITMAP_BITS, sizeof *counts);
	for (size_t i = 0; i < p->places.n; i++) {
		struct sv text = p->places.items[i].text;
		for (size_t at = 0; at + p->length <= text.len; at++)
			counts[bit_of(piece_of(text.ptr + at, p->length))]++;
	}
	for (size_t i = 0; i < p->places.n; i++) {
		struct place *place = &p->places.items[i];
		uint32_t fewest = UINT32_MAX;
		for (size_t at = 0; at + p->length <= place->text.len; at++) {
			uint32_t n = counts[bit_of(piece_of(place->text.ptr + at, p->length))];
			if (n < fewest) {
				fewest = n;
				place->at = at;
			}
		}
	}
	free(counts);
}

static void finish_pieces(struct pieces *p)
{
	if (p->places.n) {
		p->bitmap = heap_zero(((size_t)1 << BITMAP_BITS) / 64, sizeof *p->bitmap);
		choose_pieces(p);
	}
	for (size_t i = 0; i < p->places.n; i++) {
		const struct place *place = &p->places.items[i];
		uint64_t piece = piece_of(place->text.ptr + place->at, p->length);
		p->bitmap[bit_of(piece) / 64] |= (uint64_t)1 << (bit_of(piece) % 64);
		index_add(&p->by_piece, piece_digest(piece), (uint32_t)i);
	}
	index_finish(&p->by_piece);
}

void finder_finish(struct finder *f)
{
	finish_pieces(&f->longs);
	finish_pieces(&f->shorts);
	index_finish(&f->whole);
	index_finish(&f->numbers);
	index_finish(&f->nets);
}

/* --- finding ------------------------------------------------------------------------------------------- */

struct search {
	void (*found)(void *ctx, uint32_t id);
	void *ctx;
};

static void tell(const struct search *s, const struct index *x, uint64_t digest)
{
	uint32_t n;
	const uint32_t *ids = index_find(x, digest, &n);
	for (uint32_t i = 0; i < n; i++)
		s->found(s->ctx, ids[i]);
}

static bool stands(const struct place *place, struct sv text, size_t at)
{
	return at >= place->at && text.len - (at - place->at) >= place->text.len &&
	       memcmp(text.ptr + at - place->at, place->text.ptr, place->text.len) == 0;
}

static void find_pieces(const struct search *s, const struct pieces *p, struct sv text)
{
	if (!p->places.n)
		return;
	for (size_t at = 0; at + p->length <= text.len; at++) {
		uint64_t piece = piece_of(text.ptr + at, p->length);
		if (!(p->bitmap[bit_of(piece) / 64] >> (bit_of(piece) % 64) & 1))
			continue;
		uint32_t n;
		const uint32_t *places = index_find(&p->by_piece, piece_digest(piece), &n);
		for (uint32_t i = 0; i < n; i++)
			if (stands(&p->places.items[places[i]], text, at))
				s->found(s->ctx, p->places.items[places[i]].id);
	}
}

static void find_networks(const struct search *s, const struct finder *f, struct sv text)
{
	struct cidr address;
	if (!f->prefixes.n || !cidr_read(text, &address, NULL))
		return;
	for (size_t i = 0; i < f->prefixes.n; i++) {
		struct cidr net = address;
		if (f->prefixes.items[i].v6 != net.v6 || f->prefixes.items[i].length > net.length)
			continue;
		cidr_widen(&net, f->prefixes.items[i].length);
		tell(s, &f->nets, net_digest(&net));
	}
}

static void fold_text(struct sv text, struct buf *folded)
{
	buf_reset(folded);
	bool ascii = buf_room(folded, text.len);
	for (size_t i = 0; i < text.len && ascii; i++) {
		char c = text.ptr[i];
		ascii = (unsigned char)c < 0x80;
		folded->ptr[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	if (ascii)
		folded->len = text.len;
	else
		casefold_add(folded, text);
}

void finder_find(const struct finder *f, struct sv text, struct buf *folded,
    void (*found)(void *ctx, uint32_t id), void *ctx)
{
	const struct search s = {found, ctx};
	char room[LITERAL_NUMBER];
	bool too_long;
	for (size_t i = 0; i < f->always.n; i++)
		found(ctx, f->always.items[i]);
	fold_text(text, folded);
	tell(&s, &f->whole, digest_of(buf_sv(folded), 0));
	struct sv number = literal_number(text, room, &too_long);
	if (number.len)
		tell(&s, &f->numbers, digest_of(number, 0));
	find_pieces(&s, &f->longs, buf_sv(folded));
	find_pieces(&s, &f->shorts, buf_sv(folded));
	find_networks(&s, f, text);
}

/* --- inside objects --------------------------------------------------------------------------------------
 */

/* Letters in one case at the price of an OR; other bytes that fall together cost time only. */
#define LOOSE UINT64_C(0x2020202020202020)

bool finder_add_inside(struct finder *f, uint32_t id, const struct item *it)
{
	struct literals l;
	if (!literals_in_object(it, &f->arena, &l))
		return false;
	for (size_t i = 0; i < l.inside.list.n; i++) {
		struct sv text = l.inside.list.items[i];
		char *loose = arena_alloc(&f->arena, text.len);
		for (size_t j = 0; j < text.len; j++)
			loose[j] = text.ptr[j] | 0x20;
		struct pieces *p = text.len >= LONG_PIECE ? &f->longs : &f->shorts;
		vec_push(&p->places, (struct place){sv_of(loose, text.len), 0, id});
	}
	literals_fini(&l);
	return true;
}

static uint64_t bytes_equal(uint64_t w, uint64_t c)
{
	uint64_t x = w ^ c * (UINT64_MAX / 255);
	return (x - UINT64_MAX / 255) & ~x & UINT64_C(0x8080808080808080);
}

/* Blanks outside strings; where nothing is escaped, quotes are what they seem. */
static bool has_gaps(struct sv raw)
{
	bool inside = false;
	for (size_t i = 0; i < raw.len; i++) {
		inside ^= raw.ptr[i] == '"';
		if (raw.ptr[i] == ' ' && !inside)
			return true;
	}
	return false;
}

/* Are all strings in it written as they are, and nothing between them that its compact text would lack? May
 * say no for nothing. */
static bool is_straight(struct sv raw)
{
	uint64_t odd = 0, spaces = 0;
	size_t i = 0;
	for (; i + 8 <= raw.len; i += 8) {
		uint64_t w = digest_load(raw.ptr + i);
		spaces |= bytes_equal(w, ' ');
		/* Bytes beyond ASCII, backslashes, control characters. */
		odd |= (w & UINT64_C(0x8080808080808080)) | bytes_equal(w, '\\') |
		       ((w - LOOSE) & ~w & UINT64_C(0x8080808080808080));
	}
	for (; i < raw.len; i++) {
		char c = raw.ptr[i];
		spaces |= c == ' ';
		odd |= (unsigned char)c >= 0x80 || c < 0x20 || c == '\\';
	}
	return !odd && !(spaces && has_gaps(raw));
}

static bool stands_loose(const struct place *place, struct sv text, size_t at)
{
	if (at < place->at || text.len - (at - place->at) < place->text.len)
		return false;
	const char *p = text.ptr + at - place->at;
	for (size_t i = 0; i < place->text.len; i++)
		if ((char)(p[i] | 0x20) != place->text.ptr[i])
			return false;
	return true;
}

static void find_loose(const struct search *s, const struct pieces *p, struct sv text)
{
	const uint64_t mask = UINT64_MAX >> (64 - 8 * p->length), loose = LOOSE & mask;
	if (!p->places.n)
		return;
	for (size_t at = 0; at + p->length <= text.len; at++) {
		uint64_t piece = at + 8 <= text.len ? digest_load(text.ptr + at) & mask
						    : piece_of(text.ptr + at, p->length);
		piece |= loose;
		if (!(p->bitmap[bit_of(piece) / 64] >> (bit_of(piece) % 64) & 1))
			continue;
		uint32_t n;
		const uint32_t *places = index_find(&p->by_piece, piece_digest(piece), &n);
		for (uint32_t i = 0; i < n; i++)
			if (stands_loose(&p->places.items[places[i]], text, at))
				s->found(s->ctx, p->places.items[places[i]].id);
	}
}

bool finder_find_inside(
    const struct finder *f, struct sv raw, void (*found)(void *ctx, uint32_t id), void *ctx)
{
	const struct search s = {found, ctx};
	if (!f->longs.places.n && !f->shorts.places.n)
		return true;
	if (!is_straight(raw))
		return false;
	find_loose(&s, &f->longs, raw);
	find_loose(&s, &f->shorts, raw);
	return true;
}

void finder_find_part(const struct finder *f, struct sv text, struct buf *folded,
    void (*found)(void *ctx, uint32_t id), void *ctx)
{
	const struct search s = {found, ctx};
	fold_text(text, folded);
	find_loose(&s, &f->longs, buf_sv(folded));
	find_loose(&s, &f->shorts, buf_sv(folded));
}
