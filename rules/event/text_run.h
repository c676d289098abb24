/* The inner loop of all that walks over JSON strings. */
#ifndef KW_RULES_EVENT_TEXT_RUN_H
#define KW_RULES_EVENT_TEXT_RUN_H

#include <stdint.h>
#include <string.h>

#define TEXT_RUN_ONES 0x0101010101010101u
#define TEXT_RUN_HIGH 0x8080808080808080u

/* The first byte from `p` on that does not stand for itself in a JSON string (a quote, a backslash, anything
 * below 0x20), or `end`. */
static inline const char *text_run(const char *p, const char *end)
{
	/* Eight at a time: the high bit of each byte of `stop` says whether that byte stops. Borrows of the
	 * subtractions may mark a byte too many, but only above one that is right: good enough to leave. */
	while (end - p >= 8) {
		uint64_t v;
		memcpy(&v, p, 8);
		uint64_t quote = v ^ (TEXT_RUN_ONES * '"'), backslash = v ^ (TEXT_RUN_ONES * '\\');
		uint64_t stop = ((quote - TEXT_RUN_ONES) & ~quote) |
				((backslash - TEXT_RUN_ONES) & ~backslash) |
				((v - TEXT_RUN_ONES * 0x20) & ~v);
		if (stop & TEXT_RUN_HIGH)
			break;
		p += 8;
	}
	while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
		p++;
	return p;
}

static inline const char *text_run_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

#endif
