/* UTF-8 as RFC 3629 has it: no surrogates, no overlong forms, nothing past U+10FFFF. */
#ifndef KW_BASE_UTF8_H
#define KW_BASE_UTF8_H

#include "base/sv.h"

/* Takes one code point off the front of `*s` (not empty). A byte that is not UTF-8 gives UTF8_BAD | byte and
 * advances by one. */
#define UTF8_BAD 0x80000000u
uint32_t utf8_next(struct sv *s);

/* Is all of `s` UTF-8? The empty view is. */
bool utf8_valid(struct sv s);

/* Writes `cp` (a valid code point) to `out`, returns 1-4. */
size_t utf8_put(uint32_t cp, char out[4]);

/* The longest head of `s` of at most `max_bytes` bytes that does not cut a code point. */
struct sv utf8_cut(struct sv s, size_t max_bytes);

/* Number of code points (bad bytes count one each). */
size_t utf8_count(struct sv s);

#endif
