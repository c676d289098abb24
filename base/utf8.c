/* UTF-8 decoding. Pure functions, any thread. */
#include "base/utf8.h"

#include "base/ascii.h"

static bool tail(struct sv s, size_t i)
{
	return i < s.len && ((unsigned char)s.ptr[i] & 0xc0) == 0x80;
}

static uint32_t bits(struct sv s, size_t i)
{
	return (uint32_t)((unsigned char)s.ptr[i] & 0x3f);
}

uint32_t utf8_next(struct sv *s)
{
	unsigned char b = (unsigned char)s->ptr[0];
	uint32_t cp = UTF8_BAD | b;
	size_t n = 1;
	if (b < 0x80) {
		cp = b;
	} else if (b >= 0xc2 && b <= 0xdf && tail(*s, 1)) {
		cp = ((uint32_t)(b & 0x1f) << 6) | bits(*s, 1);
		n = 2;
	} else if (b >= 0xe0 && b <= 0xef && tail(*s, 1) && tail(*s, 2)) {
		uint32_t v = ((uint32_t)(b & 0x0f) << 12) | (bits(*s, 1) << 6) | bits(*s, 2);
		if (v >= 0x800 && (v < 0xd800 || v > 0xdfff)) {
			cp = v;
			n = 3;
		}
	} else if (b >= 0xf0 && b <= 0xf4 && tail(*s, 1) && tail(*s, 2) && tail(*s, 3)) {
		uint32_t v =
		    ((uint32_t)(b & 0x07) << 18) | (bits(*s, 1) << 12) | (bits(*s, 2) << 6) | bits(*s, 3);
		if (v >= 0x10000 && v <= 0x10ffff) {
			cp = v;
			n = 4;
		}
	}
	*s = sv_skip(*s, n);
	return cp;
}

bool utf8_valid(struct sv s)
{
	for (;;) {
		s = sv_skip(s, ascii_printable(s));
		if (!s.len)
			return true;
		if (utf8_next(&s) & UTF8_BAD)
			return false;
	}
}

size_t utf8_put(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | (cp >> 6));
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | (cp >> 12));
		out[1] = (char)(0x80 | ((cp >> 6) & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | (cp >> 18));
	out[1] = (char)(0x80 | ((cp >> 12) & 0x3f));
	out[2] = (char)(0x80 | ((cp >> 6) & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

struct sv utf8_cut(struct sv s, size_t max_bytes)
{
	if (s.len <= max_bytes)
		return s;
	size_t at = max_bytes;
	for (int back = 0; back < 3 && at > 0 && ((unsigned char)s.ptr[at] & 0xc0) == 0x80; back++)
		at--;
	return sv_head(s, at);
}

size_t utf8_count(struct sv s)
{
	for (size_t n = 0;; n++) {
		size_t plain = ascii_printable(s);
		n += plain;
		s = sv_skip(s, plain);
		if (!s.len)
			return n;
		utf8_next(&s);
	}
}
