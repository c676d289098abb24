/* Objects that were seen before: the scanner says of them what the plain reader says, also when they are
 * almost what was seen. */
#include "rules/event/scan_seen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/fuzz/scan_oracle.h"

#define N_RECORDS 30000

static const struct sv paths[] = {SV_INIT("who"), SV_INIT("who.name"), SV_INIT("who.session.by.arn"),
    SV_INIT("who.session"), SV_INIT("tls.host"), SV_INIT("list.x.y"), SV_INIT("list.x"), SV_INIT("when")};
#define N_PATHS (sizeof paths / sizeof *paths)

/* What differs stands where it tells objects apart (%c) and where it does not. */
static const char *const objects[] = {
    "\"who\":{\"type\":\"AssumedRole\",\"principal\":\"AROANE3VVJL4FSLST5BOQ:8e95944%c330190e3ef37\","
    "\"name\":\"kb-app-%c\","
    "\"session\":{\"by\":{\"arn\":\"arn:aws:iam::1:role/"
    "x\"},\"since\":\"2026-03-0%cT00:00:00Z\",\"n\":-1.5e3}}",
    "\"who\":{\"type\":\"IAMUser\", \"principal\":\"AIDA7Q663LAPPVWL6C4ZF%c\", \"name\":\"back\\u0075p-%c\", "
    "\"session.by\":"
    "{\"arn\":[1,{\"x\":null}]},\"pad\":\"................%c.................\"}",
    "\"tls\":{\"version\":\"TLSv1.3\",\"cipher\":\"TLS_AES_128_GCM_SHA256\",\"header\":\"kendra.eu-west-%c."
    "amazonaws.com\","
    "\"host\":\"x%c\",\"empty\":{},\"none\":[],\"last\":%c}",
    "\"list\":{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%"
    "caaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"x\":"
    "[{\"y\":%c},{\"y\":\"%c\"}]}",
    "\"else\":{\"who.name\":\"%c\",\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\":[true,false,{\"b\":"
    "\"%c\"}],\"c\":"
    "\"\\\"\\\\aaaaaaaaaaaaaaaaaaaaaaaaa%c\"}",
    "\"who.session\":{\"by\":{\"arn\":\"%c\"},\"pad\":"
    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaa%caaaaaaaa\",\"z\":%c}",
};
#define N_OBJECTS (sizeof objects / sizeof *objects)

static uint64_t seed = 7;

static size_t roll(size_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(seed >> 33) % n;
}

static int digit(void)
{
	return '1' + (int)roll(3);
}

/* One to three of the objects, also the same one twice, between short members. */
static void write_record(struct buf *out)
{
	buf_reset(out);
	buf_adds(out, "{\"when\":1");
	for (size_t i = 0, n = 1 + roll(3); i < n; i++) {
		buf_addc(out, ',');
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		buf_printf(out, objects[roll(N_OBJECTS)], digit(), digit(), digit());
#pragma GCC diagnostic pop
	}
	buf_adds(out, roll(2) ? "}" : ",\"id\":\"1234567890\",\"more\":{\"who\":{\"name\":1}}}");
}

static void what_was_seen_reads_as_in_the_tree(void **state)
{
	static const char bytes[] = "\"\\{}[]:, \n\x01x0";
	struct arena arena = {0};
	struct buf text = {0};
	struct oracle oracle;
	size_t n_read = 0, n_refused = 0;
	(void)state;
	oracle_init(&oracle);
	oracle_plan(&oracle, paths, N_PATHS);
	for (int i = 0; i < N_RECORDS; i++) {
		int64_t len;
		bool read;
		write_record(&text);
		if (roll(3) == 0)
			text.ptr[roll(text.len)] = bytes[roll(sizeof bytes - 1)];
		if (roll(10) == 0)
			text.len = roll(text.len) + 1;
		/* In memory of its own size, for asan's sake. */
		char *copy = malloc(text.len);
		memcpy(copy, text.ptr, text.len);
		const char *wrong = oracle_ask(&oracle, &arena, sv_of(copy, text.len), &len, &read);
		if (wrong)
			fail_msg("%s: %.*s", wrong, (int)text.len, text.ptr);
		n_read += read;
		n_refused += !read;
		arena_reset(&arena);
		free(copy);
	}
	assert_true(n_read > N_RECORDS / 2);
	assert_true(n_refused > N_RECORDS / 10);
	oracle_fini(&oracle);
	buf_fini(&text);
	arena_fini(&arena);
}

static void an_object_is_found_by_all_of_its_bytes(void **state)
{
	char text[] =
	    "{\"a\":"
	    "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaa\",\"b\":1}!";
	size_t len = sizeof text - 2;
	struct scan_plan *plan = scan_plan_new(&SV("k.b"), 1);
	struct scan_slot slot = {text + len - 2, 1, SCAN_NUMBER}, found = {0};
	struct scan_seen *seen = scan_seen_new();
	struct scan_state_key key = {.to = scan_plan_find(plan, 0, SV("k"))};
	(void)state;
	assert_int_equal(scan_seen_find(seen, &key, text, len, &found), 0);
	scan_seen_keep(seen, plan, key.to, text, len, &slot);
	assert_int_equal(scan_seen_find(seen, &key, text, len + 1, &found), len);
	assert_ptr_equal(found.ptr, slot.ptr);
	assert_int_equal(found.len, 1);
	assert_int_equal(found.kind, SCAN_NUMBER);
	assert_int_equal(scan_seen_find(seen, &key, text, len, &found), len);
	assert_int_equal(found.kind, SCAN_COMPLEX);
	assert_int_equal(scan_seen_find(seen, &key, text, len - 1, &found), 0);
	for (size_t i = 0; i < len; i++) {
		text[i] ^= 1;
		assert_int_equal(scan_seen_find(seen, &key, text, len, &found), 0);
		text[i] ^= 1;
	}
	key.to = 0;
	assert_int_equal(scan_seen_find(seen, &key, text, len, &found), 0);
	assert_false(scan_seen_may_help(&key));
	scan_seen_free(seen);
	scan_plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_seen_reads_as_in_the_tree),
	    cmocka_unit_test(an_object_is_found_by_all_of_its_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
