/* Encodings for base64, base64offset, wide and utf16. Pure functions, any thread. */
#include "rules/encode.h"

#include "base/net/crypto.h"
#include "base/utf8.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Byte `i` of `bytes` behind `shift` zero bytes; zero past the end. */
static unsigned byte_at(struct sv bytes, unsigned shift, size_t i)
{
	return i < shift || i - shift >= bytes.len ? 0 : (unsigned char)bytes.ptr[i - shift];
}

/* Appends characters [first, end) of the base64 of the shifted bytes. */
static void add_range(struct sv bytes, unsigned shift, size_t first, size_t end, struct buf *out)
{
	for (size_t c = first; c < end; c++) {
		size_t bit = c * 6, at = bit / 8;
		unsigned pair = byte_at(bytes, shift, at) << 8 | byte_at(bytes, shift, at + 1);
		buf_addc(out, alphabet[pair >> (10 - bit % 8) & 63]);
	}
}

void encode_base64(struct sv bytes, struct buf *out)
{
	crypto_base64(bytes, out);
}

void encode_base64_offset(struct sv bytes, unsigned shift, struct buf *out)
{
	add_range(bytes, shift, (shift * 8 + 5) / 6, (shift + bytes.len) * 8 / 6, out);
}

static void add_unit(uint32_t unit, bool big, struct buf *out)
{
	buf_addc(out, (char)(big ? unit >> 8 & 0xff : unit & 0xff));
	buf_addc(out, (char)(big ? unit & 0xff : unit >> 8 & 0xff));
}

bool encode_utf16(struct sv text, enum encode_utf16 form, struct buf *out)
{
	bool big = form == ENCODE_UTF16_BE;
	if (form == ENCODE_UTF16_MARKED)
		add_unit(0xfeff, false, out);
	while (text.len) {
		uint32_t cp = utf8_next(&text);
		if (cp & UTF8_BAD)
			return false;
		if (cp < 0x10000) {
			add_unit(cp, big, out);
		} else {
			add_unit(0xd800 + ((cp - 0x10000) >> 10), big, out);
			add_unit(0xdc00 + ((cp - 0x10000) & 0x3ff), big, out);
		}
	}
	return true;
}
