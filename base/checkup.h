/* What a look at a running system finds, a line a thing: for `doctor`, which walks the way of an event, and
 * for the sources and sinks on it, each of which looks at its own part. Caller's storage; start with {0}. */
#ifndef KW_BASE_CHECKUP_H
#define KW_BASE_CHECKUP_H

#include "base/sv.h"
#include "base/vec.h"

enum checkup_mark {
	CHECKUP_OK,   /* looked at, and it is right */
	CHECKUP_SKIP, /* could not be looked at, or says nothing here */
	CHECKUP_WARN, /* works, but is blind or weak somewhere */
	CHECKUP_FAIL, /* events or alerts do not get through */
};

struct checkup_line {
	enum checkup_mark mark;
	char *station; /* "source org" */
	char *text;
	char *advice; /* what to do; NULL: nothing */
};

struct checkup {
	VEC(struct checkup_line) lines;
	char *station;
	size_t n_marks[CHECKUP_FAIL + 1];
};
void checkup_fini(struct checkup *c);

/* The station that the lines from now on are about. */
void checkup_at(struct checkup *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Adds a line. Texts are made printable: much of them comes from other machines. `advice` is copied; NULL:
 * none. */
void checkup_say(struct checkup *c, enum checkup_mark mark, const char *advice, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* "ok", "skip", "warn", "FAIL". */
const char *checkup_mark_name(enum checkup_mark m);

#endif
