/* Derived fields from a few picked values against the same fields from the whole record. */
#include "rules/fast/inputs.h"

#include "rules/event/principal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define SEED 20261124u
#define N_EVENTS 20000

static uint64_t random_state = SEED;

static unsigned pick(unsigned n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(random_state >> 33) % n;
}

#define PICK(array) ((array)[pick((unsigned)(sizeof(array) / sizeof(array)[0]))])

/* Names that events have at some level, some of them with dots or escapes, and names in other places than
 * usual. */
static const char *const names[] = {"eventName", "eventSource", "errorCode", "errorMessage", "readOnly",
    "eventType", "eventCategory", "sourceIPAddress", "userAgent", "awsRegion", "recipientAccountId",
    "sessionCredentialFromConsole", "vpcEndpointId", "userIdentity.type", "userIdentity.arn",
    "error\\u0043ode", "resources", "responseElements"};
static const char *const identity_names[] = {"type", "arn", "accountId", "accessKeyId", "invokedBy",
    "principalId", "userName", "identityProvider", "onBehalfOf.userId", "sessionContext.sessionIssuer.arn",
    "ty\\u0070e", "sessionContext.attributes"};
static const char *const values[] = {"\"AssumedRole\"", "\"IAMUser\"", "\"Root\"", "\"AWSService\"",
    "\"FederatedUser\"", "\"SAMLUser\"", "\"IdentityCenterUser\"", "\"AWSAccount\"", "\"Other\"", "null",
    "true", "false", "\"true\"", "\"\"", "7", "{}", "[]", "[\"Root\"]", "{\"type\":\"Root\"}", "\"AKIA1\"",
    "\"ASIA2\"", "\"111122223333\"", "\"444455556666\"", "\"arn:aws:iam::111122223333:user/bob\"",
    "\"arn:aws:iam::111122223333:root\"", "\"arn:aws:sts::111122223333:assumed-role/r/s@x\"",
    "\"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0/ann\"",
    "\"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0\"",
    "\"arn:aws:iam::111122223333:role/app/r\"", "\"arn:aws:sts::111122223333:federated-user/fed\"",
    "\"AROA1:s@x\"", "\"kendra.amazonaws.com\"", "\"signin.amazonaws.com\"", "\"AWS Internal\"",
    "\"203.0.113.9\"", "\"10.0.0.1\"", "\"::1\"", "\"ConsoleLogin\"", "\"Query\"", "\"DeleteIndex\"",
    "\"AccessDenied\"", "\"Client.ThrottlingException\"", "\"AwsConsoleSignIn\"", "\"AwsCloudTrailInsight\"",
    "\"Insight\"", "\"us-gov-west-1\"", "\"aws-cli/2.15 x\"", "\"b\\u006fb\"", "\"Yes\"",
    "{\"ConsoleLogin\":\"Failure\"}", "[{\"accountId\":\"444455556666\"}]"};

static void write_member(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, ",\"%s\":%s", name, value);
}

static void write_context(struct buf *out)
{
	buf_adds(out, ",\"sessionContext\":{\"x\":1");
	if (pick(2)) {
		buf_adds(out, ",\"sessionIssuer\":{\"y\":1");
		write_member(out, pick(9) ? "arn" : "a.b", PICK(values));
		buf_addc(out, '}');
	}
	if (pick(2)) {
		buf_adds(out, ",\"attributes\":{\"y\":1");
		write_member(
		    out, pick(2) ? "mfaAuthenticated" : "sessionCredentialFromConsole", PICK(values));
		buf_addc(out, '}');
	}
	if (!pick(8))
		write_member(out, "sessionIssuer.arn", PICK(values));
	if (!pick(8))
		write_member(out, "sessionCredentialFromConsole", PICK(values));
	buf_addc(out, '}');
}

static void write_identity(struct buf *out)
{
	buf_adds(out, ",\"userIdentity\":{\"x\":1");
	for (unsigned n = 1 + pick(7); n > 0; n--)
		write_member(out, pick(3) ? identity_names[pick(8)] : PICK(identity_names), PICK(values));
	if (pick(3))
		write_member(out, "type", values[pick(9)]);
	for (unsigned n = pick(12) ? pick(2) : 2; n > 0; n--)
		write_context(out);
	if (!pick(4)) {
		buf_adds(out, ",\"onBehalfOf\":{\"x\":1");
		write_member(out, pick(2) ? "userId" : "identityStoreArn", PICK(values));
		buf_addc(out, '}');
	}
	buf_addc(out, '}');
}

static void write_event(struct buf *out)
{
	buf_adds(out, "{\"x\":1");
	for (unsigned n = 2 + pick(8); n > 0; n--)
		write_member(out, pick(3) ? names[pick(11)] : PICK(names), PICK(values));
	if (pick(2))
		write_member(
		    out, "eventSource", pick(3) ? "\"kendra.amazonaws.com\"" : "\"signin.amazonaws.com\"");
	for (unsigned n = pick(15) ? 1 : pick(3); n > 0; n--)
		write_identity(out);
	if (!pick(4))
		buf_printf(out, ",\"additionalEventData\":{\"MFAUsed\":%s}", PICK(values));
	buf_addc(out, '}');
}

struct plan {
	VEC(struct sv) paths;
};

static uint32_t slot_of(void *ctx, struct sv path)
{
	struct plan *p = ctx;
	vec_push(&p->paths, path);
	return (uint32_t)p->paths.n - 1;
}

/* The field itself, and what lists of principals ask of its caller. */
static void same(struct record *whole, struct record *small, enum kw_field f)
{
	static const struct sv entries[] = {SV_INIT("role/*"), SV_INIT("user/bob"), SV_INIT("root"),
	    SV_INIT("federated/*"), SV_INIT("sso/*"), SV_INIT("service/kendra"), SV_INIT("arn:aws:*"),
	    SV_INIT("user/bob@111122223333"), SV_INIT("account/*")};
	struct sv want = record_derived(whole, f), have = record_derived(small, f);
	if (!sv_eq(want, have) || !want.ptr != !have.ptr)
		fail_msg("%s of %.*s\nis %.*s and not %.*s", kw_field_name(f), SV_ARG(whole->bytes),
		    SV_ARG(have), SV_ARG(want));
	if (f != KW_FIELD_PRINCIPAL && f != KW_FIELD_ACTOR)
		return;
	for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
		if (principal_matches(entries[i], whole) != principal_matches(entries[i], small))
			fail_msg("%.*s tells %.*s from its inputs", SV_ARG(entries[i]), SV_ARG(whole->bytes));
}

static size_t check_field(enum kw_field f, struct scan_state *scan)
{
	struct inputs in;
	struct plan p = {0};
	size_t n_told = 0;
	inputs_init(&in, f, slot_of, &p);
	struct scan_plan *plan = scan_plan_new(p.paths.items, p.paths.n);
	struct scan_slot *slots = heap_zero(p.paths.n, sizeof *slots);
	for (unsigned i = 0; i < N_EVENTS; i++) {
		struct arena arena = {0};
		struct buf event = {0}, key = {0}, json = {0};
		struct record whole, small;
		write_event(&event);
		if (record_open(&whole, &arena, buf_sv(&event), NULL, NULL) != RC_OK)
			fail_msg("no record: %s", event.ptr);
		assert_int_equal(scan_record(plan, scan, event.ptr, event.len, slots), event.len);
		if (inputs_key(&in, slots, &key) && inputs_record(&in, slots, &arena, &json, &small)) {
			n_told++;
			same(&whole, &small, f);
		}
		buf_fini(&event);
		buf_fini(&key);
		buf_fini(&json);
		arena_fini(&arena);
	}
	free(slots);
	scan_plan_free(plan);
	vec_fini(&p.paths);
	vec_fini(&in.list);
	return n_told;
}

static void fields_are_what_their_inputs_make_them(void **state)
{
	struct scan_state *scan = scan_state_new();
	size_t n_fields = 0;

	(void)state;
	for (int f = 0; f < KW_FIELD_COUNT; f++) {
		if (!inputs_known((enum kw_field)f))
			continue;
		size_t n = check_field((enum kw_field)f, scan);
		print_message("%s: %zu of %d events told\n", kw_field_name((enum kw_field)f), n, N_EVENTS);
		assert_true(n > N_EVENTS / 50);
		n_fields++;
	}
	assert_int_equal(n_fields, 11);
	scan_state_free(scan);
}

/* Equal keys, equal values: each input counts, and its kind. */
static void keys_tell_values_apart(void **state)
{
	static const char *const events[] = {"{\"errorCode\":\"ab\"}", "{\"errorMessage\":\"ab\"}",
	    "{\"errorCode\":\"a\",\"errorMessage\":\"b\"}", "{\"errorCode\":\"\"}", "{\"errorCode\":null}",
	    "{}", "{\"errorCode\":\"true\"}", "{\"errorCode\":true}"};
	enum { N = sizeof events / sizeof *events };
	struct scan_state *scan = scan_state_new();
	struct scan_slot slots[32];
	struct buf keys[N] = {0};
	struct inputs in;
	struct plan p = {0};

	(void)state;
	inputs_init(&in, KW_FIELD_OUTCOME, slot_of, &p);
	struct scan_plan *plan = scan_plan_new(p.paths.items, p.paths.n);
	assert_true(p.paths.n <= sizeof slots / sizeof *slots);
	for (size_t i = 0; i < N; i++) {
		scan_record(plan, scan, events[i], strlen(events[i]), slots);
		assert_true(inputs_key(&in, slots, &keys[i]));
		for (size_t j = 0; j < i; j++)
			assert_false(sv_eq(buf_sv(&keys[i]), buf_sv(&keys[j])));
	}
	for (size_t i = 0; i < N; i++)
		buf_fini(&keys[i]);
	scan_plan_free(plan);
	scan_state_free(scan);
	vec_fini(&p.paths);
	vec_fini(&in.list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_are_what_their_inputs_make_them),
	    cmocka_unit_test(keys_tell_values_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
