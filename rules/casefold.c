/* Simple case folding by binary search over ranges. Constant tables: any thread. */
#include "rules/casefold.h"

#include "base/utf8.h"

struct range {
	uint32_t first, last, stride;
	int32_t delta;
};

static const struct range ranges[] = {
#define FOLD_RANGE(first, last, stride, delta) {first, last, stride, delta},
#include "rules/casefold_table.h"
#undef FOLD_RANGE
};

uint32_t casefold_cp(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
	size_t low = 0, high = sizeof ranges / sizeof *ranges;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (ranges[middle].last < cp)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == sizeof ranges / sizeof *ranges || cp < ranges[low].first)
		return cp;
	if ((cp - ranges[low].first) % ranges[low].stride)
		return cp;
	return (uint32_t)((int32_t)cp + ranges[low].delta);
}

void casefold_add(struct buf *out, struct sv s)
{
	while (s.len) {
		char bytes[4];
		uint32_t cp = casefold_cp(utf8_next(&s));
		if (cp & UTF8_BAD)
			buf_addc(out, (char)(cp & 0xff));
		else
			buf_add(out, sv_of(bytes, utf8_put(cp, bytes)));
	}
}
