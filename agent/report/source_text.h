/* The source behind faults: the line that one names and the word that it means. */
#ifndef KW_AGENT_REPORT_SOURCE_TEXT_H
#define KW_AGENT_REPORT_SOURCE_TEXT_H

#include "base/fault.h"
#include "rules/place.h"

/* The file of the last fault that was asked about: sorted faults read each file once. Start with {0}. */
struct source_cache {
	const char *masked; /* this file's values are dotted out; NULL: none */
	char *file;
	struct buf dotted;
	struct buf text;
	struct place_map lines;
	bool read;
};
void source_cache_fini(struct source_cache *c);

struct source_span {
	bool found;     /* false: the fault has no line, or the file can't be read */
	struct sv line; /* without its end; borrowed from the cache until the next file */
	size_t at, end; /* bytes in `line`: the word that the fault is about; at least one wide unless the
			   line ends there */
	int end_col;    /* 1-based, in code points, behind the word */
};
struct source_span source_find(struct source_cache *c, const struct fault *f);

/* `path` as it is named in a repository: below the working folder without that, else as it is. Heap. */
char *source_relative(const char *path);

/* Appends a line and the caret below it, with the line's number in a gutter; at most `columns` wide around
 * the word. Tabs become blanks, what could move the cursor is escaped, wide characters count two. */
void source_show(
    const struct source_span *span, int line, size_t columns, const char *colour, struct buf *out);

#endif
