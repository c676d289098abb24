/* `kendrawatch init`: a first configuration, from what exists. */
#include <unistd.h>

#include "agent/command/commands.h"
#include "agent/init/survey.h"
#include "agent/setup.h"
#include "base/log.h"

static const struct cli_option options[] = {
    {"trail", "ARN", false, "the trail to follow (ARN or name); without it the one that records most"},
    {"queue", "URL", false, "SQS queue with the trail's notices"},
    {"to", "TARGET", false, "where alerts go: arn:aws:sns:… or https://…; without it standard output"},
    {"dir", "PATH", false,
	"read trail files of this folder; without --queue and --dir CloudTrail's event history is asked"},
    {"offline", NULL, false, "do not ask AWS"},
    {"out", "FILE", false, "write FILE instead of standard output; one that is there already is kept"},
    {"force", NULL, false, "with --out: replace the file"},
};

static enum exit_code check_words(const struct cli *c, const struct survey_asked *a)
{
	const char *out = cli_value(c, "out");
	if (c->n_words)
		return cli_usage(c, "takes no words, but got \"%s\"", c->words[0]);
	if (a->queue && a->dir)
		return cli_usage(c, "say --queue or --dir, not both");
	if (a->queue && !sqs_url_valid(sv_from(a->queue)))
		return cli_usage(c,
		    "--queue is the queue's URL, https://sqs.REGION.amazonaws.com/ACCOUNT/NAME, not \"%s\"",
		    a->queue);
	if (a->trail && sv_starts(sv_from(a->trail), SV("arn:")) && !strstr(a->trail, ":cloudtrail:"))
		return cli_usage(c, "--trail is a trail's ARN or name, not \"%s\"", a->trail);
	if (a->to && !survey_is_topic(a->to) && !survey_is_webhook(a->to))
		return cli_usage(
		    c, "--to is arn:aws:sns:REGION:ACCOUNT:NAME or https://…, not \"%s\"", a->to);
	if (cli_flag(c, "force") && !out)
		return cli_usage(c, "--force goes with --out");
	if (out && access(out, F_OK) == 0 && !cli_flag(c, "force"))
		return cli_usage(c, "%s is there already; --force replaces it", out);
	return EXIT_FINE;
}

static enum rc write_out(const struct cli *c, const struct buf *text)
{
	const char *out = cli_value(c, "out");
	struct err e = {0};
	if (!out) {
		cli_print(buf_sv(text));
		return RC_OK;
	}
	enum rc rc = file_write_atomic(out, buf_sv(text), 0600, &e);
	if (rc != RC_OK)
		log_tell("kendrawatch init: %s\n", e.text);
	else
		log_tell("%s: written; next `kendrawatch run --check --config %s`\n", out, out);
	return rc;
}

static enum exit_code run(struct cli *c)
{
	struct survey_asked asked = {cli_value(c, "trail"), cli_value(c, "queue"), cli_value(c, "to"),
	    cli_value(c, "dir"), cli_flag(c, "offline")};
	struct survey found = {0};
	struct setup s;
	struct buf text = {0};
	enum exit_code code = check_words(c, &asked);
	if (code != EXIT_FINE)
		return code;
	setup_load(c, &s);
	survey_look(&found, &asked);
	survey_compose(&found, s.rules, &text);
	code = cli_exit_of(write_out(c, &text));
	for (size_t i = 0; i < found.notes.lines.n && code == EXIT_FINE; i++)
		log_tell("kendrawatch init: not found out (%s): %s\n", found.notes.lines.items[i].station,
		    found.notes.lines.items[i].text);
	buf_fini(&text);
	survey_fini(&found);
	setup_fini(&s);
	return code;
}

const struct command cli_init = {"init", options, sizeof options / sizeof *options, run};
