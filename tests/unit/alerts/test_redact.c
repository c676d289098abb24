/* Masking: classes by name, the event copy, single values. */
#include "alerts/redact.h"

#include "base/jdoc.h"
#include "tests/unit/alerts/fixture.h"

static void copies(const struct redact *r, const char *json, const char *want)
{
	struct arena a = {0};
	const struct tree *t = NULL;
	struct err e = {0};
	struct buf out = {0};
	struct jdoc *v = NULL;
	fixture_ok(tree_read(&a, sv_from(json), &t, &e), &e);
	redact_event(r, t, &out);
	assert_string_equal(out.ptr, want);
	fixture_ok(jdoc_read(buf_sv(&out), &v, &e), &e); /* whatever went in, every reader can read it */
	jdoc_free(v);
	buf_fini(&out);
	arena_fini(&a);
}

static const struct redact usual = {0}, open_wide = {.show_content = true};

static void names_decide_the_class(void **state)
{
	(void)state;
	assert_int_equal(redact_path(SV("responseElements.credentials.sessionToken")), REDACT_SECRET);
	assert_int_equal(redact_path(SV("additionalEventData.x-amz-id-2")), REDACT_SECRET);
	assert_int_equal(redact_path(SV("requestParameters.X_Amz-Security-Token")), REDACT_SECRET);
	assert_int_equal(redact_path(SV("requestParameters.queryText")), REDACT_CONTENT);
	assert_int_equal(redact_path(SV("requestParameters.userContext.groups")), REDACT_CONTENT);
	assert_int_equal(redact_path(SV("requestParameters.userContext.token")), REDACT_SECRET);
	assert_int_equal(redact_path(SV("requestParameters.documents.blob")), REDACT_CONTENT);
	assert_int_equal(redact_path(SV("userIdentity.accessKeyId")), REDACT_NONE);
	assert_int_equal(redact_path(SV("requestParameters.clientToken")), REDACT_NONE);
	assert_int_equal(redact_path(SV("kw.actor")), REDACT_NONE);
	assert_int_equal(redact_path(SV("")), REDACT_NONE);
	assert_true(redact_hides(&usual, REDACT_CONTENT));
	assert_false(redact_hides(&open_wide, REDACT_CONTENT));
	assert_true(redact_hides(&open_wide, REDACT_SECRET));
}

static void the_copy_keeps_all_but_what_is_masked(void **state)
{
	(void)state;
	copies(&usual,
	    "{\"b\" : 1.50, "
	    "\"a\":[true,null,\"\\u00e9\\/"
	    "\"],\"responseElements\":{\"credentials\":{\"sessionToken\":\"s3cr3t\"},"
	    "\"x\":{}}, \"n\":18446744073709551616}",
	    "{\"b\":1.50,\"a\":[true,null,\"\\u00e9\\/"
	    "\"],\"responseElements\":{\"credentials\":\"***\",\"x\":{}},"
	    "\"n\":18446744073709551616}");
	copies(&usual,
	    "{\"queryText\":\"salary of bob\",\"userContext\":{\"groups\":[\"hr\"]},\"password\":null}",
	    "{\"queryText\":\"***\",\"userContext\":\"***\",\"password\":null}");
	copies(&open_wide,
	    "{\"queryText\":\"salary\",\"userContext\":{\"token\":\"jwt\",\"groups\":[\"hr\"]}}",
	    "{\"queryText\":\"salary\",\"userContext\":{\"token\":\"***\",\"groups\":[\"hr\"]}}");
	copies(&usual, "{\"documents\":[{\"id\":\"d\",\"blob\":\"QUJD\"},{\"Blob\":7}]}",
	    "{\"documents\":[{\"id\":\"d\",\"blob\":\"***\"},{\"Blob\":\"***\"}]}");
}

static void signed_urls_lose_their_query(void **state)
{
	(void)state;
	copies(&usual,
	    "{\"u\":\"https://b.s3.amazonaws.com/"
	    "k?X-Amz-Date=1&X-Amz-Signature=ab\",\"v\":\"X-Amz-Signature=ab\"}",
	    "{\"u\":\"https://b.s3.amazonaws.com/k?***\",\"v\":\"***\"}");
}

static void what_readers_refuse_is_mended(void **state)
{
	(void)state;
	copies(&usual, "{\"a\":\"x\xffy\",\"b\":\"\\ud800\",\"k\\u0000\":\"n\\u0000\"}",
	    "{\"a\":\"x\xef\xbf\xbdy\",\"b\":\"\xef\xbf\xbd\",\"k\xef\xbf\xbd\":\"n\\u0000\"}");
	struct buf deep = {0}, out = {0};
	struct arena a = {0};
	struct err e = {0};
	const struct tree *t = NULL;
	struct jdoc *v = NULL;
	for (int i = 0; i < 500; i++)
		buf_addc(&deep, '[');
	for (int i = 0; i < 500; i++)
		buf_addc(&deep, ']');
	fixture_ok(tree_read(&a, buf_sv(&deep), &t, &e), &e);
	redact_event(&usual, t, &out);
	assert_non_null(strstr(out.ptr, "nested deeper"));
	fixture_ok(jdoc_read(buf_sv(&out), &v, &e), &e);
	jdoc_free(v);
	buf_fini(&deep);
	buf_fini(&out);
	arena_fini(&a);
}

static void shows(const struct tree *event, const char *path, struct sv value, const char *want)
{
	struct buf out = {0};
	redact_value(&usual, event, sv_from(path), value, &out);
	assert_string_equal(out.ptr, want);
	buf_fini(&out);
}

static void values_are_masked_and_cut(void **state)
{
	(void)state;
	struct arena a = {0};
	struct err e = {0};
	const struct tree *t = NULL;
	char text[400], want[300] = "";
	fixture_ok(tree_read(&a, SV("{\"x\":{\"sessionToken\":\"s3cr3t\"},\"y\":\"plain\"}"), &t, &e), &e);
	shows(t, "x.sessionToken", SV("s3cr3t"), "***");
	shows(t, "y", SV("plain"), "plain");
	shows(t, "", SV("plain"), "plain");
	shows(t, "", SV("s3cr3t"), "***"); /* found by a keyword */
	for (size_t i = 0; i + 1 < sizeof text; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	memcpy(want, text, 256);
	memcpy(want + 256, "\xe2\x80\xa6", 4);
	shows(t, "y", sv_of(text, 300), want);
	/* never in the middle of a code point */
	memcpy(want, "z", 1);
	memcpy(want + 1, text, 254);
	memcpy(want + 255, "\xe2\x80\xa6", 4);
	memmove(text + 1, text, 300);
	text[0] = 'z';
	shows(t, "y", sv_of(text, 301), want);
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_decide_the_class),
	    cmocka_unit_test(the_copy_keeps_all_but_what_is_masked),
	    cmocka_unit_test(signed_urls_lose_their_query),
	    cmocka_unit_test(what_readers_refuse_is_mended),
	    cmocka_unit_test(values_are_masked_and_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
