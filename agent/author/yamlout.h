/* Writing YAML that our own and every other reader takes for what it was. */
#ifndef KW_AGENT_AUTHOR_YAMLOUT_H
#define KW_AGENT_AUTHOR_YAMLOUT_H

#include "base/buf.h"
#include "rules/event/tree.h"

/* Appends a scalar that is read as this text: plain where no reader could mistake it, else in double quotes.
 */
void yamlout_text(struct buf *out, struct sv s);

/* As yamlout_text, for a value of a rule that means exactly this text: `*`, `?` and `\\` are escaped. */
void yamlout_exact(struct buf *out, struct sv s);

/* Appends a JSON object as a block mapping, each line indented by `indent` blanks. Keys that repeat, or are
 * longer than YAML's simple keys, are left out; key ids of AWS keep their first four letters. */
void yamlout_object(struct buf *out, const struct tree *object, int indent);

#endif
