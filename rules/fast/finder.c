/*
 * Four ways from a text to the items it may meet: the hash of the whole text; the hash of the number it
 * spells; the literals in it (pieces.h); the networks of each prefix length that occurs, by the hash of the
 * address so cut. What has no literal is told always.
 */
#include "rules/fast/finder.h"

#include "rules/fast/digest.h"
#include "rules/fast/literal.h"
#include "rules/fast/pieces.h"
#include "rules/casefold.h"

struct prefix {
	bool v6;
	uint8_t length;
};

struct finder {
	struct arena arena;   /* literals as pieces has them */
	struct arena scratch; /* while it is built */
	VEC(uint32_t) always;
	struct index whole, numbers, nets;
	struct pieces pieces;
	VEC(struct prefix) prefixes;
	bool knotty; /* inside objects: a literal may be written with escapes or gaps */
};

/* --- digests ------------------------------------------------------------------------------------------- */

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
	return heap_zero(1, sizeof(struct finder));
}

void finder_free(struct finder *f)
{
	if (!f)
		return;
	pieces_fini(&f->pieces);
	index_fini(&f->whole);
	index_fini(&f->numbers);
	index_fini(&f->nets);
	vec_fini(&f->always);
	vec_fini(&f->prefixes);
	arena_fini(&f->arena);
	arena_fini(&f->scratch);
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
	if (!literals_of_item(it, &f->scratch, &l)) {
		vec_push(&f->always, id);
		return;
	}
	for (size_t i = 0; i < l.whole.list.n; i++)
		index_add(&f->whole, digest_of(l.whole.list.items[i], 0), id);
	for (size_t i = 0; i < l.numbers.list.n; i++)
		index_add(&f->numbers, digest_of(l.numbers.list.items[i], 0), id);
	for (size_t i = 0; i < l.inside.list.n; i++)
		pieces_add(&f->pieces, id, l.inside.list.items[i], &f->arena);
	for (size_t i = 0; i < l.nets.n; i++)
		add_net(f, id, &l.nets.items[i]);
	literals_fini(&l);
	arena_reset(&f->scratch);
}

void finder_finish(struct finder *f)
{
	pieces_finish(&f->pieces);
	index_finish(&f->whole);
	index_finish(&f->numbers);
	index_finish(&f->nets);
	arena_fini(&f->scratch);
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

/* For pieces_find, which goes on. */
static bool tell_one(void *ctx, uint32_t id)
{
	const struct search *s = ctx;
	s->found(s->ctx, id);
	return false;
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
	struct search s = {found, ctx};
	char room[LITERAL_NUMBER];
	bool too_long;
	for (size_t i = 0; i < f->always.n; i++)
		found(ctx, f->always.items[i]);
	fold_text(text, folded);
	tell(&s, &f->whole, digest_of(buf_sv(folded), 0));
	struct sv number = literal_number(text, room, &too_long);
	if (number.len)
		tell(&s, &f->numbers, digest_of(number, 0));
	pieces_find(&f->pieces, buf_sv(folded), tell_one, &s);
	find_networks(&s, f, text);
}

/* --- inside objects --------------------------------------------------------------------------------------
 */

/* Is it written in one way only, whatever else has escapes or gaps? Quotes and backslashes are not; next to
 * other punctuation of JSON there may be a gap; before the colon that a gap may follow stands a quote. */
static bool is_smooth(struct sv literal)
{
	for (size_t i = 0; i < literal.len; i++) {
		unsigned char c = (unsigned char)literal.ptr[i];
		if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == ',' || c == '{' || c == '}' ||
		    c == '[' || c == ']' || (c == ':' && i == 0))
			return false;
	}
	return true;
}

bool finder_add_inside(struct finder *f, uint32_t id, const struct item *it)
{
	struct literals l;
	if (!literals_in_object(it, &f->scratch, &l))
		return false;
	for (size_t i = 0; i < l.inside.list.n; i++) {
		pieces_add(&f->pieces, id, l.inside.list.items[i], &f->arena);
		f->knotty |= !is_smooth(l.inside.list.items[i]);
	}
	literals_fini(&l);
	arena_reset(&f->scratch);
	return true;
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

/* Do escapes stand for what no literal has, if none has quotes and backslashes? Not so a slash or a code
 * point. */
static bool are_plain_escapes(struct sv raw)
{
	for (size_t i = sv_find_char(raw, '\\'); i < raw.len; i++) {
		if (raw.ptr[i] != '\\')
			continue;
		if (++i == raw.len || raw.ptr[i] == 'u' || raw.ptr[i] == '/')
			return false;
	}
	return true;
}

/* Sixteen bytes at once, in whatever way the machine has. */
typedef unsigned char chunk __attribute__((vector_size(16)));
typedef uint64_t chunk_words __attribute__((vector_size(16)));

struct traits {
	chunk beyond, backslash, control, space;
};

static inline void look_at(struct traits *t, const char *p)
{
	chunk c;
	memcpy(&c, p, sizeof c);
	t->beyond |= c;
	t->backslash |= (chunk)(c == '\\');
	t->control |= (chunk)(c < 0x20);
	t->space |= (chunk)(c == ' ');
}

static inline bool any(chunk c, uint64_t mask)
{
	chunk_words w = (chunk_words)c;
	return ((w[0] | w[1]) & mask) != 0;
}

static bool is_clear(const struct finder *f, struct sv raw)
{
	struct traits t = {0};
	size_t i = 0;
	char rest[sizeof(chunk)] = "xxxxxxxxxxxxxxx";
	for (; i + sizeof(chunk) <= raw.len; i += sizeof(chunk))
		look_at(&t, raw.ptr + i);
	memcpy(rest, raw.ptr + i, raw.len - i);
	look_at(&t, rest);
	if (any(t.beyond, UINT64_C(0x8080808080808080)))
		return false;
	if (!f->knotty)
		return !any(t.backslash, UINT64_MAX) || are_plain_escapes(raw);
	return !any(t.backslash, UINT64_MAX) && !any(t.control, UINT64_MAX) &&
	       !(any(t.space, UINT64_MAX) && has_gaps(raw));
}

static bool stop(void *ctx, uint32_t id)
{
	(void)ctx;
	(void)id;
	return true;
}

enum finder_inside finder_inside(const struct finder *f, struct sv raw)
{
	if (!f->pieces.n)
		return FINDER_NOTHING;
	if (!is_clear(f, raw))
		return FINDER_UNCLEAR;
	return pieces_find(&f->pieces, raw, stop, NULL) ? FINDER_SOMETHING : FINDER_NOTHING;
}

void finder_find_inside(const struct finder *f, struct sv text, struct buf *folded_or_null,
    void (*found)(void *ctx, uint32_t id), void *ctx)
{
	struct search s = {found, ctx};
	if (folded_or_null)
		fold_text(text, folded_or_null);
	pieces_find(&f->pieces, folded_or_null ? buf_sv(folded_or_null) : text, tell_one, &s);
}
