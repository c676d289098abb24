/* `kendrawatch run`: the agent. */
#include <unistd.h>

#include "agent/command/commands.h"
#include "agent/daemon/daemon.h"
#include "base/log.h"
#include "base/net/http.h"

#define DEFAULT_CONFIG "/etc/kendrawatch/kendrawatch.yaml"

static const struct cli_option options[] = {
    {"config", "FILE", false, "configuration file (default: " DEFAULT_CONFIG ")"},
    SETUP_OPTION_RULES,
    SETUP_OPTION_ADD_RULES,
    {"strict", NULL, false, "refuse to start when any rule is refused, instead of running the good ones"},
    {"check", NULL, false, "load everything, say what is wrong, and end without running"},
};

static enum exit_code report_faults(const struct cli *c, const struct setup *s, enum rc rc)
{
	bool strict = cli_flag(c, "strict") || options_number(&s->config->rules, "strict");
	setup_tell(&s->faults, cli_flag(c, "check") ? FAULT_WARNING : FAULT_ERROR);
	if (rc != RC_OK)
		log_tell("kendrawatch run: the configuration has errors; nothing was started\n");
	else if (strict && s->faults.n_errors)
		log_tell(
		    "kendrawatch run: rules were refused, and --strict was asked for; nothing was started\n");
	else
		return EXIT_FINE;
	return EXIT_CONFIG;
}

static enum exit_code run(struct cli *c)
{
	if (c->n_words)
		return cli_usage(c, "takes no words, but got \"%s\"", c->words[0]);
	if (!cli_value(c, "config")) {
		if (access(DEFAULT_CONFIG, F_OK) != 0)
			return cli_usage(
			    c, "name a configuration with --config FILE; there is no " DEFAULT_CONFIG);
		c->given[c->n_given++] = (struct cli_given){&options[0], DEFAULT_CONFIG};
	}
	/* Nearly every agent has a queue or a webhook; meanwhile the rules are loaded. */
	if (!cli_flag(c, "check"))
		http_warm_up();
	struct setup s;
	enum rc rc = setup_load(c, &s);
	if (rc == RC_OK && cli_flag(c, "check")) {
		size_t before = s.faults.n_errors;
		daemon_check(&s, &s.faults);
		rc = s.faults.n_errors > before ? RC_CONFIG : RC_OK;
		faults_sort(&s.faults);
	}
	enum exit_code code = report_faults(c, &s, rc);
	enum log_level level;
	if (log_level_parse(options_text(&s.config->agent, "log_level"), &level))
		log_set_level(level);
	if (code == EXIT_FINE && !cli_flag(c, "check")) {
		struct err e = {0};
		rc = daemon_run(c, &s, &e);
		if (rc != RC_OK)
			log_tell("kendrawatch run: %s\n", e.text);
		code = cli_exit_of(rc);
	}
	setup_fini(&s);
	return code;
}

const struct command cli_run = {"run", options, sizeof options / sizeof *options, run};
