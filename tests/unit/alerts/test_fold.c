/* Folding: windows, the property that nothing is lost in any order, and keys. */
#include "alerts/fold.h"

#include "tests/unit/alerts/fixture.h"

#define HOUR 3600000

static char *id_of(int64_t n)
{
	static char text[ALERT_ID_TEXT];
	snprintf(text, sizeof text, "%032llx", (unsigned long long)n);
	return text;
}

static void first_alerts_and_the_rest_fold(void **state)
{
	(void)state;
	struct fold_set set = {0};
	assert_true(fold_match(&set, 0, HOUR, id_of(1)).alerts);
	for (int i = 1; i < 60; i++)
		assert_false(fold_match(&set, i * 1000, HOUR, id_of(i + 1)).alerts);
	assert_int_equal(fold_uncarried(&set), 59);
	assert_string_equal(set.windows[0].alert_id, id_of(1));
	struct fold_verdict v = fold_match(&set, HOUR, HOUR, id_of(100));
	assert_true(v.alerts);
	assert_int_equal(v.carried, 59);
	assert_int_equal(fold_uncarried(&set), 0);
	assert_int_equal(fold_match(&set, 2 * HOUR, HOUR, id_of(101)).carried, 0);
}

static void an_earlier_event_folds_too(void **state)
{
	(void)state;
	struct fold_set set = {0};
	assert_true(fold_match(&set, HOUR, HOUR, id_of(1)).alerts);
	assert_false(fold_match(&set, 1, HOUR, id_of(2)).alerts);
	assert_true(fold_match(&set, 0, HOUR, id_of(3)).alerts);
	/* the nearest window takes it */
	assert_int_equal(fold_match(&set, HOUR / 2 - 1, HOUR, id_of(4)).window, 1);
	assert_int_equal(fold_match(&set, HOUR / 2 + 1, HOUR, id_of(5)).window, 0);
}

static void a_back_fill_does_not_disturb_live_events(void **state)
{
	(void)state;
	struct fold_set set = {0};
	const int64_t live = (int64_t)1000 * HOUR;
	assert_true(fold_match(&set, live, HOUR, id_of(1)).alerts);
	int64_t alerts = 0;
	for (int i = 0; i < 300; i++) {
		alerts += fold_match(&set, i * 60000, HOUR, id_of(10 + i)).alerts;
		assert_false(fold_match(&set, live + i * 1000, HOUR, id_of(1000 + i)).alerts);
	}
	assert_int_equal(alerts, 5);
}

static void no_window_never_folds(void **state)
{
	(void)state;
	struct fold_set set = {0};
	for (int i = 0; i < 20; i++)
		assert_true(fold_match(&set, 5, 0, id_of(i)).alerts);
	assert_int_equal(set.n, FOLD_WINDOWS);
}

/* Whatever the order of the matches: alerts + folded = matches, what was carried and what waits make up what
 * was folded, and no two alerts of one window. */
static void any_order_gives_the_same_sum(void **state)
{
	(void)state;
	unsigned seed = 7;
	for (int round = 0; round < 500; round++) {
		struct fold_set set = {0};
		int n = 1 + rand_r(&seed) % 60;
		int64_t alerts = 0, folded = 0, carried = 0;
		for (int i = 0; i < n; i++) {
			int64_t t = (int64_t)(rand_r(&seed) % 100) * (HOUR / 10);
			struct fold_verdict v = fold_match(&set, t, HOUR, id_of(i));
			alerts += v.alerts;
			folded += !v.alerts;
			carried += v.carried;
			if (v.alerts)
				for (size_t k = 0; k < set.n; k++)
					assert_true(k == v.window || set.windows[k].opened_ms <= t - HOUR ||
						    set.windows[k].opened_ms >= t + HOUR);
		}
		assert_int_equal(alerts + folded, n);
		assert_int_equal(carried + fold_uncarried(&set), folded);
	}
}

static void keys_tell_rule_account_and_actor_apart(void **state)
{
	(void)state;
	struct arena a = {0};
	struct rule one = fixture_rule("rule-1"), two = fixture_rule("rule-2"),
		    by_name = fixture_rule("rule-1");
	char k1[FOLD_KEY_TEXT], k2[FOLD_KEY_TEXT];
	struct record *alice = fixture_delete(&a, "e1", T0, "alice@example.com");
	struct record *again = fixture_delete(&a, "e2", T0 + 5, "alice@example.com");
	struct record *bob = fixture_delete(&a, "e3", T0, "bob@example.com");
	fold_key(&one, alice, k1);
	assert_int_equal(strlen(k1), 32);
	fold_key(&one, again, k2);
	assert_string_equal(k1, k2);
	fold_key(&one, bob, k2);
	assert_string_not_equal(k1, k2);
	fold_key(&two, alice, k2);
	assert_string_not_equal(k1, k2);

	vec_push(&by_name.group_by, SV("eventName"));
	vec_push(&by_name.group_by, SV("kw.index"));
	fold_key(&by_name, alice, k1);
	fold_key(&by_name, bob, k2);
	assert_string_equal(k1, k2);
	vec_fini(&by_name.group_by);
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(first_alerts_and_the_rest_fold),
	    cmocka_unit_test(an_earlier_event_folds_too),
	    cmocka_unit_test(a_back_fill_does_not_disturb_live_events),
	    cmocka_unit_test(no_window_never_folds),
	    cmocka_unit_test(any_order_gives_the_same_sum),
	    cmocka_unit_test(keys_tell_rule_account_and_actor_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
