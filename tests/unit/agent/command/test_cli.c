/* The command line: what is parsed, what is refused with which hint, and that help and manual name it all. */
#include "agent/command/cli.h"

#include "agent/command/commands.h"
#include "tests/unit/agent/fixture.h"

static const struct command *const commands[] = {
#define COMMAND(symbol, name, group, synopsis, help) &cli_##symbol,
#include "agent/command/command_list.h"
#undef COMMAND
};
#define N_COMMANDS (sizeof commands / sizeof *commands)

/* Runs `line`, cut at blanks, and catches a descriptor's output. */
static enum exit_code run(const char *line, int fd, struct buf *out)
{
	struct sv rest = sv_from(line), word;
	char *argv[16] = {0};
	int argc = 0;
	while (argc < 15 && sv_cut(&rest, ' ', &word))
		argv[argc++] = heap_text(word);
	FILE *file = tmpfile();
	int kept = dup(fd);
	fflush(NULL);
	dup2(fileno(file), fd);
	enum exit_code code = cli_main(argc, argv);
	fflush(NULL);
	dup2(kept, fd);
	close(kept);
	rewind(file);
	char bytes[4096];
	buf_reset(out);
	for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
		buf_add(out, sv_of(bytes, n));
	fclose(file);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return code;
}

static void has(const struct buf *b, const char *text)
{
	if (sv_find(buf_sv(b), sv_from(text)) == SV_NONE)
		fail_msg("no %s in\n%.*s", text, SV_ARG(buf_sv(b)));
}

static void mistakes_are_told_with_a_hint(void **state)
{
	(void)state;
	static const struct {
		const char *line, *text;
	} rows[] = {
	    {"kendrawatch scna",
		"kendrawatch: no command \"scna\"; did you mean \"scan\"?\nTry: kendrawatch --help\n"},
	    {"kendrawatch zzzzzzzz", "kendrawatch: no command \"zzzzzzzz\"\nTry: kendrawatch --help\n"},
	    {"kendrawatch scan --rulse x",
		"kendrawatch scan: no option --rulse; did you mean --rules?\nTry: kendrawatch scan --help\n"},
	    {"kendrawatch scan --zzzzzzzz", "kendrawatch scan: no option --zzzzzzzz\n"},
	    {"kendrawatch scan --config", "--config needs a value: --config FILE"},
	    {"kendrawatch scan --config a --config b", "--config is given twice"},
	    {"kendrawatch scan --config=a --config=b", "--config is given twice"},
	    {"kendrawatch scan --all=yes", "--all takes no value"},
	    {"kendrawatch scan -c x", "no option -c; options are written out, as in --config FILE"},
	    {"kendrawatch help scna", "no command \"scna\"; did you mean \"scan\"?"},
	    {"kendrawatch \x1b[31mx", "no command \"\\x1b[31mx\""},
	};
	struct buf out = {0};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(run(rows[i].line, STDERR_FILENO, &out), EXIT_USAGE);
		has(&out, rows[i].text);
	}
	buf_fini(&out);
}

static void help_comes_by_every_way(void **state)
{
	(void)state;
	struct buf out = {0}, all = {0}, one = {0};
	cli_show_help(NULL, &all);
	cli_show_help("scan", &one);
	assert_int_equal(run("kendrawatch --help", STDOUT_FILENO, &out), EXIT_FINE);
	assert_true(sv_eq(buf_sv(&out), buf_sv(&all)));
	assert_int_equal(run("kendrawatch -h", STDOUT_FILENO, &out), EXIT_FINE);
	assert_true(sv_eq(buf_sv(&out), buf_sv(&all)));
	assert_int_equal(run("kendrawatch help", STDOUT_FILENO, &out), EXIT_FINE);
	assert_true(sv_eq(buf_sv(&out), buf_sv(&all)));
	assert_int_equal(run("kendrawatch", STDOUT_FILENO, &out), EXIT_USAGE);
	assert_true(sv_eq(buf_sv(&out), buf_sv(&all)));
	assert_int_equal(run("kendrawatch help scan", STDOUT_FILENO, &out), EXIT_FINE);
	assert_true(sv_eq(buf_sv(&out), buf_sv(&one)));
	assert_int_equal(run("kendrawatch scan --all --help", STDOUT_FILENO, &out), EXIT_FINE);
	assert_true(sv_eq(buf_sv(&out), buf_sv(&one)));
	assert_int_equal(run("kendrawatch --version", STDOUT_FILENO, &out), EXIT_FINE);
	assert_string_equal(out.ptr, "kendrawatch " KW_VERSION "\n");
	buf_fini(&out);
	buf_fini(&all);
	buf_fini(&one);
}

static void help_names_every_command_and_option(void **state)
{
	(void)state;
	struct buf all = {0};
	cli_show_help(NULL, &all);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		const struct command *c = commands[i];
		struct buf one = {0};
		char *line = heap_printf("\n  %s ", c->name),
		     *usage = heap_printf("Usage: kendrawatch %s ", c->name);
		has(&all, line);
		cli_show_help(c->name, &one);
		has(&one, usage);
		for (size_t k = 0; k < c->n_options; k++) {
			char *option = heap_printf("\n  --%s%s%s", c->options[k].name,
			    c->options[k].value ? " " : "", c->options[k].value ? c->options[k].value : "");
			has(&one, option);
			free(option);
		}
		/* No line is wider than a terminal. */
		struct sv rest = buf_sv(&one), text;
		while (sv_cut(&rest, '\n', &text))
			assert_true(text.len <= 110);
		free(line);
		free(usage);
		buf_fini(&one);
	}
#define EXIT_CODE(symbol, number, meaning) has(&all, "\n  " #number " ");
#include "agent/command/exit_list.h"
#undef EXIT_CODE
	buf_fini(&all);
}

static void the_manual_names_every_command_and_option(void **state)
{
	(void)state;
	struct buf man = {0};
	cli_manual(&man);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		char *heading = heap_printf(".SS \"%s ", commands[i]->name);
		has(&man, heading);
		size_t at = sv_find(buf_sv(&man), sv_from(heading));
		struct sv section = sv_skip(buf_sv(&man), at + 4);
		section = sv_head(section, sv_find(section, SV("\n.S")));
		for (size_t k = 0; k < commands[i]->n_options; k++) {
			struct buf name = {0};
			buf_adds(&name, "\n.B \\-\\-");
			for (const char *p = commands[i]->options[k].name; *p; p++)
				buf_printf(&name, *p == '-' ? "\\%c" : "%c", *p);
			assert_true(sv_find(section, buf_sv(&name)) != SV_NONE);
			buf_fini(&name);
		}
		free(heading);
	}
	/* Sentences end before the next one begins, and no text is taken for a request. */
	assert_true(sv_find(buf_sv(&man), SV("s May be")) == SV_NONE);
#define EXIT_CODE(symbol, number, meaning) has(&man, ".TP\n" #number "\n");
#include "agent/command/exit_list.h"
#undef EXIT_CODE
	buf_fini(&man);
}

/* --- what a command gets ------------------------------------------------------------------------- */

static const struct cli_option options[] = {
    {"rules", "PATH", true, "r"}, {"config", "FILE", false, "c"}, {"all", NULL, false, "a"}};

static void values_come_in_order(void **state)
{
	(void)state;
	const struct command command = {"x", options, 3, NULL};
	struct cli_given given[] = {{&options[0], "a"}, {&options[2], ""}, {&options[0], "b"}};
	struct cli c = {.command = &command, .given = given, .n_given = 3};
	size_t n;
	const char **values = cli_values(&c, "rules", &n);
	assert_int_equal(n, 2);
	assert_string_equal(values[0], "a");
	assert_string_equal(values[1], "b");
	free(values);
	values = cli_values(&c, "config", &n);
	assert_int_equal(n, 0);
	free(values);
	assert_string_equal(cli_value(&c, "rules"), "b");
	assert_true(cli_flag(&c, "all"));
	assert_false(cli_flag(&c, "config"));
	assert_null(cli_value(&c, "config"));
}

/* Behind `--` everything is a word, and a dash alone is one anywhere. */
static void words_may_look_like_options(void **state)
{
	struct buf out = {0};
	char *path = file_join(*state, "--all");
	fixture_write(path, SV("title: [\n"));
	char *here = getcwd(NULL, 0);
	assert_int_equal(chdir(*state), 0);
	assert_int_equal(run("kendrawatch check -- --all", STDOUT_FILENO, &out), EXIT_FOUND);
	assert_int_equal(run("kendrawatch check -- --none", STDOUT_FILENO, &out), EXIT_FOUND);
	has(&out, "--none: error: ");
	assert_int_equal(chdir(here), 0);
	free(here);
	free(path);
	buf_fini(&out);
}

static void every_error_has_its_exit_code(void **state)
{
	(void)state;
	assert_int_equal(cli_exit_of(RC_OK), 0);
	assert_int_equal(cli_exit_of(RC_STOPPED), 0);
	assert_int_equal(cli_exit_of(RC_USAGE), 2);
	assert_int_equal(cli_exit_of(RC_CONFIG), 3);
	assert_int_equal(cli_exit_of(RC_INPUT), 4);
	assert_int_equal(cli_exit_of(RC_NOTFOUND), 4);
	assert_int_equal(cli_exit_of(RC_STATE), 5);
	assert_int_equal(cli_exit_of(RC_IO), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mistakes_are_told_with_a_hint),
	    cmocka_unit_test(help_comes_by_every_way),
	    cmocka_unit_test(help_names_every_command_and_option),
	    cmocka_unit_test(the_manual_names_every_command_and_option),
	    cmocka_unit_test(values_come_in_order),
	    FOLDER(words_may_look_like_options),
	    cmocka_unit_test(every_error_has_its_exit_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
