/* Loading: files and folders, order, identity, unreadable and broken files, overrides, templates' fields, the
 * set's counts and revision. What single documents may say is in tests/lang. */
#include "rules/load.h"
#include "base/clock.h"
#include "base/file.h"
#include "rules/detection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#define GOOD(last)                                          \
	"title: rule " last "\n"                            \
	"id: 00000000-0000-4000-8000-00000000000" last "\n" \
	"name: rule_" last "\n"                             \
	"level: low\n"                                      \
	"logsource: {product: aws}\n"                       \
	"detection: {sel: {x: 1}, condition: sel}\n"

/* A folder of its own for each test. */
struct bench {
	char folder[64];
	struct faults faults;
	struct ruleset *set;
};

static int set_up(void **state)
{
	struct bench *b = heap_zero(1, sizeof *b);

	snprintf(b->folder, sizeof b->folder, "/tmp/kw-load-XXXXXX");
	if (!mkdtemp(b->folder))
		return 1;
	*state = b;
	return 0;
}

static int remove_tree(const char *folder)
{
	struct file_list files = {0};

	if (file_walk(folder, &files, NULL, NULL, NULL))
		return 1;
	for (size_t i = 0; i < files.paths.n; i++)
		unlink(files.paths.items[i]);
	file_list_fini(&files);
	char *sub = file_join(folder, "sub");
	rmdir(sub);
	free(sub);
	return rmdir(folder);
}

static int tear_down(void **state)
{
	struct bench *b = *state;
	int failed = remove_tree(b->folder);

	ruleset_unref(b->set);
	faults_fini(&b->faults);
	free(b);
	return failed;
}

static void put(const struct bench *b, const char *name, const char *text)
{
	char *path = file_join(b->folder, name);

	assert_int_equal(file_write_atomic(path, sv_from(text), 0600, NULL), RC_OK);
	free(path);
}

static void load(struct bench *b, const struct rule_override *overrides, size_t n)
{
	const char *paths[] = {b->folder};
	const struct load_input in = {
	    .paths = paths, .n_paths = 1, .overrides = overrides, .n_overrides = n, .now_ms = 1700000000000};

	b->set = rules_load(&in, &b->faults);
}

/* `file:line:col: level: text` of fault i, the folder left out. */
static void assert_fault(const struct bench *b, size_t i, const char *want)
{
	struct buf shown = {0};

	assert_true(i < b->faults.list.n);
	fault_show(&b->faults.list.items[i], &shown);
	const char *text = shown.ptr;
	if (sv_starts(sv_from(text), sv_from(b->folder)))
		text += strlen(b->folder) + 1;
	assert_string_equal(text, want);
	buf_fini(&shown);
}

static void loads_paths_in_byte_order(void **state)
{
	struct bench *b = *state;
	char *sub = file_join(b->folder, "sub");

	assert_int_equal(file_make_folder(sub, 0700, NULL), RC_OK);
	put(b, "b.yml", GOOD("2"));
	put(b, "B.yaml", GOOD("1"));
	put(b, "sub/a.yml", GOOD("4"));
	put(b, "c.yml", GOOD("3"));
	put(b, "notes.txt", "not: a rule");
	load(b, NULL, 0);
	assert_int_equal(b->faults.list.n, 0);
	assert_int_equal(b->set->rules.n, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct rule *r = b->set->rules.items[i];

		assert_int_equal(r->index, i);
		assert_int_equal(r->name.ptr[5], '1' + (char)i);
		assert_int_equal(r->state, RULE_ACTIVE);
	}
	assert_int_equal(b->set->n_active, 4);
	assert_int_equal(b->set->revision.len, 12);
	free(sub);
}

static void named_files_load_once_whatever_they_are_called(void **state)
{
	struct bench *b = *state;

	put(b, "one.rule", GOOD("1"));
	put(b, "two.yml", GOOD("2"));
	char *one = file_join(b->folder, "one.rule"), *two = file_join(b->folder, "two.yml");
	const char *paths[] = {two, b->folder, one, "/nonexistent/rules"};
	const struct load_input in = {.paths = paths, .n_paths = 4};

	b->set = rules_load(&in, &b->faults);
	assert_int_equal(b->set->rules.n, 2);
	assert_int_equal(b->faults.list.n, 1);
	assert_string_equal(b->faults.list.items[0].file, "/nonexistent/rules");
	assert_int_equal(b->faults.list.items[0].level, FAULT_ERROR);

	const struct rule *by_file = ruleset_find(b->set, sv_from(one));
	assert_non_null(by_file);
	assert_ptr_equal(by_file, ruleset_find(b->set, SV("rule_1")));
	assert_ptr_equal(by_file, ruleset_find(b->set, SV("00000000-0000-4000-8000-000000000001")));
	assert_null(ruleset_find(b->set, SV("rule_3")));
	free(one);
	free(two);
}

static void revision_follows_the_contents(void **state)
{
	struct bench *b = *state;
	char first[13];

	put(b, "a.yml", GOOD("1"));
	load(b, NULL, 0);
	snprintf(first, sizeof first, "%s", b->set->revision.ptr);
	ruleset_unref(b->set);
	load(b, NULL, 0);
	assert_string_equal(b->set->revision.ptr, first);
	ruleset_unref(b->set);
	put(b, "a.yml", GOOD("1") "# a comment\n");
	load(b, NULL, 0);
	assert_string_not_equal(b->set->revision.ptr, first);
}

static void broken_files_stay_visible(void **state)
{
	struct bench *b = *state;

	put(b, "a.yml", "title: [\n");
	put(b, "b.yml", "title: x\ntitle: y\n---\n" GOOD("1"));
	put(b, "c.yml", "");
	load(b, NULL, 0);
	assert_int_equal(b->set->n_active, 1);
	assert_int_equal(b->set->n_refused, 2);
	assert_int_equal(b->faults.n_errors, 2);
	assert_fault(b, 1, "b.yml:2:1: error: duplicate key \"title\"; it stands on line 1 already\n");
	const struct rule *broken = b->set->rules.items[0];
	assert_int_equal(broken->state, RULE_REFUSED);
	assert_null(broken->root);
	assert_int_equal(broken->key.len, 36);
	assert_true(sv_ends(broken->file, SV("/a.yml")));
	const struct rule *refused = b->set->rules.items[2];
	assert_int_equal(refused->line, 2);
	assert_string_equal(
	    refused->state_reason.ptr, "duplicate key \"title\"; it stands on line 1 already");
}

static void alias_bomb_is_refused(void **state)
{
	struct bench *b = *state;
	struct buf bomb = {0};

	buf_adds(&bomb, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 12; i++) {
		buf_printf(&bomb, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			buf_printf(&bomb, "%s*a%d", j > 0 ? "," : "", i - 1);
		buf_adds(&bomb, "]\n");
	}
	put(b, "bomb.yml", bomb.ptr);
	put(b, "good.yml", GOOD("1"));
	load(b, NULL, 0);
	assert_int_equal(b->set->n_active, 1);
	assert_int_equal(b->set->n_refused, 1);
	assert_int_equal(b->faults.n_errors, 1);
	assert_non_null(strstr(b->faults.list.items[0].text, "after aliases are expanded"));
	buf_fini(&bomb);
}

static void merging_is_capped(void **state)
{
	struct bench *b = *state;
	struct buf text = {0};

	/* The third finds the cap used up before it has begun. */
	for (int part = 0; part < 3; part++) {
		buf_adds(&text, "---\naction: global\n");
		for (int i = 0; i < 2000; i++)
			buf_printf(&text, "g%d_%d: 1\n", part, i);
	}
	put(b, "a.yml", text.ptr);
	load(b, NULL, 0);
	assert_int_equal(b->faults.list.n, 2);
	assert_fault(
	    b, 0, "a.yml:2004:1: error: the merged documents of this file are too large; split it\n");
	assert_fault(
	    b, 1, "a.yml:4006:1: error: the merged documents of this file are too large; split it\n");
	assert_int_equal(b->set->n_refused, 2);
	buf_fini(&text);
}

/* `head`, then `n` numbered pieces, then `tail`, loaded as a detection. */
static void load_many(struct bench *b, const char *head, const char *piece, int n, const char *tail)
{
	struct buf text = {0};

	buf_adds(&text, "title: t\nid: 00000000-0000-4000-8000-000000000001\nlevel: low\n"
			"logsource: {product: aws}\ndetection:\n");
	buf_adds(&text, head);
	for (int i = 0; i < n; i++)
		buf_printf(&text, "%s%d: {x: 1}\n", piece, i);
	buf_adds(&text, tail);
	put(b, "a.yml", text.ptr);
	load(b, NULL, 0);
	buf_fini(&text);
}

static void selections_are_capped(void **state)
{
	load_many(*state, "  condition: 1 of *\n", "  s", 1001, "");
	assert_fault(*state, 0, "a.yml:1007:3: error: a rule has at most 1000 selections\n");
}

static void patterns_reach_a_bounded_number(void **state)
{
	struct buf condition = {0};

	buf_adds(&condition, "  condition: 1 of *");
	for (int i = 0; i < 100; i++)
		buf_adds(&condition, " and 1 of *");
	buf_addc(&condition, '\n');
	load_many(*state, "", "  s", 1000, condition.ptr);
	assert_fault(
	    *state, 0, "a.yml:1006:1119: error: the patterns of this condition reach too many selections\n");
	buf_fini(&condition);
}

static void duplicates_name_both_places(void **state)
{
	struct bench *b = *state;

	put(b, "a.yml", GOOD("1"));
	put(b, "b.yml", "title: again\n" GOOD("2"));
	put(b, "c.yml", GOOD("1"));
	load(b, NULL, 0);
	char *first = file_join(b->folder, "a.yml");
	char *want = heap_printf("c.yml:2:5: error: id \"00000000-0000-4000-8000-000000000001\" is already "
				 "used at %s:2:5\n",
	    first);

	assert_int_equal(b->faults.list.n, 2);
	assert_fault(b, 0, "b.yml:2:1: error: duplicate key \"title\"; it stands on line 1 already\n");
	assert_fault(b, 1, want);
	assert_int_equal(b->set->rules.n, 3);
	assert_int_equal(b->set->rules.items[2]->state, RULE_REFUSED);
	free(first);
	free(want);
}

static void keys_fall_back_to_name_and_place(void **state)
{
	static const char unnamed[] = "title: t\nlevel: low\nlogsource: {product: aws}\n"
				      "detection: {sel: {x: 1}, condition: sel}\n";
	struct bench *b = *state;
	struct buf text = {0};

	buf_printf(&text, "name: mine\n%s---\n%s---\n%s", unnamed, unnamed, unnamed);
	put(b, "a.yml", text.ptr);
	load(b, NULL, 0);
	assert_int_equal(b->set->n_active, 3);
	assert_int_equal(b->faults.n_warnings, 3);
	struct sv key0 = b->set->rules.items[0]->key;
	struct sv key1 = b->set->rules.items[1]->key;
	struct sv key2 = b->set->rules.items[2]->key;
	assert_string_equal(key0.ptr, "mine");
	assert_int_equal(key1.len, 36);
	assert_int_equal(key2.len, 36);
	assert_false(sv_eq(key1, key2));
	assert_int_equal(b->set->rules.items[2]->document, 3);
	assert_int_equal(b->set->rules.items[2]->line, 12);
	buf_fini(&text);
}

static void overrides_change_rules(void **state)
{
	struct bench *b = *state;
	const struct rule_override overrides[] = {
	    {.rule = SV_INIT("rule_1"),
		.mode = SV_INIT("shadow"),
		.suppress_for_ms = 5000,
		.until_ms = 1800000000000,
		.owner = SV_INIT("dana"),
		.reason = SV_INIT("app migration"),
		.file = "kendrawatch.yaml",
		.line = 3,
		.col = 5},
	    {.rule = SV_INIT("00000000-0000-4000-8000-000000000002"),
		.mode = SV_INIT("off"),
		.level = SV_INIT("critical"),
		.suppress_for_ms = -1,
		.until_ms = INT64_MAX,
		.file = "kendrawatch.yaml",
		.line = 4,
		.col = 5},
	    {.rule = SV_INIT("rule_3"),
		.mode = SV_INIT("off"),
		.suppress_for_ms = -1,
		.until_ms = 1600000000000,
		.file = "kendrawatch.yaml",
		.line = 5,
		.col = 5},
	    {.rule = SV_INIT("rul_3"),
		.mode = SV_INIT("off"),
		.suppress_for_ms = -1,
		.until_ms = INT64_MAX,
		.file = "kendrawatch.yaml",
		.line = 6,
		.col = 5},
	    {.rule = SV_INIT("rule_3"),
		.mode = SV_INIT("quiet"),
		.level = SV_INIT("loud"),
		.suppress_for_ms = -1,
		.until_ms = INT64_MAX,
		.file = "kendrawatch.yaml",
		.line = 7,
		.col = 5},
	};

	put(b, "a.yml", GOOD("1") "---\n" GOOD("2") "---\n" GOOD("3"));
	load(b, overrides, 5);
	const struct rule *one = b->set->rules.items[0], *two = b->set->rules.items[1];
	assert_int_equal(one->state, RULE_SHADOW);
	assert_int_equal(one->suppress_for_ms, 5000);
	assert_string_equal(
	    one->state_reason.ptr, "override: app migration (dana) until 2027-01-15T08:00:00Z");
	assert_int_equal(two->state, RULE_OFF);
	assert_int_equal(two->level, LEVEL_CRITICAL);
	assert_int_equal(b->set->rules.items[2]->state, RULE_ACTIVE);
	assert_int_equal(b->set->n_active, 1);
	assert_int_equal(b->set->n_shadow, 1);
	assert_int_equal(b->set->n_off, 1);
	assert_int_equal(b->faults.list.n, 4);
	assert_fault(b, 0,
	    "kendrawatch.yaml:5:5: warning: this override ended at 2020-09-13T12:26:40Z and no longer "
	    "counts; "
	    "remove it\n");
	assert_fault(
	    b, 1, "kendrawatch.yaml:6:5: warning: no rule \"rul_3\" is loaded; did you mean \"rule_3\"?\n");
	assert_fault(b, 2, "kendrawatch.yaml:7:5: error: `mode` is shadow, off or active\n");
	assert_fault(
	    b, 3, "kendrawatch.yaml:7:5: error: `level` is informational, low, medium, high or critical\n");
}

#define FILTER(digit, until)                                                                  \
	"title: f" digit "\nid: 00000000-0000-4000-8000-0000000000f" digit "\n"               \
	"logsource: {product: aws}\nfilter: {rules: [rule_1], s: {x: 1}, condition: not s}\n" \
	"kendrawatch: {owner: dana, until: '" until "'}\n"

/* From its `until` on a filter takes nothing away, and that is told; it was loaded at 2023-11-14T22:13:20Z.
 */
static void filters_end(void **state)
{
	struct bench *b = *state;
	put(b, "a.yml", GOOD("1"));
	put(b, "b.yml", FILTER("1", "2023-11-14T22:13:20Z"));
	put(b, "c.yml", FILTER("2", "2023-11-14T22:13:21Z"));
	load(b, NULL, 0);
	assert_int_equal(b->set->rules.items[1]->state, RULE_OFF);
	assert_string_equal(b->set->rules.items[1]->state_reason.ptr, "ended at 2023-11-14T22:13:20Z");
	assert_int_equal(b->set->rules.items[2]->state, RULE_ACTIVE);
	assert_int_equal(b->set->rules.items[0]->detection->filters.n, 1);
	assert_int_equal(b->faults.n_warnings, 1);
	assert_string_equal(b->faults.list.items[0].text,
	    "this filter ended at 2023-11-14T22:13:20Z and takes nothing away any more; its owner is dana; "
	    "remove it, or have it decided anew");
}

/* A rule that waits is not evaluated, whatever an override says: its items have no values to compare. */
static void overrides_do_not_wake_waiting_rules(void **state)
{
	struct bench *b = *state;
	const struct rule_override overrides[] = {
	    {.rule = SV_INIT("rule_1"), .mode = SV_INIT("off"), .suppress_for_ms = -1, .until_ms = INT64_MAX},
	    {.rule = SV_INIT("rule_1"),
		.mode = SV_INIT("active"),
		.suppress_for_ms = -1,
		.until_ms = INT64_MAX},
	};

	put(b, "a.yml", GOOD("1") "kendrawatch: {needs: [nets]}\n");
	load(b, overrides, 2);
	assert_int_equal(b->set->rules.items[0]->state, RULE_WAITING);
	assert_string_equal(
	    b->set->rules.items[0]->state_reason.ptr, "needs list nets, which is not declared");
	assert_int_equal(b->set->n_waiting, 1);
}

static void texts_reach_the_rule(void **state)
{
	static const char text[] =
	    "title: T\nid: 00000000-0000-4000-8000-000000000001\nname: n\nstatus: stable\nlevel: critical\n"
	    "description: D\nauthor: A\ndate: 2026-11-24\ntags: [attack.t1565.001, kendra]\n"
	    "falsepositives: none\nreferences: [r1, r2]\nfields: [kw.actor]\nx_mine: kept\n"
	    "logsource: {product: aws, service: cloudtrail}\n"
	    "detection: {sel: {x: 1}, condition: sel}\n"
	    "kendrawatch:\n"
	    "  summary: '{kw.actor} did it'\n  group_by: [kw.actor, kw.index]\n  suppress_for: 90s\n"
	    "  resolve: {reverted_by: other}\n  runbook: https://r\n"
	    "  first_steps: [Ask., {run: 'aws sts get-caller-identity'}]\n"
	    "tests: {cases: []}\n";
	struct bench *b = *state;

	put(b, "a.yml", text);
	load(b, NULL, 0);
	assert_int_equal(b->faults.list.n, 0);
	const struct rule *r = b->set->rules.items[0];
	assert_int_equal(r->kind, RULE_DETECTION);
	assert_string_equal(r->key.ptr, "00000000-0000-4000-8000-000000000001");
	assert_string_equal(r->title.ptr, "T");
	assert_string_equal(r->description.ptr, "D");
	assert_string_equal(r->author.ptr, "A");
	assert_string_equal(r->date.ptr, "2026-11-24");
	assert_string_equal(r->status.ptr, "stable");
	assert_int_equal(r->level, LEVEL_CRITICAL);
	assert_int_equal(r->tags.n, 2);
	assert_string_equal(r->tags.items[1].ptr, "kendra");
	assert_int_equal(r->falsepositives.n, 1);
	assert_int_equal(r->references.n, 2);
	assert_int_equal(r->fields.n, 1);
	assert_string_equal(ydoc_text(ydoc_get(r->root, "x_mine")).ptr, "kept");
	assert_string_equal(r->logsource.service.ptr, "cloudtrail");
	assert_null(r->logsource.category.ptr);
	assert_string_equal(r->summary.ptr, "{kw.actor} did it");
	assert_int_equal(r->group_by.n, 2);
	assert_int_equal(r->suppress_for_ms, 90000);
	assert_string_equal(r->resolve.ptr, "reverted_by: other");
	assert_string_equal(r->runbook.ptr, "https://r");
	assert_int_equal(r->first_steps.n, 2);
	assert_false(r->first_steps.items[0].is_command);
	assert_true(r->first_steps.items[1].is_command);
	assert_string_equal(r->first_steps.items[1].text.ptr, "aws sts get-caller-identity");
	assert_non_null(r->tests);
	assert_null(r->state_reason.ptr);
}

static void lists_used_are_named_once(void **state)
{
	static const char yaml[] = "title: t\nid: 00000000-0000-4000-8000-000000000001\nlevel: low\n"
				   "logsource: {product: aws}\ndetection:\n  a: {x|expand: '%nets%'}\n"
				   "  b: {y|expand: ['%nets%', '%more%']}\n  condition: a or b\n"
				   "kendrawatch: {needs: [nets, more]}\n";
	struct bench *b = *state;

	b->set = rules_load_text("a.yml", sv_from(yaml), NULL, &b->faults);
	const struct rule *r = b->set->rules.items[0];
	assert_int_equal(b->faults.list.n, 0);
	assert_int_equal(r->state, RULE_WAITING);
	assert_true(r->lists_used.n >= 1);
	assert_string_equal(r->lists_used.items[0].ptr, "nets");
	for (size_t i = 1; i < r->lists_used.n; i++)
		assert_false(sv_eq(r->lists_used.items[i], SV("nets")));
}

static void references_keep_the_set(void **state)
{
	struct bench *b = *state;
	struct ruleset *other;

	b->set = rules_load_text("a.yml", SV(GOOD("1")), NULL, &b->faults);
	other = ruleset_ref(b->set);
	ruleset_unref(b->set);
	b->set = NULL;
	assert_int_equal(other->rules.n, 1);
	assert_string_equal(other->rules.items[0]->title.ptr, "rule 1");
	ruleset_unref(other);
}

static void names_of_levels_and_states(void **state)
{
	enum level l = LEVEL_LOW;

	(void)state;
	for (int i = 0; i < LEVEL_COUNT; i++) {
		assert_true(level_parse(sv_from(level_name((enum level)i)), &l));
		assert_int_equal(l, i);
	}
	assert_false(level_parse(SV("High"), &l));
	assert_false(level_parse(SV(""), &l));
	assert_string_equal(rule_state_name(RULE_WAITING), "waiting");
	assert_string_equal(rule_state_name(RULE_REFUSED), "refused");
}

static void packs_are_found_beside_the_build(void **state)
{
	char *path = rules_packs_folder();

	(void)state;
	assert_non_null(path);
	assert_true(sv_ends(sv_from(path), SV("/rules/packs")));
	free(path);
}

/* What we ship loads without a word. */
static void packs_load_without_errors(void **state)
{
	struct bench *b = *state;
	char *path = rules_packs_folder();
	const char *paths[] = {path};
	const struct load_input in = {.paths = paths, .n_paths = 1};

	b->set = rules_load(&in, &b->faults);
	for (size_t i = 0; i < b->faults.list.n; i++) {
		struct buf shown = {0};

		fault_show(&b->faults.list.items[i], &shown);
		fail_msg("%s", shown.ptr);
	}
	assert_true(b->set->n_active >= 18);
	assert_int_equal(b->set->n_refused, 0);
	free(path);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(loads_paths_in_byte_order),
	    TEST(named_files_load_once_whatever_they_are_called),
	    TEST(revision_follows_the_contents),
	    TEST(broken_files_stay_visible),
	    TEST(alias_bomb_is_refused),
	    TEST(merging_is_capped),
	    TEST(selections_are_capped),
	    TEST(patterns_reach_a_bounded_number),
	    TEST(duplicates_name_both_places),
	    TEST(keys_fall_back_to_name_and_place),
	    TEST(overrides_change_rules),
	    TEST(overrides_do_not_wake_waiting_rules),
	    TEST(filters_end),
	    TEST(texts_reach_the_rule),
	    TEST(lists_used_are_named_once),
	    TEST(references_keep_the_set),
	    TEST(packs_load_without_errors),
	    cmocka_unit_test(names_of_levels_and_states),
	    cmocka_unit_test(packs_are_found_beside_the_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
