/* A draft of an event: a JSON object that can be changed by path. For `tests:` in rule files, not for events
 * that arrive. */
#ifndef KW_AGENT_AUTHOR_DRAFT_H
#define KW_AGENT_AUTHOR_DRAFT_H

#include "base/buf.h"
#include "base/ydoc.h"
#include "rules/event/tree.h"

struct draft;
struct draft *draft_new(void);
void draft_free(struct draft *d);
/* A copy that shares nothing with `d`. */
struct draft *draft_copy(const struct draft *d);

/* Sets what a dotted path names, making objects on the way (a scalar or null in the way is replaced). */
void draft_set_text(struct draft *d, const char *path, struct sv text);
/* `json` is one scalar or a whole value as JSON text. */
void draft_set_json(struct draft *d, struct sv path, struct sv json);
/* From YAML: maps become objects, lists arrays, plain scalars what the core schema says. Replaces what was
 * there. */
void draft_set_yaml(struct draft *d, struct sv path, const struct ydoc_node *value);
/* Takes a member away: absent is not null. */
void draft_unset(struct draft *d, struct sv path);

/* Appends the JSON text. */
void draft_write(const struct draft *d, struct buf *out);

#endif
