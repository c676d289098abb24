/* `kendrawatch alerts`: what the agent has alerted about, for the person who answers the page. */
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "agent/command/commands.h"
#include "agent/state_reader.h"
#include "alerts/outbox.h"
#include "alerts/render/render.h"
#include "base/clock.h"
#include "base/log.h"

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    STATE_OPTION,
    {"since", "SPAN", false,
	"only alerts of the last 90s, 30m, 24h, 7d …, or since a date (default for list: 24h)"},
    {"level", "LEVEL", false, "only this level and higher"},
    {"limit", "N", false, "of list, at most so many, the newest (default 100)"},
    {"output", "FORM", false,
	"auto (default: text on a terminal, else ndjson), text, or ndjson: one alert a line, form v1"},
};

#define DAY_MS 86400000
#define TAIL_MS 500

struct view {
	struct state_reader state;
	struct render_style style;
	bool ndjson, closed;
	size_t n;
	int64_t last; /* number of the newest alert shown */
	struct buf out;
};

static void show_fate(const struct outbox_record *a, struct buf *out)
{
	if (a->folded)
		buf_printf(out, "  +%" PRId64 " like it, folded", a->folded);
	if (a->kind == OUTBOX_SHADOW)
		buf_adds(out, "  shadow: recorded only");
	if (a->kind == OUTBOX_LATE)
		buf_adds(out, "  too old on arrival to be sent: recorded only");
	if (a->kind == OUTBOX_UNROUTED)
		buf_adds(out, "  no route: recorded only");
	if (a->pending)
		buf_printf(out, "  %" PRId64 " delivery waiting", a->pending);
	if (a->dead)
		buf_printf(out, "  %" PRId64 " delivery DEAD: kendrawatch outbox dead", a->dead);
}

static bool show_line(void *ctx, const struct outbox_record *a)
{
	struct view *v = ctx;
	struct jdoc *alert = NULL;
	buf_reset(&v->out);
	v->n++;
	v->last = a->number > v->last ? a->number : v->last;
	if (v->ndjson) {
		buf_add(&v->out, a->body);
	} else if (jdoc_read(a->body, &alert, NULL) == RC_OK) {
		render_line(alert, &v->style, &v->out);
		while (v->out.len && v->out.ptr[v->out.len - 1] == '\n')
			v->out.len--;
		show_fate(a, &v->out);
	}
	buf_addc(&v->out, '\n');
	jdoc_free(alert);
	v->closed = !cli_print(buf_sv(&v->out));
	return !v->closed;
}

static bool show_page(void *ctx, const struct outbox_record *a)
{
	struct view *v = ctx;
	struct jdoc *alert = NULL;
	if (v->ndjson)
		return show_line(ctx, a);
	buf_reset(&v->out);
	if (v->n++)
		buf_addc(&v->out, '\n');
	if (jdoc_read(a->body, &alert, NULL) == RC_OK)
		render_page(alert, &v->style, &v->out);
	buf_printf(&v->out, "State %" PRId64 " sent, %" PRId64 " waiting, %" PRId64 " dead", a->sent,
	    a->pending, a->dead);
	buf_printf(&v->out, "; %" PRId64 " like it folded since\n", a->folded);
	jdoc_free(alert);
	v->closed = !cli_print(buf_sv(&v->out));
	return !v->closed;
}

static enum exit_code tell(const struct cli *c, enum rc rc, const struct err *e)
{
	if (rc != RC_OK)
		log_tell("kendrawatch %s: %s\n", c->command->name, e->text);
	return cli_exit_of(rc);
}

static enum exit_code show_one(struct cli *c, struct view *v)
{
	struct outbox_query q = {0};
	char handle[ALERT_HANDLE_TEXT];
	struct err e = {0};
	if (strlen(c->words[1]) == ALERT_ID_TEXT - 1)
		q.id = sv_from(c->words[1]);
	else if (alert_handle_parse(sv_from(c->words[1]), handle))
		q.handle = sv_from(handle);
	else
		return cli_usage(c, "\"%s\" is no handle, as in #K7F2Q, and no alert id", c->words[1]);
	enum rc rc = outbox_alerts(v->state.store, &q, show_page, v, &e);
	if (rc == RC_OK && !v->n)
		rc = err_set(&e, RC_NOTFOUND, "no alert \"%s\" in %s", c->words[1], v->state.folder);
	return tell(c, rc, &e);
}

static enum exit_code follow(struct cli *c, struct view *v, struct outbox_query q)
{
	struct err e = {0};
	enum rc rc;
	q.newest_first = false;
	do {
		q.after = v->last;
		rc = outbox_alerts(v->state.store, &q, show_line, v, &e);
		if (rc == RC_OK)
			nanosleep(&(struct timespec){0, TAIL_MS * 1000000L}, NULL);
	} while (rc == RC_OK && !v->closed);
	return tell(c, rc, &e);
}

static enum exit_code show_list(struct cli *c, struct view *v, const struct outbox_query *q)
{
	struct err e = {0};
	enum rc rc = outbox_alerts(v->state.store, q, show_line, v, &e);
	if (rc == RC_OK && !v->n && !v->ndjson)
		log_tell("no alerts in this time; --since 7d looks further back\n");
	return tell(c, rc, &e);
}

/* A span back from now, or a date. */
static bool read_since(const char *word, int64_t otherwise, int64_t *out_ms)
{
	int64_t span, now = clk_now_ms();
	if (!word)
		*out_ms = otherwise < 0 ? 0 : now - otherwise;
	else if (clk_span(sv_from(word), &span))
		*out_ms = now - span;
	else
		return clk_parse(sv_from(word), out_ms);
	return true;
}

static enum exit_code read_query(struct cli *c, const char *verb, struct outbox_query *q)
{
	int64_t limit = 100;
	if (!read_since(cli_value(c, "since"), strcmp(verb, "list") == 0 ? DAY_MS : 0, &q->since_ms))
		return cli_usage(
		    c, "--since is a span such as 1h, or a date, not \"%s\"", cli_value(c, "since"));
	if (cli_value(c, "level") && !level_parse(sv_from(cli_value(c, "level")), &q->min_level))
		return cli_usage(c, "--level is informational, low, medium, high or critical, not \"%s\"",
		    cli_value(c, "level"));
	if (cli_value(c, "limit") && !sv_int(sv_from(cli_value(c, "limit")), 1, 1000000, &limit))
		return cli_usage(
		    c, "--limit is a number from 1 to 1000000, not \"%s\"", cli_value(c, "limit"));
	q->limit = strcmp(verb, "tail") == 0 ? 0 : (size_t)limit;
	q->newest_first = true;
	return EXIT_FINE;
}

static enum exit_code run(struct cli *c)
{
	const char *verb = c->n_words ? c->words[0] : "list", *output = cli_value(c, "output");
	bool list = strcmp(verb, "list") == 0, one = strcmp(verb, "show") == 0,
	     tail = strcmp(verb, "tail") == 0;
	struct outbox_query q = {0};
	if ((!list && !one && !tail) || c->n_words != (one ? 2 : c->n_words ? 1 : 0))
		return cli_usage(c, "say list, tail, or show HANDLE");
	if (output && strcmp(output, "auto") != 0 && strcmp(output, "text") != 0 &&
	    strcmp(output, "ndjson") != 0)
		return cli_usage(c, "--output is auto, text or ndjson, not \"%s\"", output);
	enum exit_code code = read_query(c, verb, &q);
	if (code != EXIT_FINE)
		return code;
	struct view v = {0};
	code = state_reader_open(c, STORE_READ, &v.state);
	if (code != EXIT_FINE)
		return code;
	v.ndjson = !output || strcmp(output, "auto") == 0 ? !cli_terminal() : strcmp(output, "ndjson") == 0;
	v.style = (struct render_style){.timezone = options_text(&v.state.config->agent, "timezone"),
	    .colour = cli_colours(),
	    .now_ms = clk_now_ms()};
	code = one ? show_one(c, &v) : tail ? follow(c, &v, q) : show_list(c, &v, &q);
	buf_fini(&v.out);
	state_reader_close(&v.state);
	return code;
}

const struct command cli_alerts = {"alerts", options, sizeof options / sizeof *options, run};
