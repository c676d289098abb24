/* Parts of a written date: the hour that ISO 8601 text shows, whatever its zone. */
#ifndef KW_RULES_MOMENT_H
#define KW_RULES_MOMENT_H

#include "base/sv.h"

enum moment_part {
	MOMENT_NONE,
	MOMENT_MINUTE,
	MOMENT_HOUR,
	MOMENT_DAY,
	MOMENT_WEEK, /* ISO 8601 week of the year */
	MOMENT_MONTH,
	MOMENT_YEAR
};

/* The part of `text`, a date or date and time as base/clock.h reads it. False when it is none, or when hour
 * or minute is asked of a date alone. */
bool moment_part(struct sv text, enum moment_part part, int *out);

#endif
