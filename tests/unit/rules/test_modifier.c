/* Chains of modifiers and their faults. */
#include "rules/modifier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void good_chains(void **state)
{
	static const char *rows[] = {"contains", "contains|all", "all|contains", "startswith|cased|neq",
	    "utf16le|base64offset|contains", "wide|base64", "utf16|base64offset|contains",
	    "windash|contains|all", "contains|all|windash", "re|i|m|s", "re|ignorecase|multiline|dotall",
	    "re|all|neq", "cidr|neq", "expand|cidr", "cidr|expand", "contains|expand",
	    "expand|base64offset|contains", "hour|gte", "week", "lt", "fieldref|neq", "fieldref|endswith",
	    "contains|fieldref", "exists", "exists|neq", "startswith|endswith", "base64|cased"};
	struct modifiers ms;
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (modifier_read(sv_from(rows[i]), &ms, &e))
			fail_msg("%s: %s", rows[i], e.text);
	assert_int_equal(ms.n, 2);
	assert_true(ms.has[MODIFIER_BASE64] && ms.has[MODIFIER_CASED] && !ms.has[MODIFIER_RE]);
	assert_int_equal(ms.order[1], MODIFIER_CASED);
	assert_string_equal(modifier_name(ms.order[1]), "cased");
	assert_non_null(modifier_help(ms.order[1]));
}

static void faults(void **state)
{
	static const struct {
		const char *chain, *text;
	} rows[] = {
	    {"startwith", "unknown modifier \"startwith\"; did you mean \"startswith\"?"},
	    {"Contains", "unknown modifier \"Contains\"; did you mean \"contains\"?"},
	    {"ignore_case", "unknown modifier \"ignore_case\"; did you mean \"ignorecase\"?"},
	    {"", "empty modifier: nothing stands behind a \"|\""},
	    {"contains|", "empty modifier: nothing stands behind a \"|\""},
	    {"contains||all", "empty modifier: nothing stands behind a \"|\""},
	    {"all|all", "modifier \"all\" is written twice"},
	    {"wide|utf16le", "modifier \"wide\" is written twice"},
	    {"contains|re", "modifier \"re\" must come first"},
	    {"re|contains", "modifiers \"re\" and \"contains\" do not go together"},
	    {"neq|re", "modifier \"re\" must come first"},
	    {"i", "modifier \"i\" works only after \"re\""},
	    {"contains|i", "modifier \"i\" works only after \"re\""},
	    {"re|all|i", "modifier \"i\" must come before \"all\""},
	    {"contains|base64", "modifier \"base64\" must come before \"contains\""},
	    {"base64|wide", "modifier \"wide\" must come before \"base64\""},
	    {"base64|base64offset", "modifiers \"base64\" and \"base64offset\" do not go together"},
	    {"windash|base64", "modifiers \"windash\" and \"base64\" do not go together"},
	    {"base64|expand", "modifier \"expand\" must come before \"base64\""},
	    {"gte|hour", "modifier \"hour\" must come before \"gte\""},
	    {"gt|lt", "modifiers \"gt\" and \"lt\" do not go together"},
	    {"exists|all", "modifiers \"exists\" and \"all\" do not go together"},
	    {"cidr|contains", "modifiers \"cidr\" and \"contains\" do not go together"},
	    {"re|expand", "modifiers \"re\" and \"expand\" do not go together"},
	};
	struct modifiers ms;
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(modifier_read(sv_from(rows[i].chain), &ms, &e), RC_CONFIG);
		assert_string_equal(e.text, rows[i].text);
	}
	assert_int_equal(modifier_read(SV("frobnicate"), &ms, &e), RC_CONFIG);
	assert_true(sv_starts(
	    sv_from(e.text), SV("unknown modifier \"frobnicate\"; there are contains, startswith,")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_chains),
	    cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
