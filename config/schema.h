/* Options and their tables: type, default, range and help in one place. Each source and sink exports its
 * table; config takes the tables as arguments, so that a new one is one file plus one list line. */
#ifndef KW_CONFIG_SCHEMA_H
#define KW_CONFIG_SCHEMA_H

#include "base/fault.h"
#include "base/ydoc.h"

enum option_type {
	OPTION_TEXT,
	OPTION_BOOL,
	OPTION_INT,    /* within min..max */
	OPTION_SPAN,   /* 90s, 5m, 1h; stored in ms, within min..max */
	OPTION_BYTES,  /* 64KiB, 16MiB, 1GiB or plain bytes */
	OPTION_CHOICE, /* one of `choices`, separated by | */
	OPTION_PATH,   /* relative ones are resolved against the configuration file's folder */
	OPTION_URL,    /* http or https; may be given as a secret: prefix env: or file: */
	OPTION_SECRET, /* env:NAME or file:PATH, never in the open */
	OPTION_TEXTS,  /* a list of texts, or one */
	OPTION_LEVEL,  /* a Sigma level; stored as its number, informational is 0, critical 4 */
	OPTION_TIME,   /* a date or a moment, ISO 8601; stored in ms since the epoch */
};

struct option {
	const char *name;
	enum option_type type;
	const char *fallback; /* default as text (TEXTS: with commas between); NULL: none. OPTION_REQUIRED
				 must be given */
	int64_t min, max;     /* INT, SPAN (ms), BYTES; max 0: no upper end */
	const char *choices;  /* CHOICE */
	const char *help;     /* one sentence */
};
#define OPTION_REQUIRED "\001required"

struct option_table {
	const char *kind; /* "agent", "sinks.webhook" */
	const char *help; /* one sentence */
	const struct option *options;
	size_t n;
};

/* Values of one block, in the order of its table. */
struct option_value {
	bool given;            /* written by the person, not the default */
	bool set;              /* has a value at all */
	int64_t number;        /* BOOL, INT, SPAN, BYTES, LEVEL, TIME, index of CHOICE */
	char *text;            /* TEXT, PATH (resolved), CHOICE, URL (NULL when it came as a secret) */
	struct secret *secret; /* SECRET and URL; NULL when it could not be read, which is a fault */
	struct {
		char **items;
		size_t n;
	} texts;
	int line, col;
};

struct options {
	const struct option_table *table;
	struct option_value *values;
	char *file; /* where it was written */
	int line, col;
};

/* Reads a mapping against a table. Unknown keys (with the nearest name), wrong types, values out of range and
 * missing required options are all added to `faults` as file:line:col; defaults fill the rest. `map` NULL
 * gives all defaults. `skip` names keys that the caller reads (NULL-terminated, may be NULL). */
void options_read(struct options *out, const struct option_table *table, const struct ydoc_node *map,
    const char *file, const char *const *skip, struct faults *faults);
void options_fini(struct options *o);

/* Number of a Sigma level by its name, -1 when it is none; and its name. */
int option_level_parse(struct sv name);
const char *option_level_name(int level);

/* Appends a span as people write it ("90s", "6h"), and a size ("64MiB"). */
void option_show_span(int64_t ms, struct buf *out);
void option_show_bytes(int64_t bytes, struct buf *out);

/* Appends `; did you mean "NAME"?` when one of the names is near to `word`, and says whether it did. */
bool option_hint(struct sv word, const char *const *names, size_t n_names, struct buf *out);

/* Value by option name; asserts that the table has it. */
const struct option_value *options_get(const struct options *o, const char *name);
const char *options_text(const struct options *o, const char *name); /* NULL when unset */
int64_t options_number(const struct options *o, const char *name);

/* What a value of the type looks like, for `list options` and faults: "a span such as 90s, 5m, 1h or 7d". */
const char *option_type_name(enum option_type t);

#endif
