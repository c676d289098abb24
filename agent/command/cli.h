/* Command line: commands, their options, help. */
#ifndef KW_AGENT_COMMAND_CLI_H
#define KW_AGENT_COMMAND_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

enum exit_code {
#define EXIT_CODE(symbol, number, meaning) EXIT_##symbol = number,
#include "agent/command/exit_list.h"
#undef EXIT_CODE
};

/* The exit code that fits an error. */
enum exit_code cli_exit_of(enum rc rc);

struct cli_option {
	const char *name;  /* "config", without dashes */
	const char *value; /* placeholder "FILE"; NULL: a flag */
	bool repeated;     /* may be given several times */
	const char *help;
};

struct cli;
struct command {
	const char *name;
	const struct cli_option *options;
	size_t n_options;
	enum exit_code (*run)(struct cli *c);
};

/* One parsed command line. Words are what is left when options are taken out. */
struct cli {
	const struct command *command;
	const char **words;
	size_t n_words;
	struct cli_given {
		const struct cli_option *option;
		const char *value;
	} * given;
	size_t n_given;
};

/* Last value of an option, NULL when not given. A flag given gives "". */
const char *cli_value(const struct cli *c, const char *name);
bool cli_flag(const struct cli *c, const char *name);

/* Values of a repeated option in order; *out_n of them. Owned by `c`'s memory: free() the array. */
const char **cli_values(const struct cli *c, const char *name, size_t *out_n);

/* Says what is wrong with the command line, points to --help, and gives EXIT_USAGE. */
enum exit_code cli_usage(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Parses and runs. */
enum exit_code cli_main(int argc, char **argv);

/* The same for a command that there is not, with the nearest one. */
enum exit_code cli_no_command(const char *word);

/* Help texts, from the lists: all commands grouped by person, one command (false when there is none of that
 * name), or the manual page in man(7). */
bool cli_show_help(const char *command_or_null, struct buf *out);
void cli_manual(struct buf *out);

/* Appends a text for man(7): backslashes, leading dots and dashes escaped. */
void cli_man_text(struct buf *out, const char *text);

/* Is standard output a terminal (and NO_COLOR unset, for colours)? */
bool cli_terminal(void);
bool cli_colours(void);

/* Writes all of `s` to standard output. False, once, when it is closed (EPIPE): the command should end
 * quietly. */
bool cli_print(struct sv s);

#endif
