/* YAML trees: places, the core schema, and everything that is refused. */
#include "base/ydoc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct ydoc *parse(struct sv text, struct faults *f)
{
	return ydoc_parse("t.yml", text, 0, f);
}

/* All faults as one text. */
static const char *shown(const struct faults *f)
{
	static struct buf out;
	buf_reset(&out);
	buf_adds(&out, "");
	for (size_t i = 0; i < f->list.n; i++)
		fault_show(&f->list.items[i], &out);
	return out.ptr;
}

static void expect_faults(struct sv text, size_t n_documents, const char *want)
{
	struct faults f = {0};
	struct ydoc *y = parse(text, &f);
	assert_string_equal(shown(&f), want);
	assert_int_equal(ydoc_count(y), n_documents);
	ydoc_free(y);
	faults_fini(&f);
}

static void tree_with_places(void **state)
{
	(void)state;
	struct faults f = {0};
	struct ydoc *y = parse(SV("a: 1\nb:\n  - x\n  - {c: \"d\"}\nä: ö\n"), &f);
	assert_int_equal(f.list.n, 0);
	assert_int_equal(ydoc_count(y), 1);
	const struct ydoc_node *root = ydoc_root(y, 0), *b = ydoc_get(root, "b");
	assert_int_equal(root->kind, YDOC_MAP);
	assert_int_equal(root->n, 3);
	assert_int_equal(root->keys[1]->line, 2);
	assert_int_equal(root->keys[1]->col, 1);
	assert_int_equal(b->kind, YDOC_LIST);
	assert_int_equal(b->n, 2);
	assert_int_equal(b->items[0]->line, 3);
	assert_int_equal(b->items[0]->col, 5);
	const struct ydoc_node *d = ydoc_get(b->items[1], "c");
	assert_int_equal(d->line, 4);
	assert_int_equal(d->col, 9);
	assert_false(d->plain);
	assert_string_equal(ydoc_text(d).ptr, "d");
	/* Columns count characters, not bytes. */
	assert_int_equal(ydoc_get(root, "ä")->col, 4);
	assert_null(ydoc_get(root, "none"));
	assert_null(ydoc_get(b, "c"));
	assert_null(ydoc_get(NULL, "c"));
	assert_int_equal(ydoc_text(b).len, 0);
	assert_int_equal(ydoc_text(NULL).len, 0);
	ydoc_free(y);
}

static const struct {
	const char *text;
	enum ydoc_type type;
	const char *yaml11;
} scalars[] = {
    {"yes", YDOC_TEXT, "a boolean"},
    {"No", YDOC_TEXT, "a boolean"},
    {"on", YDOC_TEXT, "a boolean"},
    {"y", YDOC_TEXT, "a boolean"},
    {"12:30", YDOC_TEXT, "a number in base 60"},
    {"190:20:30", YDOC_TEXT, "a number in base 60"},
    {"12:345", YDOC_TEXT, NULL},
    {"2026-01-01", YDOC_TEXT, "a date"},
    {"2026-01-01T03:04:05Z", YDOC_TEXT, "a date"},
    {"2026-01-0", YDOC_TEXT, NULL},
    {"0b101", YDOC_TEXT, "a binary number"},
    {"1_000", YDOC_TEXT, "a number"},
    {"<<", YDOC_TEXT, "a merge key"},
    {"010", YDOC_INT, "an octal number"},
    {"019", YDOC_INT, NULL},
    {"0o17", YDOC_INT, "a text"},
    {"0x1F", YDOC_INT, NULL},
    {"0x", YDOC_TEXT, NULL},
    {"-7", YDOC_INT, NULL},
    {"+7", YDOC_INT, NULL},
    {"0", YDOC_INT, NULL},
    {"+", YDOC_TEXT, NULL},
    {"1.5", YDOC_FLOAT, NULL},
    {"1.", YDOC_FLOAT, NULL},
    {".5", YDOC_FLOAT, NULL},
    {"1e3", YDOC_FLOAT, "a text"},
    {"1.5E-3", YDOC_FLOAT, NULL},
    {"1e", YDOC_TEXT, NULL},
    {".", YDOC_TEXT, NULL},
    {"-.inf", YDOC_FLOAT, "none"},
    {".NaN", YDOC_FLOAT, "none"},
    {"1.2.3", YDOC_TEXT, NULL},
    {"10.0.0.0/8", YDOC_TEXT, NULL},
    {"true", YDOC_BOOL, NULL},
    {"FALSE", YDOC_BOOL, NULL},
    {"tRue", YDOC_TEXT, NULL},
    {"null", YDOC_NULL, NULL},
    {"~", YDOC_NULL, NULL},
    {"", YDOC_NULL, NULL},
    {"nULL", YDOC_TEXT, NULL},
};

static void core_schema(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scalars / sizeof *scalars; i++) {
		struct faults f = {0};
		char text[80];
		int n = snprintf(text, sizeof text, "k: %s\n", scalars[i].text);
		struct ydoc *y = parse(sv_of(text, (size_t)n), &f);
		const struct ydoc_node *v = ydoc_get(ydoc_root(y, 0), "k");
		assert_non_null(v);
		if (v->type != scalars[i].type)
			fail_msg("%s is type %d, not %d", scalars[i].text, v->type, scalars[i].type);
		const char *want = scalars[i].yaml11, *got = ydoc_yaml11(v);
		if (want && strcmp(want, "none") == 0)
			want = NULL;
		if (!want != !got || (want && strcmp(want, got) != 0))
			fail_msg("%s under 1.1: %s, not %s", scalars[i].text, got, want);
		ydoc_free(y);
		/* The same in quotes is a text to everybody. */
		n = snprintf(text, sizeof text, "k: '%s'\n", scalars[i].text);
		y = parse(sv_of(text, (size_t)n), &f);
		v = ydoc_get(ydoc_root(y, 0), "k");
		assert_int_equal(v->type, YDOC_TEXT);
		assert_null(ydoc_yaml11(v));
		assert_string_equal(v->text.ptr, scalars[i].text);
		ydoc_free(y);
		assert_int_equal(f.list.n, 0);
	}
}

static void values(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool ok;
		int64_t want;
	} ints[] = {{"010", true, 10}, {"-7", true, -7}, {"+7", true, 7}, {"0o17", true, 15},
	    {"0xff", true, 255}, {"9223372036854775807", true, INT64_MAX}, {"9223372036854775808", false, 0},
	    {"-9223372036854775808", true, INT64_MIN}, {"0x8000000000000000", false, 0}, {"1.0", false, 0},
	    {"'7'", false, 0}, {"x", false, 0}, {"[1]", false, 0}};
	struct faults f = {0};
	for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
		int64_t v = 42;
		struct ydoc *y = parse(sv_from(ints[i].text), &f);
		assert_int_equal(ydoc_int(ydoc_root(y, 0), &v), ints[i].ok);
		assert_true(v == (ints[i].ok ? ints[i].want : 42));
		ydoc_free(y);
	}
	struct ydoc *y = parse(SV("[True, FALSE, 'true', 1]"), &f);
	const struct ydoc_node *l = ydoc_root(y, 0);
	bool b = false;
	assert_true(ydoc_bool(l->items[0], &b) && b);
	assert_string_equal(l->items[0]->text.ptr, "true");
	assert_true(ydoc_bool(l->items[1], &b) && !b);
	assert_false(ydoc_bool(l->items[2], &b) || ydoc_bool(l->items[3], &b) || ydoc_bool(NULL, &b));
	ydoc_free(y);
}

static void tags(void **state)
{
	(void)state;
	struct faults f = {0};
	struct ydoc *y = parse(SV("[!!str 010, ! yes, !!int '3', !!map {}, !!seq []]"), &f);
	assert_int_equal(f.list.n, 0);
	const struct ydoc_node *l = ydoc_root(y, 0);
	assert_int_equal(l->items[0]->type, YDOC_TEXT);
	assert_int_equal(l->items[1]->type, YDOC_TEXT);
	assert_int_equal(l->items[2]->type, YDOC_INT);
	ydoc_free(y);
	expect_faults(SV("a: !!int x\nb: !foo 1\nc: !!set {}\n"), 0,
	    "t.yml:1:4: error: the tag \"tag:yaml.org,2002:int\" is unknown here or does not fit the value; "
	    "leave "
	    "it out\n"
	    "t.yml:2:4: error: the tag \"!foo\" is unknown here or does not fit the value; leave it out\n"
	    "t.yml:3:4: error: the tag \"tag:yaml.org,2002:set\" is unknown here; leave it out\n");
}

static void documents(void **state)
{
	(void)state;
	struct faults f = {0};
	struct ydoc *y =
	    parse(SV("\xef\xbb\xbf# head\n%YAML 1.2\n---\na: 1\n---\n---\nb: |\n  ---\n  x\n...\n# "
		     "between\n--- c\n"),
		&f);
	assert_string_equal(shown(&f), "");
	assert_int_equal(ydoc_count(y), 4);
	assert_int_equal(ydoc_root(y, 0)->line, 4);
	assert_null(ydoc_root(y, 1));
	assert_string_equal(ydoc_text(ydoc_get(ydoc_root(y, 2), "b")).ptr, "---\nx\n");
	assert_int_equal(ydoc_root(y, 2)->line, 7);
	assert_string_equal(ydoc_text(ydoc_root(y, 3)).ptr, "c");
	assert_int_equal(ydoc_root(y, 3)->line, 12);
	ydoc_free(y);
	expect_faults(SV(""), 0, "");
	expect_faults(SV("# only words\n"), 0, "");
	expect_faults(SV("---\n"), 1, "");
	expect_faults(SV("a: 1\n---\nb: 2"), 2, "");
}

static void broken_document_takes_only_itself(void **state)
{
	(void)state;
	expect_faults(SV("a: 1\n---\nb: [1, 2\n---\nc: 3\n---\nd: 'x\n---\ne: 5\n"), 3,
	    "t.yml:4:1: error: not valid YAML: did not find expected ',' or ']' (while parsing a flow "
	    "sequence "
	    "that begins on line 3)\n"
	    "t.yml:8:1: error: not valid YAML: found unexpected end of stream (while scanning a quoted "
	    "scalar that "
	    "begins on line 7)\n");
	expect_faults(SV("a: b: c\n---\nd: 1\n"), 1,
	    "t.yml:1:5: error: not valid YAML: mapping values are not allowed in this context; check the "
	    "indentation, and quote a value that holds \": \"\n");
	expect_faults(SV("a: 1\n b: 2\n"), 0,
	    "t.yml:2:3: error: not valid YAML: mapping values are not allowed in this context; check the "
	    "indentation, and quote a value that holds \": \"\n");
	expect_faults(SV("a: 1\n}\n---\nb: 1\n"), 1,
	    "t.yml:2:1: error: not valid YAML: did not find expected key (while parsing a block mapping that "
	    "begins "
	    "on line 1)\n");
}

static void duplicate_keys(void **state)
{
	(void)state;
	expect_faults(SV("a: 1\nb: {x: 1, 'x': 2}\n\"a\": 3\n---\nc: 1\n"), 1,
	    "t.yml:2:11: error: duplicate key \"x\"; it stands on line 2 already\n"
	    "t.yml:3:1: error: duplicate key \"a\"; it stands on line 1 already\n");
	/* Many keys take another way. */
	struct buf b = {0};
	for (int i = 0; i < 5000; i++)
		buf_printf(&b, "k%d: 1\n", i);
	expect_faults(buf_sv(&b), 1, "");
	buf_adds(&b, "k17: 2\n");
	expect_faults(
	    buf_sv(&b), 0, "t.yml:5001:1: error: duplicate key \"k17\"; it stands on line 18 already\n");
	buf_fini(&b);
}

static void keys_are_texts(void **state)
{
	(void)state;
	expect_faults(SV("? [a]\n: 1\n"), 0,
	    "t.yml:1:3: error: a key must be a text; quote it when it begins with [ or {\n");
	expect_faults(SV("{a: 1}: 2\n"), 0,
	    "t.yml:1:1: error: a key must be a text; quote it when it begins with [ or {\n");
}

static void tabs(void **state)
{
	(void)state;
	expect_faults(SV("a:\n\tb: 1\n"), 0,
	    "t.yml:2:1: error: a tab is used for indentation; YAML takes only spaces there\n");
	expect_faults(SV("a:\n  - x\n \t- y\n"), 0,
	    "t.yml:3:2: error: a tab is used for indentation; YAML takes only spaces there\n");
	/* Between key and value, and inside values, a tab is only a blank. */
	expect_faults(SV("a:\t1\nb: 'x\ty'\nc: |\n  x\ty\n"), 1, "");
}

static void bytes_that_are_no_text(void **state)
{
	(void)state;
	expect_faults(SV("a: 1\nb: \xff\n---\nc: 1\n"), 1,
	    "t.yml:2:4: error: not valid YAML: invalid leading UTF-8 octet (0xff); the file must be UTF-8 "
	    "text\n");
	expect_faults(SV("a: \x01\n"), 0,
	    "t.yml:1:4: error: not valid YAML: control characters are not allowed (0x01); the file must be "
	    "UTF-8 "
	    "text\n");
}

static void aliases(void **state)
{
	(void)state;
	struct faults f = {0};
	struct ydoc *y = parse(SV("a: &x [1, 2]\nb: *x\n---\nc: &x 3\nd: *x\n"), &f);
	assert_int_equal(f.list.n, 0);
	assert_ptr_equal(ydoc_get(ydoc_root(y, 0), "b"), ydoc_get(ydoc_root(y, 0), "a"));
	assert_string_equal(ydoc_text(ydoc_get(ydoc_root(y, 1), "d")).ptr, "3");
	ydoc_free(y);
	/* An anchor ends with its document, and must not hold itself. */
	expect_faults(SV("a: &x 1\n---\nb: *x\n"), 1,
	    "t.yml:3:4: error: alias \"*x\" has no anchor \"&\" of that name above it in the document\n");
	expect_faults(
	    SV("a: &x [1, *x]\n"), 0, "t.yml:1:11: error: alias \"*x\" stands inside the value it names\n");
}

static void alias_bomb(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_adds(&b, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 30; i++) {
		buf_printf(&b, "a%d: &a%d [", i, i);
		for (int j = 0; j < 9; j++)
			buf_printf(&b, "%s*a%d", j ? "," : "", i - 1);
		buf_adds(&b, "]\n");
	}
	buf_adds(&b, "---\nfine: 1\n");
	/* 10, 91, 820, 7381, 66430: the next level passes 200,000 on its second alias. */
	expect_faults(buf_sv(&b), 1,
	    "t.yml:6:14: error: more than 200000 YAML nodes after aliases are expanded; split the file\n");
	buf_fini(&b);
	struct faults f = {0};
	struct ydoc *y = ydoc_parse("t.yml", SV("[1, 2, 3]\n"), 3, &f);
	assert_string_equal(shown(&f),
	    "t.yml:1:8: error: more than 3 YAML nodes after aliases are expanded; split the file\n");
	ydoc_free(y);
	faults_fini(&f);
}

static void depth(void **state)
{
	(void)state;
	struct buf b = {0};
	for (int i = 0; i < 64; i++)
		buf_addc(&b, '[');
	for (int i = 0; i < 64; i++)
		buf_addc(&b, ']');
	expect_faults(buf_sv(&b), 1, "");
	buf_reset(&b);
	for (int i = 0; i < 1000000; i++)
		buf_addc(&b, '[');
	expect_faults(buf_sv(&b), 0, "t.yml:1:65: error: nested deeper than 64 levels\n");
	/* Depth adds up through aliases too. */
	buf_reset(&b);
	buf_adds(&b, "a: &a ");
	for (int i = 0; i < 40; i++)
		buf_addc(&b, '[');
	for (int i = 0; i < 40; i++)
		buf_addc(&b, ']');
	buf_adds(&b, "\nb: ");
	for (int i = 0; i < 30; i++)
		buf_addc(&b, '[');
	buf_adds(&b, "*a");
	for (int i = 0; i < 30; i++)
		buf_addc(&b, ']');
	expect_faults(buf_sv(&b), 0, "t.yml:2:34: error: nested deeper than 64 levels\n");
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tree_with_places),
	    cmocka_unit_test(core_schema),
	    cmocka_unit_test(values),
	    cmocka_unit_test(tags),
	    cmocka_unit_test(documents),
	    cmocka_unit_test(broken_document_takes_only_itself),
	    cmocka_unit_test(duplicate_keys),
	    cmocka_unit_test(keys_are_texts),
	    cmocka_unit_test(tabs),
	    cmocka_unit_test(bytes_that_are_no_text),
	    cmocka_unit_test(aliases),
	    cmocka_unit_test(alias_bomb),
	    cmocka_unit_test(depth),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
