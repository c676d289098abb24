/* Commands of first steps: quoting that holds against a real shell, and refusals. */
#include "alerts/command.h"

#include "tests/unit/alerts/fixture.h"

static const struct redact usual = {0};

static enum rc write_command(const char *template, const char *value_json, struct buf *out, struct err *e)
{
	struct arena a = {0};
	char *json = heap_printf("{\"v\":%s,\"password\":\"p\",\"awsRegion\":\"eu-west-1\"}", value_json);
	enum rc rc =
	    command_write(sv_from(template), fixture_record(&a, sv_from(json), NULL), &usual, out, e);
	free(json);
	arena_fini(&a);
	return rc;
}

static void quotes_every_value(void **state)
{
	(void)state;
	struct buf out = {0};
	struct err e = {0};
	fixture_ok(
	    write_command("aws kendra x --index-id {v} --region {awsRegion}", "\"it's $(id)\"", &out, &e),
	    &e);
	assert_string_equal(out.ptr, "aws kendra x --index-id 'it'\\''s $(id)' --region 'eu-west-1'");
	buf_fini(&out);
}

/* A shell must give back exactly the value. */
static void a_shell_reads_the_value_back(void **state)
{
	(void)state;
	static const char *const values[] = {"a b", "$(touch /tmp/kw-no)", "`id`", "'; echo no; '",
	    "\\\"\\\\", "*", "a''b", "!x", "#c", "&& false", "\xc3\xa9", "$HOME", "~"};
	static const char *const plain[] = {"a b", "$(touch /tmp/kw-no)", "`id`", "'; echo no; '", "\"\\",
	    "*", "a''b", "!x", "#c", "&& false", "\xc3\xa9", "$HOME", "~"};
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct buf out = {0};
		struct err e = {0};
		char json[64], got[128] = "";
		snprintf(json, sizeof json, "\"%s\"", values[i]);
		fixture_ok(write_command("printf %s {v}", json, &out, &e), &e);
		FILE *shell = popen(out.ptr, "r");
		assert_non_null(shell);
		size_t n = fread(got, 1, sizeof got - 1, shell);
		assert_int_equal(pclose(shell), 0);
		got[n] = 0;
		assert_string_equal(got, plain[i]);
		buf_fini(&out);
	}
}

static void refuses(const char *template, const char *value_json, const char *reason)
{
	struct buf out = {0};
	struct err e = {0};
	assert_int_equal(write_command(template, value_json, &out, &e), RC_REJECT);
	assert_int_equal(out.len, 0);
	if (!strstr(e.text, reason))
		fail_msg("\"%s\" does not say \"%s\"", e.text, reason);
}

static void refuses_values_that_could_do_harm(void **state)
{
	(void)state;
	refuses("x {w}", "1", "{w} is absent");
	refuses("x {v}", "\"\"", "absent");
	refuses("x {password}", "1", "masked");
	refuses("x {v}", "\"a\\nb\"", "can't be shown");
	refuses("x {v}", "\"\\u202e\"", "can't be shown");
	refuses("x {v}", "\"--profile=root\"", "option");
	refuses("x {v}", "\"file:///etc/shadow\"", "file or URL");
	refuses("x {v}", "\"fileb://x\"", "file or URL");
}

static void refuses_templates_that_undo_the_quoting(void **state)
{
	(void)state;
	struct err e = {0};
	refuses("x '{v}'", "1", "within '");
	refuses("x \"a {v}\"", "1", "within \"");
	refuses("x `y {v}`", "1", "within `");
	refuses("x \\{v}", "1", "right behind \\");
	refuses("x ${v}", "1", "right behind $");
	refuses("cat <<E {v}", "1", "here-document");
	refuses("a\nb {v}", "1", "one line");
	refuses("x {v", "1", "braces");
	refuses("x {v} 'open", "1", "ends within '");
	assert_int_equal(command_check(SV("x 'quoted' \"too\" {v} \\' {w}"), &e), RC_OK);
	assert_int_equal(command_check(SV("x '\\' {v}"), &e), RC_OK);
	assert_int_equal(command_check(SV("x \"\\\"\" {v}"), &e), RC_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(quotes_every_value),
	    cmocka_unit_test(a_shell_reads_the_value_back),
	    cmocka_unit_test(refuses_values_that_could_do_harm),
	    cmocka_unit_test(refuses_templates_that_undo_the_quoting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
