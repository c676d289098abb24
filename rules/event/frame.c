/*
 * Framing. Used by each worker on its own thread; owns what is left over from one call to the next.
 *
 * A frame is always in one of four activities: BETWEEN records, inside an ITEM (which becomes a record), in
 * the TAIL of an envelope whose array of records is over, or in SEARCH of the next record behind broken
 * bytes. Whole records are handed out from the caller's own memory; only what a call leaves unfinished is
 * copied.
 *
 * Work is linear in the input whatever it holds. A byte is looked at once by the item that it is in
 * (balance.h). When an item breaks at byte p, its bytes are looked at again to find where to go on, and every
 * place found before p falls in one of two kinds. Either its object was closed before p: then it ends there
 * for sure and is a record, and such records do not overlap. Or it is still open at p: then it would break at
 * p as well, for it is in the very same state; such places (at most one a level) are remembered as `doomed`
 * and passed over. Only where a cap broke the item, size or depth, could they still succeed; there the
 * innermost one is tried, and since whatever is open in that one opened behind p, no byte belongs to more
 * than two broken items.
 */
#include "rules/event/frame.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/heap.h"
#include "rules/event/balance.h"

#define MAX_SHOWN ((size_t)64 << 10)
#define FIRST_SLICE ((size_t)4 << 10) /* most records end in it */
#define MAX_SLICE ((size_t)64 << 10)
#define MAX_INDENT ((size_t)255)
/* A search keeps this much back: an indented `{` and the longest thing that has to follow it. */
#define SEARCH_KEEPS (MAX_INDENT + 1 + 64)
#define RECORD_SEPARATOR '\x1e'

static const struct sv version_key = SV_INIT("{\"eventVersion\":");

enum activity { BETWEEN, ITEM, TAIL, SEARCH };
enum place { AT_TOP, IN_ARRAY, IN_ENVELOPE };

struct frame {
	struct frame_sink sink;
	struct buf hold; /* what earlier calls left over */
	uint64_t number;
	enum activity activity;
	enum place place;
	bool resumed; /* something broke here: where we are is a guess, so be lenient */
	bool begun;   /* something came already that a comma may stand behind */
	bool stopped, ended;
	bool waited;            /* the item that begins here was cut off, and is to be measured once more */
	const char *end_reason; /* from the source; NULL once told */

	/* What is being worked on. [0, pos) is done with; everything below counts from `pos`. */
	struct sv view;
	uint64_t offset; /* of the view's first byte in the input */
	size_t pos;

	struct balance balance; /* ITEM, TAIL */

	bool line_begins; /* BETWEEN: only blanks since the line's start, so many: */
	size_t blanks;
	size_t indent; /* of the last item that began a line */

	size_t searched;   /* SEARCH: up to here there is no start */
	struct buf broken; /* the bytes passed over, as far as they are shown */
	uint64_t broken_offset;
	char reason[96];
	uint64_t doomed[BALANCE_MAX_DEPTH]; /* ascending offsets of starts that cannot succeed */
	size_t n_doomed, next_doomed;
};

/* --- telling the sink ---------------------------------------------------------------------------- */

static void tell_record(struct frame *f, struct sv bytes)
{
	if (!f->sink.record(f->sink.ctx, bytes, f->offset + f->pos, ++f->number))
		f->stopped = true;
}

static void tell_malformed(struct frame *f, struct sv bytes, uint64_t offset, const char *reason)
{
	if (!f->sink.malformed(f->sink.ctx, sv_head(bytes, MAX_SHOWN), offset, ++f->number, reason))
		f->stopped = true;
}

/* The item at `pos` ends behind `length` bytes. */
static void item_is_whole(struct frame *f, size_t length)
{
	struct sv bytes = sv_of(f->view.ptr + f->pos, length);
	if (f->activity == TAIL)
		f->place = AT_TOP;
	else if (bytes.ptr[0] == '{')
		tell_record(f, bytes);
	else
		tell_malformed(f, bytes, f->offset + f->pos, "an element of the array is no object");
	f->pos += length;
	f->line_begins = false;
	f->activity = BETWEEN;
}

/* --- finding a start behind broken bytes --------------------------------------------------------- */

enum start { START_NO, START_YES, START_MORE };

/* Is the `{` at `at` the first thing in its line, as far left as records are? */
static bool begins_line(const struct frame *f, size_t at)
{
	const char *p = f->view.ptr;
	size_t i = at;
	while (i > f->pos && at - i < MAX_INDENT && (p[i - 1] == ' ' || p[i - 1] == '\t'))
		i--;
	if (i == f->pos || (p[i - 1] != '\n' && p[i - 1] != RECORD_SEPARATOR))
		return false;
	return i == at || at - i == f->indent;
}

/* May a record start at the `{` at `at`? Bytes from `end` on are not looked at: START_MORE when it depends on
 * them. */
static enum start judge(const struct frame *f, size_t at, size_t end)
{
	if (begins_line(f, at))
		return START_YES;
	if (f->place == AT_TOP && f->view.ptr[at - 1] != '}')
		return START_NO;
	struct sv here = sv_head(sv_of(f->view.ptr + at, end - at), version_key.len);
	if (!sv_starts(version_key, here))
		return START_NO;
	return here.len == version_key.len ? START_YES : START_MORE;
}

static bool is_doomed(struct frame *f, uint64_t offset)
{
	while (f->next_doomed < f->n_doomed && f->doomed[f->next_doomed] < offset)
		f->next_doomed++;
	return f->next_doomed < f->n_doomed && f->doomed[f->next_doomed] == offset;
}

/* Takes everything before `to` as broken. */
static void pass_over(struct frame *f, size_t to)
{
	size_t room = MAX_SHOWN - f->broken.len;
	buf_add(&f->broken, sv_head(sv_of(f->view.ptr + f->pos, to - f->pos), room));
	f->pos = to;
}

/* At the first byte of an item: to its end at once when it is an object that the sink can measure. False:
 * more bytes are needed to measure it; waited for once, so that the work stays linear, and only where it is
 * short. */
static bool begin_item(struct frame *f, bool may_wait)
{
	struct sv bytes = sv_head(sv_skip(f->view, f->pos), FRAME_MAX_RECORD);
	bool object = bytes.ptr[0] == '{';
	size_t length = object && f->sink.measure ? f->sink.measure(f->sink.ctx, bytes) : 0;
	if (length == FRAME_CUT && may_wait && !f->waited && !f->ended && bytes.len < MAX_SLICE) {
		f->waited = true;
		return false;
	}
	f->activity = ITEM;
	f->begun = true;
	f->waited = false;
	if (length && length != FRAME_CUT) {
		item_is_whole(f, length);
		return true;
	}
	balance_begin(&f->balance);
	f->balance.envelope = object && (f->place == AT_TOP || f->resumed);
	return true;
}

static void tell_broken(struct frame *f)
{
	tell_malformed(f, buf_sv(&f->broken), f->broken_offset, f->reason);
	buf_reset(&f->broken);
}

/* False when more bytes are needed. */
static bool search(struct frame *f)
{
	size_t at = f->pos + f->searched;
	enum start start = START_NO;
	for (; at < f->view.len; at++) {
		size_t skip = sv_find_char(sv_skip(f->view, at), '{');
		at = skip == SV_NONE ? f->view.len : at + skip;
		if (at == f->view.len)
			break;
		start = is_doomed(f, f->offset + at) ? START_NO : judge(f, at, f->view.len);
		if (start == START_MORE && f->ended)
			start = START_NO;
		if (start != START_NO)
			break;
	}
	if (start == START_YES) {
		pass_over(f, at);
		tell_broken(f);
		f->resumed = true;
		return begin_item(f, false);
	}
	size_t keep = f->ended ? 0 : SEARCH_KEEPS;
	if (f->view.len - f->pos > keep)
		pass_over(f, f->view.len - keep);
	f->searched = at - f->pos;
	return false;
}

/* --- inside an item ------------------------------------------------------------------------------ */

/* Notes which of the starts inside the broken item would break at the same byte. */
static void note_doomed(struct frame *f, bool by_cap)
{
	const struct balance *b = &f->balance;
	size_t innermost = 0;
	f->n_doomed = f->next_doomed = 0;
	for (int level = 1; level < b->depth; level++) {
		size_t at = f->pos + b->start[level];
		if (!balance_in_object(b, level))
			continue;
		if (judge(f, at, f->pos + b->at) != START_NO)
			innermost = f->n_doomed;
		f->doomed[f->n_doomed++] = f->offset + at;
	}
	if (by_cap && f->n_doomed)
		f->n_doomed = innermost;
}

/* The item at `pos` cannot become a record. */
static void broken_item(struct frame *f, bool by_cap)
{
	if (f->activity == TAIL)
		f->place = AT_TOP;
	note_doomed(f, by_cap);
	f->broken_offset = f->offset + f->pos;
	f->searched = 1;
	f->activity = SEARCH;
}

static void wrong_at(struct frame *f, const char *what, size_t at)
{
	snprintf(f->reason, sizeof f->reason, "%s at offset %" PRIu64, what, f->offset + at);
}

static bool item_wants_more(struct frame *f, bool full)
{
	if (full) {
		snprintf(f->reason, sizeof f->reason, "longer than %zu bytes", FRAME_MAX_RECORD);
		broken_item(f, true);
		return true;
	}
	if (!f->ended)
		return false;
	snprintf(f->reason, sizeof f->reason, "%s",
	    f->end_reason         ? f->end_reason
	    : f->activity == TAIL ? "ends inside an envelope"
				  : "ends inside a record");
	f->end_reason = NULL;
	broken_item(f, false);
	return true;
}

/* ITEM and TAIL. False when more bytes are needed. */
static bool item(struct frame *f)
{
	struct balance *b = &f->balance;
	struct sv bytes = sv_head(sv_skip(f->view, f->pos), FRAME_MAX_RECORD);
	switch (balance_run(b, bytes)) {
	case BALANCE_MORE: return item_wants_more(f, bytes.len == FRAME_MAX_RECORD);
	case BALANCE_DONE: item_is_whole(f, b->at); return true;
	case BALANCE_ARRAY:
		f->pos += b->at;
		f->place = IN_ENVELOPE;
		f->resumed = f->line_begins = false;
		f->activity = BETWEEN;
		return true;
	case BALANCE_WRONG:
		wrong_at(f, b->wrong, f->pos + b->at);
		broken_item(f, false);
		return true;
	case BALANCE_DEEP:
		wrong_at(f, "nested deeper than 512 levels", f->pos + b->at);
		broken_item(f, true);
		return true;
	}
	return true;
}

/* --- between records ----------------------------------------------------------------------------- */

static void skip_blanks(struct frame *f)
{
	for (; f->pos < f->view.len; f->pos++) {
		char c = f->view.ptr[f->pos];
		if (c == '\n' || c == RECORD_SEPARATOR) {
			f->line_begins = true;
			f->blanks = 0;
		} else if (c == ' ' || c == '\t') {
			f->blanks++;
		} else if (c != '\r') {
			return;
		}
	}
}

/* Steps over a byte order mark, which may stand in front of each of several files put together. */
static enum start byte_order_mark(struct frame *f)
{
	struct sv here = sv_head(sv_skip(f->view, f->pos), 3);
	if (!sv_starts(SV("\xef\xbb\xbf"), here))
		return START_NO;
	if (here.len < 3)
		return f->ended ? START_NO : START_MORE;
	f->pos += 3;
	return START_YES;
}

static void no_object(struct frame *f)
{
	f->balance.depth = 0;
	wrong_at(f, "expected a JSON object", f->pos);
	broken_item(f, false);
}

static void leave_array(struct frame *f)
{
	f->pos++;
	f->resumed = f->line_begins = false;
	if (f->place == IN_ENVELOPE) {
		balance_tail(&f->balance);
		f->activity = TAIL;
	} else {
		f->place = AT_TOP;
	}
}

/* Commas between records are blanks here, also at top level, where the lines of an array may stand without
 * its brackets: a missing or a doubled one costs nobody a record. Whether it is one depends on nothing that
 * came before the record in front of it; frame_is_fresh needs that. */
static bool between(struct frame *f)
{
	skip_blanks(f);
	if (f->pos == f->view.len)
		return true;
	char c = f->view.ptr[f->pos];
	bool array = f->place != AT_TOP;
	if (c == '{' || (array && (c == '[' || c == '"' || c == '-' || (c >= '0' && c <= '9') || c == 't' ||
				      c == 'f' || c == 'n'))) {
		f->indent = f->line_begins && f->blanks <= MAX_INDENT ? f->blanks : 0;
		return begin_item(f, true);
	} else if (c == ',' && (array || f->begun)) {
		f->pos++;
		f->line_begins = false;
	} else if (c == ']' && array) {
		leave_array(f);
	} else if (c == '[' && !array) {
		f->pos++;
		f->place = IN_ARRAY;
		f->resumed = f->line_begins = false;
	} else {
		enum start mark = byte_order_mark(f);
		if (mark == START_NO)
			no_object(f);
		return mark != START_MORE;
	}
	return true;
}

/* --- the stream ---------------------------------------------------------------------------------- */

/* Works through the view as far as it goes. */
static void run(struct frame *f, struct sv view)
{
	bool go_on = true;
	f->view = view;
	f->pos = 0;
	while (go_on && !f->stopped && f->pos < f->view.len) {
		switch (f->activity) {
		case BETWEEN: go_on = between(f); break;
		case ITEM:
		case TAIL: go_on = item(f); break;
		case SEARCH: go_on = search(f); break;
		}
	}
	f->offset += f->pos;
}

static void start_anew(struct frame *f)
{
	buf_reset(&f->hold);
	buf_reset(&f->broken);
	f->number = f->offset = 0;
	f->activity = BETWEEN;
	f->place = AT_TOP;
	f->resumed = f->ended = f->begun = f->waited = false;
	f->end_reason = NULL;
	f->line_begins = true;
	f->blanks = f->indent = 0;
	f->n_doomed = f->next_doomed = 0;
}

struct frame *frame_new(const struct frame_sink *sink)
{
	struct frame *f = heap_zero(1, sizeof *f);
	f->sink = *sink;
	start_anew(f);
	return f;
}

void frame_begin_at(struct frame *f, uint64_t offset)
{
	f->offset = offset;
}

bool frame_is_fresh(const struct frame *f)
{
	return f->activity == BETWEEN && f->place == AT_TOP && f->hold.len == 0 && f->line_begins &&
	       f->blanks == 0 && !f->stopped;
}

void frame_free(struct frame *f)
{
	if (!f)
		return;
	buf_fini(&f->hold);
	buf_fini(&f->broken);
	free(f);
}

enum rc frame_feed(struct frame *f, struct sv bytes)
{
	size_t slice_bytes = FIRST_SLICE;
	while (bytes.len && !f->stopped) {
		size_t held = f->hold.len;
		if (held == 0) {
			run(f, bytes);
			buf_add(&f->hold, sv_skip(bytes, f->pos));
			break;
		}
		/* Only so much is copied as finishes what was left over. */
		struct sv slice = sv_head(bytes, slice_bytes);
		buf_add(&f->hold, slice);
		run(f, buf_sv(&f->hold));
		if (f->pos >= held) {
			bytes = sv_skip(bytes, f->pos - held);
			buf_reset(&f->hold);
		} else {
			bytes = sv_skip(bytes, slice.len);
			buf_consume(&f->hold, f->pos);
			slice_bytes = 2 * slice_bytes < MAX_SLICE ? 2 * slice_bytes : MAX_SLICE;
		}
	}
	return f->stopped ? RC_STOPPED : RC_OK;
}

enum rc frame_end(struct frame *f, const char *reason_or_null)
{
	f->ended = true;
	f->end_reason = reason_or_null;
	if (!f->stopped)
		run(f, buf_sv(&f->hold));
	if (f->stopped)
		return RC_STOPPED;
	if (f->activity == SEARCH)
		tell_broken(f);
	else if (f->activity == TAIL && !f->end_reason)
		f->end_reason = "ends inside an envelope";
	else if (f->place != AT_TOP && !f->resumed && !f->end_reason)
		f->end_reason = "ends inside an array of records";
	if (f->end_reason && !f->stopped)
		tell_malformed(f, (struct sv){0}, f->offset, f->end_reason);
	start_anew(f);
	return f->stopped ? RC_STOPPED : RC_OK;
}
