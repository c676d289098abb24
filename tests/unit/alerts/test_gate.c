/* The gate: dedup and fold, in memory and on the state file, with the same verdicts. */
#include "alerts/gate.h"

#include "alerts/outbox.h"
#include "base/metric.h"
#include "tests/unit/alerts/fixture.h"

#define HOUR 3600000

static struct gate_verdict match(struct gate *g, const struct rule *rule, struct record *r)
{
	struct gate_verdict v = {0};
	struct err e = {0};
	fixture_ok(gate_match(g, rule, r, T0 + HOUR, &v, &e), &e);
	return v;
}

/* --- both backends
 * ---------------------------------------------------------------------------------------------- */

static void judges(struct gate *g)
{
	struct arena a = {0};
	struct rule rule = fixture_rule("rule-1");
	struct gate_verdict first = match(g, &rule, fixture_delete(&a, "e1", T0, "alice@example.com")), v;
	assert_int_equal(first.fate, GATE_ALERT);
	v = match(g, &rule, fixture_delete(&a, "e1", T0, "alice@example.com"));
	assert_int_equal(v.fate, GATE_DUPLICATE);
	assert_false(v.conflict);
	v = match(g, &rule, fixture_delete(&a, "e2", T0 + 1000, "alice@example.com"));
	assert_int_equal(v.fate, GATE_FOLDED);
	assert_string_equal(v.id, first.id);
	v = match(g, &rule, fixture_delete(&a, "e2", T0 + 1000, "alice@example.com"));
	assert_int_equal(v.fate, GATE_DUPLICATE);
	v = match(g, &rule, fixture_delete(&a, "e3", T0 + 1000, "bob@example.com"));
	assert_int_equal(v.fate, GATE_ALERT);
	v = match(g, &rule, fixture_delete(&a, "e4", T0 + HOUR, "alice@example.com"));
	assert_int_equal(v.fate, GATE_ALERT);
	assert_int_equal(v.carried, 1);
	rule.suppress_for_ms = 0;
	v = match(g, &rule, fixture_delete(&a, "e5", T0 + HOUR, "alice@example.com"));
	assert_int_equal(v.fate, GATE_ALERT);
	arena_fini(&a);
}

/* The same eventID with another time is another event, and a duplicate the second time. */
static void tells_conflicts(struct gate *g)
{
	struct arena a = {0};
	struct rule rule = fixture_rule("rule-1");
	uint64_t before = metric_get(METRIC_ID_CONFLICTS);
	rule.suppress_for_ms = 0;
	struct gate_verdict v1 = match(g, &rule, fixture_delete(&a, "e1", T0, "alice@example.com"));
	struct gate_verdict v2 = match(g, &rule, fixture_delete(&a, "e1", T0 + 1000, "alice@example.com"));
	struct gate_verdict v3 = match(g, &rule, fixture_delete(&a, "e1", T0 + 1000, "alice@example.com"));
	assert_int_equal(v2.fate, GATE_ALERT);
	assert_true(v2.conflict);
	assert_string_not_equal(v1.id, v2.id);
	assert_int_equal(v3.fate, GATE_DUPLICATE);
	assert_int_equal(metric_get(METRIC_ID_CONFLICTS), before + 1);
	arena_fini(&a);
}

static void with_both(void **state, void (*run)(struct gate *g))
{
	struct fixture_state *f = *state;
	struct err e = {0};
	struct gate *g = gate_new(&(struct gate_options){.suppress_ms = HOUR});
	run(g);
	gate_free(g);
	g = gate_new(&(struct gate_options){.suppress_ms = HOUR, .store = f->store});
	fixture_ok(store_begin(f->store, &e), &e);
	run(g);
	fixture_ok(store_commit(f->store, &e), &e);
	gate_free(g);
}

static void judges_on_both(void **state)
{
	with_both(state, judges);
}

static void tells_conflicts_on_both(void **state)
{
	with_both(state, tells_conflicts);
}

/* --- the state file
 * --------------------------------------------------------------------------------------------- */

static void a_rolled_back_verdict_was_never_given(void **state)
{
	struct fixture_state *f = *state;
	struct err e = {0};
	struct arena a = {0};
	struct rule rule = fixture_rule("rule-1");
	struct gate *g = gate_new(&(struct gate_options){.suppress_ms = HOUR, .store = f->store});
	for (int i = 0; i < 3; i++) {
		fixture_ok(store_begin(f->store, &e), &e);
		assert_int_equal(
		    match(g, &rule, fixture_delete(&a, "e1", T0, "alice@example.com")).fate, GATE_ALERT);
		assert_int_equal(
		    match(g, &rule, fixture_delete(&a, "e2", T0, "alice@example.com")).fate, GATE_FOLDED);
		if (i < 2)
			store_rollback(f->store);
	}
	fixture_ok(store_commit(f->store, &e), &e);
	assert_int_equal(
	    match(g, &rule, fixture_delete(&a, "e1", T0, "alice@example.com")).fate, GATE_DUPLICATE);
	gate_free(g);
	arena_fini(&a);
}

/* Any order, any duplication, restarts in between: alerts + folded = distinct matches, and the two backends
 * agree. */
static void any_order_and_duplication_gives_the_same_sum(void **state)
{
	struct fixture_state *f = *state;
	unsigned seed = 11;
	struct err e = {0};
	for (int round = 0; round < 12; round++) {
		char key[16], id[32];
		snprintf(key, sizeof key, "rule-%d", round);
		struct rule rule = fixture_rule(key);
		struct gate *memory = gate_new(&(struct gate_options){.suppress_ms = HOUR});
		struct gate *stored =
		    gate_new(&(struct gate_options){.suppress_ms = HOUR, .store = f->store});
		bool seen[40] = {false};
		int distinct = 0, told[3] = {0};
		int64_t carried = 0;
		fixture_ok(store_begin(f->store, &e), &e);
		for (int i = 0; i < 100; i++) {
			struct arena a = {0};
			int n = rand_r(&seed) % 40;
			distinct += !seen[n];
			seen[n] = true;
			snprintf(id, sizeof id, "event-%d", n);
			struct record *r = fixture_delete(&a, id, T0 + (int64_t)(n % 13) * HOUR / 3,
			    n % 2 ? "alice@example.com" : "bob@example.com");
			struct gate_verdict m = match(memory, &rule, r), s = match(stored, &rule, r);
			assert_int_equal(m.fate, s.fate);
			assert_int_equal(m.carried, s.carried);
			assert_string_equal(m.id, s.id);
			told[m.fate]++;
			carried += m.carried;
			arena_fini(&a);
		}
		fixture_ok(store_commit(f->store, &e), &e);
		assert_int_equal(told[GATE_ALERT] + told[GATE_FOLDED], distinct);
		assert_int_equal(told[GATE_DUPLICATE], 100 - distinct);
		assert_true(carried <= told[GATE_FOLDED]);
		gate_free(memory);
		gate_free(stored);
	}
}

static void switches(void **state)
{
	(void)state;
	struct arena a = {0};
	struct rule rule = fixture_rule("rule-1");
	struct gate *g =
	    gate_new(&(struct gate_options){.suppress_ms = HOUR, .no_dedup = true, .no_fold = true});
	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    match(g, &rule, fixture_delete(&a, "e1", T0, "alice@example.com")).fate, GATE_ALERT);
	gate_free(g);
	g = gate_new(&(struct gate_options){.suppress_ms = HOUR, .no_dedup = true});
	assert_int_equal(match(g, &rule, fixture_delete(&a, "e1", T0, "alice@example.com")).fate, GATE_ALERT);
	assert_int_equal(
	    match(g, &rule, fixture_delete(&a, "e1", T0, "alice@example.com")).fate, GATE_FOLDED);
	gate_free(g);
	arena_fini(&a);
}

static void a_record_without_id_and_time_is_known_by_its_bytes(void **state)
{
	(void)state;
	struct arena a = {0};
	struct rule rule = fixture_rule("rule-1");
	struct gate *g = gate_new(&(struct gate_options){.suppress_ms = 0});
	struct sv one = SV("{\"eventName\":\"A\",\"recipientAccountId\":\"1\"}"),
		  two = SV("{\"eventName\":\"B\"}");
	assert_int_equal(match(g, &rule, fixture_record(&a, one, NULL)).fate, GATE_ALERT);
	assert_int_equal(match(g, &rule, fixture_record(&a, one, NULL)).fate, GATE_DUPLICATE);
	assert_int_equal(match(g, &rule, fixture_record(&a, two, NULL)).fate, GATE_ALERT);
	gate_free(g);
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FIXTURE(judges_on_both),
	    FIXTURE(tells_conflicts_on_both),
	    FIXTURE(a_rolled_back_verdict_was_never_given),
	    FIXTURE(any_order_and_duplication_gives_the_same_sum),
	    cmocka_unit_test(switches),
	    cmocka_unit_test(a_record_without_id_and_time_is_known_by_its_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
