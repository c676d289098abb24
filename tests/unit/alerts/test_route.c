/* Routes: which sinks an alert reaches. */
#include "alerts/route.h"

#include "tests/unit/alerts/fixture.h"

struct bed {
	struct config config;
	struct config_block sinks[3];
	struct config_route routes[4];
	struct rule rule;
};

static struct bed *bed_new(size_t n_routes)
{
	static char name_a[] = "oncall", name_b[] = "team", name_c[] = "audit";
	struct bed *b = heap_zero(1, sizeof *b);
	b->sinks[0].name = name_a;
	b->sinks[1].name = name_b;
	b->sinks[2].name = name_c;
	b->config.sinks.items = b->sinks;
	b->config.sinks.n = 3;
	b->config.routes.items = b->routes;
	b->config.routes.n = n_routes;
	b->rule = fixture_rule("rule-1");
	for (size_t i = 0; i < 4; i++)
		b->routes[i].max_age_ms = -1;
	return b;
}

static void to(struct config_route *route, char **sinks, size_t n)
{
	route->to = sinks;
	route->n_to = n;
}

static void reaches(struct bed *b, struct route_input in, const char *want)
{
	struct route out = {0};
	struct buf text = {0};
	route_find(&b->config, &in, &out);
	buf_adds(&text, "");
	for (size_t i = 0; i < out.sinks.n; i++)
		buf_printf(&text, "%s ", out.sinks.items[i]);
	assert_string_equal(text.ptr ? text.ptr : "", want);
	buf_fini(&text);
	route_fini(&out);
}

static char *oncall[] = {(char[]){"oncall"}}, *team[] = {(char[]){"team"}},
	    *both[] = {(char[]){"team"}, (char[]){"oncall"}};

static void without_routes_everything_goes_everywhere(void **state)
{
	(void)state;
	struct bed *b = bed_new(0);
	reaches(b, (struct route_input){.rule = &b->rule}, "oncall team audit ");
	b->rule.state = RULE_SHADOW;
	reaches(b, (struct route_input){.rule = &b->rule}, "");
	reaches(b, (struct route_input){.name = SV("kendrawatch.self.x")}, "oncall team audit ");
	free(b);
}

static void the_first_that_fits_takes_it(void **state)
{
	(void)state;
	struct bed *b = bed_new(2);
	b->routes[0].has_level = true;
	b->routes[0].min_level = LEVEL_HIGH;
	b->routes[0].max_level = LEVEL_CRITICAL;
	b->routes[0].max_age_ms = 1000;
	to(&b->routes[0], oncall, 1);
	to(&b->routes[1], team, 1);
	reaches(b, (struct route_input){.rule = &b->rule, .age_ms = 1000}, "oncall ");
	reaches(b, (struct route_input){.rule = &b->rule, .age_ms = 1001}, "team ");
	reaches(b, (struct route_input){.rule = &b->rule, .age_ms = -5}, "oncall ");
	b->rule.level = LEVEL_MEDIUM;
	reaches(b, (struct route_input){.rule = &b->rule}, "team ");
	reaches(b, (struct route_input){.level = LEVEL_HIGH}, "oncall ");
	b->routes[0].max_level = LEVEL_HIGH;
	b->rule.level = LEVEL_CRITICAL;
	reaches(b, (struct route_input){.rule = &b->rule}, "team ");
	free(b);
}

static void continue_goes_on_and_no_sink_comes_twice(void **state)
{
	(void)state;
	struct bed *b = bed_new(2);
	b->routes[0].go_on = true;
	to(&b->routes[0], oncall, 1);
	to(&b->routes[1], both, 2);
	reaches(b, (struct route_input){.rule = &b->rule}, "oncall team ");
	free(b);
}

static void by_rule_and_account(void **state)
{
	(void)state;
	char rule_name[] = "kendra_index_deleted", key[] = "rule-1", other[] = "other",
	     number[] = "111122223333", prod[] = "prod";
	char *rules[] = {other, rule_name}, *accounts[] = {prod};
	struct bed *b = bed_new(1);
	b->routes[0].rules = rules;
	b->routes[0].n_rules = 2;
	to(&b->routes[0], oncall, 1);
	reaches(b, (struct route_input){.rule = &b->rule}, "oncall ");
	rules[1] = key;
	reaches(b, (struct route_input){.rule = &b->rule}, "oncall ");
	rules[1] = other;
	reaches(b, (struct route_input){.rule = &b->rule}, "");

	b->routes[0].rules = NULL;
	b->routes[0].accounts = accounts;
	b->routes[0].n_accounts = 1;
	reaches(b, (struct route_input){.rule = &b->rule, .account = SV("111122223333")}, "");
	map_put(&b->config.account_names, SV("111122223333"), prod);
	reaches(b, (struct route_input){.rule = &b->rule, .account = SV("111122223333")}, "oncall ");
	accounts[0] = number;
	reaches(b, (struct route_input){.rule = &b->rule, .account = SV("111122223333")}, "oncall ");
	reaches(b, (struct route_input){.rule = &b->rule, .account = SV("444455556666")}, "");
	reaches(b, (struct route_input){.rule = &b->rule}, "");
	map_fini(&b->config.account_names);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(without_routes_everything_goes_everywhere),
	    cmocka_unit_test(the_first_that_fits_takes_it),
	    cmocka_unit_test(continue_goes_on_and_no_sink_comes_twice),
	    cmocka_unit_test(by_rule_and_account),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
