/* Runs of plain ASCII, eight bytes at a time: nearly all text that passes through is nothing else, and needs
 * neither decoding nor escaping. */
#ifndef KW_BASE_ASCII_H
#define KW_BASE_ASCII_H

#include "base/sv.h"

#define ASCII_EACH(byte) (0x0101010101010101u * (uint64_t)(byte))

static inline uint64_t ascii_load(const char *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof v);
	return v;
}

/* Not 0 when any of eight bytes is no printable ASCII (0x20 to 0x7e). */
static inline uint64_t ascii_odd(uint64_t v)
{
	return (v | (v - ASCII_EACH(0x20)) | (v + ASCII_EACH(0x01))) & ASCII_EACH(0x80);
}

/* Not 0 when any of eight bytes is `c`. Bytes above 0x7f must have been ruled out. */
static inline uint64_t ascii_has(uint64_t v, char c)
{
	return ((v ^ ASCII_EACH(c)) - ASCII_EACH(0x01)) & ASCII_EACH(0x80);
}

/* Not 0 when any of eight bytes is escaped in a JSON string. */
static inline uint64_t ascii_escaped(uint64_t v)
{
	return ascii_odd(v) | ascii_has(v, '"') | ascii_has(v, '\\');
}

/* Length of the head of `s` that is printable ASCII. */
static inline size_t ascii_printable(struct sv s)
{
	size_t n = 0;
	while (n + 8 <= s.len && !ascii_odd(ascii_load(s.ptr + n)))
		n += 8;
	/* The last word may overlap the one before. */
	if (n && n + 8 > s.len && !ascii_odd(ascii_load(s.ptr + s.len - 8)))
		return s.len;
	while (n < s.len && s.ptr[n] >= 0x20 && s.ptr[n] < 0x7f)
		n++;
	return n;
}

/* The same without `"` and `\`: what stands in a JSON string as it is. */
static inline size_t ascii_unescaped(struct sv s)
{
	size_t n = 0;
	while (n + 8 <= s.len && !ascii_escaped(ascii_load(s.ptr + n)))
		n += 8;
	if (n && n + 8 > s.len && !ascii_escaped(ascii_load(s.ptr + s.len - 8)))
		return s.len;
	while (n < s.len && s.ptr[n] >= 0x20 && s.ptr[n] < 0x7f && s.ptr[n] != '"' && s.ptr[n] != '\\')
		n++;
	return n;
}

#endif
