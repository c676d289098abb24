/* `kendrawatch tune`: a filter for a false positive, on standard output. */
#include <stdlib.h>
#include <unistd.h>

#include "agent/author/tune.h"
#include "agent/command/commands.h"
#include "agent/setup.h"
#include "agent/state_reader.h"
#include "alerts/outbox.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

#define DEFAULT_DAYS 90
#define DAY_MS ((int64_t)24 * 3600 * 1000)
#define ALERT_BYTES ((size_t)8 << 20)

static const struct cli_option options[] = {
    {"owner", "NAME", false, "who answers for the filter (default: your login name)"},
    {"until", "WHEN", false, "when it ends: a date, a time or a span such as 30d (default 90d)"},
    {"reason", "TEXT", false, "why it is there (default: the alert it was made from)"},
    SETUP_OPTION_CONFIG,
    SETUP_OPTION_RULES,
    SETUP_OPTION_ADD_RULES,
    SETUP_OPTION_LISTS,
    STATE_OPTION,
};

/* --- the alert ------------------------------------------------------------------------------------ */

static bool keep_body(void *ctx, const struct outbox_record *a)
{
	buf_add(ctx, a->body);
	return false;
}

static enum rc from_state(const struct state_reader *state, const char *word, struct buf *out, struct err *e)
{
	struct outbox_query q = {.newest_first = true, .limit = 1};
	char handle[ALERT_HANDLE_TEXT];
	if (strlen(word) == ALERT_ID_TEXT - 1)
		q.id = sv_from(word);
	else if (alert_handle_parse(sv_from(word), handle))
		q.handle = sv_from(handle);
	else
		return err_set(
		    e, RC_INPUT, "\"%s\" is no file, no handle as in #K7F2Q, and no alert id", word);
	enum rc rc = outbox_alerts(state->store, &q, keep_body, out, e);
	if (rc == RC_OK && !out->len)
		rc = err_set(e, RC_NOTFOUND, "no alert \"%s\" in %s", word, state->folder);
	return rc;
}

static enum rc from_input(const char *word, struct buf *out, struct err *e)
{
	char piece[65536];
	ssize_t n;
	if (strcmp(word, "-") != 0)
		return file_read(word, ALERT_BYTES, out, e);
	out->limit = ALERT_BYTES;
	while ((n = read(STDIN_FILENO, piece, sizeof piece)) > 0)
		buf_add(out, sv_of(piece, (size_t)n));
	return n < 0 || out->full ? err_set(e, RC_LIMIT, "standard input is no alert: too long") : RC_OK;
}

/* The first line that is not empty. */
static struct sv first_line(const struct buf *b)
{
	struct sv rest = buf_sv(b), line = {0};
	while (sv_cut(&rest, '\n', &line) && !sv_trim(line).len)
		;
	return sv_trim(line);
}

/* --- what it would have silenced ------------------------------------------------------------------ */

struct count {
	const struct tune *tune;
	int64_t n_alerts, n_silenced;
};

static bool count_alert(void *ctx, const struct outbox_record *a)
{
	struct count *n = ctx;
	if (!sv_eq(a->rule_key, tune_rule_key(n->tune)))
		return true;
	n->n_alerts++;
	n->n_silenced += tune_silences(n->tune, a->body);
	return true;
}

/* --- the command ---------------------------------------------------------------------------------- */

static bool read_until(const struct cli *c, int64_t *out_ms)
{
	const char *until = cli_value(c, "until");
	int64_t now = clk_now_ms(), span;
	*out_ms = now + DEFAULT_DAYS * DAY_MS;
	if (until && clk_span(sv_from(until), &span))
		*out_ms = now + span;
	else if (until && !clk_parse(sv_from(until), out_ms))
		return false;
	return *out_ms > now;
}

static const char *owner_of(const struct cli *c)
{
	const char *owner = cli_value(c, "owner");
	owner = owner ? owner : getenv("LOGNAME");
	return owner && *owner ? owner : getenv("USER");
}

static enum rc write_filter(
    const struct tune_input *in, struct state_reader *state, struct buf *out, struct err *e)
{
	struct tune *tune = NULL;
	struct count n = {.n_alerts = -1};
	enum rc rc = tune_new(in, &tune, e);
	if (rc != RC_OK)
		return rc;
	if (state) {
		n = (struct count){.tune = tune};
		rc = outbox_alerts(state->store, &(struct outbox_query){0}, count_alert, &n, e);
	}
	if (rc == RC_OK)
		tune_write(tune, n.n_silenced, n.n_alerts, out);
	tune_free(tune);
	return rc;
}

/* With a state when there is one; a word that is a file needs none. */
static enum rc tune_word(
    const struct cli *c, const char *word, struct tune_input *in, struct buf *out, struct err *e)
{
	bool is_input = strcmp(word, "-") == 0 || access(word, F_OK) == 0;
	struct state_reader state;
	struct faults faults = {0};
	struct buf body = {0};
	struct err no_state = {0};
	enum rc opened = is_input && !cli_value(c, "state") && !cli_value(c, "config")
			     ? RC_NOTFOUND
			     : state_reader_try(c, &state, &faults, &no_state);
	faults_fini(&faults);
	enum rc rc = RC_OK;
	if (is_input)
		rc = from_input(word, &body, e);
	else if (opened == RC_OK)
		rc = from_state(&state, word, &body, e);
	else
		rc = err_set(
		    e, opened, "\"%s\" is no file; looking for it in the state: %s", word, no_state.text);
	if (rc == RC_OK) {
		in->alert = first_line(&body);
		rc = write_filter(in, opened == RC_OK ? &state : NULL, out, e);
	}
	if (opened == RC_OK)
		state_reader_close(&state);
	buf_fini(&body);
	return rc;
}

static enum exit_code run(struct cli *c)
{
	struct tune_input in = {.reason = sv_from(cli_value(c, "reason"))};
	const char *owner = owner_of(c);
	if (c->n_words != 1)
		return cli_usage(c, "name one alert: its handle or id, a file with its JSON, or -");
	if (!owner || !*owner)
		return cli_usage(c, "say who answers for the filter: --owner NAME");
	if (!read_until(c, &in.until_ms))
		return cli_usage(c, "--until is a date, a time or a span, and not over yet: \"%s\"",
		    cli_value(c, "until"));
	struct setup s;
	struct buf out = {0};
	struct err e = {0};
	setup_load(c, &s);
	setup_tell(&s.faults, FAULT_ERROR);
	in.owner = sv_from(owner);
	in.rules = s.rules;
	enum rc rc = tune_word(c, c->words[0], &in, &out, &e);
	if (rc == RC_OK)
		cli_print(buf_sv(&out));
	else
		log_tell("kendrawatch tune: %s\n", e.text);
	buf_fini(&out);
	setup_fini(&s);
	return cli_exit_of(rc);
}

const struct command cli_tune = {"tune", options, sizeof options / sizeof *options, run};
