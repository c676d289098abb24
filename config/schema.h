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
	OPTION_LEVEL,  /* a Sigma level */
};

struct option {
	const char *name;
	enum option_type type;
	const char *fallback; /* default as text; NULL: none. OPTION_REQUIRED must be given */
	int64_t min, max;     /* INT, SPAN (ms), BYTES */
	const char *choices;
	const char *help; /* one sentence */
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
	int64_t number;        /* BOOL, INT, SPAN, BYTES, LEVEL, index of CHOICE */
	char *text;            /* TEXT, PATH, CHOICE, URL (resolved unless secret) */
	struct secret *secret; /* SECRET and URL */
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

/* Value by option name; asserts that the table has it. */
const struct option_value *options_get(const struct options *o, const char *name);
const char *options_text(const struct options *o, const char *name); /* NULL when unset */
int64_t options_number(const struct options *o, const char *name);

const char *option_type_name(enum option_type t);

#endif
