/* Options: every type good, bad and out of range, with the exact message and place. */
#include "config/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/secret.h"

static const struct option options[] = {
    {"text", OPTION_TEXT, "none", 0, 0, NULL, "a word"},
    {"bool", OPTION_BOOL, "true", 0, 0, NULL, "yes or no"},
    {"int", OPTION_INT, "5", 1, 10, NULL, "a number"},
    {"span", OPTION_SPAN, "5m", 1000, 3600000, NULL, "a while"},
    {"bytes", OPTION_BYTES, "1MiB", 1024, 1 << 30, NULL, "a size"},
    {"choice", OPTION_CHOICE, "auto", 0, 0, "auto|text|ndjson", "a form"},
    {"path", OPTION_PATH, "/var/lib/x", 0, 0, NULL, "a place"},
    {"url", OPTION_URL, NULL, 0, 0, NULL, "an address"},
    {"secret", OPTION_SECRET, NULL, 0, 0, NULL, "a key"},
    {"texts", OPTION_TEXTS, "a, b", 0, 0, NULL, "words"},
    {"level", OPTION_LEVEL, "high", 0, 0, NULL, "a level"},
    {"time", OPTION_TIME, NULL, 0, 0, NULL, "a moment"},
    {"free", OPTION_SPAN, NULL, 0, 0, NULL, "without an upper end"},
};
static const struct option_table table = {"thing", "A thing.", options, sizeof options / sizeof *options};

static void read_as(struct options *o, const char *file, const char *yaml, struct faults *f)
{
	static const char *const skip[] = {"type", NULL};
	struct ydoc *y = ydoc_parse(file, sv_from(yaml), 0, f);
	assert_int_equal(f->list.n, 0);
	options_read(o, &table, ydoc_root(y, 0), file, skip, f);
	ydoc_free(y);
}

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

static void defaults(void **state)
{
	(void)state;
	struct options o;
	struct faults f = {0};
	options_read(&o, &table, NULL, "etc/c.yaml", NULL, &f);
	assert_int_equal(f.list.n, 0);
	assert_string_equal(options_text(&o, "text"), "none");
	assert_int_equal(options_number(&o, "bool"), 1);
	assert_int_equal(options_number(&o, "int"), 5);
	assert_int_equal(options_number(&o, "span"), 300000);
	assert_int_equal(options_number(&o, "bytes"), 1 << 20);
	assert_int_equal(options_number(&o, "choice"), 0);
	assert_string_equal(options_text(&o, "choice"), "auto");
	assert_string_equal(options_text(&o, "path"), "/var/lib/x");
	assert_null(options_text(&o, "url"));
	assert_null(options_get(&o, "secret")->secret);
	assert_false(options_get(&o, "time")->set);
	assert_int_equal(options_number(&o, "level"), 3);
	const struct option_value *texts = options_get(&o, "texts");
	assert_int_equal(texts->texts.n, 2);
	assert_string_equal(texts->texts.items[1], "b");
	assert_true(texts->set);
	assert_false(texts->given);
	options_fini(&o);
	options_fini(&o);
	options_fini(NULL);
}

static void good_values(void **state)
{
	(void)state;
	struct options o;
	struct faults f = {0};
	setenv("KW_TEST_KEY", "k", 1);
	setenv("KW_TEST_URL", "https://example.com/secret", 1);
	read_as(&o, "etc/c.yaml",
	    "type: x\ntext: 010\nbool: False\nint: 0x0a\nspan: 1h\nbytes: 2048\nchoice: ndjson\npath: a/b\n"
	    "url: 'http://localhost:1/x'\nsecret: env:KW_TEST_KEY\ntexts: one\nlevel: critical\ntime: "
	    "2027-01-31\n"
	    "free: 52w\n",
	    &f);
	assert_string_equal(shown(&f), "");
	assert_string_equal(options_text(&o, "text"), "010");
	assert_int_equal(options_number(&o, "bool"), 0);
	assert_int_equal(options_number(&o, "int"), 10);
	assert_int_equal(options_number(&o, "span"), 3600000);
	assert_int_equal(options_number(&o, "bytes"), 2048);
	assert_int_equal(options_number(&o, "choice"), 2);
	assert_string_equal(options_text(&o, "choice"), "ndjson");
	assert_string_equal(options_text(&o, "path"), "etc/a/b");
	assert_string_equal(options_text(&o, "url"), "http://localhost:1/x");
	assert_true(sv_eq(secret_value(options_get(&o, "url")->secret), SV("http://localhost:1/x")));
	assert_true(sv_eq(secret_value(options_get(&o, "secret")->secret), SV("k")));
	assert_int_equal(options_get(&o, "texts")->texts.n, 1);
	assert_string_equal(options_get(&o, "texts")->texts.items[0], "one");
	assert_int_equal(options_number(&o, "level"), 4);
	assert_true(options_number(&o, "time") == INT64_C(1801353600000));
	assert_true(options_number(&o, "free") == INT64_C(31449600000));
	assert_int_equal(options_get(&o, "span")->line, 5);
	assert_int_equal(options_get(&o, "span")->col, 7);
	assert_true(options_get(&o, "span")->given);
	options_fini(&o);
	read_as(
	    &o, "c.yaml", "{url: 'env:KW_TEST_URL', path: a, texts: [x, 1, y], bytes: 0x, bool: true}", &f);
	assert_string_equal(shown(&f),
	    "c.yaml:1:60: error: \"bytes\" must be a size such as 64KiB, 16MiB or 1GiB, not "
	    "\"0x\"\n");
	assert_null(options_text(&o, "url"));
	assert_true(sv_eq(secret_value(options_get(&o, "url")->secret), SV("https://example.com/secret")));
	assert_string_equal(options_text(&o, "path"), "a");
	assert_int_equal(options_get(&o, "texts")->texts.n, 3);
	assert_int_equal(options_number(&o, "bytes"), 1 << 20);
	options_fini(&o);
}

static const struct {
	const char *yaml, *want;
} bad[] = {
    {"bool: yes", "1:7: error: \"bool\" must be true or false, not \"yes\""},
    {"bool: 'true'", "1:7: error: \"bool\" must be true or false, not \"true\""},
    {"int: 11", "1:6: error: \"int\" must be a whole number from 1 to 10, not \"11\""},
    {"int: 1.5", "1:6: error: \"int\" must be a whole number from 1 to 10, not \"1.5\""},
    {"int: '5'", "1:6: error: \"int\" must be a whole number from 1 to 10, not \"5\""},
    {"int: 99999999999999999999", "1:6: error: \"int\" must be a whole number from 1 to 10, not "
				  "\"99999999999999999999\""},
    {"span: soon", "1:7: error: \"span\" must be a span such as 90s, 5m, 1h or 7d, not \"soon\""},
    {"span: 60", "1:7: error: \"span\" must be a span such as 90s, 5m, 1h or 7d, not \"60\""},
    {"span: 2h", "1:7: error: \"span\" must be from 1s to 1h, not \"2h\""},
    {"span: 500ms", "1:7: error: \"span\" must be from 1s to 1h, not \"500ms\""},
    {"bytes: 64MB", "1:8: error: \"bytes\" must be a size such as 64KiB, 16MiB or 1GiB, not \"64MB\""},
    {"bytes: 2GiB", "1:8: error: \"bytes\" must be from 1KiB to 1GiB, not \"2GiB\""},
    {"bytes: 9999999999999TiB",
	"1:8: error: \"bytes\" must be a size such as 64KiB, 16MiB or 1GiB, not \"9999999999999TiB\""},
    {"choice: ndjsn", "1:9: error: \"choice\" must be one of auto, text or ndjson, not \"ndjsn\"; did you "
		      "mean \"ndjson\"?"},
    {"choice: xml", "1:9: error: \"choice\" must be one of auto, text or ndjson, not \"xml\""},
    {"path: ''", "1:7: error: \"path\" must be a path, not \"\""},
    {"path: \"a\\0b\"", "1:7: error: \"path\" must be a path, not \"a\""},
    {"url: ftp://u:p@h", "1:6: error: \"url\" must be an address that begins with http:// or https://, or "
			 "env:NAME or file:PATH"},
    {"url: 'https://'", "1:6: error: \"url\" must be an address that begins with http:// or https://, or "
			"env:NAME or file:PATH"},
    {"url: 'https://a b'", "1:6: error: \"url\" must be an address that begins with http:// or https://, or "
			   "env:NAME or file:PATH"},
    {"url: env:KW_TEST_UNSET", "1:6: error: \"url\": the environment variable KW_TEST_UNSET is not set"},
    {"url: env:KW_TEST_KEY",
	"1:6: error: \"url\": what env:KW_TEST_KEY holds does not begin with http:// or https://"},
    {"url: 'https://user:pw@host/x'", "1:6: warning: \"url\" holds a user name or password in the open; give "
				      "the whole address as env:NAME or "
				      "file:PATH"},
    {"secret: hunter2",
	"1:9: error: \"secret\": a secret is never written here itself: use env:NAME for a variable "
	"or file:PATH for a file"},
    {"secret: [hunter2]", "1:9: error: \"secret\" must be env:NAME or file:PATH, not a list"},
    {"texts: {a: b}", "1:8: error: \"texts\" must be a text or a list of texts, not a mapping"},
    {"texts: [a, [b]]", "1:12: error: \"texts\": each value must be a text, not a list"},
    {"texts: [a, '']", "1:12: error: \"texts\": each value must be a text, not nothing"},
    {"level: hgh",
	"1:8: error: \"level\" must be one of informational, low, medium, high or critical, not \"hgh\"; "
	"did you mean \"high\"?"},
    {"level: 3",
	"1:8: error: \"level\" must be one of informational, low, medium, high or critical, not \"3\""},
    {"time: 2027-02-30", "1:7: error: \"time\" must be a date or a moment such as 2027-01-31 or "
			 "2027-01-31T08:00:00Z, not \"2027-02-30\""},
    {"text: [a]", "1:7: error: \"text\" must be a text, not a list"},
    {"text:", "1:6: error: \"text\" has no value; leave the line out for the default"},
    {"spam: 1h", "1:1: error: unknown option \"spam\"; did you mean \"span\"?"},
    {"typ: 1h", "1:1: error: unknown option \"typ\"; did you mean \"type\"?"},
    {"colour: 1",
	"1:1: error: unknown option \"colour\"; thing takes text, bool, int, span, bytes, choice, path, url, "
	"secret, texts, level, time, free, type"},
    {"[text]", "1:1: error: thing must be a mapping of options, not a list"},
    {"text", "1:1: error: thing must be a mapping of options, not a single value"},
};

static void bad_values(void **state)
{
	(void)state;
	setenv("KW_TEST_KEY", "hunter2", 1);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct options o;
		struct faults f = {0};
		char *want = heap_printf("c.yaml:%s\n", bad[i].want);
		read_as(&o, "c.yaml", bad[i].yaml, &f);
		assert_string_equal(shown(&f), want);
		/* A refused value leaves the default in place. */
		assert_int_equal(options_number(&o, "int"), 5);
		assert_string_equal(options_text(&o, "text"), "none");
		assert_int_equal(options_get(&o, "texts")->texts.n, 2);
		options_fini(&o);
		free(want);
	}
}

static void all_faults_at_once(void **state)
{
	(void)state;
	struct options o;
	struct faults f = {0};
	read_as(&o, "c.yaml", "int: x\nspan: y\nnone: 1\nbool: 1\n", &f);
	assert_int_equal(f.n_errors, 4);
	faults_fini(&f);
	options_fini(&o);
}

static void required_options(void **state)
{
	(void)state;
	static const struct option needed[] = {
	    {"url", OPTION_URL, OPTION_REQUIRED, 0, 0, NULL, "where to post"},
	    {"n", OPTION_INT, OPTION_REQUIRED, 1, 9, NULL, "how many"},
	};
	static const struct option_table t = {"sinks.hook", "A hook.", needed, 2};
	struct faults f = {0};
	struct options o;
	struct ydoc *y = ydoc_parse("c.yaml", SV("a:\n  n: 3\n"), 0, &f);
	options_read(&o, &t, ydoc_get(ydoc_root(y, 0), "a"), "c.yaml", NULL, &f);
	assert_string_equal(
	    shown(&f), "c.yaml:2:3: error: sinks.hook needs the option \"url\": where to post\n");
	assert_int_equal(options_number(&o, "n"), 3);
	assert_false(options_get(&o, "url")->set);
	options_fini(&o);
	ydoc_free(y);
}

static void spans_and_sizes_are_shown_short(void **state)
{
	(void)state;
	struct buf b = {0};
	option_show_span(5400000, &b);
	buf_addc(&b, ' ');
	option_show_span(86400000, &b);
	buf_addc(&b, ' ');
	option_show_span(1, &b);
	buf_addc(&b, ' ');
	option_show_span(0, &b);
	buf_addc(&b, ' ');
	option_show_bytes(INT64_C(3) << 30, &b);
	buf_addc(&b, ' ');
	option_show_bytes(1025, &b);
	assert_string_equal(b.ptr, "90m 1d 1ms 0 3GiB 1025");
	buf_fini(&b);
	assert_int_equal(option_level_parse(SV("informational")), 0);
	assert_int_equal(option_level_parse(SV("High")), -1);
	assert_string_equal(option_level_name(4), "critical");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(defaults),
	    cmocka_unit_test(good_values),
	    cmocka_unit_test(bad_values),
	    cmocka_unit_test(all_faults_at_once),
	    cmocka_unit_test(required_options),
	    cmocka_unit_test(spans_and_sizes_are_shown_short),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
