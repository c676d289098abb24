/* The plain reader, by hand and against jansson on everything jansson can express. */
#include "rules/event/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <jansson.h>

#include "base/utf8.h"

static struct arena arena;

static int reset(void **state)
{
	(void)state;
	arena_reset(&arena);
	return 0;
}

static const struct tree *read_ok(struct sv json)
{
	const struct tree *t = NULL;
	struct err e = {0};
	if (tree_read(&arena, json, &t, &e))
		fail_msg("%.*s: %s", SV_ARG(json), e.text);
	return t;
}

static void text_is(const char *json, struct sv wanted)
{
	const struct tree *t = read_ok(sv_from(json));
	if (!sv_eq(t->text, wanted))
		fail_msg("%s says \"%.*s\"", json, SV_ARG(t->text));
}

static void scalars_keep_their_spelling(void **state)
{
	static const char *const numbers[] = {"0", "-0", "1.10", "9223372036854775808", "1e400", "-1.5E+10",
	    "0.0", "123456789012345678901234567890"};
	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		text_is(numbers[i], sv_from(numbers[i]));
		assert_int_equal(read_ok(sv_from(numbers[i]))->type, TREE_NUMBER);
	}
	text_is(" true ", SV("true"));
	text_is("null", SV("null"));
	assert_true(sv_eq(tree_text(read_ok(SV("false"))), SV("false")));
	assert_null(tree_text(read_ok(SV("null"))).ptr);
	assert_null(tree_text(read_ok(SV("[1]"))).ptr);
	assert_null(tree_text(NULL).ptr);
}

static void strings_are_unescaped(void **state)
{
	(void)state;
	text_is("\"\"", SV(""));
	text_is("\"plain\"", SV("plain"));
	text_is("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", SV("\"\\/\b\f\n\r\t"));
	text_is("\"a\\u0000b\"", SV("a\0b"));
	text_is("\"\\u00e9\\u20AC\"", SV("\xc3\xa9\xe2\x82\xac"));
	text_is("\"\\ud83d\\ude00\"", SV("\xf0\x9f\x98\x80"));
	/* Half a pair is U+FFFD, and what follows is read on its own. */
	text_is("\"\\ud83d\"", SV("\xef\xbf\xbd"));
	text_is("\"\\ude00x\"", SV("\xef\xbf\xbdx"));
	text_is("\"\\ud83d\\u0041\"", SV("\xef\xbf\xbd"
					 "A"));
	text_is("\"\\ud83d\\ud83d\\ude00\"", SV("\xef\xbf\xbd\xf0\x9f\x98\x80"));
	text_is("\"\\ud83d\\n\"", SV("\xef\xbf\xbd\n"));
	/* Bytes that are not UTF-8 stay. */
	text_is("\"\xff\xc0\x80\"", SV("\xff\xc0\x80"));
	text_is("\"a long text with an escape behind it\\n\"", SV("a long text with an escape behind it\n"));
	text_is("\"\x7f\"", SV("\x7f"));
}

static void what_is_no_json_is_refused(void **state)
{
	static const char *const bad[] = {"", " ", "01", "-", "-01", "1.", ".1", "1e", "1e+", "+1", "0x1",
	    "00", "tru", "True", "nul", "NaN", "Infinity", "'a'", "\"", "\"a", "\"\\\"", "\"\\", "\"\\x\"",
	    "\"\\u12\"", "\"\\u12g4\"", "\"\\u123", "\"a\nb\"", "\"a\tb\"", "\"\x1f\"", "[", "]", "[1", "[1,",
	    "[1,]", "[,1]", "[1 2]", "[1}", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,",
	    "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "{\"a\":}",
	    "{} {}", "1 2", "[]x", "null,", "\xef\xbb\xbf{}", "/**/1", "\f1", "\"\\ud83d\\u12\""};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		const struct tree *t = NULL;
		struct err e = {0};
		/* On the heap, so that a read past the end is seen. */
		size_t len = strlen(bad[i]);
		char *copy = malloc(len + 1);
		memcpy(copy, bad[i], len);
		copy = realloc(copy, len ? len : 1);
		if (tree_read(&arena, sv_of(copy, len), &t, &e) != RC_INPUT)
			fail_msg("accepted: %s", bad[i]);
		assert_null(t);
		assert_true(sv_starts(sv_from(e.text), SV("offset ")));
		free(copy);
	}
	assert_int_equal(tree_read(&arena, SV("[0]\0"), &(const struct tree *){NULL}, NULL), RC_INPUT);
	assert_int_equal(tree_read(&arena, (struct sv){0}, &(const struct tree *){NULL}, NULL), RC_INPUT);
}

static void faults_have_their_place(void **state)
{
	const struct tree *t;
	struct err e = {0};
	(void)state;
	assert_int_equal(tree_read(&arena, SV("{\"a\": tru}"), &t, &e), RC_INPUT);
	assert_string_equal(e.text, "offset 6: expected a value");
	assert_int_equal(tree_read(&arena, SV("[1 2]"), &t, &e), RC_INPUT);
	assert_string_equal(e.text, "offset 3: expected , or ]");
}

static void depth_is_capped(void **state)
{
	char json[2 * TREE_MAX_DEPTH + 2];
	const struct tree *t;
	struct err e = {0};
	(void)state;
	memset(json, '[', TREE_MAX_DEPTH);
	memset(json + TREE_MAX_DEPTH, ']', TREE_MAX_DEPTH);
	assert_int_equal(tree_read(&arena, sv_of(json, 2 * TREE_MAX_DEPTH), &t, &e), RC_OK);
	memset(json, '[', TREE_MAX_DEPTH + 1);
	assert_int_equal(tree_read(&arena, sv_of(json, sizeof json), &t, &e), RC_LIMIT);
	assert_string_equal(e.text, "offset 512: nested too deeply");
}

static void wide_containers_outgrow_the_stack(void **state)
{
	struct buf b = {0};
	enum { N = 5000 };
	(void)state;
	buf_addc(&b, '[');
	for (int i = 0; i < N; i++)
		buf_printf(&b, "%s{\"k\":%d}", i ? "," : "", i);
	buf_addc(&b, ']');
	const struct tree *t = read_ok(buf_sv(&b));
	assert_int_equal(t->n, N);
	for (int i = 0; i < N; i++) {
		int64_t v = -1;
		assert_true(sv_int(tree_text(tree_get(&t->items[i], SV("k"))), 0, N, &v));
		assert_int_equal(v, i);
	}
	buf_fini(&b);
}

static void members_keep_order_and_doubles(void **state)
{
	const struct tree *t = read_ok(SV("{\"b\":1,\"a\":2,\"b\":3,\"\\u0061\":4}"));
	(void)state;
	assert_int_equal(t->n, 4);
	assert_true(sv_eq(t->keys[0], SV("b")) && sv_eq(t->keys[2], SV("b")) && sv_eq(t->keys[3], SV("a")));
	assert_true(sv_eq(tree_text(tree_get(t, SV("b"))), SV("1")));
	assert_null(tree_get(t, SV("c")));
	assert_null(tree_get(read_ok(SV("[]")), SV("c")));
	assert_null(tree_get(NULL, SV("c")));
}

static void paths_descend_through_objects(void **state)
{
	const struct tree *t = read_ok(SV("{\"a\":{\"b\":{\"c\":\"x\"},\"l\":[{\"c\":1}]}}"));
	(void)state;
	assert_true(sv_eq(tree_text(tree_at(t, "a.b.c")), SV("x")));
	assert_null(tree_at(t, "a.b.d"));
	assert_null(tree_at(t, "a.b.c.d"));
	assert_null(tree_at(t, "a.l.c"));
	assert_null(tree_at(NULL, "a"));
}

static void compact_drops_blanks_only(void **state)
{
	struct buf b = {0};
	(void)state;
	tree_compact(
	    read_ok(SV(" { \"a b\" : [ 1.10 , \"x \\\" y\\\\\" ,\n{ } ] , \"\\u0061\" : null } ")), &b);
	assert_string_equal(b.ptr, "{\"a b\":[1.10,\"x \\\" y\\\\\",{}],\"\\u0061\":null}");
	buf_reset(&b);
	tree_compact(tree_get(read_ok(SV("{\"k\": [ 1, 2 ]}")), SV("k")), &b);
	assert_string_equal(b.ptr, "[1,2]");
	buf_fini(&b);
}

/* --- against jansson ----------------------------------------------------------------------------- */

static void same(const struct tree *t, const json_t *j);

static void same_object(const struct tree *t, const json_t *j)
{
	/* jansson keeps the last of doubled keys. */
	for (size_t i = 0; i < t->n; i++) {
		bool doubled = false;
		for (size_t k = i + 1; k < t->n; k++)
			doubled |= sv_eq(t->keys[i], t->keys[k]);
		if (!doubled)
			same(&t->items[i],
			    json_object_getn(j, t->keys[i].ptr ? t->keys[i].ptr : "", t->keys[i].len));
	}
}

static void same_number(const struct tree *t, const json_t *j)
{
	struct sv copy = arena_copy(&arena, t->text);
	if (json_is_integer(j))
		assert_true(strtoll(copy.ptr, NULL, 10) == json_integer_value(j));
	else
		assert_true(strtod(copy.ptr, NULL) == json_real_value(j));
}

static void same(const struct tree *t, const json_t *j)
{
	assert_non_null(j);
	switch (t->type) {
	case TREE_NULL: assert_true(json_is_null(j)); break;
	case TREE_FALSE: assert_true(json_is_false(j)); break;
	case TREE_TRUE: assert_true(json_is_true(j)); break;
	case TREE_NUMBER: same_number(t, j); break;
	case TREE_STRING:
		assert_true(sv_eq(t->text, sv_of(json_string_value(j), json_string_length(j))));
		break;
	case TREE_ARRAY:
		assert_int_equal(t->n, json_array_size(j));
		for (size_t i = 0; i < t->n; i++)
			same(&t->items[i], json_array_get(j, i));
		break;
	case TREE_OBJECT: same_object(t, j); break;
	}
	assert_true(t->raw.len > 0);
}

/* jansson refuses what we must accept: bytes that are not UTF-8, half pairs, NUL in keys, numbers past its
 * types. */
static bool beyond_jansson(const json_error_t *error)
{
	enum json_error_code code = json_error_code(error);
	return code == json_error_invalid_utf8 || code == json_error_null_byte_in_key ||
	       code == json_error_numeric_overflow || strstr(error->text, "surrogate") ||
	       strstr(error->text, "invalid Unicode");
}

/* Both accept and agree, or both refuse. */
static bool compare(struct sv json)
{
	json_error_t error;
	struct err e = {0};
	const struct tree *t = NULL;
	json_t *j = json_loadb(json.len ? json.ptr : "", json.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	enum rc rc = tree_read(&arena, json, &t, &e);
	if (j && rc == RC_OK)
		same(t, j);
	else if (j || (rc == RC_OK && !beyond_jansson(&error)))
		fail_msg("%.*s: ours %s, jansson %s", SV_ARG(json), rc ? e.text : "accepts",
		    j ? "accepts" : error.text);
	bool accepted = j != NULL;
	json_decref(j);
	return accepted;
}

static uint32_t next(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return *x >> 8;
}

static void add_random(struct buf *b, uint32_t *x, int depth);

static void add_random_text(struct buf *b, uint32_t *x)
{
	static const char *const parts[] = {"a", "arn:aws:iam::1:role/", "\\n", "\\u0000", "\\ud83d\\ude00",
	    "\xc3\xa9", "\\\\", "\\\"", " ", "{\\\"x\\\":[1]}", "\\u00e9", "0123456789abcdef"};
	buf_addc(b, '"');
	for (uint32_t n = next(x) % 5; n > 0; n--)
		buf_adds(b, parts[next(x) % (sizeof parts / sizeof *parts)]);
	buf_addc(b, '"');
}

static void add_random_container(struct buf *b, uint32_t *x, int depth, bool object)
{
	buf_addc(b, object ? '{' : '[');
	for (uint32_t i = 0, n = next(x) % 5; i < n; i++) {
		buf_adds(b, i == 0 ? "" : next(x) % 4 ? "," : " ,\n\t");
		if (object) {
			add_random_text(b, x);
			buf_adds(b, next(x) % 4 ? ":" : " : ");
		}
		add_random(b, x, depth - 1);
	}
	buf_addc(b, object ? '}' : ']');
}

static void add_random(struct buf *b, uint32_t *x, int depth)
{
	static const char *const scalars[] = {
	    "0", "-1", "1.10", "1e3", "-2.5E-2", "9007199254740993", "true", "false", "null"};
	uint32_t kind = next(x) % (depth > 0 ? 6 : 3);
	if (kind == 0)
		buf_adds(b, scalars[next(x) % (sizeof scalars / sizeof *scalars)]);
	else if (kind < 3)
		add_random_text(b, x);
	else
		add_random_container(b, x, depth, kind != 3);
}

static void random_values_agree_with_jansson(void **state)
{
	struct buf b = {0};
	uint32_t x = 7;
	size_t accepted = 0;
	enum { N = 20000 };
	(void)state;
	for (int i = 0; i < N; i++) {
		arena_reset(&arena);
		buf_reset(&b);
		add_random(&b, &x, 5);
		/* Every other one with a byte changed, so that the refusals are compared too. */
		if (i % 2)
			b.ptr[next(&x) % b.len] = "{}[]\",:\\0-e. \n\x01t"[next(&x) % 16];
		accepted += compare(buf_sv(&b));
	}
	assert_in_range(accepted, N / 3, N - 1000);
	buf_fini(&b);
}

static int end(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(scalars_keep_their_spelling),
	    TEST(strings_are_unescaped),
	    TEST(what_is_no_json_is_refused),
	    TEST(faults_have_their_place),
	    TEST(depth_is_capped),
	    TEST(wide_containers_outgrow_the_stack),
	    TEST(members_keep_order_and_doubles),
	    TEST(paths_descend_through_objects),
	    TEST(compact_drops_blanks_only),
	    TEST(random_values_agree_with_jansson),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
