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

/* Append bytes, one byte, a C string (NULL adds nothing), a formatted text. */
void buf_add(struct buf *b, struct sv s);
void buf_addc(struct buf *b, char c);
void buf_adds(struct buf *b, const char *s);
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

#endif
