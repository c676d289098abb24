/* Command line parsing and help. Main thread only. */
#include "agent/command/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/command/commands.h"
#include "base/log.h"
#include "base/nearest.h"
#include "base/vec.h"

enum group { GROUP_WRITE, GROUP_PAGE, GROUP_OPERATE };

static const char *const group_titles[] = {
    [GROUP_WRITE] = "Write rules",
    [GROUP_PAGE] = "Answer a page",
    [GROUP_OPERATE] = "Run it",
};

static const struct listed {
	const char *name;
	enum group group;
	const char *synopsis, *help;
	const struct command *command;
} listed[] = {
#define COMMAND(symbol, name, group, synopsis, help) {name, GROUP_##group, synopsis, help, &cli_##symbol},
#include "agent/command/command_list.h"
#undef COMMAND
};
#define N_LISTED (sizeof listed / sizeof *listed)

static const struct {
	int code;
	const char *meaning;
} exits[] = {
#define EXIT_CODE(symbol, number, meaning) {number, meaning},
#include "agent/command/exit_list.h"
#undef EXIT_CODE
};

enum exit_code cli_exit_of(enum rc rc)
{
	switch (rc) {
	case RC_OK:
	case RC_STOPPED: return EXIT_FINE;
	case RC_USAGE: return EXIT_USAGE;
	case RC_CONFIG: return EXIT_CONFIG;
	case RC_INPUT:
	case RC_LIMIT:
	case RC_NOTFOUND: return EXIT_INPUT;
	case RC_STATE: return EXIT_STATE;
	case RC_IO:
	case RC_RETRY:
	case RC_REJECT: return EXIT_SYSTEM;
	}
	return EXIT_SYSTEM;
}

static const struct listed *find(struct sv name)
{
	for (size_t i = 0; i < N_LISTED; i++)
		if (sv_eq(sv_from(listed[i].name), name))
			return &listed[i];
	return NULL;
}

const char *cli_value(const struct cli *c, const char *name)
{
	const char *value = NULL;
	for (size_t i = 0; i < c->n_given; i++)
		if (strcmp(c->given[i].option->name, name) == 0)
			value = c->given[i].value;
	return value;
}

bool cli_flag(const struct cli *c, const char *name)
{
	return cli_value(c, name) != NULL;
}

const char **cli_values(const struct cli *c, const char *name, size_t *out_n)
{
	const char **values = heap_zero(c->n_given + 1, sizeof *values);
	size_t n = 0;
	for (size_t i = 0; i < c->n_given; i++)
		if (strcmp(c->given[i].option->name, name) == 0)
			values[n++] = c->given[i].value;
	*out_n = n;
	return values;
}

enum exit_code cli_usage(const struct cli *c, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	struct buf shown = {0};
	buf_add_printable(&shown, sv_from(text));
	char *program =
	    heap_printf("kendrawatch%s%s", c->command ? " " : "", c->command ? c->command->name : "");
	log_tell("%s: %.*s\nTry: %s --help\n", program, SV_ARG(buf_sv(&shown)), program);
	free(program);
	buf_fini(&shown);
	free(text);
	return EXIT_USAGE;
}

static const struct cli_option *find_option(const struct command *command, struct sv name)
{
	for (size_t i = 0; i < command->n_options; i++)
		if (sv_eq(sv_from(command->options[i].name), name))
			return &command->options[i];
	return NULL;
}

static enum exit_code unknown_option(const struct cli *c, struct sv name)
{
	const char *names[64];
	size_t n = 0;
	for (; n < c->command->n_options && n < 64; n++)
		names[n] = c->command->options[n].name;
	int near = nearest_find(name, names, n);
	if (near >= 0)
		return cli_usage(c, "no option --%.*s; did you mean --%s?", SV_ARG(name), names[near]);
	return cli_usage(c, "no option --%.*s", SV_ARG(name));
}

/* Takes one --option; *i moves on when its value is the next word. */
static enum exit_code take_option(struct cli *c, int argc, char **argv, int *i)
{
	struct sv rest = sv_from(argv[*i] + 2), name;
	bool has_value = sv_find_char(rest, '=') != SV_NONE;
	sv_cut(&rest, '=', &name);
	const struct cli_option *o = find_option(c->command, name);
	if (!o)
		return unknown_option(c, name);
	if (!o->repeated && cli_flag(c, o->name))
		return cli_usage(c, "--%s is given twice", o->name);
	const char *value = "";
	if (!o->value && has_value)
		return cli_usage(c, "--%s takes no value", o->name);
	if (o->value) {
		if (!has_value && *i + 1 >= argc)
			return cli_usage(c, "--%s needs a value: --%s %s", o->name, o->name, o->value);
		value = has_value ? argv[*i] + 2 + name.len + 1 : argv[++*i];
	}
	c->given[c->n_given++] = (struct cli_given){o, value};
	return EXIT_FINE;
}

static enum exit_code show_help(const char *command)
{
	struct buf out = {0};
	cli_show_help(command, &out);
	cli_print(buf_sv(&out));
	buf_fini(&out);
	return EXIT_FINE;
}

static enum exit_code parse(struct cli *c, int argc, char **argv, bool *out_help)
{
	bool only_words = false;
	for (int i = 2; i < argc; i++) {
		const char *arg = argv[i];
		if (only_words || arg[0] != '-' || !arg[1]) {
			c->words[c->n_words++] = arg;
		} else if (strcmp(arg, "--") == 0) {
			only_words = true;
		} else if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
			*out_help = true;
		} else if (arg[1] != '-') {
			return cli_usage(
			    c, "no option %s; options are written out, as in --config FILE", arg);
		} else {
			enum exit_code bad = take_option(c, argc, argv, &i);
			if (bad)
				return bad;
		}
	}
	return EXIT_FINE;
}

enum exit_code cli_no_command(const char *word)
{
	const char *names[N_LISTED];
	for (size_t i = 0; i < N_LISTED; i++)
		names[i] = listed[i].name;
	int near = nearest_find(sv_from(word), names, N_LISTED);
	struct cli none = {0};
	if (near >= 0)
		return cli_usage(&none, "no command \"%s\"; did you mean \"%s\"?", word, names[near]);
	return cli_usage(&none, "no command \"%s\"", word);
}

enum exit_code cli_main(int argc, char **argv)
{
	if (argc < 2) {
		show_help(NULL);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return show_help(NULL);
	const char *word = strcmp(argv[1], "--version") == 0 ? "version" : argv[1];
	const struct listed *l = find(sv_from(word));
	if (!l)
		return cli_no_command(word);
	struct cli c = {.command = l->command};
	c.words = heap_zero((size_t)argc, sizeof *c.words);
	c.given = heap_zero((size_t)argc, sizeof *c.given);
	bool help = false;
	enum exit_code code = parse(&c, argc, argv, &help);
	if (code == EXIT_FINE)
		code = help ? show_help(l->name) : l->command->run(&c);
	free(c.words);
	free(c.given);
	return code;
}

/* --- help ---------------------------------------------------------------------------------------- */

static void wrap(struct buf *out, const char *text, size_t indent)
{
	struct sv rest = sv_from(text), word;
	size_t column = indent;
	bool first = true;
	while (sv_cut(&rest, ' ', &word)) {
		if (!first && column + 1 + word.len > 100) {
			buf_printf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			buf_addc(out, ' ');
			column++;
		}
		buf_add(out, word);
		column += word.len;
		first = false;
	}
	buf_addc(out, '\n');
}

static void help_all(struct buf *out)
{
	buf_adds(out, "kendrawatch: Sigma rules over AWS CloudTrail, and a page when one matches.\n\nUsage: "
		      "kendrawatch COMMAND [OPTION]...\n");
	for (size_t g = 0; g < sizeof group_titles / sizeof *group_titles; g++) {
		buf_printf(out, "\n%s\n", group_titles[g]);
		for (size_t i = 0; i < N_LISTED; i++) {
			if (listed[i].group != g)
				continue;
			buf_printf(out, "  %-9s ", listed[i].name);
			wrap(out, listed[i].help, 12);
		}
	}
	buf_adds(out, "\nExit status\n");
	for (size_t i = 0; i < sizeof exits / sizeof *exits; i++) {
		buf_printf(out, "  %-9d ", exits[i].code);
		wrap(out, exits[i].meaning, 12);
	}
	buf_adds(out, "\nkendrawatch COMMAND --help shows a command's options. First try:\n"
		      "  aws cloudtrail lookup-events --lookup-attributes "
		      "AttributeKey=EventSource,AttributeValue=kendra.amazonaws.com \\\n"
		      "    | kendrawatch scan -\n");
}

static void help_one(const struct listed *l, struct buf *out)
{
	buf_printf(out, "Usage: kendrawatch %s %s\n\n", l->name, l->synopsis);
	wrap(out, l->help, 0);
	const struct command *c = l->command;
	if (c->n_options)
		buf_adds(out, "\nOptions\n");
	for (size_t i = 0; i < c->n_options; i++) {
		char *left = heap_printf("--%s%s%s%s", c->options[i].name, c->options[i].value ? " " : "",
		    c->options[i].value ? c->options[i].value : "",
		    c->options[i].repeated ? " (repeatable)" : "");
		if (strlen(left) > 22)
			buf_printf(out, "  %s\n%*s", left, 26, "");
		else
			buf_printf(out, "  %-23s ", left);
		wrap(out, c->options[i].help, 26);
		free(left);
	}
}

bool cli_show_help(const char *command_or_null, struct buf *out)
{
	const struct listed *l = command_or_null ? find(sv_from(command_or_null)) : NULL;
	if (l)
		help_one(l, out);
	else if (!command_or_null)
		help_all(out);
	return l || !command_or_null;
}

void cli_man_text(struct buf *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		buf_adds(out, "\\&");
	for (; *text; text++) {
		if (*text == '\\')
			buf_adds(out, "\\e");
		else if (*text == '-')
			buf_adds(out, "\\-");
		else
			buf_addc(out, *text);
	}
}

static void man_command(struct buf *out, const struct listed *l)
{
	buf_adds(out, ".SS \"");
	cli_man_text(out, l->name);
	buf_adds(out, " ");
	cli_man_text(out, l->synopsis);
	buf_adds(out, "\"\n");
	cli_man_text(out, l->help);
	buf_adds(out, ".\n");
	for (size_t i = 0; i < l->command->n_options; i++) {
		const struct cli_option *o = &l->command->options[i];
		buf_printf(out, ".TP\n.B \\-\\-");
		cli_man_text(out, o->name);
		if (o->value) {
			buf_addc(out, ' ');
			cli_man_text(out, o->value);
		}
		buf_addc(out, '\n');
		cli_man_text(out, o->help);
		buf_adds(out, o->repeated ? ". May be repeated.\n" : ".\n");
	}
}

void cli_manual(struct buf *out)
{
	buf_adds(out,
	    ".\\\" Written by `kendrawatch help --man` from agent/command/command_list.h; a test compares.\n"
	    ".TH KENDRAWATCH 8 \"2026-11-24\" \"kendrawatch " KW_VERSION "\" \"kendrawatch manual\"\n"
	    ".SH NAME\nkendrawatch \\- evaluate Sigma rules against AWS CloudTrail and deliver alerts\n"
	    ".SH SYNOPSIS\n.B kendrawatch\n.I COMMAND\n[OPTION]...\n"
	    ".SH DESCRIPTION\nkendrawatch reads CloudTrail events, evaluates Sigma detection rules against "
	    "each of them,\n"
	    "and posts what matched to SNS, a signed webhook, a file or standard output.\n"
	    "No alert is acknowledged before it is durable; every alert says which values decided it.\n");
	for (size_t g = 0; g < sizeof group_titles / sizeof *group_titles; g++) {
		buf_adds(out, ".SH \"");
		for (const char *p = group_titles[g]; *p; p++)
			buf_addc(out, *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p);
		buf_adds(out, "\"\n");
		for (size_t i = 0; i < N_LISTED; i++)
			if (listed[i].group == g)
				man_command(out, &listed[i]);
	}
	buf_adds(out, ".SH \"EXIT STATUS\"\n");
	for (size_t i = 0; i < sizeof exits / sizeof *exits; i++) {
		buf_printf(out, ".TP\n%d\n", exits[i].code);
		cli_man_text(out, exits[i].meaning);
		buf_addc(out, '\n');
	}
	buf_adds(out,
	    ".SH SIGNALS\n.TP\nSIGTERM, SIGINT\nFinish what is in hand, wait for deliveries, stop: within "
	    "10 seconds. A second signal changes nothing.\n"
	    ".TP\nSIGHUP\nRead the rules and lists again; a broken configuration keeps the old one.\n"
	    ".SH ENVIRONMENT\n.TP\nNO_COLOR\nNo colours, whatever it is set to; empty counts as not set.\n"
	    ".TP\nAWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE\n"
	    "Credentials of the sns sink, as the AWS command line reads them; its region is the topic's.\n"
	    ".TP\nAWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SNS\nAnother endpoint than the region's own.\n"
	    ".SH \"SEE ALSO\"\nIn the sources: docs holds the alert form and the architecture, tests/lang "
	    "the "
	    "rule language by example, rules/packs the shipped rules.\n"
	    ".PP\n.BR kendrawatch-rules (7)\n");
}

bool cli_terminal(void)
{
	return isatty(STDOUT_FILENO);
}

bool cli_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	return cli_terminal() && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

bool cli_print(struct sv s)
{
	while (s.len) {
		ssize_t n = write(STDOUT_FILENO, s.ptr, s.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		s = sv_skip(s, (size_t)n);
	}
	return true;
}
