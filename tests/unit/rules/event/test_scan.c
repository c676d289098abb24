/* The scanner against the plain reader, with every unit this machine has. Each record ends where the next
 * page cannot be read. */
#include "rules/event/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/scan_oracle.h"

#define ROOM ((size_t)1 << 20)
#define N_RECORDS 20000

static struct arena arena;
static char *room; /* ROOM bytes in front of memory that cannot be read */
static struct oracle oracle;
static struct buf text;

/* --- asking -------------------------------------------------------------------------------------- */

static int set_up(void **state)
{
	(void)state;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	room = mmap(NULL, ROOM + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED || mprotect(room + ROOM, page, PROT_NONE))
		return -1;
	oracle_init(&oracle);
	return oracle.states[SCAN_PLAIN] ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	oracle_fini(&oracle);
	buf_fini(&text);
	arena_fini(&arena);
	return munmap(room, ROOM + (size_t)sysconf(_SC_PAGESIZE));
}

static struct sv at_the_edge(struct sv bytes)
{
	assert_true(bytes.len <= ROOM);
	if (bytes.len)
		memcpy(room + ROOM - bytes.len, bytes.ptr, bytes.len);
	return sv_of(room + ROOM - bytes.len, bytes.len);
}

/* What all units return for these bytes, once they agree with each other and the plain reader. */
static int64_t ask(struct sv bytes, bool *out_read)
{
	int64_t len = 0;
	arena_reset(&arena);
	const char *wrong = oracle_ask(&oracle, &arena, at_the_edge(bytes), &len, out_read);
	if (wrong)
		fail_msg("%s: %.*s", wrong, SV_ARG(bytes));
	return len;
}

/* Asks about a record that the plain reader accepts. */
static void accepted(struct sv record)
{
	bool read = false;
	int64_t len = ask(record, &read);
	if (!read || len != (int64_t)record.len)
		fail_msg("%d of %zu bytes are taken of %.*s", (int)len, record.len, SV_ARG(record));
}

static void returns(struct sv bytes, int64_t wanted)
{
	bool read;
	int64_t len = ask(bytes, &read);
	if (len != wanted)
		fail_msg("%d instead of %d for %.*s", (int)len, (int)wanted, SV_ARG(bytes));
}

/* The slot that all units fill for one path. */
static struct scan_slot pick(const char *path, const char *record)
{
	static struct sv paths[1];
	struct scan_slot slot;
	paths[0] = sv_from(path);
	oracle_plan(&oracle, paths, 1);
	accepted(sv_from(record));
	assert_true(scan_record(oracle.plan, oracle.states[SCAN_PLAIN], record, strlen(record), &slot) > 0);
	return slot;
}

static void picks(const char *path, const char *record, enum scan_kind kind, const char *wanted)
{
	struct scan_slot slot = pick(path, record);
	assert_int_equal(slot.kind, kind);
	if (!sv_eq(sv_of(slot.ptr, slot.len), sv_from(wanted)))
		fail_msg("%s of %s is %.*s", path, record, (int)slot.len, slot.ptr ? slot.ptr : "");
}

/* --- by hand ------------------------------------------------------------------------------------- */

static void every_kind_is_picked(void **state)
{
	(void)state;
	picks("a", "{}", SCAN_ABSENT, "");
	picks("a", "{\"a\":null}", SCAN_NULL, "null");
	picks("a", "{\"a\":false,\"b\":1}", SCAN_FALSE, "false");
	picks("a", "{\"b\":1,\"a\":true }", SCAN_TRUE, "true");
	picks("a", "{\"a\" : -1.50e+3\n}", SCAN_NUMBER, "-1.50e+3");
	picks("a", "{\"a\":\"\"}", SCAN_STRING, "");
	picks("a", "{\"a\":\"x y\"}", SCAN_STRING, "x y");
	picks("a", "{\"a\":\"x\\\"\"}", SCAN_STRING_ESCAPED, "x\\\"");
	picks("a", "{\"a\":{ \"b\":[]}}", SCAN_OBJECT, "{ \"b\":[]}");
	picks("a", "{\"a\":[{}, 1]}", SCAN_ARRAY, "[{}, 1]");
	picks("a.b", "{\"a\":{\"c\":1,\"b\":2}}", SCAN_NUMBER, "2");
	picks("a.b", "{\"a\":\"b\"}", SCAN_ABSENT, "");
	picks("a.b", "{\"a\":[\"b\"]}", SCAN_ABSENT, "");
}

static void dotted_keys_are_found_at_any_level(void **state)
{
	(void)state;
	picks("a.b.c", "{\"a.b\":{\"c\":1}}", SCAN_NUMBER, "1");
	picks("a.b.c", "{\"a\":{\"b.c\":1}}", SCAN_NUMBER, "1");
	picks("a.b.c", "{\"a.b.c\":1,\"b.c\":2}", SCAN_NUMBER, "1");
	picks("a..c.", "{\"a.\":{\"c\":{\"\":1}}}", SCAN_NUMBER, "1");
	picks("", "{\"\":1}", SCAN_NUMBER, "1");
	picks("a.b", "{\"a.b\":1,\"a\":{\"b\":2}}", SCAN_COMPLEX, "");
}

static void what_is_not_plain_is_complex(void **state)
{
	(void)state;
	picks("a", "{\"a\":1,\"a\":1}", SCAN_COMPLEX, "");
	picks("a.b", "{\"a\":{\"b\":1},\"a\":{}}", SCAN_NUMBER, "1");
	picks("a.b", "{\"a\":[{\"b\":1}]}", SCAN_COMPLEX, "");
	picks("a.b", "{\"a\":{\"\\u0062\":1}}", SCAN_COMPLEX, "");
	picks("a", "{\"b\":{\"\\u0061\":1}}", SCAN_ABSENT, "");
}

static void a_path_may_lead_through_another_and_come_twice(void **state)
{
	static const struct sv paths[] = {
	    SV_INIT("a.b"), SV_INIT("a"), SV_INIT("x"), SV_INIT("a.b"), SV_INIT("a.b.c.d"), SV_INIT("a.z")};
	struct scan_slot slots[6];
	struct sv record = SV("{\"a\":{\"b\":{\"c\":{\"d\":7}},\"\\n\":0},\"x\":1}");
	(void)state;
	oracle_plan(&oracle, paths, 6);
	accepted(record);
	picks("a", "{\"a\":{\"b\":1}}", SCAN_OBJECT, "{\"b\":1}");
	oracle_plan(&oracle, paths, 6);
	record = SV("{\"a\":{\"b\":{\"c\":{\"d\":7}}},\"x\":1}");
	accepted(record);
	scan_record(oracle.plan, oracle.states[SCAN_PLAIN], record.ptr, record.len, slots);
	assert_int_equal(slots[0].kind, SCAN_OBJECT);
	assert_ptr_equal(slots[0].ptr, slots[3].ptr);
	assert_int_equal(slots[4].kind, SCAN_NUMBER);
	assert_int_equal(slots[5].kind, SCAN_ABSENT);
	accepted(SV("{\"a\":{\"b\":[{\"c\":{\"d\":7}}]},\"x\":1}"));
}

static void paths_of_many_segments_are_left_to_the_tree(void **state)
{
	struct scan_slot slot;
	(void)state;
	buf_reset(&text);
	for (int i = 1; i < 32; i++)
		buf_adds(&text, "a.");
	buf_adds(&text, "a");
	char *path = buf_take(&text);
	slot = pick(path, "{\"a.a\":1}");
	assert_int_equal(slot.kind, SCAN_ABSENT);
	char *longer = heap_printf("%s.a", path);
	slot = pick(longer, "{\"a.a\":1}");
	assert_int_equal(slot.kind, SCAN_COMPLEX);
	oracle_plan(&oracle, NULL, 0);
	free(path);
	free(longer);
	accepted(SV("{\"a\":1}"));
}

static void what_is_no_record_is_refused(void **state)
{
	static const char *const wrong[] = {"x", "[]", " {}", "{]", "{\"a\":1]", "{\"b\":{]}", "{\"b\":[}]}",
	    "{\"b\":[1}]}", "{\"a\":tru}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":-}", "{\"a\":1e}",
	    "{\"a\":\"\n\"}", "{\"b\":\"\t\"}", "{\"b\":[\"\x01\"]}", "{\"a\" 1}", "{a:1}",
	    "{\"a\":1 \"b\":2}", "{,}", "{\"a\":,}", "{\"a\":1,}", "{\"b\":[\"\\\n\"]}"};
	static const struct sv paths[] = {SV_INIT("a")};
	(void)state;
	oracle_plan(&oracle, paths, 1);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		returns(sv_from(wrong[i]), -1);
	returns(SV(""), 0);
	returns(SV("{"), 0);
	returns(SV("{} {}"), 2);
	returns(SV("{\"b\":{}}\"\n\""), 8);
}

static void only_control_characters_are_refused_in_strings(void **state)
{
	static const struct sv paths[] = {SV_INIT("a")};
	char picked[] = "{\"a\":\"12345678?\"}", passed[] = "{\"b\":[\"12345678?\"]}";
	char *in_picked = memchr(picked, '?', sizeof picked), *in_passed = memchr(passed, '?', sizeof passed);
	(void)state;
	oracle_plan(&oracle, paths, 1);
	for (int c = 0; c < 256; c++) {
		*in_picked = *in_passed = (char)c;
		if (c == '"' || c == '\\')
			continue;
		returns(sv_of(picked, sizeof picked - 1), c < 0x20 ? -1 : (int64_t)sizeof picked - 1);
		returns(sv_of(passed, sizeof passed - 1), c < 0x20 ? -1 : (int64_t)sizeof passed - 1);
	}
}

/* However a record is cut off, the one in the next line is not swallowed. */
static void a_record_cut_off_does_not_take_the_next_one(void **state)
{
	static const struct sv paths[] = {SV_INIT("a"), SV_INIT("x.y")};
	struct sv record = SV("{\"a\":\"v\",\"b\":{\"c\":[1,{\"d\":\"e\"}]},\"x\":{\"y\":[2,{}]}}");
	(void)state;
	oracle_plan(&oracle, paths, 2);
	accepted(record);
	for (size_t cut = 1; cut < record.len; cut++) {
		buf_reset(&text);
		buf_add(&text, sv_head(record, cut));
		for (int i = 0; i < 3; i++) {
			buf_addc(&text, '\n');
			buf_add(&text, record);
		}
		returns(buf_sv(&text), -1);
	}
}

/* --- at block edges ------------------------------------------------------------------------------ */

/* A record with `n` times `fill` and then `tail` inside a string, `before` bytes into the object at `key`. */
static void string_record(const char *key, size_t before, size_t n, char fill, const char *tail)
{
	buf_reset(&text);
	buf_printf(&text, "{\"%s\":{\"pad\":\"", key);
	for (size_t i = 0; i < before; i++)
		buf_addc(&text, 'p');
	buf_adds(&text, "\",\"v\":\"");
	for (size_t i = 0; i < n; i++)
		buf_addc(&text, fill);
	buf_printf(&text, "%s\",\"w\":[\"}]\",{\"\":\"{\"}]},\"z\":true}", tail);
	accepted(buf_sv(&text));
}

static void strings_of_every_length(void **state)
{
	static const struct sv paths[] = {SV_INIT("in.v"), SV_INIT("in.pad"), SV_INIT("z"), SV_INIT("in.w")};
	(void)state;
	oracle_plan(&oracle, paths, 4);
	for (size_t n = 0; n < 200; n++)
		for (size_t before = 0; before < 68; before += 1 + n % 3) {
			string_record("in", before, n, 'x', "");
			string_record("out", before, n, '{', "");
		}
}

static void backslashes_at_every_place(void **state)
{
	static const struct sv paths[] = {SV_INIT("in.v"), SV_INIT("z")};
	(void)state;
	oracle_plan(&oracle, paths, 2);
	for (size_t n = 0; n < 70; n++)
		for (size_t before = 0; before < 66; before++) {
			const char *tail = n % 2 ? "\"]}" : "";
			string_record("in", before, n, '\\', tail);
			string_record("out", before, n, '\\', tail);
		}
}

static void keys_of_every_length(void **state)
{
	(void)state;
	for (size_t n = 0; n < 80; n++) {
		buf_reset(&text);
		for (size_t i = 0; i < n; i++)
			buf_addc(&text, 'k');
		struct sv paths[] = {buf_sv(&text), SV("z")};
		oracle_plan(&oracle, paths, 2);
		for (int again = 0; again < 3; again++) {
			struct buf record = {0};
			buf_printf(
			    &record, "{\"%.*s\":1,\"%.*sx\":2,\"z\":{}}", SV_ARG(paths[0]), SV_ARG(paths[0]));
			accepted(buf_sv(&record));
			buf_fini(&record);
		}
	}
}

static void nesting_is_allowed_as_deep_as_the_tree_reads(void **state)
{
	static const struct sv paths[] = {SV_INIT("a.a.a"), SV_INIT("b")};
	static const char *const opens[] = {"{\"a\":", "{\"c\":", "[", "{\"a\":["};
	static const char *const closes[] = {"}", "}", "]", "]}"};
	(void)state;
	oracle_plan(&oracle, paths, 2);
	for (size_t kind = 0; kind < 4; kind++)
		for (size_t depth = 509; depth < 516; depth++) {
			size_t a_step = kind == 3 ? 2 : 1, levels = 1;
			buf_reset(&text);
			buf_adds(&text, "{\"a\":");
			for (; levels + a_step <= depth; levels += a_step)
				buf_adds(&text, opens[kind]);
			buf_adds(&text, "0");
			for (size_t i = 1; i < levels; i += a_step)
				buf_adds(&text, closes[kind]);
			buf_adds(&text, "}");
			if (levels <= 512)
				accepted(buf_sv(&text));
			else
				returns(buf_sv(&text), -1);
		}
}

static void add_many_keys(char first, int n, int from)
{
	for (int i = 0; i < n; i++)
		buf_printf(&text, "%s\"%c%d\":%d", i ? "," : "", first, (i * 7 + from) % n, i);
}

/* With other names each time, so that many different keys meet in the memory's table. */
static void more_keys_than_are_remembered(void **state)
{
	static struct sv paths[ORACLE_MAX_PATHS];
	static char names[ORACLE_MAX_PATHS][12];
	(void)state;
	for (int round = 0; round < 50; round++) {
		char first = (char)(round < 25 ? 'A' + round : 'a' + round - 25);
		for (int i = 0; i < ORACLE_MAX_PATHS; i++) {
			int len = snprintf(names[i], sizeof names[i], "%s%c%d", i % 2 ? "z." : "", first, i);
			paths[i] = sv_of(names[i], (size_t)len);
		}
		oracle_plan(&oracle, paths, ORACLE_MAX_PATHS);
		buf_reset(&text);
		buf_adds(&text, "{\"z\":{");
		add_many_keys(first, 300, round);
		buf_adds(&text, "},");
		add_many_keys(first, 5000, round);
		buf_adds(&text, "}");
		accepted(buf_sv(&text));
	}
}

/* --- by chance ----------------------------------------------------------------------------------- */

static uint64_t dice = 0x5eed;

static size_t roll(size_t n)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (size_t)(dice % n);
}

static const char *const segments[] = {"a", "b", "c", "", "userIdentity", "sessionContext",
    "aKeyThatIsTooLongToBeRemembered", "exactly29bytesWithoutItsColon"};

static const char *any_segment(void)
{
	return segments[roll(roll(3) ? 3 : sizeof segments / sizeof *segments)];
}

static void add_blanks(bool blanks)
{
	while (blanks && roll(3) == 0)
		buf_addc(&text, " \n\t\r"[roll(4)]);
}

static void add_string(size_t max)
{
	static const char *const parts[] = {"\\\\", "\\\"", "\\n", "\\u00e9", "{", "}", "[", "]", ":", ",",
	    "\xc3\xa9", "\xff", "'", "\\/", "\\\\\\\\\\\\"};
	size_t n = roll(4) ? roll(12) : roll(max);
	buf_addc(&text, '"');
	for (size_t plain = roll(2); n > 0; n--) {
		if (!plain && roll(4) == 0)
			buf_adds(&text, parts[roll(sizeof parts / sizeof *parts)]);
		else
			buf_addc(&text, (char)('a' + roll(26)));
	}
	buf_addc(&text, '"');
}

static void add_key(void)
{
	size_t kind = roll(24);
	if (kind == 0)
		buf_adds(&text, "\"\\u0061\"");
	else if (kind == 1)
		buf_printf(&text, "\"%s.%s\"", any_segment(), any_segment());
	else if (kind == 2)
		add_string(60);
	else
		buf_printf(&text, "\"%s\"", any_segment());
}

static void add_value(int depth, bool blanks);

static void add_members(int depth, bool object, bool blanks)
{
	buf_addc(&text, object ? '{' : '[');
	add_blanks(blanks);
	for (size_t i = 0, n = roll(6); i < n; i++) {
		if (i)
			buf_addc(&text, ',');
		add_blanks(blanks);
		if (object) {
			add_key();
			add_blanks(blanks);
			buf_addc(&text, ':');
			add_blanks(blanks);
		}
		add_value(depth - 1, blanks);
		add_blanks(blanks);
	}
	buf_addc(&text, object ? '}' : ']');
}

static void add_value(int depth, bool blanks)
{
	static const char *const scalars[] = {
	    "null", "true", "false", "0", "-1.5e+10", "12345678901234567890"};
	size_t kind = roll(10);
	if (depth > 0 && kind < 4)
		add_members(depth, kind > 0, blanks);
	else if (kind < 7)
		add_string(150);
	else
		buf_adds(&text, scalars[roll(sizeof scalars / sizeof *scalars)]);
}

/* Something goes wrong somewhere. */
static void mutate(void)
{
	static const char bytes[] = "\"\\{}[]:, \n\x01x0";
	size_t at = roll(text.len), to = roll(text.len);
	switch (roll(5)) {
	case 0: text.ptr[at] = bytes[roll(sizeof bytes - 1)]; break;
	case 1: text.ptr[at] = text.ptr[to]; break;
	case 2: text.len = at; break;
	case 3: memmove(text.ptr + at, text.ptr + at + 1, text.len-- - at - 1); break;
	default:
		buf_addc(&text, ' ');
		memmove(text.ptr + at + 1, text.ptr + at, text.len - at - 1);
		text.ptr[at] = bytes[roll(sizeof bytes - 1)];
	}
}

static void random_plan(void)
{
	static struct sv paths[12];
	static char names[12][160];
	size_t n = roll(12);
	for (size_t i = 0; i < n; i++) {
		size_t len = 0;
		for (size_t s = 0, of = 1 + roll(4); s < of; s++)
			len += (size_t)snprintf(
			    names[i] + len, sizeof names[i] - len, "%s%s", s ? "." : "", any_segment());
		paths[i] = sv_of(names[i], len);
	}
	oracle_plan(&oracle, paths, n);
}

static void every_cut_needs_more(struct sv record)
{
	for (size_t cut = 0; cut < record.len; cut++)
		returns(sv_head(record, cut), 0);
}

static void random_records_read_as_in_the_tree(void **state)
{
	static const char *const tails[] = {
	    "\n{\"a\":1}", "\"", "\"\n", "\"\\", "]}\"\x01", "{{{[[[", "\\\"\n\"]"};
	size_t n_read = 0, n_refused = 0;
	(void)state;
	for (int i = 0; i < N_RECORDS; i++) {
		bool read = false;
		if (i % 20 == 0)
			random_plan();
		buf_reset(&text);
		add_members(4, true, roll(4) == 0);
		if (roll(3) == 0) {
			mutate();
			if (text.len) {
				ask(buf_sv(&text), &read);
				n_refused += !read;
			}
			continue;
		}
		accepted(buf_sv(&text));
		n_read++;
		size_t len = text.len;
		if (i % 50 == 0)
			every_cut_needs_more(buf_sv(&text));
		buf_adds(&text, tails[roll(sizeof tails / sizeof *tails)]);
		returns(buf_sv(&text), (int64_t)len);
	}
	assert_true(n_read > N_RECORDS / 2);
	assert_true(n_refused > N_RECORDS / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_kind_is_picked),
	    cmocka_unit_test(dotted_keys_are_found_at_any_level),
	    cmocka_unit_test(what_is_not_plain_is_complex),
	    cmocka_unit_test(a_path_may_lead_through_another_and_come_twice),
	    cmocka_unit_test(paths_of_many_segments_are_left_to_the_tree),
	    cmocka_unit_test(what_is_no_record_is_refused),
	    cmocka_unit_test(only_control_characters_are_refused_in_strings),
	    cmocka_unit_test(a_record_cut_off_does_not_take_the_next_one),
	    cmocka_unit_test(strings_of_every_length),
	    cmocka_unit_test(backslashes_at_every_place),
	    cmocka_unit_test(keys_of_every_length),
	    cmocka_unit_test(nesting_is_allowed_as_deep_as_the_tree_reads),
	    cmocka_unit_test(more_keys_than_are_remembered),
	    cmocka_unit_test(random_records_read_as_in_the_tree),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
