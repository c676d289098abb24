/* Texts with `{field}` in them: `{kw.actor} deleted index {kw.index.name}`. There is no escape: a brace
 * always begins or ends a field. */
#ifndef KW_RULES_TEMPLATE_H
#define KW_RULES_TEMPLATE_H

#include "base/err.h"
#include "base/sv.h"

struct template_piece {
	struct sv text; /* words as they are, or the name between the braces */
	bool is_field;
	size_t at; /* offset in the template: of the words, or of the `{` */
};

/* Reads the piece at offset *at and moves *at behind it. RC_NOTFOUND at the end; RC_INPUT with a text for the
 * author when braces don't balance or hold no field name, out->at then being the place. */
enum rc template_next(struct sv text, size_t *at, struct template_piece *out, struct err *e);

#endif
