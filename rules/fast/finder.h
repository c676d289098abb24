/* Which of a path's predicates may hold for a text: a few, found by what the text holds, instead of asking
 * all of ten thousand. */
#ifndef KW_RULES_FAST_FINDER_H
#define KW_RULES_FAST_FINDER_H

#include "base/buf.h"
#include "rules/item.h"

/* Read-only once finder_finish was called. */
struct finder;

struct finder *finder_new(void);
void finder_free(struct finder *f);

/* Adds a plain item under a number of the caller's. */
void finder_add(struct finder *f, uint32_t id, const struct item *it);
void finder_finish(struct finder *f);

/* Longest text that finder_find takes, and the room that folding it needs: a code point grows by half at
 * most.
 */
#define FINDER_MAX_TEXT ((size_t)4096)
#define FINDER_FOLDED (2 * FINDER_MAX_TEXT)

/*
 * Tells `found` every item of which something may be met by `text` (a string, or a number as spelled), some
 * of them more than once; the rest are not met. `folded` is room of FINDER_FOLDED bytes. Linear in the text,
 * plus what is found.
 */
void finder_find(const struct finder *f, struct sv text, struct buf *folded,
    void (*found)(void *ctx, uint32_t id), void *ctx);

/* --- objects and arrays ---------------------------------------------------------------------------- */

/* Adds an item for what follows; a finder serves either the one way or the other. False: it has to be asked
 * about every object. */
bool finder_add_inside(struct finder *f, uint32_t id, const struct item *it);

/* Do literals of any item stand in the raw text of an object or array? "Unclear": it has escapes, blanks
 * between values or bytes beyond ASCII that may hide some, so that its texts have to be looked at one by one.
 */
enum finder_inside { FINDER_NOTHING, FINDER_SOMETHING, FINDER_UNCLEAR };
enum finder_inside finder_inside(const struct finder *f, struct sv raw);

/* Tells `found` the items whose literals stand in `text`: one of its texts, with room for folding it; or all
 * of the raw text when that is clear, and NULL. */
void finder_find_inside(const struct finder *f, struct sv text, struct buf *folded_or_null,
    void (*found)(void *ctx, uint32_t id), void *ctx);

#endif
