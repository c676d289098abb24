/* What a person is told of one item beside one event: presence, the deciding value, near misses. */
#include "rules/trace_look.h"

#include "rules/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct looked {
	struct ruleset *set;
	struct faults faults;
	struct arena arena;
	struct record record;
	struct trace trace;
	struct trace_look look;
};

/* Looks through the one item of a rule. */
static void look(struct looked *l, const char *item, const char *event)
{
	struct err e = {0};
	char *yaml =
	    heap_printf("title: t\nlevel: low\nlogsource: {product: aws}\ndetection:\n  s:\n    %s\n  "
			"condition: s\n",
		item);
	*l = (struct looked){0};
	l->set = rules_load_text("r.yml", sv_from(yaml), NULL, &l->faults);
	if (l->faults.n_errors)
		fail_msg("%s", l->faults.list.items[0].text);
	if (record_open(&l->record, &l->arena, sv_from(event), NULL, &e))
		fail_msg("%s", e.text);
	assert_true(trace_build(l->set->rules.items[0], &l->arena, &l->trace));
	trace_event(&l->trace, &l->record);
	trace_look(l->trace.items.items[0], &l->record, &l->look);
	free(yaml);
}

static void done(struct looked *l)
{
	trace_fini(&l->trace);
	arena_fini(&l->arena);
	faults_fini(&l->faults);
	ruleset_unref(l->set);
}

static void present_as(const char *event, enum trace_presence want)
{
	struct looked l;
	look(&l, "a.b: x", event);
	assert_int_equal(l.look.presence, want);
	done(&l);
}

static void absent_is_not_null(void **state)
{
	(void)state;
	present_as("{}", TRACE_ABSENT);
	present_as("{\"a\":{}}", TRACE_ABSENT);
	present_as("{\"a\":{\"b\":null}}", TRACE_NULL);
	present_as("{\"a\":{\"b\":[]}}", TRACE_EMPTY_ARRAY);
	present_as("{\"a\":{\"b\":\"\"}}", TRACE_PRESENT);
	present_as("{\"a\":[{\"b\":null},{\"b\":1}]}", TRACE_PRESENT);
}

static void decided(const char *item, const char *event, const char *value, size_t which, const char *entry)
{
	struct looked l;
	look(&l, item, event);
	assert_true(sv_eq(l.look.value, sv_from(value)));
	assert_int_equal(l.look.which, which);
	assert_true(sv_eq(l.look.entry, sv_from(entry)));
	done(&l);
}

static void the_deciding_element_and_entry(void **state)
{
	(void)state;
	decided("a: [x, y*]", "{\"a\":[\"q\",\"yes\",\"x\"]}", "x", 3, "x");
	decided("a: [z, y*]", "{\"a\":[\"q\",\"yes\",\"x\"]}", "yes", 2, "y*");
	decided("a: [z, w]", "{\"a\":[\"q\",\"yes\"]}", "q", 0, NULL);
	decided("a|contains|all: [fo, ba, zz]", "{\"a\":\"foobar\"}", "foobar", 0, "zz");
	decided(
	    "a|cidr: [10.0.0.0/8, 192.0.2.0/24]", "{\"a\":\"192.0.2.7\"}", "192.0.2.7", 1, "192.0.2.0/24");
	decided("kw.outcome: ok", "{\"errorCode\":\"AccessDenied\"}", "denied", 0, NULL);
}

static void hints(const char *item, const char *event, const char *want)
{
	struct looked l;
	look(&l, item, event);
	if (!want && l.look.hint.ptr)
		fail_msg("%s beside %s: %.*s", item, event, SV_ARG(l.look.hint));
	if (want && sv_find(l.look.hint, sv_from(want)) == SV_NONE)
		fail_msg("%s beside %s: no hint \"%s\" but \"%.*s\"", item, event, want, SV_ARG(l.look.hint));
	done(&l);
}

static void near_misses_of_names(void **state)
{
	(void)state;
	hints("requestParameters.IndexId: x", "{\"requestParameters\":{\"indexId\":\"x\"}}",
	    "the event has requestParameters.indexId; upper and lower case differ");
	hints("requestParameters.url|exists: true", "{\"requestParameters\":{\"uRL\":\"x\"}}",
	    "the event has requestParameters.uRL;");
	hints("requestParameters.indexId: x", "{\"responseElements\":{\"indexId\":\"x\"}}",
	    "the event has it at responseElements.indexId");
	hints("sourceIpAdress: x", "{\"sourceIPAddress\":\"x\"}",
	    "the event has sourceIPAddress; is that meant?");
	hints("errorCode: x", "{\"eventName\":\"x\"}", NULL);
	hints("indexid|neq: x", "{\"indexId\":\"x\"}", NULL);
}

static void near_misses_of_values(void **state)
{
	(void)state;
	hints("a: foo", "{\"a\":\"foo \"}", "a blank at its end");
	hints("a: foo", "{\"a\":\"\\tfoo\"}", "a blank at its front");
	hints("a|cased: foo", "{\"a\":\"Foo\"}", "only in upper and lower case");
	hints("a|re: ^foo", "{\"a\":\"FOO\"}", "`re|i` would find it");
	hints("a: foo", "{\"a\":\"a foo b\"}", "\"foo\" stands inside the value; `contains` would find it");
	hints(
	    "eventName: DeleteIndx", "{\"eventName\":\"DeleteIndex\"}", "1 letter away from \"DeleteIndx\"");
	hints("a|gt: 5", "{\"a\":\" 7\"}", "so it is no number");
	hints("a: foo", "{\"a\":\"bar\"}", NULL);
	hints("a: foo", "{\"a\":\"foo\"}", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(absent_is_not_null),
	    cmocka_unit_test(the_deciding_element_and_entry),
	    cmocka_unit_test(near_misses_of_names),
	    cmocka_unit_test(near_misses_of_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
