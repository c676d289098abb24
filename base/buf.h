/* Growing byte buffer. Caller's storage; start with {0}. Always NUL-terminated behind `len` once something
 * was added. */
#ifndef KW_BASE_BUF_H
#define KW_BASE_BUF_H

#include "base/sv.h"

struct buf {
	char *ptr;
	size_t len;
	size_t cap;
	size_t limit; /* 0: none; else what would pass it is dropped and `full` is set */
	bool full;
};

void buf_fini(struct buf *b);

/* Empties and keeps the memory; clears `full`. */
void buf_reset(struct buf *b);

/* Makes room for `more` bytes behind `len`; false (and `full`) when the limit forbids it. */
bool buf_room(struct buf *b, size_t more);

/* Append bytes, one byte, a C string (NULL adds nothing), a number in decimal, a formatted text. */
static inline void buf_add(struct buf *b, struct sv s);
static inline void buf_addc(struct buf *b, char c);
static inline void buf_adds(struct buf *b, const char *s);
void buf_add_uint(struct buf *b, uint64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Drops the first `n` bytes. */
void buf_consume(struct buf *b, size_t n);

static inline struct sv buf_sv(const struct buf *b)
{
	return (struct sv){b->ptr, b->len};
}

/* Gives the NUL-terminated text away (free() it) and empties the buffer. Never NULL. */
char *buf_take(struct buf *b);

/* Appends `s` for a terminal or a log: control characters, DEL, C1, bidi controls and bytes that are not
 * UTF-8 become \xNN or \u{N}. */
void buf_add_printable(struct buf *b, struct sv s);

/* buf_add and buf_addc where there is a limit or no room. */
void buf_add_slowly(struct buf *b, struct sv s);

static inline void buf_add(struct buf *b, struct sv s)
{
	if (b->limit || s.len >= b->cap - b->len) {
		buf_add_slowly(b, s);
		return;
	}
	if (s.len)
		memcpy(b->ptr + b->len, s.ptr, s.len);
	b->len += s.len;
	b->ptr[b->len] = 0;
}

static inline void buf_addc(struct buf *b, char c)
{
	buf_add(b, sv_of(&c, 1));
}

static inline void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, sv_from(s));
}

#endif
