/* Taking resource names apart. Pure functions, any thread. */
#include "rules/event/arn.h"

bool arn_parse(struct sv s, struct arn *out)
{
	struct sv prefix, *const parts[] = {
			      &prefix, &out->partition, &out->service, &out->region, &out->account};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		size_t colon = sv_find_char(s, ':');
		if (colon == SV_NONE)
			return false;
		*parts[i] = sv_head(s, colon);
		s = sv_skip(s, colon + 1);
	}
	out->resource = s;
	return sv_eq(prefix, SV("arn")) && s.len > 0;
}

struct sv arn_name(const struct arn *a, struct sv kind)
{
	if (!sv_starts(a->resource, kind))
		return (struct sv){0};
	size_t at = a->resource.len;
	while (a->resource.ptr[at - 1] != '/' && at > kind.len)
		at--;
	return sv_skip(a->resource, at);
}
