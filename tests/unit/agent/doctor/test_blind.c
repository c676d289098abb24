/* What can't arrive by the trails there are, over the shipped rules. */
#include "agent/doctor/doctor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct coverage coverage;
static struct ruleset *rules;
static struct lists lists;
static struct faults faults;

static int load(void **state)
{
	(void)state;
	const char *paths[] = {"rules/packs/kendra", "rules/packs/account"};
	rules = rules_load(&(struct load_input){.paths = paths, .n_paths = 2, .lists = &lists}, &faults);
	assert_int_equal(faults.n_errors, 0);
	coverage_measure(&coverage, rules, &lists);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	coverage_fini(&coverage);
	ruleset_unref(rules);
	faults_fini(&faults);
	return 0;
}

/* The line that begins so; fails when there is none. */
static const struct checkup_line *line_of(const struct checkup *c, const char *begin)
{
	for (size_t i = 0; i < c->lines.n; i++)
		if (strncmp(c->lines.items[i].text, begin, strlen(begin)) == 0)
			return &c->lines.items[i];
	fail_msg("no line begins with \"%s\"", begin);
	return NULL;
}

static struct checkup look(struct trail t)
{
	struct trails trails = {0};
	struct checkup out = {0};
	t.selectors_known = t.status_known = t.logging = true;
	vec_push(&trails.list, t);
	doctor_blind(&coverage, &trails, &out);
	vec_fini(&trails.list);
	return out;
}

static void test_whole(void **state)
{
	(void)state;
	struct checkup c = look((struct trail){.multi_region = true, .reads = true, .writes = true});
	assert_int_equal(c.n_marks[CHECKUP_WARN] + c.n_marks[CHECKUP_FAIL], 0);
	line_of(&c, "all regions");
	checkup_fini(&c);
}

static void test_write_only(void **state)
{
	(void)state;
	struct checkup c = look((struct trail){.multi_region = true, .writes = true});
	const struct checkup_line *l = line_of(&c, "no trail records reads: Kendra's Query and Retrieve");
	assert_int_equal(l->mark, CHECKUP_WARN);
	assert_non_null(strstr(l->text, "kendra_direct_search"));
	assert_non_null(strstr(l->text, "rules can't fire"));
	assert_null(strstr(l->text, "kendra_index_deleted"));
	checkup_fini(&c);
}

static void test_read_only(void **state)
{
	(void)state;
	struct checkup c = look((struct trail){.multi_region = true, .reads = true});
	const struct checkup_line *l = line_of(&c, "no trail records writes");
	assert_int_equal(l->mark, CHECKUP_FAIL);
	assert_non_null(strstr(l->text, "kendra_index_deleted"));
	assert_null(strstr(l->text, "kendra_direct_search"));
	checkup_fini(&c);
}

static void test_one_region(void **state)
{
	(void)state;
	char ireland[] = "eu-west-1", virginia[] = "us-east-1";
	struct checkup c = look((struct trail){.home_region = ireland, .reads = true, .writes = true});
	assert_non_null(strstr(line_of(&c, "no us-east-1 feed")->text, "console_login_without_mfa"));
	line_of(&c, "calls of Kendra outside eu-west-1");
	checkup_fini(&c);
	c = look((struct trail){.home_region = virginia, .reads = true, .writes = true});
	assert_int_equal(c.n_marks[CHECKUP_WARN], 1);
	checkup_fini(&c);
}

static void test_switched_off_does_not_count(void **state)
{
	(void)state;
	struct trails trails = {0};
	struct checkup c = {0};
	vec_push(&trails.list,
	    (struct trail){
		.status_known = true, .selectors_known = true, .reads = true, .multi_region = true});
	doctor_blind(&coverage, &trails, &c);
	line_of(&c, "no us-east-1 feed");
	checkup_fini(&c);
	vec_fini(&trails.list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_whole),
	    cmocka_unit_test(test_write_only),
	    cmocka_unit_test(test_read_only),
	    cmocka_unit_test(test_one_region),
	    cmocka_unit_test(test_switched_off_does_not_count),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
