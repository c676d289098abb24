/* Built-in events and drafts: each identity is who it says to be, each Kendra operation names its index. */
#include "agent/author/builtin.h"

#include "rules/event/api_access.h"
#include "tests/unit/agent/fixture.h"

#define INDEX "3f1c9d2e-0000-4000-8000-000000000001"
#define SSO_ROLE                                                                   \
	"arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/" \
	"AWSReservedSSO_AdministratorAccess_0123456789abcdef"

static struct record *open_draft(struct arena *a, const struct draft *d)
{
	struct record *r = arena_zero(a, sizeof *r);
	struct buf json = {0};
	struct err e = {0};
	draft_write(d, &json);
	fixture_ok(record_open(r, a, arena_copy(a, buf_sv(&json)), NULL, &e), &e);
	buf_fini(&json);
	return r;
}

static void field_is(struct record *r, enum kw_field f, const char *want)
{
	struct sv got = record_derived(r, f);
	if (want ? !sv_eq(got, sv_from(want)) : got.ptr != NULL)
		fail_msg("%s is %.*s, not %s", kw_field_name(f), SV_ARG(got), want ? want : "absent");
}

static void identities_are_who_they_say(void **state)
{
	(void)state;
	static const struct {
		const char *as, *actor, *principal, *mfa, *credential, *person, *cross;
	} rows[] = {
	    {"root", "root of 111122223333", "arn:aws:iam::111122223333:root", "false", "root", NULL,
		"false"},
	    {"user/bob", "user/bob", "arn:aws:iam::111122223333:user/bob", "false", "long_term", NULL,
		"false"},
	    {"role/ingest-hr", "role/ingest-hr", "arn:aws:iam::111122223333:role/ingest-hr", "unknown",
		"session", NULL, "false"},
	    {"sso/alice@example.com", "alice@example.com", SSO_ROLE, "unknown", "session",
		"alice@example.com", "false"},
	    {"service/kendra", "kendra.amazonaws.com", "kendra.amazonaws.com", "unknown", "service", NULL,
		NULL},
	    {"service/x.example.com", "x.example.com", "x.example.com", "unknown", "service", NULL, NULL},
	    {"federated/eve", "federated/eve", "arn:aws:iam::111122223333:user/federator", "false", "session",
		NULL, "false"},
	    {"account/444455556666", "account/444455556666", "account/444455556666", "unknown", NULL, NULL,
		"true"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = {0};
		struct err e = {0};
		struct draft *d = draft_new();
		fixture_ok(builtin_api(d, SV("kendra:Query"), &e), &e);
		fixture_ok(builtin_identity(d, sv_from(rows[i].as), &e), &e);
		builtin_stamp(d, i, 1768471200000);
		struct record *r = open_draft(&a, d);
		field_is(r, KW_FIELD_ACTOR, rows[i].actor);
		field_is(r, KW_FIELD_PRINCIPAL, rows[i].principal);
		field_is(r, KW_FIELD_MFA, rows[i].mfa);
		field_is(r, KW_FIELD_CREDENTIAL, rows[i].credential);
		field_is(r, KW_FIELD_PERSON, rows[i].person);
		field_is(r, KW_FIELD_CROSS_ACCOUNT, rows[i].cross);
		field_is(r, KW_FIELD_OUTCOME, "ok");
		field_is(r, KW_FIELD_HOUR, "10");
		assert_int_equal(r->time_ms, 1768471200000);
		draft_free(d);
		arena_fini(&a);
	}
}

/* A second identity leaves nothing of the first. */
static void the_last_identity_counts(void **state)
{
	(void)state;
	struct arena a = {0};
	struct err e = {0};
	struct draft *d = draft_new();
	fixture_ok(builtin_api(d, SV("kendra:Query"), &e), &e);
	fixture_ok(builtin_identity(d, SV("sso/alice@example.com"), &e), &e);
	fixture_ok(builtin_identity(d, SV("user/bob"), &e), &e);
	struct record *r = open_draft(&a, d);
	assert_null(tree_at(r->root, "userIdentity.sessionContext"));
	field_is(r, KW_FIELD_CREDENTIAL, "long_term");
	draft_free(d);
	arena_fini(&a);
}

static void every_kendra_operation_names_its_index(void **state)
{
	(void)state;
	size_t n, named = 0;
	const struct kendra_op *ops = api_access_kendra_ops(&n);
	assert_int_equal(n, 66);
	for (size_t i = 0; i < n; i++) {
		struct arena a = {0};
		struct err e = {0};
		struct draft *d = draft_new();
		char *api = heap_printf("kendra:%.*s", SV_ARG(ops[i].name));
		fixture_ok(builtin_api(d, sv_from(api), &e), &e);
		struct record *r = open_draft(&a, d);
		assert_true(sv_eq(r->event_source, SV("kendra.amazonaws.com")));
		assert_true(sv_eq(r->event_name, ops[i].name));
		field_is(r, KW_FIELD_INDEX, ops[i].index_from == KENDRA_INDEX_NONE ? NULL : INDEX);
		field_is(r, KW_FIELD_ACCESS, api_access_name(ops[i].access));
		named += ops[i].index_from != KENDRA_INDEX_NONE;
		free(api);
		draft_free(d);
		arena_fini(&a);
	}
	assert_true(named >= 60);
}

static void other_services_and_sign_ins(void **state)
{
	(void)state;
	struct arena a = {0};
	struct err e = {0};
	struct draft *d = draft_new();
	fixture_ok(builtin_api(d, SV("signin:ConsoleLogin"), &e), &e);
	fixture_ok(builtin_identity(d, SV("root"), &e), &e);
	struct record *r = open_draft(&a, d);
	assert_true(sv_eq(tree_text(tree_at(r->root, "eventType")), SV("AwsConsoleSignIn")));
	assert_int_equal(tree_at(r->root, "requestParameters")->type, TREE_NULL);
	field_is(r, KW_FIELD_OUTCOME, "ok");
	field_is(r, KW_FIELD_MFA, "false");
	draft_set_text(d, "additionalEventData.MFAUsed", SV("Yes"));
	draft_set_text(d, "responseElements.ConsoleLogin", SV("Failure"));
	r = open_draft(&a, d);
	field_is(r, KW_FIELD_OUTCOME, "denied");
	field_is(r, KW_FIELD_MFA, "true");
	draft_free(d);
	d = draft_new();
	fixture_ok(builtin_api(d, SV("s3:GetObject"), &e), &e);
	r = open_draft(&a, d);
	assert_int_equal(tree_at(r->root, "readOnly")->type, TREE_TRUE);
	field_is(r, KW_FIELD_INDEX, NULL);
	draft_free(d);
	arena_fini(&a);
}

static void wrong_words_are_refused(void **state)
{
	(void)state;
	static const struct {
		bool identity;
		const char *word, *text;
	} rows[] = {
	    {false, "BatchPutDocument", "is not SERVICE:Operation, as in kendra:BatchPutDocument"},
	    {false, "kendra:", "is not SERVICE:Operation"},
	    {false, ":Query", "is not SERVICE:Operation"},
	    {false, "", "is not SERVICE:Operation"},
	    {false, "kendra:BatchPutDocuments",
		"no operation \"BatchPutDocuments\"; did you mean \"BatchPutDocument\"?"},
	    {false, "kendra:Zzzzzzzzzzzzzz", "Kendra has no operation \"Zzzzzzzzzzzzzz\""},
	    {true, "alice", "as: \"alice\" is none of root, user/NAME"},
	    {true, "user", "is none of"},
	    {true, "user/", "is none of"},
	    {true, "root/x", "is none of"},
	    {true, "", "is none of"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct draft *d = draft_new();
		struct err e = {0};
		struct sv word = sv_from(rows[i].word);
		assert_int_equal(
		    rows[i].identity ? builtin_identity(d, word, &e) : builtin_api(d, word, &e), RC_INPUT);
		if (sv_find(sv_from(e.text), sv_from(rows[i].text)) == SV_NONE)
			fail_msg("%s", e.text);
		draft_free(d);
	}
}

/* eventIDs differ and times count on. */
static void stamps_differ(void **state)
{
	(void)state;
	struct arena a = {0};
	struct draft *d = draft_new();
	builtin_stamp(d, 1, 1768471200000);
	struct record *one = open_draft(&a, d);
	builtin_stamp(d, 2, 1768471201000);
	struct record *two = open_draft(&a, d);
	assert_false(sv_eq(one->event_id, two->event_id));
	assert_int_equal(one->event_id.len, 36);
	assert_int_equal(two->time_ms - one->time_ms, 1000);
	draft_free(d);
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(identities_are_who_they_say),
	    cmocka_unit_test(the_last_identity_counts),
	    cmocka_unit_test(every_kendra_operation_names_its_index),
	    cmocka_unit_test(other_services_and_sign_ins),
	    cmocka_unit_test(wrong_words_are_refused),
	    cmocka_unit_test(stamps_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
