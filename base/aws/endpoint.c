/* Endpoints. Called when a client is made, at start and on reload; owns nothing. */
#include "base/aws/endpoint.h"

#include "base/aws/profile.h"
#include "base/heap.h"

/* Partitions as botocore's partitions.json has them. The first prefix that fits a region decides. */
static const struct partition {
	const char *name, *region_prefix, *suffix;
	const char *dual_suffix; /* of endpoints that have IPv6 too */
} partitions[] = {
    {"aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"aws-us-gov", "us-gov-", "amazonaws.com", "api.aws"},
    {"aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
    {"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
    {"aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    {"aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
    {"aws", "", "amazonaws.com", "api.aws"},
};
#define N_PARTITIONS (sizeof partitions / sizeof partitions[0])

static const struct partition *partition_find(struct sv name)
{
	for (size_t i = 0; i < N_PARTITIONS; i++)
		if (sv_eq(name, sv_from(partitions[i].name)))
			return &partitions[i];
	return NULL;
}

const char *endpoint_suffix(struct sv partition)
{
	const struct partition *p = partition_find(partition);
	return p ? p->suffix : NULL;
}

const char *endpoint_partition(struct sv region)
{
	for (size_t i = 0; i < N_PARTITIONS; i++)
		if (sv_starts(region, sv_from(partitions[i].region_prefix)))
			return partitions[i].name;
	return "aws";
}

/* A region becomes part of a host name: nothing else may get in with it. */
bool endpoint_region_valid(struct sv region)
{
	for (size_t i = 0; i < region.len; i++) {
		char c = region.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i > 0)))
			return false;
	}
	return region.len > 0 && region.len <= 32;
}

static bool given(const char *text)
{
	return text && *text;
}

/* AWS_ENDPOINT_URL_SNS; blanks and dashes of the service become _. */
static char *service_variable(const char *service)
{
	char *name = heap_printf("AWS_ENDPOINT_URL_%s", service);
	for (char *c = name; *c; c++) {
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 32);
		else if (*c == '-' || *c == ' ')
			*c = '_';
	}
	return name;
}

/* The override from outside the configuration, heap; NULL in *out when there is none. */
static enum rc find_override(const struct endpoint_request *r, char **out, struct err *e)
{
	const char *ignore = getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
	*out = NULL;
	if (given(ignore) && sv_eq_nocase(sv_from(ignore), SV("true")))
		return RC_OK;
	char *variable = service_variable(r->service);
	const char *url = getenv(variable);
	free(variable);
	if (!given(url))
		url = getenv("AWS_ENDPOINT_URL");
	if (given(url)) {
		*out = heap_copy(url);
		return RC_OK;
	}
	struct profiles *p = NULL;
	enum rc rc = profile_read(&p, e);
	if (rc != RC_OK)
		return rc;
	const char *profile = given(r->profile) ? r->profile : profile_default_name();
	url = profile_service_get(p, profile, r->service, "endpoint_url");
	if (!given(url))
		url = profile_get(p, profile, "endpoint_url");
	*out = given(url) ? heap_copy(url) : NULL;
	profile_free(p);
	return RC_OK;
}

static enum rc use_override(const char *url, struct buf *out, struct err *e)
{
	struct sv text = sv_trim(sv_from(url));
	if (!sv_starts(text, SV("https://")) && !sv_starts(text, SV("http://")))
		return err_set(e, RC_CONFIG, "AWS endpoint URL is neither http:// nor https://");
	while (text.len && text.ptr[text.len - 1] == '/')
		text = sv_head(text, text.len - 1);
	buf_add(out, text);
	return RC_OK;
}

/* --- AWS's own hosts ------------------------------------------------------------------------------- */

static bool is_true(const char *text)
{
	return given(text) && sv_eq_nocase(sv_from(text), SV("true"));
}

/* A switch of the environment, else of the profile. */
static enum rc find_switch(
    const struct endpoint_request *r, const char *variable, const char *key, bool *out, struct err *e)
{
	struct profiles *p;
	if (given(getenv(variable))) {
		*out = is_true(getenv(variable));
		return RC_OK;
	}
	enum rc rc = profile_read(&p, e);
	if (rc != RC_OK)
		return rc;
	*out = is_true(profile_get(p, given(r->profile) ? r->profile : profile_default_name(), key));
	profile_free(p);
	return RC_OK;
}

/* In GovCloud the plain names of these are the FIPS ones. */
static bool plain_is_fips(const struct partition *p, const char *service)
{
	static const char *const services[] = {"sqs", "sns", "sts", "cloudtrail"};
	for (size_t i = 0; strcmp(p->name, "aws-us-gov") == 0 && i < sizeof services / sizeof *services; i++)
		if (strcmp(service, services[i]) == 0)
			return true;
	return false;
}

static enum rc use_own(
    const struct endpoint_request *r, const struct partition *p, struct buf *out, struct err *e)
{
	bool fips = false, dual = false;
	enum rc rc = find_switch(r, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &fips, e);
	if (rc == RC_OK)
		rc = find_switch(r, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", &dual, e);
	if (rc != RC_OK)
		return rc;
	const char *fips_part = fips && (dual || !plain_is_fips(p, r->service)) ? "-fips" : "";
	/* S3 had IPv6 before there was a suffix for it. */
	bool s3 = strcmp(r->service, "s3") == 0;
	buf_printf(out, "https://%s%s%s.%.*s.%s", r->service, fips_part, s3 && dual ? ".dualstack" : "",
	    SV_ARG(r->region), dual && !s3 ? p->dual_suffix : p->suffix);
	return RC_OK;
}

enum rc endpoint_url(const struct endpoint_request *r, struct buf *out, struct err *e)
{
	if (!endpoint_region_valid(r->region))
		return err_set(e, RC_CONFIG, "\"%.*s\" is no AWS region", SV_ARG(r->region));
	const struct partition *p =
	    partition_find(r->partition.len ? r->partition : sv_from(endpoint_partition(r->region)));
	if (!p)
		return err_set(
		    e, RC_CONFIG, "\"%.*s\" is no AWS partition that we know", SV_ARG(r->partition));
	if (given(r->configured))
		return use_override(r->configured, out, e);
	char *override;
	enum rc rc = find_override(r, &override, e);
	if (rc == RC_OK)
		rc = override ? use_override(override, out, e) : use_own(r, p, out, e);
	free(override);
	return rc;
}
