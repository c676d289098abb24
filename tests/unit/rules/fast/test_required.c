/* Texts that a regular expression requires: examples of what is read and what is given up on, then the
 * property that matters, on generated expressions: where a match is found, one of the texts stands. */
#include "rules/fast/required.h"

#include "rules/casefold.h"
#include "rules/regex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define SEED 20261124u

static uint64_t random_state = SEED;

static unsigned pick(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

/* `want`: the texts with a blank between; NULL: none can be told. */
static void check(const char *regex, const char *want)
{
	struct arena arena = {0};
	struct sv_list texts = {0};
	struct buf have = {0};
	bool known = required_texts(sv_from(regex), &arena, &texts);

	for (size_t i = 0; i < texts.list.n; i++)
		buf_printf(&have, "%s%.*s", i ? " " : "", SV_ARG(texts.list.items[i]));
	if (known != (want != NULL) || (want && !sv_eq(buf_sv(&have), sv_from(want))))
		fail_msg("%s gives %s: \"%.*s\"", regex, known ? "texts" : "nothing", SV_ARG(buf_sv(&have)));
	buf_fini(&have);
	vec_fini(&texts.list);
	arena_fini(&arena);
}

static void reads_plain_runs(void **state)
{
	(void)state;
	check("foobar", "foobar");
	check("^FooBar$", "foobar");
	check("a.foo.b", "foo");
	check("foo[a-z]+longer\\d", "longer");
	check("foo\\.bar\\/x", "foo.bar/x");
	check("(ab|cd)efg(h)", "efg");
	check("colou?rs", "colo");
	check("foox*bars", "bars");
	check("foox+bars", "foox");
	check("foo{2,3}bar", "bar");
	check("abc|xyz", "abc xyz");
	check("[^]|(]abc", "abc");
	check("[[:alpha:]|]abc", "abc");
	check("(a[)]|b)abc", "abc");
	check("\"(AWS|Principal)\"\\s*:\\s*\"\\*\"", "\"*\"");
	check("(?:a|b)abc", "abc");
	check("äabcö", "abc");
}

static void gives_up_on_the_rest(void **state)
{
	(void)state;
	check("", NULL);
	check("ab", NULL);
	check("abc|x", NULL);
	check("abc|", NULL);
	check("(?i)abc", NULL);
	check("(?=abc)", NULL);
	check("(*UTF)abc", NULL);
	check("\\Qabc|\\E", NULL);
	check("\\x41bcd", NULL);
	check("(abc)\\1abc", NULL);
	check("a{b|c}abc", NULL);
	check("[\\x41]abc", NULL);
	check("(abc", NULL);
	check("[abc", NULL);
	check("abc\\", NULL);
	check("(foo|bar)?", NULL);
}

static void write_regex(struct buf *out, unsigned depth)
{
	static const char *const pieces[] = {"a", "b", "ab", "A", "c", ".", "[ab]", "[^a]", "\\.", "\\w", "^",
	    "$", "\\b", "-", "{", "}", "{1}", "[]a]", "[a\\]b]", "k", "s", "bab", "abc", "KsA", "bca", "aba",
	    "sab"};
	static const char *const quantifiers[] = {"?", "*", "+", "{2}", "{0,1}", "+?", "*+", "??", "{,2}"};
	for (unsigned n = 1 + pick(6); n > 0; n--) {
		if (depth && pick(5) == 0) {
			buf_adds(out, pick(2) ? "(" : "(?:");
			write_regex(out, depth - 1);
			buf_addc(out, ')');
		} else {
			buf_adds(out, pieces[pick(sizeof pieces / sizeof *pieces)]);
		}
		if (pick(4) == 0)
			buf_adds(out, quantifiers[pick(sizeof quantifiers / sizeof *quantifiers)]);
		if (pick(12) == 0)
			buf_addc(out, '|');
	}
}

static void write_text(struct buf *out)
{
	static const char *const pieces[] = {"a", "b", "ab", "A", "B", "c", ".", "-", "{", "}", "\n", "K",
	    "ſ", "]", "\xe2\x84\xaa", "S", "aba", "bab", "1", "abc", "bca", "ksa", "sab", "abcbca", "bababa"};
	for (unsigned n = 1 + pick(14); n > 0; n--)
		buf_adds(out, pieces[pick(sizeof pieces / sizeof *pieces)]);
}

static bool stands(const struct sv_list *texts, struct sv text)
{
	struct buf folded = {0};
	bool found = false;
	casefold_add(&folded, text);
	for (size_t i = 0; i < texts->list.n; i++)
		found |= sv_find(buf_sv(&folded), texts->list.items[i]) != SV_NONE;
	buf_fini(&folded);
	return found;
}

static void what_matches_holds_one(void **state)
{
	size_t n_known = 0, n_found = 0;

	(void)state;
	for (unsigned round = 0; round < 6000; round++) {
		struct buf written = {0};
		struct regex *re = NULL;
		struct arena arena = {0};
		struct sv_list texts = {0};
		write_regex(&written, 2);
		struct regex_flags flags = {pick(2), pick(2), pick(2)};
		bool known = regex_new(buf_sv(&written), flags, &re, NULL) == RC_OK &&
			     required_texts(buf_sv(&written), &arena, &texts);
		n_known += known;
		for (unsigned i = 0; i < 60 && known; i++) {
			struct buf text = {0};
			uint64_t steps = REGEX_MAX_STEPS;
			write_text(&text);
			bool found = regex_found(re, buf_sv(&text), &steps);
			n_found += found;
			if (found && !stands(&texts, buf_sv(&text)))
				fail_msg("%s matches \"%s\"", written.ptr, text.ptr);
			buf_fini(&text);
		}
		vec_fini(&texts.list);
		arena_fini(&arena);
		regex_free(re);
		buf_fini(&written);
	}
	print_message("%zu expressions, %zu matches\n", n_known, n_found);
	assert_true(n_known > 300 && n_found > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_plain_runs),
	    cmocka_unit_test(gives_up_on_the_rest),
	    cmocka_unit_test(what_matches_holds_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
