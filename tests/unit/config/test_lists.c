/* Typed lists: every type, keyed ones, files with comments, and what is refused. */
#include "config/lists.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/file.h"

static void read_as(
    struct lists *l, const char *yaml, const char *folder, const struct lists *types, struct faults *f)
{
	struct ydoc *y = ydoc_parse("c.yaml", sv_from(yaml), 0, f);
	assert_int_equal(f->list.n, 0);
	lists_read(l, ydoc_root(y, 0), "c.yaml", folder, types, f);
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

/* Values under `key`, joined by blanks. */
static const char *values(const struct lists *l, const char *name, const char *key)
{
	static struct buf out;
	const struct list *list = lists_find(l, sv_from(name));
	assert_non_null(list);
	const struct list_values *v = list_values_of(list, sv_from(key));
	buf_reset(&out);
	buf_adds(&out, "");
	for (size_t i = 0; v && i < v->items.n; i++)
		buf_printf(&out, "%s%s", i ? " " : "", v->items.items[i].ptr);
	return out.ptr;
}

static void full_form(void **state)
{
	(void)state;
	struct lists l = {0};
	struct faults f = {0};
	read_as(&l,
	    "known_networks: {type: cidr, values: [198.51.100.0/24, '2001:db8::/32', 10.0.0.1]}\n"
	    "ingest: {type: principal, by: kw.index, values: {hr: [role/ingest-hr, 'arn:aws:iam::1:role/x'], "
	    "law: "
	    "[root, sso/*]}}\n"
	    "accounts: {type: account, values: [111122223333, '000000000001']}\n"
	    "words: {values: [a, 010, true]}\n"
	    "empty: {type: cidr}\n",
	    "/etc", NULL, &f);
	assert_string_equal(shown(&f), "");
	assert_int_equal(l.by_name.n, 5);
	assert_string_equal(values(&l, "known_networks", "any"), "198.51.100.0/24 2001:db8::/32 10.0.0.1");
	assert_string_equal(values(&l, "ingest", "hr"), "role/ingest-hr arn:aws:iam::1:role/x");
	assert_string_equal(values(&l, "ingest", "law"), "root sso/*");
	assert_string_equal(values(&l, "ingest", "none"), "");
	assert_string_equal(values(&l, "accounts", ""), "111122223333 000000000001");
	assert_string_equal(values(&l, "words", ""), "a 010 true");
	const struct list *ingest = lists_find(&l, SV("ingest"));
	assert_int_equal(list_count(ingest), 4);
	assert_int_equal(ingest->type, LIST_PRINCIPAL);
	assert_true(sv_eq(ingest->by, SV("kw.index")));
	assert_false(ingest->declared_at_runtime);
	assert_int_equal(list_count(lists_find(&l, SV("empty"))), 0);
	assert_null(list_values_of(lists_find(&l, SV("empty")), SV("")));
	assert_null(lists_find(&l, SV("other")));
	assert_null(lists_find(NULL, SV("other")));
	lists_fini(&l);
	lists_fini(NULL);
}

static void short_form_takes_its_type_from_the_values(void **state)
{
	(void)state;
	struct lists l = {0};
	struct faults f = {0};
	read_as(&l,
	    "nets: [198.51.100.0/24, 10.0.0.1]\nids: ['111122223333']\nwho: [role/a, sso/b@c]\n"
	    "mixed: [role/a, 10.0.0.1]\nkeyed: {idx-hr: [role/a], idx-law: []}\nnone: []\nnothing:\n",
	    NULL, NULL, &f);
	assert_string_equal(shown(&f), "");
	assert_int_equal(lists_find(&l, SV("nets"))->type, LIST_CIDR);
	assert_int_equal(lists_find(&l, SV("ids"))->type, LIST_ACCOUNT);
	assert_int_equal(lists_find(&l, SV("who"))->type, LIST_PRINCIPAL);
	assert_int_equal(lists_find(&l, SV("mixed"))->type, LIST_TEXT);
	assert_int_equal(lists_find(&l, SV("none"))->type, LIST_TEXT);
	assert_int_equal(list_count(lists_find(&l, SV("nothing"))), 0);
	assert_true(sv_eq(lists_find(&l, SV("keyed"))->by, SV("kw.index")));
	assert_string_equal(values(&l, "keyed", "idx-hr"), "role/a");
	assert_true(lists_find(&l, SV("keyed"))->declared_at_runtime);
	/* The declaration wins: type and key. */
	struct lists declared = {0}, tests = {0};
	read_as(&declared, "nets: {type: text}\nwho: {type: principal, by: recipientAccountId}\n", NULL, NULL,
	    &f);
	read_as(&tests, "nets: [10.0.0.1]\nwho: {x: [root]}\n", NULL, &declared, &f);
	assert_string_equal(shown(&f), "");
	assert_int_equal(lists_find(&tests, SV("nets"))->type, LIST_TEXT);
	assert_true(sv_eq(lists_find(&tests, SV("who"))->by, SV("recipientAccountId")));
	/* Reading a name again replaces it. */
	read_as(&tests, "nets: [a, b]\n", NULL, NULL, &f);
	assert_string_equal(values(&tests, "nets", ""), "a b");
	lists_fini(&l);
	lists_fini(&declared);
	lists_fini(&tests);
}

static const struct {
	const char *yaml, *want;
} bad[] = {
    {"n: {type: cidr, values: [10.0.0.0/33, 10.0.0, ' 10.0.0.1', 10.0.0.0/08, 010.0.0.1, 'fe80::1%eth0', x]}",
	"1:26: error: \"10.0.0.0/33\" is no network; write an address or a network such as 198.51.100.0/24\n"
	"1:39: error: \"10.0.0\" is no network; write an address or a network such as 198.51.100.0/24\n"
	"1:47: error: \" 10.0.0.1\" is no network; write an address or a network such as 198.51.100.0/24\n"
	"1:60: error: \"10.0.0.0/08\" is no network; write an address or a network such as 198.51.100.0/24\n"
	"1:73: error: \"010.0.0.1\" is no network; write an address or a network such as 198.51.100.0/24\n"
	"1:84: error: \"fe80::1%eth0\" is no network; write an address or a network such as 198.51.100.0/24\n"
	"1:100: error: \"x\" is no network; write an address or a network such as 198.51.100.0/24\n"},
    {"n: {type: cidr, values: [10.0.0.1/8, 0.0.0.0/0, '::/0']}",
	"1:26: warning: \"10.0.0.1/8\" has bits set past its prefix; it stands for the whole network\n"
	"1:38: warning: \"0.0.0.0/0\" holds every address\n"
	"1:49: warning: \"::/0\" holds every address\n"},
    {"a: {type: account, values: [12345, prod]}",
	"1:29: error: \"12345\" is no account; an account has 12 digits\n"
	"1:36: error: \"prod\" is no account; an account has 12 digits\n"},
    {"p: {type: principal, values: [rol/x, alice, role/]}",
	"1:31: error: \"rol/x\" is no principal; write root, user/NAME, role/NAME, sso/PERSON, service/NAME, "
	"federated/NAME, account/ID or an ARN; did you mean \"role\"?\n"
	"1:38: error: \"alice\" is no principal; write root, user/NAME, role/NAME, sso/PERSON, service/NAME, "
	"federated/NAME, account/ID or an ARN\n"
	"1:45: error: \"role/\" is no principal; write root, user/NAME, role/NAME, sso/PERSON, service/NAME, "
	"federated/NAME, account/ID or an ARN; did you mean \"role\"?\n"},
    {"t: {type: cdr}", "1:11: error: \"type\" must be one of text, cidr, principal or account, not \"cdr\"; "
		       "did you mean \"cidr\"?\n"},
    {"t: {type: text, value: [a]}", "1:17: error: unknown option \"value\"; did you mean \"values\"?\n"},
    {"t: {type: text, values: {k: [a]}}",
	"1:25: error: list \"t\" is not keyed: write a sequence of values, or say `by: FIELD`\n"},
    {"t: {by: kw.index, values: [a]}",
	"1:27: error: list \"t\" is keyed by kw.index: write a mapping of key to [values]\n"},
    {"t: {by: kw.index, values: {k: a}}",
	"1:31: error: list \"t\" is keyed by kw.index: write a mapping of key to [values]\n"},
    {"t: word", "1:4: error: list \"t\" is not keyed: write a sequence of values, or say `by: FIELD`\n"},
    {"t: [a, [b], '', null]", "1:8: error: a value of list \"t\" must be a text\n"
			      "1:13: error: a value of list \"t\" must be a text\n"
			      "1:17: error: a value of list \"t\" must be a text\n"},
    {"'a b': [x]", "1:1: error: \"a b\" is no name for a list; use letters, digits, _ - and .\n"},
    {"[a]", "1:1: error: lists must be a mapping of names to lists\n"},
    {"t: {file: none.txt}",
	"1:11: error: list \"t\": /nowhere/none.txt: can't open: No such file or directory\n"},
    {"t: {file: /dev/null}", "1:11: error: list \"t\": /dev/null: is not a regular file\n"},
};

static void bad_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct lists l = {0};
		struct faults f = {0};
		struct buf want = {0};
		struct sv rest = sv_from(bad[i].want), line;
		while (sv_cut(&rest, '\n', &line) && line.len)
			buf_printf(&want, "c.yaml:%.*s\n", SV_ARG(line));
		read_as(&l, bad[i].yaml, "/nowhere", NULL, &f);
		assert_string_equal(shown(&f), want.ptr);
		buf_fini(&want);
		lists_fini(&l);
	}
}

static void values_from_files(void **state)
{
	(void)state;
	char folder[] = "/tmp/kw_lists_XXXXXX";
	assert_non_null(mkdtemp(folder));
	char *plain = file_join(folder, "nets.txt"), *keyed = file_join(folder, "who.txt");
	assert_int_equal(
	    file_write_atomic(plain,
		SV("\xef\xbb\xbf# office\n198.51.100.0/24\r\n\n  10.0.0.1  # vpn\nbroken\n\xff\n10.0.0.2"),
		0600, NULL),
	    RC_OK);
	assert_int_equal(
	    file_write_atomic(keyed, SV("hr role/a\nhr\trole/b#2\nlaw   role/c\nlaw\n"), 0600, NULL), RC_OK);
	struct lists l = {0};
	struct faults f = {0};
	read_as(&l,
	    "nets: {type: cidr, values: [192.0.2.1], file: nets.txt}\n"
	    "who: {type: principal, by: kw.index, file: who.txt}\n",
	    folder, NULL, &f);
	struct buf want = {0};
	buf_printf(&want,
	    "%s:5:1: error: \"broken\" is no network; write an address or a network such as 198.51.100.0/24\n"
	    "%s:6:1: error: the line is not UTF-8 text\n"
	    "%s:4:1: error: list \"who\" is keyed by kw.index: write a key, a blank and a value on each "
	    "line\n",
	    plain, plain, keyed);
	assert_string_equal(shown(&f), want.ptr);
	assert_string_equal(values(&l, "nets", ""), "192.0.2.1 198.51.100.0/24 10.0.0.1 10.0.0.2");
	assert_string_equal(values(&l, "who", "hr"), "role/a role/b#2");
	assert_string_equal(values(&l, "who", "law"), "role/c");
	buf_fini(&want);
	lists_fini(&l);
	unlink(plain);
	unlink(keyed);
	free(plain);
	free(keyed);
	rmdir(folder);
}

static void alias_adds_and_is_not_counted(void **state)
{
	(void)state;
	struct lists l = {0};
	struct faults f = {0};
	read_as(&l, "who: {by: kw.index, values: {hr: [role/a], idx-2: [role/b]}}\n", NULL, NULL, &f);
	struct list *who = map_get(&l.by_name, SV("who"));
	list_alias(who, SV("hr"), SV("idx-1"));
	list_alias(who, SV("hr"), SV("idx-2"));
	list_alias(who, SV("none"), SV("idx-3"));
	assert_string_equal(values(&l, "who", "idx-1"), "role/a");
	assert_string_equal(values(&l, "who", "idx-2"), "role/b role/a");
	assert_string_equal(values(&l, "who", "idx-3"), "");
	assert_int_equal(list_count(who), 3);
	lists_fini(&l);
}

static void a_million_and_one_values(void **state)
{
	(void)state;
	char path[] = "/tmp/kw_lists_XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	struct buf b = {0};
	for (int i = 0; i < 1000003; i++)
		buf_printf(&b, "v%d\n", i);
	assert_int_equal(file_write_atomic(path, buf_sv(&b), 0600, NULL), RC_OK);
	buf_reset(&b);
	buf_printf(&b, "big: {file: %s}\n", path);
	struct lists l = {0};
	struct faults f = {0};
	read_as(&l, b.ptr, NULL, NULL, &f);
	buf_reset(&b);
	buf_printf(&b,
	    "%s:1000001:1: error: list \"big\" holds more than 1000000 values; the rest is left out\n", path);
	assert_string_equal(shown(&f), b.ptr);
	assert_int_equal(list_count(lists_find(&l, SV("big"))), 1000000);
	lists_fini(&l);
	buf_fini(&b);
	unlink(path);
}

static void a_file_of_something_else_is_given_up(void **state)
{
	(void)state;
	char path[] = "/tmp/kw_lists_XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	struct buf b = {0};
	for (int i = 0; i < 100000; i++)
		buf_adds(&b, "no network\n");
	assert_int_equal(file_write_atomic(path, buf_sv(&b), 0600, NULL), RC_OK);
	buf_reset(&b);
	buf_printf(&b, "nets: {type: cidr, file: %s}\n", path);
	struct lists l = {0};
	struct faults f = {0};
	read_as(&l, b.ptr, NULL, NULL, &f);
	assert_int_equal(f.n_errors, 51);
	buf_reset(&b);
	fault_show(&f.list.items[50], &b);
	assert_true(sv_ends(buf_sv(&b),
	    SV(":50:1: error: list \"nets\" has too many wrong values; the rest of it is not read\n")));
	faults_fini(&f);
	lists_fini(&l);
	buf_fini(&b);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(full_form),
	    cmocka_unit_test(short_form_takes_its_type_from_the_values),
	    cmocka_unit_test(bad_lists),
	    cmocka_unit_test(values_from_files),
	    cmocka_unit_test(alias_adds_and_is_not_counted),
	    cmocka_unit_test(a_million_and_one_values),
	    cmocka_unit_test(a_file_of_something_else_is_given_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
