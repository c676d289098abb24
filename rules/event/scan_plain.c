/* The scanner for machines without vector instructions that we know; the reference for the others. */
#include "rules/event/scan_body.h"

int64_t scan_plain_record(const struct scan_plan *plan, struct scan_state *state, const char *bytes,
    size_t len, struct scan_slot *slots)
{
	return body_record(plan, state, bytes, len, slots);
}
