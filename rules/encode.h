/* Encodings that malware and scripts put texts into: base64 at any alignment, UTF-16. Bytes in, bytes out. */
#ifndef KW_RULES_ENCODE_H
#define KW_RULES_ENCODE_H

#include "base/buf.h"

/* Appends the base64 of `bytes`, with padding. */
void encode_base64(struct sv bytes, struct buf *out);

/* The characters that `bytes` determines completely inside a longer base64 text when `shift` bytes (0-2,
 * modulo three) stand before it. */
void encode_base64_offset(struct sv bytes, unsigned shift, struct buf *out);

/* Fewer bytes than this leave nothing determined at one of the alignments. */
#define ENCODE_OFFSET_MIN 2

enum encode_utf16 { ENCODE_UTF16_LE, ENCODE_UTF16_BE, ENCODE_UTF16_MARKED /* ff fe, then little-endian */ };

/* Appends `text` (UTF-8) as UTF-16 bytes. False, with something appended, when it is not UTF-8. */
bool encode_utf16(struct sv text, enum encode_utf16 form, struct buf *out);

#endif
