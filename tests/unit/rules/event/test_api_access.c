/* Access levels: Kendra by its table, everything else by verb. */
#include "rules/event/api_access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const char *name_of(const char *service, const char *operation)
{
	char source[64];
	int len = snprintf(source, sizeof(source), "%s.amazonaws.com", service);
	const char *name = api_access_name(api_access_of(sv_of(source, (size_t)len), sv_from(operation)));

	return name ? name : "unknown";
}

static void kendra_table_is_sorted_and_whole(void **state)
{
	size_t n = 0;
	const struct kendra_op *ops = api_access_kendra_ops(&n);

	(void)state;
	assert_int_equal(n, 66);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			assert_true(sv_cmp(ops[i - 1].name, ops[i].name) < 0);
		assert_ptr_equal(api_access_kendra_op(ops[i].name), &ops[i]);
		assert_int_not_equal(ops[i].access, API_ACCESS_UNKNOWN);
	}
}

static void kendra_table_lookup_misses(void **state)
{
	(void)state;
	assert_null(api_access_kendra_op(SV("")));
	assert_null(api_access_kendra_op((struct sv){NULL, 0}));
	assert_null(api_access_kendra_op(SV("query")));
	assert_null(api_access_kendra_op(SV("Quer")));
	assert_null(api_access_kendra_op(SV("QueryX")));
	assert_null(api_access_kendra_op(SV("Zzz")));
}

static void kendra_params_name_known_traps(void **state)
{
	const struct kendra_op *update = api_access_kendra_op(SV("UpdateIndex"));
	struct sv rest = update->params, part;
	bool upper = false, lower = false;

	(void)state;
	while (sv_cut(&rest, ',', &part)) {
		assert_true(part.len > 0);
		upper |= sv_ends(part, SV(".uRL"));
		lower |= sv_ends(part, SV(".url"));
	}
	assert_true(upper && lower);
	assert_int_equal(api_access_kendra_op(SV("ListIndices"))->params.len, 0);
}

static void index_id_sits_where_the_api_puts_it(void **state)
{
	static const struct {
		const char *operation;
		enum kendra_index_from from;
	} rows[] = {
	    {"DescribeIndex", KENDRA_INDEX_REQ_ID},
	    {"UpdateIndex", KENDRA_INDEX_REQ_ID},
	    {"DeleteIndex", KENDRA_INDEX_REQ_ID},
	    {"DeleteDataSource", KENDRA_INDEX_REQ_INDEX_ID},
	    {"Query", KENDRA_INDEX_REQ_INDEX_ID},
	    {"CreateIndex", KENDRA_INDEX_RESP_ID},
	    {"TagResource", KENDRA_INDEX_REQ_ARN},
	    {"UntagResource", KENDRA_INDEX_REQ_ARN},
	    {"ListTagsForResource", KENDRA_INDEX_REQ_ARN},
	    {"ListIndices", KENDRA_INDEX_NONE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(api_access_kendra_op(sv_from(rows[i].operation))->index_from, rows[i].from);
}

static void kendra_goes_by_table_not_by_verb(void **state)
{
	(void)state;
	assert_string_equal(name_of("kendra", "Query"), "read");
	assert_string_equal(name_of("kendra", "SubmitFeedback"), "write");
	assert_string_equal(name_of("kendra", "BatchGetDocumentStatus"), "read");
	assert_string_equal(name_of("kendra", "ListIndices"), "list");
	assert_string_equal(name_of("kendra", "ListTagsForResource"), "read");
	assert_string_equal(name_of("kendra", "UntagResource"), "tag");
	/* An operation newer than the table. */
	assert_string_equal(name_of("kendra", "DeleteEverything"), "write");
	assert_string_equal(name_of("kendra", "Frobnicate"), "unknown");
}

static void other_services_go_by_verb(void **state)
{
	(void)state;
	assert_string_equal(name_of("s3", "GetObject"), "read");
	assert_string_equal(name_of("s3", "HeadObject"), "read");
	assert_string_equal(name_of("s3", "HeadBucket"), "list");
	assert_string_equal(name_of("ec2", "DescribeInstances"), "read");
	assert_string_equal(name_of("iam", "ListMFADevices"), "list");
	assert_string_equal(name_of("resource-explorer-2", "Search"), "list");
	assert_string_equal(name_of("iam", "CreateAccessKey"), "write");
	assert_string_equal(name_of("lambda", "UpdateFunctionCode20150331v2"), "write");
	assert_string_equal(name_of("organizations", "LeaveOrganization"), "write");
	assert_string_equal(name_of("dynamodb", "TransactWriteItems"), "write");
	assert_string_equal(name_of("secretsmanager", "BatchGetSecretValue"), "read");
	assert_string_equal(name_of("cognito-idp", "AdminSetUserPassword"), "write");
	assert_string_equal(name_of("sqs", "ReceiveMessage"), "read");
}

static void tagging_by_verb_or_by_object(void **state)
{
	(void)state;
	assert_string_equal(name_of("kms", "TagResource"), "tag");
	assert_string_equal(name_of("iam", "UntagRole"), "tag");
	assert_string_equal(name_of("ec2", "CreateTags"), "tag");
	assert_string_equal(name_of("rds", "AddTagsToResource"), "tag");
	assert_string_equal(name_of("cloudtrail", "RemoveTags"), "tag");
	assert_string_equal(name_of("ec2", "DescribeTags"), "read");
	assert_string_equal(name_of("cloudtrail", "ListTags"), "list");
}

static void exceptions_of_the_reference(void **state)
{
	(void)state;
	assert_string_equal(name_of("sts", "AssumeRole"), "write");
	assert_string_equal(name_of("sts", "AssumeRoleWithWebIdentity"), "write");
	assert_string_equal(name_of("sts", "GetCallerIdentity"), "read");
	assert_string_equal(name_of("sts", "DecodeAuthorizationMessage"), "write");
	assert_string_equal(name_of("kms", "Decrypt"), "write");
	assert_string_equal(name_of("kms", "GenerateDataKey"), "write");
	assert_string_equal(name_of("iam", "GenerateCredentialReport"), "read");
	assert_string_equal(name_of("bedrock", "InvokeModel"), "read");
	assert_string_equal(name_of("lambda", "Invoke"), "write");
	/* The pair counts, not the name alone. */
	assert_string_equal(name_of("acme", "Decrypt"), "unknown");
}

static void names_without_a_verb_are_unknown(void **state)
{
	static const char *names[] = {"", "getObject", "Getter", "GETOBJECT", "ConsoleLogin", "Batch", "123",
	    "\xc3\xa9tat", "Tags", "Settle"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_string_equal(name_of("acme", names[i]), "unknown");
	assert_int_equal(api_access_of((struct sv){NULL, 0}, (struct sv){NULL, 0}), API_ACCESS_UNKNOWN);
	assert_null(api_access_name(API_ACCESS_UNKNOWN));
}

/* Every verb is reachable, so the list is in the order that the search needs: one from each letter and both
 * ends. */
static void verbs_are_in_order(void **state)
{
	static const char *writes[] = {"Abort", "Approve", "Begin", "Change", "Create", "Deprovision",
	    "Disassociate", "Edit", "Failover", "Force", "Grant", "Increase", "Invoke", "Join", "Link",
	    "Lock", "Modify", "Notify", "Open", "Purge", "Put", "Rebuild", "Record", "Resync", "Retry", "Run",
	    "Schedule", "Shutdown", "Sync", "Synchronize", "Trigger", "Unarchive", "Unsubscribe", "Upload",
	    "Withdraw", "Write"};
	static const char *reads[] = {"Check", "Compare", "Describe", "Detect", "Discover", "Download",
	    "Estimate", "Filter", "Forecast", "Get", "Head", "Lookup", "Preview", "Query", "Read", "Receive",
	    "Retrieve", "Scan", "Select", "Simulate", "Validate", "View"};

	(void)state;
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		assert_string_equal(name_of("acme", writes[i]), "write");
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++)
		assert_string_equal(name_of("acme", reads[i]), "read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(kendra_table_is_sorted_and_whole),
	    cmocka_unit_test(kendra_table_lookup_misses),
	    cmocka_unit_test(kendra_params_name_known_traps),
	    cmocka_unit_test(index_id_sits_where_the_api_puts_it),
	    cmocka_unit_test(kendra_goes_by_table_not_by_verb),
	    cmocka_unit_test(other_services_go_by_verb),
	    cmocka_unit_test(tagging_by_verb_or_by_object),
	    cmocka_unit_test(exceptions_of_the_reference),
	    cmocka_unit_test(names_without_a_verb_are_unknown),
	    cmocka_unit_test(verbs_are_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
