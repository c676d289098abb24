/* Form v1: identity, whole bodies against the JSON Schema, redaction, determinism. */
#include "alerts/alert.h"

#include "base/file.h"
#include "base/jdoc.h"
#include "tests/unit/alerts/fixture.h"

static const struct alert_agent agent = {
    .name = "prod-euw1", .rules_revision = {"0123456789ab", 12}, .max_age_ms = 6 * 3600000};

/* --- identity
 * --------------------------------------------------------------------------------------------------- */

static void the_id_is_rule_account_and_event(void **state)
{
	(void)state;
	struct arena a = {0};
	struct rule one = fixture_rule("rule-1"), two = fixture_rule("rule-2");
	char id[ALERT_ID_TEXT], other[ALERT_ID_TEXT];
	alert_id(&one, fixture_delete(&a, "e1", T0, "alice@example.com"), id);
	assert_int_equal(strspn(id, "0123456789abcdef"), 32);
	assert_int_equal(strlen(id), 32);
	alert_id(&one, fixture_delete(&a, "e1", T0 + 5000, "bob@example.com"), other);
	assert_string_equal(id, other);
	alert_id(&two, fixture_delete(&a, "e1", T0, "alice@example.com"), other);
	assert_string_not_equal(id, other);
	alert_id(&one, fixture_delete(&a, "e2", T0, "alice@example.com"), other);
	assert_string_not_equal(id, other);
	arena_fini(&a);
}

static void handles(void **state)
{
	(void)state;
	char h[ALERT_HANDLE_TEXT];
	alert_handle("00000000000000000000000000000000", h);
	assert_string_equal(h, "00000");
	alert_handle("ffffffffffffffffffffffffffffffff", h);
	assert_string_equal(h, "ZZZZZ");
	alert_handle("08421080000000000000000000000000", h);
	assert_string_equal(h, "11111");
	assert_true(alert_handle_parse(SV("#k7f2o"), h));
	assert_string_equal(h, "K7F20");
	assert_true(alert_handle_parse(SV("iL0O9"), h));
	assert_string_equal(h, "11009");
	assert_false(alert_handle_parse(SV("K7F2"), h));
	assert_false(alert_handle_parse(SV("K7F2U"), h));
	assert_false(alert_handle_parse(SV("K7F2-"), h));
	assert_false(alert_handle_parse(SV(""), h));
}

/* --- bodies
 * ----------------------------------------------------------------------------------------------------- */

#define MORE                                                                                                 \
	"\"additionalEventData\":{\"x-amz-id-2\":\"s3cr3t-1\"},\"requestParameters\":{\"queryText\":"        \
	"\"s3cr3t-2\","                                                                                      \
	"\"userContext\":{\"token\":\"s3cr3t-3\"}},\"responseElements\":{\"credentials\":{\"sessionToken\":" \
	"\"s3cr3t-4\"}},"

static void render(const char *event_more, const struct alert_input *template, struct buf *body)
{
	struct arena a = {0};
	struct rule rule = fixture_rule("6a0c2f2e-1111-4222-8333-444455556666");
	struct map accounts = {0}, indexes = {0};
	char prod[] = "prod", hr[] = "hr-policies";
	struct record_names names = {.accounts = &accounts, .indexes = &indexes};
	struct why why = {0};
	struct alert_input in = *template;
	char id[ALERT_ID_TEXT], *json = fixture_event("e1", T0, "alice@example.com", event_more);
	map_put(&accounts, SV("111122223333"), prod);
	map_put(&indexes, SV("3f1c9d2e-0000-4000-8000-000000000001"), hr);
	struct record *r = fixture_record(&a, sv_from(json), &names);
	rule.description = SV("Kendra is our document search; a deleted index cannot be restored.");
	rule.summary = SV("{kw.actor} DELETED the Kendra index {kw.index.name} from {kw.from}.");
	rule.runbook = SV("https://wiki.example/kendra");
	vec_push(&rule.tags, SV("attack.t1485"));
	vec_push(&rule.falsepositives, SV("Planned removal"));
	vec_push(&rule.first_steps, (struct rule_step){SV("Call {kw.person}."), false});
	vec_push(&rule.first_steps,
	    (struct rule_step){SV("aws kendra describe-index --id {kw.index} --region {awsRegion}"), true});
	vec_push(&rule.first_steps,
	    (struct rule_step){SV("aws kendra x --q {requestParameters.queryText}"), true});
	vec_push(&why.leaves, (struct why_leaf){.field = SV("sourceIPAddress"),
				  .value = SV("203.0.113.9"),
				  .modifier = SV("expand"),
				  .pattern = SV("%known_networks%"),
				  .list = SV("known_networks"),
				  .selection = SV("known"),
				  .negated = true});
	vec_push(&why.leaves,
	    (struct why_leaf){.field = SV("errorCode"), .modifier = SV(""), .pattern = SV("null")});
	vec_push(&why.leaves,
	    (struct why_leaf){
		.field = SV("requestParameters.queryText"), .value = SV("s3cr3t-2"), .pattern = SV("*")});
	alert_id(&rule, r, id);
	in.rule = &rule;
	in.record = r;
	in.why = &why;
	in.id = id;
	in.origin = (struct alert_origin){SV("trail"), SV("AWSLogs/x.json.gz"), 212};
	in.detected_ms = in.detected_ms ? in.detected_ms : T0 + 292000;
	alert_render(&in, body);
	free(json);
	vec_fini(&why.leaves);
	vec_fini(&rule.tags);
	vec_fini(&rule.falsepositives);
	vec_fini(&rule.first_steps);
	map_fini(&accounts);
	map_fini(&indexes);
	arena_fini(&a);
}

static struct jdoc *parse(const struct buf *body)
{
	struct jdoc *v = NULL;
	struct err e = {0};
	fixture_ok(jdoc_read(buf_sv(body), &v, &e), &e);
	return v;
}

static void has(const struct jdoc *v, const char *path, const char *want)
{
	struct sv got = jdoc_text(v, path);
	if (!sv_eq(got, sv_from(want)))
		fail_msg("%s is \"%.*s\", not \"%s\"", path, SV_ARG(got), want);
}

static void holds_what_the_form_says(void **state)
{
	(void)state;
	struct buf body = {0};
	render("", &(struct alert_input){.agent = &agent, .folded = 59}, &body);
	assert_null(memchr(body.ptr, '\n', body.len));
	struct jdoc *v = parse(&body);
	has(v, "schema", "kendrawatch.alert/1");
	has(v, "time", "2026-11-24T01:58:11Z");
	has(v, "detected_at", "2026-11-24T02:03:03Z");
	has(v, "summary",
	    "alice@example.com DELETED the Kendra index hr-policies from 203.0.113.9. It succeeded.");
	has(v, "account", "111122223333");
	has(v, "account_name", "prod");
	has(v, "region", "eu-west-1");
	has(v, "outcome", "ok");
	has(v, "actor.name", "alice@example.com");
	has(v, "actor.key", "ASIA..7QX2");
	has(v, "actor.mfa", "unknown");
	has(v, "resource.id", "3f1c9d2e-0000-4000-8000-000000000001");
	has(v, "resource.name", "hr-policies");
	has(v, "rule.level", "critical");
	has(v, "rule.tags.0", "attack.t1485");
	has(v, "why.0.list", "known_networks");
	assert_true(jdoc_bool(v, "why.0.not", false));
	assert_null(jdoc_at(v, "why.1.not"));
	assert_non_null(jdoc_at(v, "why.1.value"));
	assert_null(jdoc_text(v, "why.1.value").ptr);
	has(v, "steps.0.text", "Call alice@example.com.");
	has(v, "steps.1.run",
	    "aws kendra describe-index --id '3f1c9d2e-0000-4000-8000-000000000001' --region 'eu-west-1'");
	has(v, "steps.2.text", "(a command was left out: {requestParameters.queryText} is absent)");
	has(v, "links.runbook", "https://wiki.example/kendra");
	assert_null(jdoc_at(v, "links.alert"));
	assert_null(jdoc_at(v, "late_by"));
	assert_int_equal(jdoc_int(v, "folded", 0), 59);
	assert_int_equal(jdoc_int(v, "origin.record", 0), 212);
	has(v, "agent.rules_revision", "0123456789ab");
	has(v, "event.eventID", "e1");
	jdoc_free(v);
	buf_fini(&body);
}

static void same_input_same_bytes(void **state)
{
	(void)state;
	struct buf one = {0}, two = {0};
	render(MORE, &(struct alert_input){.agent = &agent}, &one);
	render(MORE, &(struct alert_input){.agent = &agent}, &two);
	assert_true(sv_eq(buf_sv(&one), buf_sv(&two)));
	buf_fini(&one);
	buf_fini(&two);
}

static void no_secret_leaves(void **state)
{
	(void)state;
	struct buf body = {0};
	render(MORE, &(struct alert_input){.agent = &agent}, &body);
	assert_null(strstr(body.ptr, "s3cr3t"));
	struct jdoc *v = parse(&body);
	has(v, "why.2.value", "***");
	has(v, "steps.2.text", "(a command was left out: {requestParameters.queryText} is masked)");
	jdoc_free(v);
	buf_fini(&body);
}

static void marks_late_events_and_links(void **state)
{
	(void)state;
	struct alert_agent with_url = agent;
	struct buf body = {0};
	with_url.public_url = "https://kw.example/";
	render("", &(struct alert_input){.agent = &with_url, .detected_ms = T0 + 7 * 3600000}, &body);
	struct jdoc *v = parse(&body);
	assert_int_equal(jdoc_int(v, "late_by", 0), 7 * 3600);
	assert_true(sv_starts(jdoc_text(v, "links.alert"), SV("https://kw.example/alerts/")));
	jdoc_free(v);
	buf_fini(&body);
}

static void tells_about_itself(void **state)
{
	(void)state;
	struct buf body = {0}, again = {0};
	char id[ALERT_ID_TEXT], id2[ALERT_ID_TEXT];
	struct alert_self self = {.agent = &agent,
	    .rule = "kendrawatch.self.rules_refused",
	    .title = "Rules were refused",
	    .level = LEVEL_HIGH,
	    .summary = SV("2 rules were refused:\nx.yml"),
	    .detail = SV("0123456789ab"),
	    .detected_ms = T0};
	alert_render_self(&self, id, &body);
	struct jdoc *v = parse(&body);
	has(v, "rule.id", "kendrawatch.self.rules_refused");
	has(v, "summary", "2 rules were refused:\\x0ax.yml");
	jdoc_free(v);
	self.detail = SV("other");
	alert_render_self(&self, id2, &again);
	assert_string_not_equal(id, id2);
	buf_fini(&body);
	buf_fini(&again);
}

/* --- the schema
 * ------------------------------------------------------------------------------------------------- */

/* Runs the bodies through python3-jsonschema, as a receiver would. */
static void bodies_keep_to_the_schema(void **state)
{
	(void)state;
	struct buf bodies = {0};
	struct err e = {0};
	char path[] = "/tmp/kw-alert-XXXXXX", id[ALERT_ID_TEXT];
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	render("", &(struct alert_input){.agent = &agent, .folded = 59}, &bodies);
	buf_addc(&bodies, '\n');
	render(MORE, &(struct alert_input){.agent = &agent, .detected_ms = T0 + 7 * 3600000}, &bodies);
	buf_addc(&bodies, '\n');
	render("\"userIdentity\":{},\"eventTime\":7,\"n\":18446744073709551616,",
	    &(struct alert_input){.agent = &agent}, &bodies);
	buf_addc(&bodies, '\n');
	struct alert_self self = {.agent = &agent,
	    .rule = "kendrawatch.self.x",
	    .title = "t",
	    .summary = SV("s"),
	    .detected_ms = T0};
	alert_render_self(&self, id, &bodies);
	buf_addc(&bodies, '\n');
	fixture_ok(file_write_atomic(path, buf_sv(&bodies), 0600, &e), &e);
	char *command = heap_printf(
	    "/usr/bin/python3 -c '\n"
	    "import json, sys, jsonschema\n"
	    "schema = json.load(open(\"alerts/alert.schema.json\"))\n"
	    "jsonschema.Draft202012Validator.check_schema(schema)\n"
	    "check = jsonschema.Draft202012Validator(schema)\n"
	    "bodies = [json.loads(line) for line in open(sys.argv[1])]\n"
	    "faults = [f\"{list(f.path)}: {f.message}\" for b in bodies for f in check.iter_errors(b)]\n"
	    "assert len(bodies) == 4\n"
	    "known = set(schema[\"properties\"])\n"
	    "faults += [f\"undocumented key {k}\" for b in bodies for k in b if k not in known]\n"
	    "del bodies[0][\"id\"]\n"
	    "assert list(check.iter_errors(bodies[0]))\n"
	    "sys.exit(\"\\n\".join(faults) or 0)' %s",
	    path);
	int rc = system(command);
	free(command);
	unlink(path);
	buf_fini(&bodies);
	assert_int_equal(rc, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_id_is_rule_account_and_event),
	    cmocka_unit_test(handles),
	    cmocka_unit_test(holds_what_the_form_says),
	    cmocka_unit_test(same_input_same_bytes),
	    cmocka_unit_test(no_secret_leaves),
	    cmocka_unit_test(marks_late_events_and_links),
	    cmocka_unit_test(tells_about_itself),
	    cmocka_unit_test(bodies_keep_to_the_schema),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
