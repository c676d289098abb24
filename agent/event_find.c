/* One event by whatever a person has in hand: a place in a file, an eventID, the handle of a page. Main
 * thread; for commands. Reads the state, never writes it. */
#include <unistd.h>

#include "agent/event_at.h"
#include "agent/ledger/ledger.h"
#include "agent/state_reader.h"
#include "alerts/outbox.h"

struct find {
	struct arena *arena;
	const struct record_names *names;
	struct event_found *out;
	struct sv id;     /* the eventID; ptr NULL: not known yet */
	struct sv handle; /* of the alert that was found; ptr NULL: none was */
	struct sv body;
	size_t n_read; /* objects gone through */
};

/* `path:17` */
static struct sv place_of_record(struct find *f, const char *path, uint64_t number)
{
	return arena_printf(f->arena, "%s:%llu", path, (unsigned long long)number);
}

/* --- in an object of the ledger ------------------------------------------------------------------ */

static bool look_into(void *ctx, const char *object)
{
	struct find *f = ctx;
	uint64_t number;
	struct err e = {0};
	enum rc rc = event_at_id(object, f->id, f->arena, f->names, &f->out->record, &number, &e);
	f->n_read++;
	if (rc != RC_OK)
		return true;
	f->out->where = place_of_record(f, object, number);
	return false;
}

/* --- in an alert ----------------------------------------------------------------------------------- */

static bool keep_alert(void *ctx, const struct outbox_record *a)
{
	struct find *f = ctx;
	f->handle = arena_copy(f->arena, a->handle);
	f->body = arena_copy(f->arena, a->body);
	return false;
}

/* The event where the alert says that it was read; false, and why, when it is no longer there. */
static bool open_original(struct find *f, const struct tree *alert, struct sv id)
{
	struct sv object = tree_text(tree_at(alert, "origin.object"));
	struct sv number = tree_text(tree_at(alert, "origin.record"));
	struct err e = {0};
	if (!object.len || !id.len) {
		f->out->why = SV("the alert does not say where it came from");
		return false;
	}
	char *where = heap_printf("%.*s:%.*s", SV_ARG(object), SV_ARG(number.len ? number : SV("1")));
	char *path = heap_text(object);
	uint64_t at = 0;
	bool found = event_at(where, f->arena, f->names, &f->out->record, &e) == RC_OK &&
		     sv_eq(f->out->record.event_id, id);
	f->out->where = arena_copy(f->arena, sv_from(where));
	if (!found && event_at_id(path, id, f->arena, f->names, &f->out->record, &at, &e) == RC_OK) {
		found = true;
		f->out->where = place_of_record(f, path, at);
	}
	if (!found)
		f->out->why = arena_copy(f->arena, sv_from(e.text));
	free(path);
	free(where);
	return found;
}

static enum rc open_alert(struct find *f, struct err *e)
{
	const struct tree *alert;
	enum rc rc = tree_read(f->arena, f->body, &alert, e);
	const struct tree *event = rc == RC_OK ? tree_get(alert, SV("event")) : NULL;
	if (!event || event->type != TREE_OBJECT || event->n == 0)
		return err_set(e, RC_NOTFOUND, "alert #%.*s is about the agent itself and holds no event",
		    SV_ARG(f->handle));
	struct sv id = tree_text(tree_get(event, SV("eventID")));
	if (open_original(f, alert, id))
		return RC_OK;
	f->out->redacted = true;
	f->out->where = arena_printf(f->arena, "alert #%.*s", SV_ARG(f->handle));
	return record_open(&f->out->record, f->arena, event->raw, f->names, e);
}

/* --- both ------------------------------------------------------------------------------------------ */

static bool is_hex(struct sv s, size_t len)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("0123456789abcdef", s.ptr[i]) || !s.ptr[i])
			return false;
	return s.len == len;
}

/* 8-4-4-4-12 */
static bool is_uuid(struct sv s)
{
	static const size_t lengths[] = {8, 4, 4, 4, 12};
	struct sv part;
	for (size_t i = 0; i < 5; i++) {
		if (!sv_cut(&s, '-', &part) || part.len != lengths[i])
			return false;
		for (size_t k = 0; k < part.len; k++)
			if (!strchr("0123456789abcdefABCDEF", part.ptr[k]))
				return false;
	}
	return !s.ptr;
}

static enum rc look_up(
    struct find *f, struct state_reader *state, const struct outbox_query *q, const char *what, struct err *e)
{
	enum rc rc = outbox_alerts(state->store, q, keep_alert, f, e);
	if (rc != RC_OK)
		return rc;
	if (f->handle.ptr)
		return open_alert(f, e);
	if (!q->event.ptr)
		return err_set(e, RC_NOTFOUND, "no alert \"%s\" in %s", what, state->folder);
	f->id = q->event;
	rc = ledger_objects(state->store, look_into, f, e);
	if (rc == RC_OK && !f->out->where.ptr)
		rc = err_set(e, RC_NOTFOUND,
		    "no event %s: neither an alert in %s nor one of the %zu objects its ledger names holds "
		    "it",
		    what, state->folder, f->n_read);
	return rc;
}

/* The query that fits the form of the word; false: it can be no more than a file. A word of any form is an
 * eventID when the state was named with it. */
static bool query_of(
    const struct cli *c, const char *what, char handle[ALERT_HANDLE_TEXT], struct outbox_query *out)
{
	struct sv word = sv_from(what);
	*out = (struct outbox_query){.newest_first = true, .limit = 1};
	if (is_hex(word, ALERT_ID_TEXT - 1))
		out->id = word;
	else if (alert_handle_parse(word, handle))
		out->handle = sv_from(handle);
	else if (is_uuid(word) || (cli_value(c, "state") && !strchr(what, '/') && !strchr(what, ':')))
		out->event = word;
	else
		return false;
	return true;
}

enum rc event_find(const struct cli *c, const char *what, struct arena *a, const struct record_names *names,
    struct event_found *out, struct err *e)
{
	struct find f = {.arena = a, .names = names, .out = out};
	struct outbox_query q;
	struct state_reader state;
	struct faults faults = {0};
	char handle[ALERT_HANDLE_TEXT];
	*out = (struct event_found){0};
	if (strcmp(what, "-") == 0 || access(what, F_OK) == 0 || !query_of(c, what, handle, &q)) {
		out->where = strcmp(what, "-") == 0 ? SV("standard input") : arena_copy(a, sv_from(what));
		return event_at(what, a, names, &out->record, e);
	}
	enum rc rc = state_reader_try(c, &state, &faults, e);
	faults_fini(&faults);
	if (rc != RC_OK)
		return err_at(e, "\"%s\" is no file; looking for it in the state", what);
	out->looked_up = true;
	rc = look_up(&f, &state, &q, what, e);
	state_reader_close(&state);
	return rc;
}

void event_found_note(const struct event_found *f, struct buf *out)
{
	if (!f->looked_up)
		return;
	buf_adds(out, "Event of ");
	buf_add_printable(out, f->where);
	if (f->redacted) {
		buf_adds(out, ": the copy in the alert, less what is masked (");
		buf_add_printable(out, f->why);
		buf_adds(out, ")");
	}
	buf_addc(out, '\n');
}
