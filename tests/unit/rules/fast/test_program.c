/* The program against the reference evaluator: a rule that matches is always among the candidates, on
 * generated rules and on the shipped ones, over generated and mutated events; where everything is plain,
 * nothing else is among them. Then what it may cost: no heap, bounded steps, bounded memory. Runs from the
 * root of the repository. */
#include "rules/fast/program.h"

#include "rules/eval.h"
#include "rules/load.h"
#include "rules/trace.h"

#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/heap_calls.h"
#include "tests/unit/rules/corpus.h"

/* --- one event through program and reference
 * ---------------------------------------------------------------- */

struct pair {
	struct ruleset *set;
	struct program *program;
	struct program_state *state;
	struct scan_state *scan;
	struct scan_slot *slots;
	const struct rule **candidates;
	bool certain;
	size_t n_candidates, n_pairs, n_matches, n_given, n_certain;
};

static struct pair pair_new(struct ruleset *set)
{
	struct pair p = {.set = set, .program = program_new(set), .scan = scan_state_new()};
	p.state = program_state_new(p.program);
	p.slots = heap_zero(program_n_slots(p.program), sizeof *p.slots);
	p.candidates = heap_zero(program_n_rules(p.program) + 1, sizeof *p.candidates);
	return p;
}

static void pair_free(struct pair *p)
{
	free(p->candidates);
	free(p->slots);
	scan_state_free(p->scan);
	program_state_free(p->state);
	program_unref(p->program);
	ruleset_unref(p->set);
}

static void find_candidates(struct pair *p, struct sv event)
{
	int64_t n = scan_record(program_plan(p->program), p->scan, event.ptr, event.len, p->slots);
	if (n != (int64_t)event.len)
		fail_msg("scan gives %lld for %.*s", (long long)n, SV_ARG(event));
	p->n_candidates = program_candidates(p->state, p->slots, p->candidates, &p->certain);
	for (size_t i = 1; i < p->n_candidates; i++)
		assert_true(p->candidates[i - 1]->index < p->candidates[i]->index);
}

static bool is_candidate(const struct pair *p, const struct rule *rule)
{
	for (size_t i = 0; i < p->n_candidates; i++)
		if (p->candidates[i] == rule)
			return true;
	return false;
}

static void check_trace(const struct rule *rule, struct record *r, bool matches)
{
	struct trace t;
	bool evaluated = rule->state == RULE_ACTIVE;
	assert_true(trace_build(rule, r->arena, &t));
	if (evaluated && trace_event(&t, r) != (matches ? TRUTH_TRUE : TRUTH_FALSE))
		fail_msg("the trace of %.*s does not say %d", SV_ARG(rule->name), matches);
	trace_fini(&t);
}

/* `exact`: nothing in rules and event is beyond the program. */
static void check_event(struct pair *p, struct sv event, bool exact)
{
	struct arena arena = {0};
	struct record r;
	if (record_open(&r, &arena, event, NULL, NULL) != RC_OK)
		fail_msg("no record: %.*s", SV_ARG(event));
	find_candidates(p, event);
	p->n_given += p->n_candidates;
	for (size_t i = 0; i < p->set->rules.n; i++) {
		const struct rule *rule = p->set->rules.items[i];
		if (rule->kind != RULE_DETECTION)
			continue;
		bool matches = eval_rule(rule, &r, NULL), given = is_candidate(p, rule);
		p->n_pairs++;
		p->n_matches += matches;
		check_trace(rule, &r, matches);
		if (matches && !given)
			fail_msg("%.*s matches and is no candidate: %.*s", SV_ARG(rule->name), SV_ARG(event));
		p->n_certain += given && p->certain;
		if ((exact || p->certain) && given && !matches)
			fail_msg("%.*s is a candidate for nothing: %.*s", SV_ARG(rule->name), SV_ARG(event));
	}
	arena_fini(&arena);
}

/* --- generated rules and events
 * ------------------------------------------------------------------------------------------- */

/* KW_SOAK_PAIRS: so many at least; make soak sets it, and KW_SOAK_SEED to what they begin with. */
static size_t pairs_wanted(void)
{
	const char *pairs = getenv("KW_SOAK_PAIRS"), *seed = getenv("KW_SOAK_SEED");
	int64_t n = 0, first = 0;
	if (!pairs || !sv_int(sv_from(pairs), 1, INT64_MAX, &n))
		return 1;
	if (seed && sv_int(sv_from(seed), 1, INT64_MAX, &first))
		random_state = (uint64_t)first;
	return (size_t)n;
}

static void generated_rules_and_events_agree(void **state)
{
	size_t n_pairs = 0, n_matches = 0, n_given = 0, wanted = pairs_wanted();
	struct buf event = {0};

	(void)state;
	for (unsigned round = 0; round < 160 || n_pairs < wanted; round++) {
		struct pair p = pair_new(generate_rules(20, false));
		for (unsigned i = 0; i < 40; i++) {
			write_event(&event, i % 2 == 0);
			check_event(&p, buf_sv(&event), false);
		}
		n_pairs += p.n_pairs;
		n_matches += p.n_matches;
		n_given += p.n_given;
		pair_free(&p);
	}
	buf_fini(&event);
	print_message("%zu pairs, %zu matches, %zu candidates\n", n_pairs, n_matches, n_given);
	if (wanted > 1)
		printf("soak: %zu pairs of rule and event agreed, %zu matches\n", n_pairs, n_matches);
	assert_true(n_pairs > 100000);
	assert_true(n_matches > n_pairs / 20 && n_matches < n_pairs / 2);
	assert_true(n_given < n_pairs * 3 / 4);
}

static void plain_rules_and_events_leave_nothing_open(void **state)
{
	struct buf event = {0};
	size_t n_pairs = 0, n_matches = 0;

	(void)state;
	for (unsigned round = 0; round < 60; round++) {
		struct pair p = pair_new(generate_rules(20, true));
		for (unsigned i = 0; i < 40; i++) {
			write_event(&event, true);
			check_event(&p, buf_sv(&event), true);
		}
		n_pairs += p.n_pairs;
		n_matches += p.n_matches;
		pair_free(&p);
	}
	buf_fini(&event);
	assert_true(n_pairs > 40000 && n_matches > n_pairs / 20);
}

/* --- the shipped rules
 * -------------------------------------------------------------------------------------------- */

static const char *const sources[] = {
    "kendra", "signin", "iam", "cloudtrail", "kms", "guardduty", "ec2", "s3", "config", "sts"};
static const char *const names[] = {"UpdateIndex", "DeleteIndex", "CreateDataSource", "UpdateDataSource",
    "Query", "Retrieve", "BatchPutDocument", "BatchDeleteDocument", "PutPrincipalMapping", "CreateExperience",
    "AssociateEntitiesToExperience", "AssociatePersonasToEntities", "UpdateQuerySuggestionsConfig",
    "CreateThesaurus", "SubmitFeedback", "ConsoleLogin", "CreateAccessKey", "CreateRole",
    "UpdateAssumeRolePolicy", "DeactivateMFADevice", "StopLogging", "DeleteTrail", "UpdateTrail",
    "PutEventSelectors", "PutInsightSelectors", "DisableKey", "ScheduleKeyDeletion", "UpdateDetector",
    "CreateFilter", "DescribeInstances", "AssumeRole", "GetObject", "PasswordRecoveryRequested"};
static const char *const types[] = {
    "IAMUser", "AssumedRole", "Root", "AWSService", "FederatedUser", "AWSAccount", "SAMLUser"};
static const char *const agents[] = {"aws-cli/2.15", "Boto3/1.34 md/Botocore", "prowler/3", "Pacu/1.0 x",
    "[S3 Browser]", "aws-sdk-go/1.44 kali-linux", "ScoutSuite", "console.amazonaws.com",
    "aws-cli/2 Linux/6.1.0-kali", "Mozilla/5.0"};
static const char *const more[] = {"\"errorCode\":\"AccessDenied\"", "\"errorCode\":\"ThrottlingException\"",
    "\"errorMessage\":\"Failed authentication\"", "\"readOnly\":false", "\"readOnly\":true",
    "\"eventType\":\"AwsServiceEvent\"", "\"eventType\":\"AwsApiCall\"", "\"vpcEndpointId\":\"vpce-1\"",
    "\"vpcEndpointAccountId\":\"999988887777\"", "\"additionalEventData\":{\"MFAUsed\":\"No\"}",
    "\"additionalEventData\":{\"MFAUsed\":\"Yes\",\"vpcEndpointId\":\"vpce-2\"}",
    "\"responseElements\":{\"ConsoleLogin\":\"Success\"}",
    "\"responseElements\":{\"ConsoleLogin\":\"Failure\"}", "\"responseElements\":null"};
static const char *const parameters[] = {"null", "{\"omitted\":true}",
    "{\"roleArn\":\"arn:aws:iam::1:role/x\"}", "{\"type\":\"CUSTOM\",\"indexId\":\"i-1\"}",
    "{\"configuration\":{\"s3\":[1]},\"indexId\":\"i-1\"}",
    "{\"userContextPolicy\":\"ATTRIBUTE_FILTER\",\"id\":\"i-1\"}", "{\"userTokenConfigurations\":[]}",
    "{\"entityList\":[{\"entityId\":\"g\",\"entityType\":\"GROUP\"}]}",
    "{\"personas\":[{\"entityId\":\"u\",\"persona\":\"OWNER\"}]}", "{\"minimumNumberOfQueryingUsers\":1}",
    "{\"includeQueriesWithoutUserInformation\":true}", "{\"userName\":\"bob\"}",
    "{\"policyDocument\":\"{\\\"Principal\\\":{\\\"AWS\\\":\\\"*\\\"}}\"}",
    "{\"assumeRolePolicyDocument\":\"{\\\"AWS\\\": \\\"arn:aws:iam::999988887777:root\\\"}\"}",
    "{\"insightSelectors\":[]}", "{\"isMultiRegionTrail\":false}", "{\"enable\":false}",
    "{\"action\":\"ARCHIVE\"}",
    "{\"customDocumentEnrichmentConfiguration\":{\"postExtractionHookConfiguration\":{\"lambdaArn\":1}}}",
    "{\"userGroupResolutionConfiguration\":{\"userGroupResolutionMode\":\"AWS_SSO\"}}"};

static void write_call(struct buf *out)
{
	buf_reset(out);
	buf_printf(out,
	    "{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":\"%s\",\"principalId\":\"A\",\"arn\":"
	    "\"arn:aws:iam::111122223333:user/u%u\",\"accountId\":\"111122223333\",\"accessKeyId\":\"%s%u\"",
	    PICK(types), pick(50), pick(2) ? "AKIA" : "ASIA", pick(50));
	if (!pick(4))
		buf_adds(out, ",\"invokedBy\":\"kendra.amazonaws.com\"");
	if (pick(2))
		buf_printf(out,
		    ",\"userName\":\"%s\",\"sessionContext\":{\"attributes\":{\"mfaAuthenticated\":\"%s\"},"
		    "\"ec2RoleDelivery\":\"%u.0\"}",
		    pick(2) ? "bob" : "al", pick(2) ? "true" : "false", 1 + pick(2));
	buf_printf(out,
	    "},\"eventTime\":\"2026-03-02T10:%02u:00Z\",\"eventSource\":\"%s.amazonaws.com\",\"eventName\":"
	    "\"%s\","
	    "\"awsRegion\":\"%s\",\"sourceIPAddress\":\"%u.51.100.%u\",\"userAgent\":\"%s\","
	    "\"requestParameters\":%s,\"eventID\":\"%u\",\"recipientAccountId\":\"111122223333\"",
	    pick(60), PICK(sources), PICK(names), pick(3) ? "us-east-1" : "me-south-1", pick(2) ? 198 : 203,
	    pick(256), PICK(agents), PICK(parameters), pick(100000));
	unsigned first = pick(2), step = 1 + pick(5);
	for (unsigned i = first; i < sizeof more / sizeof *more; i += step + pick(6))
		buf_printf(out, ",%s", more[i]);
	buf_addc(out, '}');
}

static size_t end_of_string(struct sv event, size_t at)
{
	size_t end = at + 1;
	while (end < event.len && event.ptr[end] != '"')
		end += event.ptr[end] == '\\' ? 2 : 1;
	return end + 1;
}

/* Replaces one string value by something else, so that slots of any kind stand where rules look. */
static void mutate(struct buf *event)
{
	static const char *const others[] = {"null", "[]", "[\"Root\",\"Query\"]", "{\"x\":\"AccessDenied\"}",
	    "7", "true", "[null]", "[{\"type\":\"Root\"}]", "\"\"", "\"kendra.am\\u0061zonaws.com\"", "{}",
	    "[[\"kendra.amazonaws.com\"]]"};
	size_t starts[200], n = 0;
	struct sv s = buf_sv(event);
	for (size_t i = 0; i < s.len && n < 200;) {
		if (s.ptr[i] != '"') {
			i++;
			continue;
		}
		if (i && s.ptr[i - 1] == ':')
			starts[n++] = i;
		i = end_of_string(s, i);
	}
	if (!n)
		return;
	size_t at = starts[pick((unsigned)n)], end = end_of_string(s, at);
	struct buf out = {0};
	buf_add(&out, sv_head(s, at));
	buf_adds(&out, PICK(others));
	buf_add(&out, sv_skip(s, end));
	buf_fini(event);
	*event = out;
}

static const char packs_lists[] =
    "{known_networks: {type: cidr, values: [198.51.100.0/24]}, known_accounts: {type: account, values: "
    "['111122223333']}, ingest_principals: {type: principal, values: [user/u1, role/ingest]}, "
    "search_principals: {type: principal, values: [user/u2]}, mapping_principals: {type: principal, values: "
    "[user/u3]}, curators: {type: principal, values: [user/u4]}}";

static struct ruleset *load_packs(void)
{
	const char *paths[] = {"rules/packs"};
	struct faults faults = {0};
	struct lists lists = {0};
	struct ydoc *doc = ydoc_parse("l", SV(packs_lists), 0, &faults);
	lists_read(&lists, ydoc_root(doc, 0), "l", ".", NULL, &faults);
	assert_int_equal(faults.list.n, 0);
	struct ruleset *set =
	    rules_load(&(struct load_input){.paths = paths, .n_paths = 1, .lists = &lists}, &faults);
	assert_int_equal(faults.n_errors, 0);
	assert_int_equal(set->n_waiting, 0);
	assert_true(set->n_active > 40);
	faults_fini(&faults);
	lists_fini(&lists);
	ydoc_free(doc);
	return set;
}

static void shipped_rules_agree(void **state)
{
	struct pair p = pair_new(load_packs());
	struct buf event = {0};

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		write_call(&event);
		for (unsigned j = pick(4); j > 0; j--)
			mutate(&event);
		check_event(&p, buf_sv(&event), false);
	}
	print_message("%zu pairs, %zu matches, %zu candidates\n", p.n_pairs, p.n_matches, p.n_given);
	assert_true(p.n_pairs > 50000);
	assert_true(p.n_matches > 1000);
	assert_true(p.n_given < p.n_pairs / 10);
	buf_fini(&event);
	pair_free(&p);
}

/* --- what it costs
 * -------------------------------------------------------------------------------------------------- */

static void known_values_take_nothing_from_the_heap(void **state)
{
	struct pair p = pair_new(load_packs());
	struct buf events[200] = {0};

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		write_call(&events[i]);
		find_candidates(&p, buf_sv(&events[i]));
	}
	uint64_t misses = program_steps(p.state)->misses;
	size_t before = n_heap_calls;
	for (size_t i = 0; i < 200; i++)
		find_candidates(&p, buf_sv(&events[i]));
	size_t taken = n_heap_calls - before;
	assert_int_equal(taken, 0);
	assert_int_equal(program_steps(p.state)->misses, misses);
#if COUNTS_HEAP
	assert_true(before > 0);
#endif
	for (size_t i = 0; i < 200; i++)
		buf_fini(&events[i]);
	pair_free(&p);
}

/* Copies of a few rules for many accounts, and as many about parts of texts. */
static struct ruleset *scoped_rules(unsigned n)
{
	static const char *const calls[] = {
	    "StopLogging", "DeleteTrail", "CreateUser", "PutBucketPolicy", "ConsoleLogin"};
	struct faults faults = {0};
	struct buf yaml = {0};
	for (unsigned i = 0; i < n; i++) {
		buf_printf(&yaml, "---\ntitle: t\nname: r%u\nlogsource: {product: aws}\ndetection:\n", i);
		switch (i % 4) {
		case 0:
			buf_printf(&yaml, "  s: {eventName: %s, recipientAccountId: '%012u'}\n", calls[i % 5],
			    100000 + i / 20);
			break;
		case 1: buf_printf(&yaml, "  s: {userAgent|contains: tool-%u-x}\n", i); break;
		case 2:
			buf_printf(&yaml, "  s: {sourceIPAddress|cidr: 10.%u.%u.0/24}\n", i / 250, i % 250);
			break;
		default: buf_printf(&yaml, "  s: {userIdentity.arn|re: 'user/u%u-[0-9]+$'}\n", i); break;
		}
		buf_adds(&yaml, "  condition: s\n");
	}
	struct ruleset *set = rules_load_text("scoped", buf_sv(&yaml), NULL, &faults);
	assert_int_equal(faults.n_errors, 0);
	faults_fini(&faults);
	buf_fini(&yaml);
	return set;
}

static void write_scoped(struct buf *out, unsigned i)
{
	buf_reset(out);
	buf_printf(out,
	    "{\"eventVersion\":\"1.08\",\"eventName\":\"%s\",\"recipientAccountId\":\"%012u\",\"userAgent\":"
	    "\"tool-%u-x\","
	    "\"sourceIPAddress\":\"10.%u.%u.7\",\"userIdentity\":{\"arn\":\"arn:aws:iam::1:user/u%u-%u\"}}",
	    i % 2 ? "StopLogging" : "ListUsers", 100000 + i % 90, i, i % 8, i % 250, i, i);
}

/* Every event brings values that were never seen. */
static void ten_thousand_rules_cost_a_few_steps(void **state)
{
	enum { N = 2000 };
	struct pair p = pair_new(scoped_rules(10000));
	struct buf event = {0};

	(void)state;
	for (unsigned i = 0; i < N; i++) {
		write_scoped(&event, i * 5);
		find_candidates(&p, buf_sv(&event));
	}
	const struct program_steps *steps = program_steps(p.state);
	print_message(
	    "an event: %.1f look-ups, %.1f misses, %.1f tests, %.1f rules reached, %.2f candidates\n",
	    (double)steps->lookups / N, (double)steps->misses / N, (double)steps->tests / N,
	    (double)steps->reached / N, (double)steps->candidates / N);
	assert_true(steps->tests < 10 * N);
	assert_true(steps->reached < 120 * N);
	assert_true(steps->candidates > N / 2 && steps->candidates < 4 * N);
	for (unsigned i = 0; i < 3; i++) {
		write_scoped(&event, i * 5);
		check_event(&p, buf_sv(&event), true);
	}
	buf_fini(&event);
	pair_free(&p);
}

/* More distinct values than there is room for: it forgets, and stays right. */
static void forgets_and_stays_right(void **state)
{
	struct pair p = pair_new(scoped_rules(40));
	struct buf event = {0};
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < 60000; i++) {
		write_scoped(&event, i);
		find_candidates(&p, buf_sv(&event));
		n += p.n_candidates;
		if (i % 4000 == 0)
			check_event(&p, buf_sv(&event), true);
	}
	assert_true(program_steps(p.state)->misses > 100000);
	assert_true(n > 0);
	for (unsigned i = 0; i < 40; i++) {
		write_scoped(&event, i);
		check_event(&p, buf_sv(&event), true);
	}
	buf_fini(&event);
	pair_free(&p);
}

/* Values that are too long to look at leave the decision to the reference. */
static void long_values_are_unknown(void **state)
{
	struct pair p = pair_new(scoped_rules(8));
	struct buf event = {0};

	(void)state;
	buf_adds(&event, "{\"eventVersion\":\"1\",\"userAgent\":\"tool-1-x");
	for (unsigned i = 0; i < 5000; i++)
		buf_addc(&event, 'y');
	buf_adds(&event, "\"}");
	check_event(&p, buf_sv(&event), false);
	assert_int_equal(p.n_matches, 1);
	assert_int_equal(p.n_candidates, 2);
	assert_int_equal(program_steps(p.state)->tests, 0);
	buf_fini(&event);
	pair_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(generated_rules_and_events_agree),
	    cmocka_unit_test(plain_rules_and_events_leave_nothing_open),
	    cmocka_unit_test(shipped_rules_agree),
	    cmocka_unit_test(known_values_take_nothing_from_the_heap),
	    cmocka_unit_test(ten_thousand_rules_cost_a_few_steps),
	    cmocka_unit_test(forgets_and_stays_right),
	    cmocka_unit_test(long_values_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
