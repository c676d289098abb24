/* Case folding of code points: Unicode's simple folding (CaseFolding.txt, status C and S), one to one and
 * independent of language. `ß` and `İ` fold to themselves, the Kelvin sign to k. */
#ifndef KW_RULES_CASEFOLD_H
#define KW_RULES_CASEFOLD_H

#include "base/buf.h"

#include <stdint.h>

/* The folded code point; anything without a folding, UTF8_BAD bytes too, is itself. */
uint32_t casefold_cp(uint32_t cp);

/* Appends `s` with every code point folded; bytes that are not UTF-8 as they are. */
void casefold_add(struct buf *out, struct sv s);

#endif
