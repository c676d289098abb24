/* `kendrawatch outbox`: deliveries that wait or failed. Retrying and dropping change the state: the running
 * agent is asked to, and where none runs the command takes the lock. */
#include <inttypes.h>

#include "agent/command/commands.h"
#include "agent/daemon/control.h"
#include "agent/state_reader.h"
#include "alerts/outbox.h"
#include "base/clock.h"
#include "base/jout.h"
#include "base/log.h"

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    STATE_OPTION,
    {"output", "FORM", false, "auto (default: text on a terminal, else ndjson), text or ndjson"},
};

struct view {
	bool ndjson;
	size_t n;
};

static const char *status_name(enum outbox_status s)
{
	switch (s) {
	case OUTBOX_PENDING: return "waiting";
	case OUTBOX_SENT: return "sent";
	case OUTBOX_DEAD: return "dead";
	}
	return "?";
}

static void row_json(const struct outbox_row *r, struct buf *out)
{
	char next[CLK_TEXT], created[CLK_TEXT];
	clk_format(r->next_ms, true, next);
	clk_format(r->created_ms, true, created);
	struct jout j = jout_on(out);
	jout_begin_object(&j);
	jout_kv_int(&j, "id", r->n);
	jout_kv(&j, "alert", r->alert_id);
	jout_kv(&j, "handle", r->handle);
	jout_kv(&j, "sink", r->sink);
	jout_kv(&j, "status", sv_from(status_name(r->status)));
	jout_kv_int(&j, "attempts", r->attempts);
	jout_kv(&j, "created", sv_from(created));
	if (r->status == OUTBOX_PENDING)
		jout_kv(&j, "next", sv_from(next));
	jout_kv(&j, "error", r->error);
	jout_kv_int(&j, "bytes", r->bytes);
	jout_end_object(&j);
	buf_addc(out, '\n');
}

static bool show_row(void *ctx, const struct outbox_row *r)
{
	struct view *v = ctx;
	struct buf out = {0};
	if (v->ndjson) {
		row_json(r, &out);
	} else {
		if (!v->n)
			buf_printf(&out, "%6s  %-8s %-8s %-14s %8s  %s\n", "ID", "STATUS", "ALERT", "SINK",
			    "ATTEMPTS", "LAST ERROR");
		buf_printf(&out, "%6" PRId64 "  %-8s #%-7.*s %-14.*s %8d  ", r->n, status_name(r->status),
		    SV_ARG(r->handle), SV_ARG(r->sink), r->attempts);
		buf_add_printable(&out, r->error);
		buf_addc(&out, '\n');
	}
	v->n++;
	bool open = cli_print(buf_sv(&out));
	buf_fini(&out);
	return open;
}

static enum rc show(struct state_reader *s, bool dead_only, bool ndjson, struct err *e)
{
	struct view v = {.ndjson = ndjson};
	enum rc rc = outbox_list(s->store, dead_only, show_row, &v, e);
	if (rc == RC_OK && !v.n && !ndjson)
		log_tell("%s\n", dead_only ? "no dead letters" : "nothing waits: every delivery was made");
	return rc;
}

static enum rc tell_change(bool retry, int64_t n, int64_t rows, struct err *e)
{
	if (!rows)
		return n ? err_set(e, RC_NOTFOUND, "no dead letter has the id %" PRId64, n)
			 : err_set(e, RC_NOTFOUND, "there are no dead letters");
	log_tell("%" PRId64 " dead letter%s %s\n", rows, rows == 1 ? "" : "s",
	    retry ? "will be tried again" : "dropped");
	return RC_OK;
}

/* retry or drop; `n` 0: all dead letters. */
static enum rc change(struct state_reader *s, bool retry, int64_t n, struct err *e)
{
	int64_t rows = 0;
	enum rc rc = store_begin(s->store, e);
	if (rc != RC_OK)
		return rc;
	rc = retry ? outbox_retry(s->store, n, clk_now_ms(), &rows, e) : outbox_drop(s->store, n, &rows, e);
	if (rc == RC_OK)
		rc = store_commit(s->store, e);
	if (rc != RC_OK)
		store_rollback(s->store);
	return rc == RC_OK ? tell_change(retry, n, rows, e) : rc;
}

/* The same by the agent that runs; RC_NOTFOUND when none does. */
static enum rc ask_change(const char *folder, bool retry, int64_t n, int64_t *out_rows, struct err *e)
{
	struct jdoc *reply = NULL;
	char *request = heap_printf("{\"do\":\"outbox.%s\",\"id\":%" PRId64 "}", retry ? "retry" : "drop", n);
	enum rc rc = control_ask(folder, sv_from(request), &reply, e);
	if (rc == RC_OK)
		*out_rows = jdoc_int(reply, "rows", 0);
	jdoc_free(reply);
	free(request);
	return rc;
}

static enum exit_code change_somehow(const struct cli *c, bool retry, int64_t n)
{
	struct err e = {0};
	struct state_reader s;
	int64_t rows;
	char *folder = state_reader_folder(c);
	enum rc rc = ask_change(folder, retry, n, &rows, &e);
	free(folder);
	if (rc == RC_OK) {
		rc = tell_change(retry, n, rows, &e);
	} else if (rc == RC_NOTFOUND) {
		enum exit_code code = state_reader_open(c, STORE_WRITE, &s);
		if (code != EXIT_FINE)
			return code;
		rc = change(&s, retry, n, &e);
		state_reader_close(&s);
	}
	if (rc != RC_OK)
		log_tell("kendrawatch outbox: %s\n", e.text);
	return cli_exit_of(rc);
}

static enum exit_code run(struct cli *c)
{
	const char *verb = c->n_words ? c->words[0] : "list", *output = cli_value(c, "output");
	bool list = strcmp(verb, "list") == 0, dead = strcmp(verb, "dead") == 0,
	     retry = strcmp(verb, "retry") == 0, drop = strcmp(verb, "drop") == 0;
	int64_t n = 0;
	if (!list && !dead && !retry && !drop)
		return cli_usage(c, "say list, dead, retry ID or drop ID (or all instead of ID)");
	if (c->n_words > (retry || drop ? 2u : 1u))
		return cli_usage(c, "one word too many: \"%s\"", c->words[c->n_words - 1]);
	if ((retry || drop) && (c->n_words != 2 || (strcmp(c->words[1], "all") != 0 &&
						       !sv_int(sv_from(c->words[1]), 1, INT64_MAX, &n))))
		return cli_usage(c, "%s needs the number of a dead letter, or all", verb);
	if (output && strcmp(output, "auto") != 0 && strcmp(output, "text") != 0 &&
	    strcmp(output, "ndjson") != 0)
		return cli_usage(c, "--output is auto, text or ndjson, not \"%s\"", output);
	if (retry || drop)
		return change_somehow(c, retry, n);
	struct state_reader s;
	struct err e = {0};
	enum exit_code code = state_reader_open(c, STORE_READ, &s);
	if (code != EXIT_FINE)
		return code;
	bool ndjson =
	    !output || strcmp(output, "auto") == 0 ? !cli_terminal() : strcmp(output, "ndjson") == 0;
	enum rc rc = show(&s, dead, ndjson, &e);
	if (rc != RC_OK)
		log_tell("kendrawatch outbox: %s\n", e.text);
	state_reader_close(&s);
	return cli_exit_of(rc);
}

const struct command cli_outbox = {"outbox", options, sizeof options / sizeof *options, run};
