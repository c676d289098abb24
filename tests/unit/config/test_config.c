/* The configuration as a whole: the examples, everything wrong at once, and the reference text. */
#include "config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/file.h"
#include "config/secret.h"

/* Small tables in the shape of the real ones; the real ones are tested with the binary. */
static const struct option file_options[] = {
    {"path", OPTION_PATH, OPTION_REQUIRED, 0, 0, NULL, "the file"},
    {"from", OPTION_CHOICE, "start", 0, 0, "start|end", "where to begin"},
};
static const struct option directory_options[] = {
    {"path", OPTION_PATH, OPTION_REQUIRED, 0, 0, NULL, "the folder"},
    {"recursive", OPTION_BOOL, "true", 0, 0, NULL, "folders in it too"},
    {"rescan", OPTION_SPAN, "60s", 1000, 86400000, NULL, "how often to look at all of it"},
};
static const struct option stdout_options[] = {
    {"format", OPTION_CHOICE, "auto", 0, 0, "auto|text|ndjson", "how alerts look"},
};
static const struct option webhook_options[] = {
    {"url", OPTION_URL, OPTION_REQUIRED, 0, 0, NULL, "where to post"},
    {"secret", OPTION_SECRET, NULL, 0, 0, NULL, "key of the signature"},
    {"timeout", OPTION_SPAN, "10s", 1000, 300000, NULL, "how long to wait"},
};
static const struct option sns_options[] = {
    {"topic_arn", OPTION_TEXT, OPTION_REQUIRED, 0, 0, NULL, "the topic"},
    {"tries", OPTION_INT, "3", 1, 9, NULL, "how often"},
};
static const struct option out_options[] = {
    {"path", OPTION_PATH, OPTION_REQUIRED, 0, 0, NULL, "the file"},
};
static const struct option_table stdin_table = {"sources.stdin", "Standard input.", NULL, 0};
static const struct option_table file_table = {"sources.file", "A file that grows.", file_options, 2};
static const struct option_table directory_table = {"sources.directory", "A folder.", directory_options, 3};
static const struct option_table stdout_table = {"sinks.stdout", "Standard output.", stdout_options, 1};
static const struct option_table out_table = {"sinks.file", "A file.", out_options, 1};
static const struct option_table webhook_table = {"sinks.webhook", "A webhook.", webhook_options, 3};
static const struct option_table sns_table = {"sinks.sns", "An SNS topic.", sns_options, 2};
static const struct option_table *const sources[] = {&stdin_table, &file_table, &directory_table};
static const struct option_table *const sinks[] = {&stdout_table, &out_table, &webhook_table, &sns_table};
static const struct config_tables tables = {sources, 3, sinks, 4};

/* For the examples, which use more. */
static const struct option sqs_options[] = {
    {"queue_url", OPTION_TEXT, OPTION_REQUIRED, 0, 0, NULL, "the queue"},
    {"buckets", OPTION_TEXTS, NULL, 0, 0, NULL, "buckets"},
    {"role_arn", OPTION_TEXT, NULL, 0, 0, NULL, "a role"},
};
static const struct option_table sqs_table = {"sources.sqs", "A queue.", sqs_options, 3};
static const struct option_table *const example_sources[] = {
    &stdin_table, &file_table, &directory_table, &sqs_table};
static const struct config_tables example_tables = {example_sources, 4, sinks, 4};

static const char *shown(struct faults *f)
{
	static struct buf out;
	buf_reset(&out);
	buf_adds(&out, "");
	for (size_t i = 0; i < f->list.n; i++)
		fault_show(&f->list.items[i], &out);
	faults_fini(f);
	return out.ptr;
}

static struct config *read_as(const char *file, const char *yaml, struct faults *f)
{
	struct config *c;
	config_read_text(file, sv_from(yaml), &tables, &c, f);
	assert_non_null(c);
	return c;
}

static void expect_faults(const char *yaml, const char *want)
{
	struct faults f = {0};
	struct config *c = read_as("c.yaml", yaml, &f);
	assert_string_equal(shown(&f), want);
	config_free(c);
}

static void defaults(void **state)
{
	(void)state;
	struct config *c;
	struct faults f = {0};
	config_read(NULL, &tables, &c, &f);
	assert_string_equal(shown(&f), "");
	assert_null(c->file);
	assert_null(options_text(&c->agent, "name"));
	assert_string_equal(options_text(&c->agent, "state"), "/var/lib/kendrawatch");
	assert_string_equal(options_text(&c->agent, "timezone"), "UTC");
	assert_int_equal(options_number(&c->agent, "max_age"), 6 * 3600000);
	assert_int_equal(options_number(&c->agent, "suppress_for"), 3600000);
	assert_int_equal(options_number(&c->agent, "outbox_max"), 1 << 30);
	assert_int_equal(options_number(&c->agent, "quarantine_max"), 64 << 20);
	assert_int_equal(options_number(&c->agent, "show_content"), 0);
	assert_int_equal(options_get(&c->rules, "packs")->texts.n, 2);
	assert_string_equal(options_get(&c->rules, "packs")->texts.items[1], "account");
	assert_int_equal(options_number(&c->rules, "strict"), 0);
	assert_int_equal(c->sources.n + c->sinks.n + c->overrides.n + c->routes.n, 0);
	config_free(c);
	config_free(NULL);
	/* Sections whose lines are all commented out are as good as absent. */
	expect_faults(
	    "agent:\nrules:\n  overrides:\nsources:\nsinks:\nroutes:\nlists:\nnames:\n  accounts:\nlisten:\n",
	    "");
	expect_faults("# nothing\n", "");
}

static void everything_right(void **state)
{
	(void)state;
	struct faults f = {0};
	setenv("KW_TEST_KEY", "whsec", 1);
	struct config *c = read_as("etc/kw/c.yaml",
	    "agent: {name: prod, state: state, timezone: Europe/Berlin, show_content: true}\n"
	    "names:\n"
	    "  accounts: {'111122223333': prod, 444455556666: logs}\n"
	    "  indexes: {idx-1: hr, idx-2: law}\n"
	    "lists:\n"
	    "  ingest: {type: principal, by: kw.index, values: {hr: [role/a], idx-2: [role/b]}}\n"
	    "rules:\n"
	    "  packs: [kendra, ./mine, more.yml, /etc/rules]\n"
	    "  strict: true\n"
	    "  overrides:\n"
	    "    some_rule: {mode: shadow, level: low, until: 2027-01-31, owner: dana, reason: why}\n"
	    "sources:\n"
	    "  in: {type: stdin}\n"
	    "  trail: {type: directory, path: spool, recursive: false}\n"
	    "sinks:\n"
	    "  hook: {type: webhook, url: 'https://example.com/x', secret: env:KW_TEST_KEY}\n"
	    "  out: {type: stdout}\n"
	    "routes:\n"
	    "  - {when: {level: high+, max_age: 6h, rule: [a, b]}, to: hook, continue: true}\n"
	    "  - {when: {level: low, account: [prod, 444455556666]}, to: [hook, out]}\n"
	    "  - {to: out}\n"
	    "listen: {public_url: 'https://kw.example'}\n",
	    &f);
	assert_string_equal(shown(&f), "");
	assert_string_equal(c->folder, "etc/kw");
	assert_string_equal(options_text(&c->agent, "state"), "etc/kw/state");
	assert_int_equal(options_number(&c->agent, "show_content"), 1);
	assert_string_equal(map_get(&c->account_names, SV("444455556666")), "logs");
	assert_string_equal(map_get(&c->index_names, SV("idx-1")), "hr");
	const struct list *ingest = lists_find(&c->lists, SV("ingest"));
	assert_string_equal(list_values_of(ingest, SV("idx-1"))->items.items[0].ptr, "role/a");
	assert_string_equal(list_values_of(ingest, SV("idx-2"))->items.items[0].ptr, "role/b");
	assert_int_equal(list_count(ingest), 2);
	const struct option_value *packs = options_get(&c->rules, "packs");
	assert_string_equal(packs->texts.items[0], "kendra");
	assert_string_equal(packs->texts.items[1], "etc/kw/./mine");
	assert_string_equal(packs->texts.items[2], "etc/kw/more.yml");
	assert_string_equal(packs->texts.items[3], "/etc/rules");
	assert_int_equal(c->overrides.n, 1);
	assert_string_equal(c->overrides.items[0].rule, "some_rule");
	assert_string_equal(options_text(&c->overrides.items[0].options, "mode"), "shadow");
	assert_int_equal(options_number(&c->overrides.items[0].options, "level"), 1);
	assert_false(options_get(&c->overrides.items[0].options, "suppress_for")->set);
	assert_int_equal(c->sources.n, 2);
	assert_string_equal(c->sources.items[1].name, "trail");
	assert_string_equal(c->sources.items[1].type, "directory");
	assert_string_equal(options_text(&c->sources.items[1].options, "path"), "etc/kw/spool");
	assert_int_equal(c->sinks.n, 2);
	assert_true(
	    sv_eq(secret_value(options_get(&c->sinks.items[0].options, "secret")->secret), SV("whsec")));
	assert_int_equal(c->routes.n, 3);
	assert_true(c->routes.items[0].has_level && c->routes.items[0].go_on);
	assert_int_equal(c->routes.items[0].min_level, 3);
	assert_int_equal(c->routes.items[0].max_level, 4);
	assert_int_equal(c->routes.items[0].max_age_ms, 6 * 3600000);
	assert_int_equal(c->routes.items[0].n_rules, 2);
	assert_string_equal(c->routes.items[0].to[0], "hook");
	assert_int_equal(c->routes.items[1].min_level, 1);
	assert_int_equal(c->routes.items[1].max_level, 1);
	assert_string_equal(c->routes.items[1].accounts[1], "444455556666");
	assert_true(c->routes.items[1].max_age_ms == -1);
	assert_int_equal(c->routes.items[1].n_to, 2);
	assert_false(c->routes.items[2].has_level || c->routes.items[2].rules || c->routes.items[2].accounts);
	assert_int_equal(c->routes.items[2].line, 21);
	assert_string_equal(options_text(&c->listen, "public_url"), "https://kw.example");
	config_free(c);
}

static void everything_wrong_at_once(void **state)
{
	(void)state;
	unsetenv("KW_TEST_UNSET");
	expect_faults("agnt: {}\n"
		      "agent: {timezone: Europe/Berln, max_age: 1s, log_level: loud}\n"
		      "names: {account: {}, accounts: {12: x, '111122223333': []}}\n"
		      "lists: {nets: {type: cidr, values: [10.0.0.0/99]}}\n"
		      "rules: {pack: [x], overrides: {r: {mode: of}, s: shadow}}\n"
		      "sources:\n"
		      "  a b: {type: stdin}\n"
		      "  d: {type: directry, path: x}\n"
		      "  e: {path: x}\n"
		      "  f: stdin\n"
		      "  g: {type: file, form: end}\n"
		      "  h: {type: [file]}\n"
		      "sinks:\n"
		      "  hook: {type: webhook, url: hunter2, secret: hunter2, timeout: 1h}\n"
		      "  team: {type: sns}\n"
		      "routes:\n"
		      "  - {when: {level: hgh+, account: prd, rules: x}, to: [hook, tem, zzz]}\n"
		      "  - {when: high}\n"
		      "  - hook\n"
		      "listen: [x]\n",
	    "c.yaml:1:1: error: unknown section \"agnt\"; did you mean \"agent\"?\n"
	    "c.yaml:2:19: error: unknown time zone \"Europe/Berln\"; write a name such as Europe/Berlin\n"
	    "c.yaml:2:42: error: \"max_age\" must be from 1m to 365d, not \"1s\"\n"
	    "c.yaml:2:57: error: \"log_level\" must be one of debug, info, warn or error, not \"loud\"\n"
	    "c.yaml:3:9: error: unknown kind of names \"account\"; did you mean \"accounts\"?\n"
	    "c.yaml:3:33: error: \"12\" is no account; an account has 12 digits\n"
	    "c.yaml:3:56: error: the name of 111122223333 must be a text\n"
	    "c.yaml:4:37: error: \"10.0.0.0/99\" is no network; write an address or a network such as "
	    "198.51.100.0/24\n"
	    "c.yaml:5:9: error: unknown option \"pack\"; did you mean \"packs\"?\n"
	    "c.yaml:5:42: error: \"mode\" must be one of active, shadow or off, not \"of\"; did you mean "
	    "\"off\"?\n"
	    "c.yaml:5:50: error: an override is written `RULE: {mode: shadow, reason: …}`\n"
	    "c.yaml:7:3: error: \"a b\" is no name for one of the sources; use letters, digits, _ and -\n"
	    "c.yaml:8:13: error: unknown type \"directry\"; did you mean \"directory\"?\n"
	    "c.yaml:9:3: error: \"e\" needs a `type`: one of stdin, file or directory\n"
	    "c.yaml:10:6: error: \"f\" must be a mapping with a `type`\n"
	    "c.yaml:11:6: error: sources.file needs the option \"path\": the file\n"
	    "c.yaml:11:19: error: unknown option \"form\"; did you mean \"from\"?\n"
	    "c.yaml:12:13: error: unknown type \"\": one of stdin, file or directory\n"
	    "c.yaml:14:30: error: \"url\" must be an address that begins with http:// or https://, or "
	    "env:NAME or "
	    "file:PATH\n"
	    "c.yaml:14:47: error: \"secret\": a secret is never written here itself: use env:NAME for a "
	    "variable or "
	    "file:PATH for a file\n"
	    "c.yaml:14:65: error: \"timeout\" must be from 1s to 5m, not \"1h\"\n"
	    "c.yaml:15:9: error: sinks.sns needs the option \"topic_arn\": the topic\n"
	    "c.yaml:17:20: error: \"level\" must be a level (informational, low, medium, high or critical), "
	    "or a level "
	    "and all above it such as high+, not \"hgh+\"\n"
	    "c.yaml:17:35: error: unknown account \"prd\"; write its 12 digits, or name it under "
	    "names.accounts\n"
	    "c.yaml:17:40: error: unknown option \"rules\"; did you mean \"rule\"?\n"
	    "c.yaml:17:62: error: unknown sink \"tem\"; did you mean \"team\"?\n"
	    "c.yaml:17:67: error: unknown sink \"zzz\"; declare it under sinks\n"
	    "c.yaml:18:5: error: routes needs the option \"to\": sinks that get what the route takes\n"
	    "c.yaml:18:12: error: routes.when must be a mapping of options, not a single value\n"
	    "c.yaml:19:5: error: a route is written {when: {level: high+}, to: SINK}\n"
	    "c.yaml:20:9: error: listen must be a mapping of options, not a list\n");
}

static void broken_files(void **state)
{
	(void)state;
	expect_faults("a: [\n", "c.yaml:2:1: error: not valid YAML: did not find expected node content\n");
	expect_faults("agent: {}\n---\nagent: {}\n",
	    "c.yaml:3:1: error: a configuration is one YAML document; remove the \"---\"\n");
	expect_faults("- agent\n", "c.yaml:1:1: error: the configuration must be a mapping, not a list\n");
	expect_faults("agent: {name: a}\nagent: {name: b}\n",
	    "c.yaml:2:1: error: duplicate key \"agent\"; it stands on line 1 already\n");
	expect_faults("sources: [x]\nsinks: x\nroutes: {to: x}\nlists: []\nnames: 1\n",
	    "c.yaml:1:10: error: sources must be a mapping, not a list\n"
	    "c.yaml:2:8: error: sinks must be a mapping, not a single value\n"
	    "c.yaml:3:9: error: routes must be a list: - {when: {level: high+}, to: SINK}\n"
	    "c.yaml:4:8: error: lists must be a mapping of names to lists\n"
	    "c.yaml:5:8: error: names must be a mapping, not a single value\n");
	struct config *c;
	struct faults f = {0};
	config_read("/nowhere/c.yaml", &tables, &c, &f);
	assert_string_equal(shown(&f), "/nowhere/c.yaml: error: there is no such file\n");
	config_free(c);
	config_read("/tmp", &tables, &c, &f);
	assert_string_equal(shown(&f), "/tmp: error: is a folder, not a file\n");
	config_free(c);
}

static void routes_that_do_nothing(void **state)
{
	(void)state;
	expect_faults("sinks: {a: {type: stdout}, b: {type: stdout}}\nroutes:\n  - {to: a}\n  - {to: a}\n",
	    "c.yaml:1:31: warning: no route leads to sink \"b\" (the routes begin on line 3)\n"
	    "c.yaml:4:5: warning: never reached: the route on line 3 takes every alert; give it `when` or "
	    "`continue: "
	    "true`\n");
}

static void examples_load(void **state)
{
	(void)state;
	setenv("KW_WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1);
	struct file_list l = {0};
	assert_int_equal(file_walk("config/examples", &l, NULL, NULL, NULL), RC_OK);
	assert_true(l.paths.n >= 3);
	for (size_t i = 0; i < l.paths.n; i++) {
		struct faults f = {0};
		struct config *c;
		config_read(l.paths.items[i], &example_tables, &c, &f);
		/* The example shows recursive and rescan, which the small tables know too; nothing may be
		 * wrong. */
		assert_string_equal(shown(&f), "");
		assert_true(c->sources.n > 0 && c->sinks.n > 0);
		config_free(c);
	}
	file_list_fini(&l);
	unsetenv("KW_WEBHOOK_SECRET");
}

/* The reference with the first '#' of each line of its blocks taken off: "# Words" are headings. */
static void uncomment(struct sv text, struct buf *out)
{
	struct sv line;
	while (sv_cut(&text, '\n', &line)) {
		bool heading = sv_starts(line, SV("# ")) && line.len > 2 && line.ptr[2] != ' ';
		buf_add(out, !heading && sv_starts(line, SV("#")) ? sv_skip(line, 1) : line);
		buf_addc(out, '\n');
	}
}

static void reference_holds_every_option(void **state)
{
	(void)state;
	struct buf text = {0}, open = {0};
	config_write_reference(&tables, &text);
	/* As it is, it changes nothing. */
	expect_faults(text.ptr, "");
	struct sv rest = buf_sv(&text), line;
	while (sv_cut(&rest, '\n', &line))
		assert_true(line.len == 0 || line.ptr[0] == '#');
	/* Uncommented, it is valid, and every default is the default. */
	uncomment(buf_sv(&text), &open);
	struct faults f = {0};
	struct config *c = read_as("c.yaml", open.ptr, &f);
	/* The sample route names no sink of this file. */
	assert_null(strstr(shown(&f), "error: unknown option"));
	faults_fini(&f);
	assert_int_equal(c->sources.n, 3);
	assert_int_equal(c->sinks.n, 4);
	struct config *plain = read_as("c.yaml", "", &f);
	for (size_t i = 0; i < plain->agent.table->n; i++) {
		assert_true(plain->agent.values[i].number == c->agent.values[i].number);
		if (plain->agent.values[i].text)
			assert_string_equal(plain->agent.values[i].text, c->agent.values[i].text);
	}
	config_free(plain);
	config_free(c);
	/* Each option's name and help stands in it. */
	size_t n;
	const struct option_table *const *fixed = config_fixed_tables(&n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < fixed[i]->n; j++) {
			char *want = heap_printf("%s: ", fixed[i]->options[j].name);
			assert_non_null(strstr(text.ptr, want));
			/* without its first letter, which may be made a capital */
			assert_non_null(strstr(text.ptr, fixed[i]->options[j].help + 1));
			free(want);
		}
	assert_non_null(strstr(text.ptr,
	    "#  my_webhook:\n"
	    "#    type: webhook\n"
	    "#    # Where to post.\n"
	    "#    # (an address that begins with http:// or https://, or env:NAME or file:PATH; "
	    "required)\n"
	    "#    url: https://HOST/PATH\n"
	    "#\n"
	    "#    # Key of the signature.\n"
	    "#    # (env:NAME or file:PATH; no default)\n"
	    "#    # secret: env:NAME\n"
	    "#\n"
	    "#    # How long to wait.\n"
	    "#    # (a span such as 90s, 5m, 1h or 7d, from 1s to 5m)\n"
	    "#    timeout: 10s\n"));
	buf_fini(&text);
	buf_fini(&open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(defaults),
	    cmocka_unit_test(everything_right),
	    cmocka_unit_test(everything_wrong_at_once),
	    cmocka_unit_test(broken_files),
	    cmocka_unit_test(routes_that_do_nothing),
	    cmocka_unit_test(examples_load),
	    cmocka_unit_test(reference_holds_every_option),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
