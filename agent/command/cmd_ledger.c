/* `kendrawatch ledger`: what was delivered and what was read, hour by hour. */
#include "agent/command/commands.h"
#include "agent/state_reader.h"
#include "agent/ledger/trail_calendar.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    STATE_OPTION,
    {"since", "TIME", false, "from then on: a span back from now such as 30d, or a date (default: 7d)"},
    {"html", "FILE", false, "write a page for a browser there, instead of the calendar to standard output"},
    {"output", "FORM", false, "text (default) or json"},
};

#define DEFAULT_MS ((int64_t)7 * 86400000)

static bool read_since(const char *word, int64_t now_ms, int64_t *out_ms)
{
	int64_t span_ms = DEFAULT_MS;
	if (word && !clk_span(sv_from(word), &span_ms))
		return clk_parse(sv_from(word), out_ms);
	*out_ms = now_ms - span_ms;
	return true;
}

static enum exit_code show(const struct cli *c, const struct trail_calendar *calendar)
{
	const char *html = cli_value(c, "html"), *output = cli_value(c, "output");
	struct buf out = {0};
	struct err e = {0};
	enum rc rc = RC_OK;
	struct jout j = jout_on(&out);
	if (html) {
		trail_calendar_html(calendar, &out);
		rc = file_write_atomic(html, buf_sv(&out), 0644, &e);
	} else if (output && strcmp(output, "json") == 0) {
		trail_calendar_json(calendar, &j);
		buf_addc(&out, '\n');
		cli_print(buf_sv(&out));
	} else {
		trail_calendar_text(calendar, cli_colours(), &out);
		cli_print(buf_sv(&out));
	}
	buf_fini(&out);
	if (rc != RC_OK)
		log_tell("kendrawatch ledger: %s\n", e.text);
	return cli_exit_of(rc);
}

static enum exit_code run(struct cli *c)
{
	const char *output = cli_value(c, "output");
	struct trail_calendar calendar = {.now_ms = clk_now_ms()};
	struct state_reader state;
	struct err e = {0};
	if (c->n_words)
		return cli_usage(c, "takes no words, but got \"%s\"", c->words[0]);
	if (output && strcmp(output, "text") != 0 && strcmp(output, "json") != 0)
		return cli_usage(c, "--output is text or json, not \"%s\"", output);
	if (output && cli_value(c, "html"))
		return cli_usage(c, "--html and --output exclude each other");
	if (!read_since(cli_value(c, "since"), calendar.now_ms, &calendar.since_ms))
		return cli_usage(
		    c, "--since is a span such as 30d, or a date, not \"%s\"", cli_value(c, "since"));
	enum exit_code code = state_reader_open(c, STORE_READ, &state);
	if (code != EXIT_FINE)
		return code;
	const char *name = options_text(&state.config->agent, "name");
	calendar.agent = name ? name : "the agent";
	calendar.account_names = &state.config->account_names;
	enum rc rc = trail_calendar_read(state.store, &calendar, &e);
	if (rc == RC_OK)
		code = show(c, &calendar);
	else
		log_tell("kendrawatch ledger: %s\n", e.text);
	if (rc == RC_OK && !calendar.places.n && !cli_value(c, "html") && !output)
		log_tell("nothing was delivered in this time; --since 30d looks further back\n");
	trail_calendar_fini(&calendar);
	state_reader_close(&state);
	return rc == RC_OK ? code : cli_exit_of(rc);
}

const struct command cli_ledger = {"ledger", options, sizeof options / sizeof *options, run};
