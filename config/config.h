/* The configuration file as a whole. */
#ifndef KW_CONFIG_CONFIG_H
#define KW_CONFIG_CONFIG_H

#include "base/buf.h"
#include "base/map.h"
#include "config/lists.h"
#include "config/schema.h"

/* A source or a sink: `name: {type: webhook, …}`. */
struct config_block {
	char *name;
	const char *type; /* the table's name, "webhook" */
	struct options options;
};

struct config_override {
	char *rule;
	struct options options; /* table config_override_table */
};

/* One entry of `routes:`, in order. */
struct config_route {
	bool has_level;
	int min_level, max_level; /* `high+` → high..critical, `high` → high..high (enum level numbers) */
	char **rules;             /* names or ids; NULL: any */
	size_t n_rules;
	char **accounts; /* ids or names; NULL: any */
	size_t n_accounts;
	int64_t max_age_ms; /* -1: any age */
	char **to;          /* sink names */
	size_t n_to;
	bool go_on; /* `continue: true` */
	int line, col;
};

struct config {
	char *file;                                            /* NULL: defaults only */
	char *folder;                                          /* of the file */
	struct options agent, rules, listen, watch, heartbeat; /* fixed sections, tables in option_list.h */
	struct map account_names, index_names;                 /* id -> C string */
	struct lists lists;
	struct {
		struct config_block *items;
		size_t n;
	} sources, sinks;
	struct {
		struct config_override *items;
		size_t n;
	} overrides;
	struct {
		struct config_route *items;
		size_t n;
	} routes; /* none written: everything to every sink */
};

/* What types of blocks exist. The type's name is the part of `kind` after the dot. */
struct config_tables {
	const struct option_table *const *sources;
	size_t n_sources;
	const struct option_table *const *sinks;
	size_t n_sinks;
};

/* Reads `path` (NULL: defaults). Every fault is reported; *out is given even when there are errors
 * (faults->n_errors says), never NULL. */
void config_read(
    const char *path, const struct config_tables *tables, struct config **out, struct faults *faults);
/* The same of a text, for tests and fuzzing. */
void config_read_text(const char *file, struct sv yaml, const struct config_tables *tables,
    struct config **out, struct faults *faults);
void config_free(struct config *c);

/* Does the second differ from the first in more than rules and lists? Appends the sections that do,
 * "sinks, routes". Options count by their values, whatever the way they were written. Any thread. */
bool config_differs(const struct config *a, const struct config *b, struct buf *out);

/* Fixed sections: "agent", "rules", "rules.overrides", "listen", "watch", "heartbeat", "lists", "routes",
 * "routes.when"; for `list options` and the manual. */
const struct option_table *const *config_fixed_tables(size_t *out_n);

/* Writes every option of every table, commented, at its default: config/kendrawatch.yaml is this text. */
void config_write_reference(const struct config_tables *tables, struct buf *out);

#endif
