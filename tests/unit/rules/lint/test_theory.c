/* What is claimed of two tests of one field, against all short texts, all numbers nearby, all addresses of a
 * small network. */
#include "rules/lint/theory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static uint64_t random_state = 20261130u;

static unsigned pick(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

/* --- texts ---------------------------------------------------------------------------------------- */

#define LETTERS "abA"
#define TEXT_LENGTH 5

static struct probe pattern(const char *written, bool cased, struct arena *a)
{
	struct pattern_builder b = {.cased = cased};
	pattern_add(&b, sv_from(written));
	return (struct probe){.kind = PROBE_PATTERN, .pattern = pattern_finish(&b, a, false, false)};
}

struct meets {
	bool a_without_b, b_without_a, both;
};

/* Asks both patterns about every text of up to TEXT_LENGTH letters. */
static struct meets compare_patterns(const struct probe *a, const struct probe *b)
{
	struct meets m = {0};
	for (unsigned length = 0, n = 1; length <= TEXT_LENGTH; length++, n *= 3)
		for (unsigned number = 0; number < n; number++) {
			char text[TEXT_LENGTH];
			for (unsigned i = 0, rest = number; i < length; i++, rest /= 3)
				text[i] = LETTERS[rest % 3];
			bool x = pattern_fits(&a->pattern, sv_of(text, length));
			bool y = pattern_fits(&b->pattern, sv_of(text, length));
			m.a_without_b |= x && !y;
			m.b_without_a |= y && !x;
			m.both |= x && y;
		}
	return m;
}

static void claims_about_patterns_hold(void **state)
{
	unsigned n_implied = 0, n_excluded = 0, n_same = 0;
	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct arena arena = {0};
		char written[2][5] = {{0}};
		for (int side = 0; side < 2; side++)
			for (unsigned i = 0, n = pick(5); i < n; i++)
				written[side][i] = "abA*?"[pick(5)];
		struct probe a = pattern(written[0], pick(2), &arena),
			     b = pattern(written[1], pick(2), &arena);
		struct meets m = compare_patterns(&a, &b);
		bool implies = theory_implies(&a, &b), excludes = theory_excludes(&a, &b);
		if ((implies && m.a_without_b) || (excludes && m.both) ||
		    excludes != theory_excludes(&b, &a) ||
		    (theory_same(&a, &b) && (m.a_without_b || m.b_without_a)))
			fail_msg("\"%s\" and \"%s\"", written[0], written[1]);
		n_implied += implies;
		n_excluded += excludes;
		n_same += theory_same(&a, &b);
		arena_fini(&arena);
	}
	assert_true(n_implied > 100 && n_excluded > 300 && n_same > 20);
}

/* The pairs that people write; what is claimed of them is also found. */
static void patterns_that_people_write(void **state)
{
	static const struct {
		const char *a, *b;
		bool implies, excludes;
	} rows[] = {
	    {"Query", "query", true, false},
	    {"Query", "Retrieve", false, true},
	    {"Query", "Que*", true, false},
	    {"Que*", "Query", false, false},
	    {"Query", "*r*", true, false},
	    {"Query", "*x*", false, true},
	    {"Delete*", "Create*", false, true},
	    {"*Index", "*Faq", false, true},
	    {"Delete*", "*Index", false, false},
	    {"DeleteIn*", "Delete*", true, false},
	    {"", "*", true, false},
	    {"", "a*", false, true},
	    {"a?c", "a*", true, false},
	};
	struct arena arena = {0};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct probe a = pattern(rows[i].a, false, &arena), b = pattern(rows[i].b, false, &arena);
		if (theory_implies(&a, &b) != rows[i].implies || theory_excludes(&a, &b) != rows[i].excludes)
			fail_msg("\"%s\" and \"%s\"", rows[i].a, rows[i].b);
	}
	struct probe cased = pattern("Query", true, &arena), folded = pattern("Create", false, &arena);
	assert_false(theory_excludes(&cased, &folded)); /* true, but not claimed */
	arena_fini(&arena);
}

/* --- numbers -------------------------------------------------------------------------------------- */

static const char *const values[] = {"-1.5", "-1", "-0.5", "0", "0.5", "1", "1.5", "2", "2.5"};
#define N_VALUES (sizeof values / sizeof *values)

static bool meets_number(const struct probe *p, const char *value)
{
	struct number n;
	assert_true(number_read(sv_from(value), &n));
	int order = number_cmp(&n, &p->number);
	return p->compare == PROBE_EQ    ? order == 0
	       : p->compare == PROBE_LT  ? order < 0
	       : p->compare == PROBE_LTE ? order <= 0
	       : p->compare == PROBE_GT  ? order > 0
					 : order >= 0;
}

static struct probe number(unsigned which)
{
	static const char *const bounds[] = {"-1", "0", "1.0", "2"};
	struct probe p = {.kind = PROBE_NUMBER, .compare = (enum probe_compare)(which % 5)};
	assert_true(number_read(sv_from(bounds[which / 5]), &p.number));
	return p;
}

/* Between two bounds lies a value, so the values tell exactly. */
static void claims_about_numbers_are_exact(void **state)
{
	(void)state;
	for (unsigned pair = 0; pair < 400; pair++) {
		struct probe a = number(pair / 20), b = number(pair % 20);
		bool implies = true, both = false;
		for (size_t i = 0; i < N_VALUES; i++) {
			implies &= !meets_number(&a, values[i]) || meets_number(&b, values[i]);
			both |= meets_number(&a, values[i]) && meets_number(&b, values[i]);
		}
		if (theory_implies(&a, &b) != implies || theory_excludes(&a, &b) == both)
			fail_msg("pair %u", pair);
		b.part = a.part + 1;
		assert_false(theory_implies(&a, &b) || theory_excludes(&a, &b));
	}
}

/* --- networks ------------------------------------------------------------------------------------- */

static struct probe network(const char *text)
{
	struct probe p = {.kind = PROBE_NETWORK};
	assert_true(cidr_read(sv_from(text), &p.net, NULL));
	return p;
}

static void claims_about_networks_are_exact(void **state)
{
	static const char *const nets[] = {"10.0.0.0/29", "10.0.0.0/30", "10.0.0.4/30", "10.0.0.0/31",
	    "10.0.0.6/31", "10.0.0.0", "10.0.0.5", "10.0.0.7"};
	const size_t n = sizeof nets / sizeof *nets;
	(void)state;
	for (size_t pair = 0; pair < n * n; pair++) {
		struct probe a = network(nets[pair / n]), b = network(nets[pair % n]);
		bool implies = true, both = false;
		for (int host = 0; host < 8; host++) {
			char address[] = "10.0.0.x";
			address[7] = (char)('0' + host);
			bool x = cidr_holds(&a.net, sv_from(address)),
			     y = cidr_holds(&b.net, sv_from(address));
			implies &= !x || y;
			both |= x && y;
		}
		assert_int_equal(theory_implies(&a, &b), implies);
		assert_int_equal(theory_excludes(&a, &b), !both);
	}
	struct probe v4 = network("0.0.0.0/0"), v6 = network("::/0");
	assert_false(theory_implies(&v4, &v6) || theory_excludes(&v4, &v6));
}

/* --- what has no value ---------------------------------------------------------------------------- */

static void nothing_excludes_every_text(void **state)
{
	struct arena arena = {0};
	struct probe null = {.kind = PROBE_NULL}, there = {.kind = PROBE_EXISTS, .truth = true},
		     absent = {.kind = PROBE_EXISTS}, yes = {.kind = PROBE_TRUTH, .truth = true},
		     no = {.kind = PROBE_TRUTH}, any = pattern("*", false, &arena);
	(void)state;
	assert_true(theory_implies(&absent, &null));
	assert_false(theory_implies(&null, &absent)); /* null may be written */
	assert_true(theory_excludes(&there, &absent));
	assert_false(theory_excludes(&there, &null));
	assert_false(theory_excludes(&absent, &null));
	assert_true(theory_excludes(&null, &any));
	assert_true(theory_excludes(&any, &absent));
	assert_true(theory_excludes(&yes, &no));
	assert_false(theory_excludes(&yes, &any)); /* the word "true" meets both */
	arena_fini(&arena);
}

static void nothing_is_claimed_of_guarded_entries(void **state)
{
	struct arena arena = {0};
	struct probe a = pattern("a", false, &arena), b = pattern("b", false, &arena);
	(void)state;
	a.n_guards = 1;
	assert_false(theory_excludes(&a, &b) || theory_excludes(&b, &a));
	assert_false(theory_same(&a, &a) || theory_implies(&a, &a));
	arena_fini(&arena);
}

static void fields_of_one_scalar(void **state)
{
	(void)state;
	assert_true(theory_single(SV("eventName")));
	assert_true(theory_single(SV("kw.actor")));
	assert_false(theory_single(SV("requestParameters.id")));
	assert_false(theory_single(SV("resources.ARN")));
	assert_false(theory_single(SV("unheard.of")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(claims_about_patterns_hold),
	    cmocka_unit_test(patterns_that_people_write),
	    cmocka_unit_test(claims_about_numbers_are_exact),
	    cmocka_unit_test(claims_about_networks_are_exact),
	    cmocka_unit_test(nothing_excludes_every_text),
	    cmocka_unit_test(nothing_is_claimed_of_guarded_entries),
	    cmocka_unit_test(fields_of_one_scalar),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
