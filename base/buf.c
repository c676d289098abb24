/* Growing byte buffers. One thread a buffer. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/heap.h"
#include "base/utf8.h"

void buf_fini(struct buf *b)
{
	if (!b)
		return;
	free(b->ptr);
	*b = (struct buf){.limit = b->limit};
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->full = false;
	if (b->ptr)
		b->ptr[0] = 0;
}

bool buf_room(struct buf *b, size_t more)
{
	if (b->full || (b->limit && (more > b->limit || b->len > b->limit - more))) {
		b->full = true;
		return false;
	}
	size_t need = b->len + more + 1;
	if (need > b->cap) {
		size_t cap = b->cap ? b->cap : 64;
		while (cap < need)
			cap *= 2;
		b->ptr = heap_resize(b->ptr, cap, 1);
		b->cap = cap;
	}
	return true;
}

void buf_add_slowly(struct buf *b, struct sv s)
{
	if (!buf_room(b, s.len))
		return;
	if (s.len)
		memcpy(b->ptr + b->len, s.ptr, s.len);
	b->len += s.len;
	b->ptr[b->len] = 0;
}

void buf_add_uint(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t at = sizeof digits;
	do
		digits[--at] = (char)('0' + v % 10);
	while (v /= 10);
	buf_add(b, sv_of(digits + at, sizeof digits - at));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0 && buf_room(b, (size_t)n)) {
		vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void buf_consume(struct buf *b, size_t n)
{
	if (!n)
		return; /* moving everything to where it is would make many small calls quadratic */
	if (n >= b->len) {
		buf_reset(b);
		return;
	}
	memmove(b->ptr, b->ptr + n, b->len - n);
	b->len -= n;
	b->ptr[b->len] = 0;
}

char *buf_take(struct buf *b)
{
	char *p = b->ptr ? b->ptr : heap_text(SV(""));
	*b = (struct buf){.limit = b->limit};
	return p;
}

/* Code points that could move the cursor, hide text or reorder it. */
static bool unsafe(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029 || cp == 0x061c ||
	       cp == 0x200e || cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) ||
	       (cp >= 0x2066 && cp <= 0x2069) || cp == 0xfeff;
}

void buf_add_printable(struct buf *b, struct sv s)
{
	for (;;) {
		size_t plain = ascii_printable(s);
		buf_add(b, sv_head(s, plain));
		s = sv_skip(s, plain);
		if (!s.len)
			return;
		struct sv before = s;
		uint32_t cp = utf8_next(&s);
		if (cp & UTF8_BAD)
			buf_printf(b, "\\x%02x", cp & 0xff);
		else if (cp < 0x80 && unsafe(cp))
			buf_printf(b, "\\x%02x", cp);
		else if (unsafe(cp))
			buf_printf(b, "\\u{%x}", cp);
		else
			buf_add(b, sv_head(before, before.len - s.len));
	}
}
