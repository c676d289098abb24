/* Splitting ARNs. Called by AWS clients, on any thread; owns nothing. */
#include "base/aws/arn.h"

bool arn_parse(struct sv text, struct arn *out)
{
	struct arn a;
	struct sv rest = text, prefix;
	if (!sv_cut(&rest, ':', &prefix) || !sv_eq(prefix, SV("arn")) || !sv_cut(&rest, ':', &a.partition) ||
	    !sv_cut(&rest, ':', &a.service) || !sv_cut(&rest, ':', &a.region) ||
	    !sv_cut(&rest, ':', &a.account))
		return false;
	a.resource = rest;
	if (!a.partition.len || !a.service.len || !a.resource.len)
		return false;
	*out = a;
	return true;
}
