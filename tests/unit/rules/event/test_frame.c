/* Framing: every input is fed whole, byte by byte and in odd pieces, and must come out the same each time. */
#include "rules/event/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <inttypes.h>

#include "base/heap.h"

/* What the sink heard, as text. */
struct heard {
	struct buf text;
	uint64_t last_number, n_records, n_malformed;
	size_t stop_after;
	const char *base; /* the whole input, to compare the pieces with; NULL: don't */
	bool brief;       /* long pieces: their length only */
};

static void add_piece(struct heard *h, struct sv bytes)
{
	if (h->brief && bytes.len > 40)
		buf_printf(&h->text, "<%zu>", bytes.len);
	else
		buf_add_printable(&h->text, bytes);
	buf_addc(&h->text, '\n');
}

static bool go_on(struct heard *h, struct sv bytes, uint64_t offset, uint64_t number)
{
	assert_int_equal(number, h->last_number + 1);
	h->last_number = number;
	if (h->base && bytes.len)
		assert_memory_equal(h->base + offset, bytes.ptr, bytes.len);
	return h->stop_after == 0 || number < h->stop_after;
}

static bool on_record(void *ctx, struct sv bytes, uint64_t offset, uint64_t number)
{
	struct heard *h = ctx;
	h->n_records++;
	buf_printf(&h->text, "%" PRIu64 " ok ", offset);
	add_piece(h, bytes);
	return go_on(h, bytes, offset, number);
}

static bool on_malformed(void *ctx, struct sv bytes, uint64_t offset, uint64_t number, const char *reason)
{
	struct heard *h = ctx;
	h->n_malformed++;
	buf_printf(&h->text, "%" PRIu64 " BAD (%s) ", offset, reason);
	add_piece(h, bytes);
	return go_on(h, bytes, offset, number);
}

/* Feeds in pieces of `step` bytes (0: at once). Each piece is its own allocation, so that a read past it is
 * seen. */
static void feed(struct heard *h, struct sv input, size_t step, const char *end_reason)
{
	struct frame_sink sink = {on_record, on_malformed, h};
	struct frame *f = frame_new(&sink);
	h->base = input.ptr;
	for (size_t at = 0; at < input.len;) {
		struct sv part = sv_head(sv_skip(input, at), step ? step : input.len);
		char *copy = heap_alloc(part.len);
		memcpy(copy, part.ptr, part.len);
		assert_int_equal(frame_feed(f, sv_of(copy, part.len)), RC_OK);
		free(copy);
		at += part.len;
	}
	assert_int_equal(frame_end(f, end_reason), RC_OK);
	frame_free(f);
}

static void expect_end(struct sv input, const char *end_reason, const char *wanted)
{
	static const size_t steps[] = {0, 1, 2, 3, 7, 16, 61};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct heard h = {0};
		feed(&h, input, steps[i], end_reason);
		buf_addc(&h.text, 0);
		assert_string_equal(h.text.ptr, wanted);
		buf_fini(&h.text);
	}
}

static void expect(const char *input, const char *wanted)
{
	expect_end(sv_from(input), NULL, wanted);
}

static void every_form_is_read(void **state)
{
	(void)state;
	expect("", "");
	expect(" \r\n\t\n", "");
	expect("{}", "0 ok {}\n");
	expect("{\"a\":1}\n{\"b\":[2]}\n", "0 ok {\"a\":1}\n8 ok {\"b\":[2]}\n");
	expect("{\"a\":1}{\"b\":2} {\"c\":3}", "0 ok {\"a\":1}\n7 ok {\"b\":2}\n15 ok {\"c\":3}\n");
	expect("[{\"a\":1}, {\"b\":2}]", "1 ok {\"a\":1}\n10 ok {\"b\":2}\n");
	expect("[]\n[{}]", "4 ok {}\n");
	expect("{\"Records\":[{\"a\":1},{\"b\":{}}]}\n", "12 ok {\"a\":1}\n20 ok {\"b\":{}}\n");
	expect("{\"Events\": [ {\"a\":1} ], \"NextToken\":\"]}\"}", "13 ok {\"a\":1}\n");
	expect("{\"Records\":[]}", "");
	expect("{\"v\":1,\"w\":\"x\",\"Records\":[{}]}{\"Records\":[{}]}", "26 ok {}\n42 ok {}\n");
	expect("{\n  \"a\": {\n    \"b\": 1\n  }\n}\n",
	    "0 ok {\\x0a  \"a\": {\\x0a    \"b\": 1\\x0a  }\\x0a}\n");
}

static void an_object_that_is_no_envelope_is_a_record(void **state)
{
	(void)state;
	expect("{\"Records\":{}}", "0 ok {\"Records\":{}}\n");
	expect("{\"Records\":1}", "0 ok {\"Records\":1}\n");
	expect("{\"records\":[]}", "0 ok {\"records\":[]}\n");
	expect("{\"a\":{\"Records\":[{}]}}", "0 ok {\"a\":{\"Records\":[{}]}}\n");
	expect("{\"a\":[],\"Records\":[{}]}", "0 ok {\"a\":[],\"Records\":[{}]}\n");
	expect("{\"a\":\"Records\",\"b\":[{}]}", "0 ok {\"a\":\"Records\",\"b\":[{}]}\n");
	expect("[{\"Records\":[{}]}]", "1 ok {\"Records\":[{}]}\n");
}

static void marks_and_line_ends_do_not_disturb(void **state)
{
	(void)state;
	expect("\xef\xbb\xbf{}", "3 ok {}\n");
	expect("\xef\xbb\xbf{}\n\xef\xbb\xbf{\"a\":1}", "3 ok {}\n9 ok {\"a\":1}\n");
	expect("{}\r\n\r\n{}\r\n", "0 ok {}\n6 ok {}\n");
	expect("\x1e{}\n\x1e{\"a\":1}\n", "1 ok {}\n5 ok {\"a\":1}\n");
	expect("{\"a\":\"\\\"}{\"}{\"b\":\"[\\\\\"}", "0 ok {\"a\":\"\\\"}{\"}\n12 ok {\"b\":\"[\\\\\"}\n");
}

static void a_broken_record_costs_only_itself(void **state)
{
	(void)state;
	/* Cut in half at every kind of place. */
	expect("{\"a\":{\"b\":1\n{\"c\":2}\n",
	    "0 BAD (expected , or } at offset 12) {\"a\":{\"b\":1\\x0a\n12 ok {\"c\":2}\n");
	expect("{\"a\":\n{\"c\":2}\n{\"d\":3}\n",
	    "0 BAD (expected , or } at offset 14) {\"a\":\\x0a\n6 ok {\"c\":2}\n14 ok {\"d\":3}\n");
	expect("{\"a\":[1,\n{\"c\":2}\n{\"d\":3}\n",
	    "0 BAD (expected , or ] at offset 17) {\"a\":[1,\\x0a\n9 ok {\"c\":2}\n17 ok {\"d\":3}\n");
	expect("{\"a\":\"x\n{\"c\":2}\n",
	    "0 BAD (raw control character in a string at offset 7) {\"a\":\"x\\x0a\n8 ok {\"c\":2}\n");
	expect("{\"a\n{\"c\":2}\n",
	    "0 BAD (raw control character in a string at offset 3) {\"a\\x0a\n4 ok {\"c\":2}\n");
	expect("{\"a\":\"x\\\n{\"c\":2}\n",
	    "0 BAD (raw control character in a string at offset 8) {\"a\":\"x\\\\x0a\n9 ok {\"c\":2}\n");
	expect("{\n{\"c\":2}\n", "0 BAD (expected a key or } at offset 2) {\\x0a\n2 ok {\"c\":2}\n");
	/* The last one is cut, with and without a whole one inside. */
	expect("{\"a\":1}\n{\"b\":", "0 ok {\"a\":1}\n8 BAD (ends inside a record) {\"b\":\n");
	expect("{\"a\":\n{\"c\":2}\n", "0 BAD (ends inside a record) {\"a\":\\x0a\n6 ok {\"c\":2}\n");
	/* Brackets of the wrong kind, an extra one, words. */
	expect("{\"a\":[1}\n{}", "0 BAD (expected , or ] at offset 7) {\"a\":[1}\\x0a\n9 ok {}\n");
	expect("{}}\n{}", "0 ok {}\n2 BAD (expected a JSON object at offset 2) }\\x0a\n4 ok {}\n");
	expect("hello world\n42\n\"x\"\n{}",
	    "0 BAD (expected a JSON object at offset 0) hello world\\x0a42\\x0a\"x\"\\x0a\n19 ok {}\n");
}

static void an_unfinished_start_inside_is_not_tried_again(void **state)
{
	(void)state;
	/* Both lines are open where it breaks: one piece, not two. */
	expect("{\"a\":\n{\"b\":\n!\n{\"c\":3}\n",
	    "0 BAD (expected a value at offset 12) {\"a\":\\x0a{\"b\":\\x0a!\\x0a\n14 ok {\"c\":3}\n");
	/* The inner one is whole. */
	expect("{\"a\":[\n{\"b\":1}\n!\n{\"c\":3}\n",
	    "0 BAD (expected , or ] at offset 15) {\"a\":[\\x0a\n7 ok {\"b\":1}\n"
	    "15 BAD (expected a JSON object at offset 15) !\\x0a\n17 ok {\"c\":3}\n");
}

static void inside_an_array_the_version_key_is_a_start(void **state)
{
	(void)state;
	expect("{\"Records\":[{\"eventVersion\":\"1\",\"a\":\"x{\"eventVersion\":\"2\"},{\"eventVersion\":"
	       "\"3\"}]}",
	    "12 BAD (expected , or } at offset 40) {\"eventVersion\":\"1\",\"a\":\"x\n"
	    "38 ok {\"eventVersion\":\"2\"}\n59 ok {\"eventVersion\":\"3\"}\n");
	/* Not so inside one record. */
	expect("{\"a\":x{\"eventVersion\":\"2\"}}\n{}",
	    "0 BAD (expected a value at offset 5) {\"a\":x{\"eventVersion\":\"2\"}}\\x0a\n28 ok {}\n");
	/* Records without separators. */
	expect("{\"a\":x}}{\"eventVersion\":\"2\"}{\"eventVersion\":\"3\"}",
	    "0 BAD (expected a value at offset 5) {\"a\":x}}\n8 ok {\"eventVersion\":\"2\"}\n28 ok "
	    "{\"eventVersion\":\"3\"}\n");
	/* A file of its own begins behind a broken last record. */
	expect("{\"Records\":[{\"a\":x}]}\n{\"Records\":[{\"b\":1}]}\n",
	    "12 BAD (expected a value at offset 17) {\"a\":x}]}\\x0a\n34 ok {\"b\":1}\n");
}

static void pretty_printed_records_resume_at_their_indentation(void **state)
{
	(void)state;
	expect("{\n \"Records\": [\n  {\n   \"a\": [\n    {}\n   ] !\n  },\n  {\n   \"b\": 1\n  }\n ]\n}\n",
	    "18 BAD (expected , or } at offset 42) {\\x0a   \"a\": [\\x0a    {}\\x0a   ] !\\x0a  },\\x0a  \n"
	    "51 ok {\\x0a   \"b\": 1\\x0a  }\n");
}

static void elements_of_an_array_must_be_objects(void **state)
{
	(void)state;
	expect("[1,{},\"x\",null,[{}],{\"a\":1}]",
	    "1 BAD (an element of the array is no object) 1\n3 ok {}\n"
	    "6 BAD (an element of the array is no object) \"x\"\n"
	    "10 BAD (an element of the array is no object) null\n"
	    "15 BAD (an element of the array is no object) [{}]\n20 ok {\"a\":1}\n");
	/* A missing or a doubled comma costs nobody a record. */
	expect("[{}{},,{}]", "1 ok {}\n3 ok {}\n7 ok {}\n");
}

static void a_cut_file_is_reported(void **state)
{
	(void)state;
	expect("{\"Records\":[{},", "12 ok {}\n15 BAD (ends inside an array of records) \n");
	expect("[{}", "1 ok {}\n3 BAD (ends inside an array of records) \n");
	expect("{\"Records\":[{}]", "12 ok {}\n15 BAD (ends inside an envelope) \n");
	expect("{\"Records\":[{}],\"a\":", "12 ok {}\n15 BAD (ends inside an envelope) ,\"a\":\n");
	expect("{\"Records\":[{}]x}\n{\"a\":1}",
	    "12 ok {}\n15 BAD (expected , or } at offset 15) x}\\x0a\n18 ok {\"a\":1}\n");
	expect("{\"Rec", "0 BAD (ends inside a record) {\"Rec\n");
	expect("\xef\xbb", "0 BAD (expected a JSON object at offset 0) \\xef\\xbb\n");
	expect_end(
	    SV("{\"a\":1}{\"b\""), "truncated gzip", "0 ok {\"a\":1}\n7 BAD (truncated gzip) {\"b\"\n");
	expect_end(SV("{}\n"), "truncated gzip", "0 ok {}\n3 BAD (truncated gzip) \n");
	expect_end(SV("{}\n!"), "truncated gzip",
	    "0 ok {}\n3 BAD (expected a JSON object at offset 3) !\n4 BAD (truncated gzip) \n");
}

/* --- caps ---------------------------------------------------------------------------------------- */

static void repeat(struct buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_adds(b, s);
}

static void expect_brief(struct buf *input, const char *wanted)
{
	static const size_t steps[] = {0, 4096, 65537};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct heard h = {.brief = true};
		feed(&h, buf_sv(input), steps[i], NULL);
		buf_addc(&h.text, 0);
		assert_string_equal(h.text.ptr, wanted);
		buf_fini(&h.text);
	}
	buf_fini(input);
}

static void depth_is_capped(void **state)
{
	struct buf b = {0};
	(void)state;
	buf_adds(&b, "{\"a\":");
	repeat(&b, "[", FRAME_MAX_DEPTH - 1);
	repeat(&b, "]", FRAME_MAX_DEPTH - 1);
	buf_adds(&b, "}\n{\"a\":");
	repeat(&b, "[", FRAME_MAX_DEPTH);
	repeat(&b, "]", FRAME_MAX_DEPTH);
	buf_adds(&b, "}\n{}\n");
	expect_brief(
	    &b, "0 ok <1028>\n1029 BAD (nested deeper than 512 levels at offset 1545) <1031>\n2060 ok {}\n");

	repeat(&b, "{\"a\":", 1000000);
	buf_adds(&b, "\n{}");
	expect_brief(&b, "0 BAD (nested deeper than 512 levels at offset 2560) <65536>\n5000001 ok {}\n");

	repeat(&b, "[", 1000000);
	buf_adds(&b, "\n{}");
	expect_brief(&b, "1 BAD (nested deeper than 512 levels at offset 513) <65536>\n1000001 ok {}\n");
}

static void size_is_capped(void **state)
{
	struct buf b = {0};
	(void)state;
	buf_adds(&b, "{\"a\":\"");
	repeat(&b, "x", FRAME_MAX_RECORD - 8);
	buf_adds(&b, "\"}{\"b\":1}\n");
	expect_brief(&b, "0 ok <2097152>\n2097152 ok {\"b\":1}\n");

	buf_adds(&b, "{\"a\":\"");
	repeat(&b, "x", FRAME_MAX_RECORD - 7);
	buf_adds(&b, "\"}\n{\"b\":1}\n");
	expect_brief(&b, "0 BAD (longer than 2097152 bytes) <65536>\n2097154 ok {\"b\":1}\n");

	buf_adds(&b, "{\"a\":\"");
	repeat(&b, "x", 5000000);
	buf_adds(&b, "\"}\n{\"b\":1}\n");
	expect_brief(&b, "0 BAD (longer than 2097152 bytes) <65536>\n5000009 ok {\"b\":1}\n");

	repeat(&b, "garbage ", 400000);
	buf_adds(&b, "\n{\"b\":1}\n");
	expect_brief(&b, "0 BAD (expected a JSON object at offset 0) <65536>\n3200001 ok {\"b\":1}\n");
}

/* An unknown envelope past the cap: the records in its lines are found all the same, the one that is open
 * where the cap strikes too. */
static void records_inside_something_too_long_are_found(void **state)
{
	struct buf b = {0};
	struct heard h = {0};
	enum { N = 30000 };
	(void)state;
	buf_adds(&b, "{\"stuff\":[\n");
	for (int i = 0; i < N; i++)
		buf_printf(&b, "{\"n\":%d,\"pad\":\"%0*d\"},\n", i, 40 + i % 70, 0);
	feed(&h, buf_sv(&b), 100000, NULL);
	assert_int_equal(h.n_records, N);
	buf_fini(&b);
	buf_fini(&h.text);
}

/* Nested starts, line by line, are what a careless search would look at again and again: 512 levels of
 * 4 KiB lines, some whole records between. All that a run of this needs is to end. */
static void nested_starts_stay_linear(void **state)
{
	struct buf b = {0};
	struct heard h = {.brief = true};
	(void)state;
	for (int i = 0; i < 2000; i++) {
		buf_adds(&b, "{\"a\":[\n{\"whole\":1},\n");
		repeat(&b, "0,0,0,0,", 500);
	}
	feed(&h, buf_sv(&b), 1 << 20, NULL);
	assert_int_equal(h.n_records, 2000);
	buf_fini(&b);
	buf_fini(&h.text);
}

static void the_sink_can_stop(void **state)
{
	struct heard h = {.stop_after = 2};
	struct frame_sink sink = {on_record, on_malformed, &h};
	struct frame *f = frame_new(&sink);
	(void)state;
	assert_int_equal(frame_feed(f, SV("{}{}{}")), RC_STOPPED);
	assert_int_equal(frame_feed(f, SV("{}")), RC_STOPPED);
	assert_int_equal(frame_end(f, NULL), RC_STOPPED);
	assert_int_equal(h.n_records, 2);
	frame_free(f);
	frame_free(NULL);
	buf_fini(&h.text);
}

static void a_frame_can_be_used_again(void **state)
{
	struct heard h = {0};
	struct frame_sink sink = {on_record, on_malformed, &h};
	struct frame *f = frame_new(&sink);
	(void)state;
	assert_int_equal(frame_feed(f, SV("[{}{\"a\":")), RC_OK);
	assert_int_equal(frame_end(f, NULL), RC_OK);
	buf_reset(&h.text);
	h.last_number = 0;
	assert_int_equal(frame_feed(f, SV("\n{}")), RC_OK);
	assert_int_equal(frame_end(f, NULL), RC_OK);
	buf_addc(&h.text, 0);
	assert_string_equal(h.text.ptr, "1 ok {}\n");
	frame_free(f);
	buf_fini(&h.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_form_is_read),
	    cmocka_unit_test(an_object_that_is_no_envelope_is_a_record),
	    cmocka_unit_test(marks_and_line_ends_do_not_disturb),
	    cmocka_unit_test(a_broken_record_costs_only_itself),
	    cmocka_unit_test(an_unfinished_start_inside_is_not_tried_again),
	    cmocka_unit_test(inside_an_array_the_version_key_is_a_start),
	    cmocka_unit_test(pretty_printed_records_resume_at_their_indentation),
	    cmocka_unit_test(elements_of_an_array_must_be_objects),
	    cmocka_unit_test(a_cut_file_is_reported),
	    cmocka_unit_test(depth_is_capped),
	    cmocka_unit_test(size_is_capped),
	    cmocka_unit_test(records_inside_something_too_long_are_found),
	    cmocka_unit_test(nested_starts_stay_linear),
	    cmocka_unit_test(the_sink_can_stop),
	    cmocka_unit_test(a_frame_can_be_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
