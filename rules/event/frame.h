/* Framing: cuts a stream of bytes, in any of the input forms, into records. Forms: {"Records":[...]},
 * {"Events":[...]} (LookupEvents), a top-level array, NDJSON, concatenated objects, one object
 * (pretty-printed or not). Push style, so that memory is bounded by the record cap whatever comes in. */
#ifndef KW_RULES_EVENT_FRAME_H
#define KW_RULES_EVENT_FRAME_H

#include "base/buf.h"
#include "base/err.h"

#define FRAME_MAX_RECORD ((size_t)2 << 20)
#define FRAME_MAX_DEPTH 512
#define FRAME_CUT SIZE_MAX

/* Told of each piece, in order. `offset` counts from the first byte fed; `number` counts records and
 * malformed pieces from 1. */
struct frame_sink {
	/* One JSON object whose brackets and quotes balance. Borrowed until the call returns. False stops
	 * framing. */
	bool (*record)(void *ctx, struct sv bytes, uint64_t offset, uint64_t number);
	/* Bytes that are no record (cut at 64 KiB; none at all when a file just ends too early), with the
	 * reason and where in the input it was noticed: "expected , or } at offset 812". False stops framing.
	 */
	bool (*malformed)(void *ctx, struct sv bytes, uint64_t offset, uint64_t number, const char *reason);
	void *ctx;
	/* A faster way to a record's end; may be NULL. Asked at each `{` that begins a record, with all bytes
	 * from there on that are at hand (at most FRAME_MAX_RECORD): the length of the record; FRAME_CUT when
	 * it does not end here, and framing may ask again when there is more; 0 when it is none, or may be an
	 * envelope. Framing then looks for itself. A length is followed by the call of `record`. */
	size_t (*measure)(void *ctx, struct sv bytes);
};

struct frame;
struct frame *frame_new(const struct frame_sink *sink);
void frame_free(struct frame *f);

/* Before the first bytes: they are not the first ones of their input, but those from `offset` on, at which a
 * record begins a line; numbers still count from 1. */
void frame_begin_at(struct frame *f, uint64_t offset);

/* Is nothing left over of the bytes fed so far, and are we between records at the beginning of a line, at top
 * level? If the next byte is a `{`, a new frame then tells of what follows exactly what this one would, but
 * for the numbers. So a file of lines is read in pieces (agent/scan/piece.h). */
bool frame_is_fresh(const struct frame *f);

/*
 * Feeds the next bytes. RC_STOPPED when the sink said stop. Bad input is no error here: the sink hears of it,
 * and framing resumes after the broken record's start
 *   - at the next line (or RFC 7464 record separator) that starts with `{`, or with `{` behind as many blanks
 *     as stand in front of the broken record (pretty-printed files);
 *   - inside an array of records also at the next raw `{"eventVersion":`;
 *   - between records without separators also at the next raw `}{"eventVersion":`.
 * Where that start cannot succeed, since it is still open where the broken record broke, the one behind it is
 * taken; so one broken record is one malformed piece. What is reported depends on the bytes, never on how
 * they were cut into calls.
 */
enum rc frame_feed(struct frame *f, struct sv bytes);

/* No more bytes: what is left over is malformed ("ends inside a record"). `reason_or_null` replaces that text
 * when the source knows better ("truncated gzip"), and is reported even when nothing is left over. The frame
 * may then be fed another input: offsets and numbers begin anew. */
enum rc frame_end(struct frame *f, const char *reason_or_null);

#endif
