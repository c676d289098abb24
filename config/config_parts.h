/* How the readers of the sections share work. Private to config/. */
#ifndef KW_CONFIG_CONFIG_PARTS_H
#define KW_CONFIG_CONFIG_PARTS_H

#include "config/config.h"

struct config_reader {
	struct config *config;
	const char *file;
	struct faults *faults;
	const struct config_tables *tables;
};

extern const struct option_table config_agent_table, config_rules_table, config_override_table,
    config_listen_table, config_watch_table, config_heartbeat_table, config_route_table, config_when_table;

/* Adds an error at the node's place. */
#define config_fault(r, node, ...) \
	fault_add((r)->faults, FAULT_ERROR, (r)->file, (node)->line, (node)->col, __VA_ARGS__)

/* True when `n` is a mapping with something in it. Absent and empty sections are fine; anything else is a
 * fault that calls it `what`. */
bool config_is_map(const struct config_reader *r, const struct ydoc_node *n, const char *what);

/* `sources:`. */
void config_read_sources(const struct config_reader *r, const struct ydoc_node *n);
/* `sinks:`. */
void config_read_sinks(const struct config_reader *r, const struct ydoc_node *n);
/* `rules.overrides:`. */
void config_read_overrides(const struct config_reader *r, const struct ydoc_node *n);
/* `routes:`; after the sinks and the names. */
void config_read_routes(const struct config_reader *r, const struct ydoc_node *n);

/* What the readers above have put into the configuration. */
void config_free_blocks(struct config *c);
/* The same for routes. */
void config_free_routes(struct config *c);

#endif
