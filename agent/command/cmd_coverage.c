/* `kendrawatch coverage`: what the loaded rules can see, before anything has happened. */
#include "agent/author/coverage/coverage.h"
#include "agent/command/commands.h"
#include "agent/setup.h"
#include "base/file.h"
#include "base/log.h"

static const struct cli_option options[] = {
    SETUP_OPTION_CONFIG,
    SETUP_OPTION_RULES,
    SETUP_OPTION_ADD_RULES,
    SETUP_OPTION_LISTS,
    {"navigator", "FILE", false,
	"write a layer for the ATT&CK Navigator instead, from the rules' tags; - is standard output"},
    {"output", "FORM", false, "text (default), json, csv or markdown"},
};

static const struct {
	const char *name;
	void (*show)(const struct coverage *c, struct buf *out);
} forms[] = {
    {"text", coverage_text},
    {"json", coverage_json},
    {"csv", coverage_csv},
    {"markdown", coverage_markdown},
};

static enum exit_code show_layer(const struct cli *c, const struct coverage *coverage, const char *path)
{
	struct buf out = {0};
	struct err e = {0};
	enum rc rc = RC_OK;
	size_t n = coverage_navigator(coverage, &out);
	if (strcmp(path, "-") == 0)
		cli_print(buf_sv(&out));
	else
		rc = file_write_atomic(path, buf_sv(&out), 0644, &e);
	if (rc != RC_OK)
		log_tell("kendrawatch %s: %s\n", c->command->name, e.text);
	else if (strcmp(path, "-") != 0)
		log_tell("%s: %zu techniques; open it in the ATT&CK Navigator\n", path, n);
	buf_fini(&out);
	return cli_exit_of(rc);
}

static enum exit_code run(struct cli *c)
{
	const char *output = cli_value(c, "output"), *layer = cli_value(c, "navigator");
	size_t form = 0;
	while (form < sizeof forms / sizeof *forms && strcmp(output ? output : "text", forms[form].name) != 0)
		form++;
	if (c->n_words)
		return cli_usage(c, "it takes no words; rules are named with --rules or --add-rules");
	if (form == sizeof forms / sizeof *forms)
		return cli_usage(c, "--output is text, json, csv or markdown, not \"%s\"", output);
	struct setup s;
	struct coverage coverage = {0};
	struct buf out = {0};
	enum exit_code code = cli_exit_of(setup_load(c, &s));
	setup_tell(&s.faults, FAULT_ERROR);
	coverage_measure(&coverage, s.rules, s.lists);
	if (layer) {
		enum exit_code shown = show_layer(c, &coverage, layer);
		code = shown == EXIT_FINE ? code : shown;
	} else {
		forms[form].show(&coverage, &out);
		cli_print(buf_sv(&out));
	}
	buf_fini(&out);
	coverage_fini(&coverage);
	setup_fini(&s);
	return code;
}

const struct command cli_coverage = {"coverage", options, sizeof options / sizeof *options, run};
