/* Endpoints. Called when a client is made, at start and on reload; owns nothing. */
#include "base/aws/endpoint.h"

#include "base/aws/profile.h"
#include "base/heap.h"

/* Partitions as botocore's partitions.json has them. The first prefix that fits a region decides. */
static const struct {
	const char *partition, *region_prefix, *suffix;
} partitions[] = {
    {"aws-cn", "cn-", "amazonaws.com.cn"},
    {"aws-us-gov", "us-gov-", "amazonaws.com"},
    {"aws-eusc", "eusc-", "amazonaws.eu"},
    {"aws-iso-b", "us-isob-", "sc2s.sgov.gov"},
    {"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk"},
    {"aws-iso-f", "us-isof-", "csp.hci.ic.gov"},
    {"aws-iso", "us-iso-", "c2s.ic.gov"},
    {"aws", "", "amazonaws.com"},
};
#define N_PARTITIONS (sizeof partitions / sizeof partitions[0])

const char *endpoint_suffix(struct sv partition)
{
	for (size_t i = 0; i < N_PARTITIONS; i++)
		if (sv_eq(partition, sv_from(partitions[i].partition)))
			return partitions[i].suffix;
	return NULL;
}

const char *endpoint_partition(struct sv region)
{
	for (size_t i = 0; i < N_PARTITIONS; i++)
		if (sv_starts(region, sv_from(partitions[i].region_prefix)))
			return partitions[i].partition;
	return "aws";
}

/* A region becomes part of a host name: nothing else may get in with it. */
static bool region_valid(struct sv region)
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

enum rc endpoint_url(const struct endpoint_request *r, struct buf *out, struct err *e)
{
	if (!region_valid(r->region))
		return err_set(e, RC_CONFIG, "\"%.*s\" is no AWS region", SV_ARG(r->region));
	const char *suffix =
	    endpoint_suffix(r->partition.len ? r->partition : sv_from(endpoint_partition(r->region)));
	if (!suffix)
		return err_set(
		    e, RC_CONFIG, "\"%.*s\" is no AWS partition that we know", SV_ARG(r->partition));
	if (given(r->configured))
		return use_override(r->configured, out, e);
	char *override;
	enum rc rc = find_override(r, &override, e);
	if (rc == RC_OK && override)
		rc = use_override(override, out, e);
	else if (rc == RC_OK)
		buf_printf(out, "https://%s.%.*s.%s", r->service, SV_ARG(r->region), suffix);
	free(override);
	return rc;
}
