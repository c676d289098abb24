/* YAML that is written for people is read back as what it was, whatever an event holds. */
#include "agent/author/yamlout.h"

#include "agent/author/draft.h"
#include "base/utf8.h"
#include "tests/unit/agent/fixture.h"

static struct sv read_back(const struct buf *yaml, struct buf *out)
{
	struct faults faults = {0};
	struct ydoc *y = ydoc_parse("y", buf_sv(yaml), 0, &faults);
	struct draft *d = draft_new();
	if (faults.n_errors)
		fail_msg("%s in\n%s", faults.list.items[0].text, yaml->ptr);
	assert_int_equal(ydoc_count(y), 1);
	draft_set_yaml(d, SV(""), ydoc_root(y, 0));
	draft_write(d, out);
	draft_free(d);
	ydoc_free(y);
	faults_fini(&faults);
	return buf_sv(out);
}

/* JSON -> YAML -> JSON. */
static void survives(const char *json, const char *expected)
{
	struct arena a = {0};
	struct buf yaml = {0}, back = {0};
	const struct tree *t;
	assert_int_equal(tree_read(&a, sv_from(json), &t, NULL), RC_OK);
	yamlout_object(&yaml, t, 0);
	struct sv got = read_back(&yaml, &back);
	if (!sv_eq(got, sv_from(expected)))
		fail_msg("%s\n%s\n%s", expected, yaml.ptr, back.ptr);
	buf_fini(&yaml);
	buf_fini(&back);
	arena_fini(&a);
}

static void objects_survive(void **state)
{
	static const char *const same[] = {
	    "{\"a\":{\"b\":[1,2.50,-7,1E5,true,false,null,\"\",{},[]]}}",
	    "{\"yes\":\"no\",\"n\":\"12:30\",\"null\":\"null\",\"~\":\"0x1f\",\"1\":\"2026-01-01\"}",
	    "{\"a.b\":\"- x\",\"# c\":\"a: b # c\",\"?\":\"%TAG\",\"[\":\"{}\",\"&a\":\"*a\",\"!t\":\"'q\"}",
	    "{\"t\":\"tab\\there\\nline\\r\\u0001\\u001f \\\\ \\\"\"}",
	    "{\"l\":[[1,[2]],[{\"x\":[{\"y\":\"z\"}]}]]}",
	};
	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		survives(same[i], same[i]);
	survives("{\"a\":1,\"a\":2}", "{\"a\":1}");
	survives("{\"accessKeyId\":\"ASIAQWERTYUIOP\"}", "{\"accessKeyId\":\"ASIAEXAMPLE\"}");
}

/* Every code point by itself: none is refused by the reader or becomes another. */
static void texts_survive(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x11000; c += c < 0x3000 ? 1 : 97) {
		char bytes[4];
		struct buf yaml = {0};
		struct faults faults = {0};
		if (c >= 0xd800 && c < 0xe000)
			continue;
		size_t n = utf8_put(c, bytes);
		yamlout_text(&yaml, sv_of(bytes, n));
		struct ydoc *y = ydoc_parse("y", buf_sv(&yaml), 0, &faults);
		if (faults.n_errors || !sv_eq(ydoc_text(ydoc_root(y, 0)), sv_of(bytes, n)))
			fail_msg("U+%04X: %s", c, yaml.ptr);
		ydoc_free(y);
		faults_fini(&faults);
		buf_fini(&yaml);
	}
}

static void exact_values_are_no_patterns(void **state)
{
	struct buf out = {0};
	(void)state;
	yamlout_exact(&out, SV("a*b?c\\d"));
	assert_string_equal(out.ptr, "\"a\\\\*b\\\\?c\\\\\\\\d\"");
	buf_reset(&out);
	yamlout_exact(&out, SV("kendra.amazonaws.com"));
	assert_string_equal(out.ptr, "kendra.amazonaws.com");
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(objects_survive),
	    cmocka_unit_test(texts_survive),
	    cmocka_unit_test(exact_values_are_no_patterns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
