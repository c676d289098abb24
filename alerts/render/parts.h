/* Pieces that more than one formatter needs; not for other folders. */
#ifndef KW_ALERTS_RENDER_PARTS_H
#define KW_ALERTS_RENDER_PARTS_H

#include "alerts/render/render.h"
#include "base/clock.h"

enum parts_paint { PARTS_PLAIN, PARTS_LEVEL, PARTS_LABEL, PARTS_DIM };

/* Starts and ends a colour; nothing when the style has none. */
void parts_paint(
    const struct jdoc *alert, const struct render_style *style, enum parts_paint paint, struct buf *out);
void parts_plain(const struct render_style *style, struct buf *out);

/* Text of the alert at `path`, printable; `otherwise` when it is absent or empty. */
void parts_text(const struct jdoc *alert, const char *path, const char *otherwise, struct buf *out);

/* Milliseconds of a time of the alert; false when it has none. */
bool parts_time(const struct jdoc *alert, const char *path, int64_t *out_ms);

/* Calendar parts in the style's zone, and what people call it there: "Berlin", or "UTC". */
struct clk_parts parts_local(const struct render_style *style, int64_t ms, struct sv *out_place);

/* "40 s", "6 min", "3 h", "12 d". */
void parts_span(int64_t ms, struct buf *out);

/* "OK", "DENIED", "FAILED", "THROTTLED"; "" when the alert has no outcome. */
const char *parts_outcome(const struct jdoc *alert);

/* The first `max_characters` code points, the last of them "…" when it is cut. */
void parts_cut(struct sv s, size_t max_characters, struct buf *out);

#endif
