/* `kendrawatch version` and `kendrawatch help`. */
#include "agent/command/commands.h"
#include "agent/command/completion.h"
#include "agent/command/rules_manual.h"

static enum exit_code run_version(struct cli *c)
{
	(void)c;
	struct buf out = {0};
	buf_adds(&out, "kendrawatch " KW_VERSION "\n");
	cli_print(buf_sv(&out));
	buf_fini(&out);
	return EXIT_FINE;
}

static const struct cli_option help_options[] = {
    {"man", NULL, false,
	"print the manual page in man(7): kendrawatch(8), or kendrawatch-rules(7) for `rules`"},
    {"completion", "SHELL", false, "print the script that completes command lines; SHELL is bash"}};

static enum exit_code run_help(struct cli *c)
{
	struct buf out = {0};
	bool rules = c->n_words == 1 && strcmp(c->words[0], "rules") == 0;
	if (cli_flag(c, "man") && c->n_words && !rules)
		return cli_usage(c, "--man prints kendrawatch(8), or kendrawatch-rules(7) for `rules`");
	const char *shell = cli_value(c, "completion");
	if (shell && (strcmp(shell, "bash") != 0 || c->n_words))
		return cli_usage(c, "--completion bash prints the script for bash, and there is no other");
	if (shell)
		completion_bash(&out);
	else if (cli_flag(c, "man") && rules)
		rules_manual(&out);
	else if (cli_flag(c, "man"))
		cli_manual(&out);
	else if (!cli_show_help(c->n_words ? c->words[0] : NULL, &out))
		return cli_no_command(c->words[0]);
	cli_print(buf_sv(&out));
	buf_fini(&out);
	return EXIT_FINE;
}

const struct command cli_version = {"version", NULL, 0, run_version};
const struct command cli_help = {"help", help_options, 2, run_help};
