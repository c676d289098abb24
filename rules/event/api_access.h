/*
 * What an API operation does to the account: read, list, write or tag. Kendra's operations come from a table
 * of our own (kendra_op_list.h); every other service's are told by the verb in front of the name.
 *
 * All tables are constant: every function here may be called from any thread, allocates nothing and cannot
 * fail.
 */
#ifndef KW_RULES_EVENT_API_ACCESS_H
#define KW_RULES_EVENT_API_ACCESS_H

#include "base/sv.h"

#include <stddef.h>

/* Access levels in the sense of AWS's service authorization reference. */
enum api_access {
	API_ACCESS_UNKNOWN,
	API_ACCESS_READ,
	API_ACCESS_LIST,
	API_ACCESS_WRITE,
	API_ACCESS_TAG,
};

/* Where the record of a Kendra operation holds the id of the index. */
enum kendra_index_from {
	KENDRA_INDEX_NONE,         /* no index is named */
	KENDRA_INDEX_REQ_ID,       /* requestParameters.id */
	KENDRA_INDEX_REQ_INDEX_ID, /* requestParameters.indexId */
	KENDRA_INDEX_RESP_ID,      /* responseElements.id; known only after success */
	KENDRA_INDEX_REQ_ARN,      /* `index/<id>` inside requestParameters.resourceARN */
};

struct kendra_op {
	struct sv name; /* as eventName has it */
	enum api_access access;
	enum kendra_index_from index_from;
	struct sv params; /* paths below requestParameters, comma-separated (sv_cut them); may be empty */
};

/*
 * The access level of one event. `event_source` is the record's ("kendra.amazonaws.com"), `event_name` its
 * eventName
 * ("BatchPutDocument"); names are case-sensitive, as AWS writes them.
 *
 * A name that starts with no verb we know is API_ACCESS_UNKNOWN: a guess would hide a write from the rules on
 * writes. A Kendra operation newer than the table is told by its verb. Sign-in events (ConsoleLogin,
 * SwitchRole) are no API operations, hence unknown. The record's own readOnly is not considered here.
 */
enum api_access api_access_of(struct sv event_source, struct sv event_name);

/* "read", "list", "write", "tag"; NULL for API_ACCESS_UNKNOWN, which a rule meets as an absent field. */
const char *api_access_name(enum api_access access);

/* The Kendra operation of that name, or NULL. Binary search over 66 names. */
const struct kendra_op *api_access_kendra_op(struct sv name);

/* All Kendra operations in byte order of their names, for hints on misspelt names and for coverage. Static
 * storage. */
const struct kendra_op *api_access_kendra_ops(size_t *out_n);

#endif
