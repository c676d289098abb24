/*
 * Access levels of API operations. Called by the record reader for kw.access and kw.index, and by `check` and
 * `list` to iterate over Kendra's operations; on any thread. Owns constant tables only.
 *
 * A service writes thousands of operation names but few verbs, so outside Kendra the first word of the name
 * decides. Where AWS grades an operation against its verb (sts:AssumeRole reads like nothing, kms:Decrypt is
 * a write), the pair is spelled out in `exceptions`. A table of all of AWS was ruled out: it is out of date
 * on the day it is written.
 */
#include "rules/event/api_access.h"

struct verb {
	struct sv word;
	enum api_access access;
};

struct exception {
	struct sv source, name;
	enum api_access access;
};

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct kendra_op kendra_ops[] = {
#define KENDRA_OP(name, access, index_from, params) \
	{SV_INIT(#name), API_ACCESS_##access, KENDRA_INDEX_##index_from, SV_INIT(params)},
#include "rules/event/kendra_op_list.h"
#undef KENDRA_OP
};

static const struct sv kendra_source = SV_INIT("kendra.amazonaws.com");

/* In byte order: find_verb searches by halves. */
#define R(word) {SV_INIT(word), API_ACCESS_READ},
#define L(word) {SV_INIT(word), API_ACCESS_LIST},
#define W(word) {SV_INIT(word), API_ACCESS_WRITE},
#define T(word) {SV_INIT(word), API_ACCESS_TAG},
/* clang-format off */
static const struct verb verbs[] = {
	W("Abort") W("Accept") W("Acknowledge") W("Activate") W("Add") W("Allocate") W("Allow") W("Apply") W("Approve")
	W("Archive") W("Assign") W("Associate") W("Assume") W("Attach") W("Authorize") W("Begin") W("Cancel") W("Change")
	R("Check") W("Clear") W("Clone") W("Close") R("Compare") W("Complete") W("Confirm") W("Connect") W("Copy")
	W("Create") W("Deactivate") W("Decline") W("Decrease") W("Delete") W("Deliver") W("Deny") W("Deploy")
	W("Deprecate") W("Deprovision") W("Deregister") R("Describe") W("Detach") R("Detect") W("Disable")
	W("Disassociate") W("Discard") W("Disconnect") R("Discover") W("Dismiss") R("Download") W("Edit") W("Enable")
	R("Estimate") W("Execute") W("Exit") W("Extend") W("Failover") R("Filter") W("Finalize") W("Finish") W("Force")
	R("Forecast") R("Get") W("Grant") R("Head") W("Import") W("Increase") W("Ingest") W("Initialize") W("Initiate")
	W("Install") W("Invite") W("Invoke") W("Issue") W("Join") W("Leave") W("Link") L("List") W("Lock") R("Lookup")
	W("Merge") W("Migrate") W("Modify") W("Monitor") W("Move") W("Notify") W("Open") W("Pause") W("Post") R("Preview")
	W("Promote") W("Provision") W("Publish") W("Purchase") W("Purge") W("Push") W("Put") R("Query") R("Read")
	W("Reboot") W("Rebuild") R("Receive") W("Record") W("Redeem") W("Refresh") W("Register") W("Reject") W("Release")
	W("Remove") W("Rename") W("Renew") W("Replace") W("Replicate") W("Report") W("Request") W("Resend") W("Reset")
	W("Restart") W("Restore") W("Resume") W("Resync") W("Retire") R("Retrieve") W("Retry") W("Return") W("Revoke")
	W("Rollback") W("Rotate") W("Run") R("Scan") W("Schedule") L("Search") R("Select") W("Send") W("Set") W("Shutdown")
	R("Simulate") W("Split") W("Start") W("Stop") W("Submit") W("Subscribe") W("Suspend") W("Swap") W("Sync")
	W("Synchronize") T("Tag") W("Terminate") W("Transfer") W("Trigger") W("Unarchive") W("Unassign") W("Uninstall")
	W("Unlink") W("Unlock") W("Unmonitor") W("Unsubscribe") T("Untag") W("Update") W("Upgrade") W("Upload")
	R("Validate") R("View") W("Withdraw") W("Write")
};
/* clang-format on */
#undef R
#undef L
#undef W
#undef T

static const struct exception exceptions[] = {
    {SV_INIT("bedrock.amazonaws.com"), SV_INIT("Converse"), API_ACCESS_READ},
    {SV_INIT("bedrock.amazonaws.com"), SV_INIT("ConverseStream"), API_ACCESS_READ},
    {SV_INIT("bedrock.amazonaws.com"), SV_INIT("InvokeModel"), API_ACCESS_READ},
    {SV_INIT("bedrock.amazonaws.com"), SV_INIT("InvokeModelWithResponseStream"), API_ACCESS_READ},
    {SV_INIT("iam.amazonaws.com"), SV_INIT("GenerateCredentialReport"), API_ACCESS_READ},
    {SV_INIT("iam.amazonaws.com"), SV_INIT("GenerateOrganizationsAccessReport"), API_ACCESS_READ},
    {SV_INIT("iam.amazonaws.com"), SV_INIT("GenerateServiceLastAccessedDetails"), API_ACCESS_READ},
    {SV_INIT("kms.amazonaws.com"), SV_INIT("Decrypt"), API_ACCESS_WRITE},
    {SV_INIT("kms.amazonaws.com"), SV_INIT("Encrypt"), API_ACCESS_WRITE},
    {SV_INIT("kms.amazonaws.com"), SV_INIT("GenerateDataKey"), API_ACCESS_WRITE},
    {SV_INIT("kms.amazonaws.com"), SV_INIT("GenerateDataKeyWithoutPlaintext"), API_ACCESS_WRITE},
    {SV_INIT("kms.amazonaws.com"), SV_INIT("ReEncrypt"), API_ACCESS_WRITE},
    {SV_INIT("kms.amazonaws.com"), SV_INIT("Sign"), API_ACCESS_WRITE},
    {SV_INIT("kms.amazonaws.com"), SV_INIT("Verify"), API_ACCESS_WRITE},
    {SV_INIT("logs.amazonaws.com"), SV_INIT("StartQuery"), API_ACCESS_READ},
    {SV_INIT("s3.amazonaws.com"), SV_INIT("HeadBucket"), API_ACCESS_LIST},
    {SV_INIT("sts.amazonaws.com"), SV_INIT("DecodeAuthorizationMessage"), API_ACCESS_WRITE},
};

/* The first word of a CamelCase name: "Get" of "GetObject", "Update" of "Update20150331". Empty without a
 * capital. */
static struct sv first_word(struct sv name)
{
	size_t len = 0;

	if (name.len == 0 || name.ptr[0] < 'A' || name.ptr[0] > 'Z')
		return sv_head(name, 0);
	for (len = 1; len < name.len && name.ptr[len] >= 'a' && name.ptr[len] <= 'z'; len++)
		;
	return sv_head(name, len);
}

static enum api_access find_verb(struct sv word)
{
	size_t low = 0, high = N_OF(verbs);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = sv_cmp(word, verbs[middle].word);

		if (order == 0)
			return verbs[middle].access;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return API_ACCESS_UNKNOWN;
}

/* "BatchGetItem" is what "GetItem" is; so with Cognito's Admin… and DynamoDB's Transact…. */
static struct sv skip_qualifier(struct sv name)
{
	struct sv word = first_word(name);

	if (sv_eq(word, SV("Batch")) || sv_eq(word, SV("Admin")) || sv_eq(word, SV("Transact")))
		return sv_skip(name, word.len);
	return name;
}

static enum api_access access_by_verb(struct sv name)
{
	struct sv rest = skip_qualifier(name);
	struct sv word = first_word(rest);
	enum api_access access = find_verb(word);

	/* CreateTags, AddTagsToResource, RemoveTags: the object says more than the verb. */
	if (access == API_ACCESS_WRITE && sv_eq(first_word(sv_skip(rest, word.len)), SV("Tags")))
		return API_ACCESS_TAG;
	return access;
}

enum api_access api_access_of(struct sv event_source, struct sv event_name)
{
	if (sv_eq(event_source, kendra_source)) {
		const struct kendra_op *op = api_access_kendra_op(event_name);

		return op ? op->access : access_by_verb(event_name);
	}
	for (size_t i = 0; i < N_OF(exceptions); i++)
		if (sv_eq(event_name, exceptions[i].name) && sv_eq(event_source, exceptions[i].source))
			return exceptions[i].access;
	return access_by_verb(event_name);
}

const char *api_access_name(enum api_access access)
{
	switch (access) {
	case API_ACCESS_UNKNOWN: return NULL;
	case API_ACCESS_READ: return "read";
	case API_ACCESS_LIST: return "list";
	case API_ACCESS_WRITE: return "write";
	case API_ACCESS_TAG: return "tag";
	}
	return NULL;
}

const struct kendra_op *api_access_kendra_op(struct sv name)
{
	size_t low = 0, high = N_OF(kendra_ops);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = sv_cmp(name, kendra_ops[middle].name);

		if (order == 0)
			return &kendra_ops[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct kendra_op *api_access_kendra_ops(size_t *out_n)
{
	*out_n = N_OF(kendra_ops);
	return kendra_ops;
}
