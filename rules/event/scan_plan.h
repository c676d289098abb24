/* The paths that a scan picks from every record, made ready once: a trie over their segments, and per trie
 * node a look-up by the bytes of a key. A key that itself holds dots leads several segments down at once, so
 * dotted keys are found at any level for the price of plain ones. */
#ifndef KW_RULES_EVENT_SCAN_PLAN_H
#define KW_RULES_EVENT_SCAN_PLAN_H

#include "rules/event/scan.h"

/* Paths of more segments are legal and always answered SCAN_COMPLEX. */
#define SCAN_PLAN_SEGMENTS 32

#define SCAN_PLAN_NO_SLOT UINT32_MAX

/* Node 0 is the record itself; as the target of a key, 0 says that no path leads there. */
struct scan_plan_node {
	uint32_t slot;           /* of the path that ends here, or SCAN_PLAN_NO_SLOT */
	uint32_t below, n_below; /* of `order`: the slots of all paths that go on from here */
	uint32_t parent;
	uint32_t text_end; /* bytes of a path's text that lead here */
};

/* A text that leads from one node to another. */
struct scan_plan_key {
	struct sv text;    /* in the plan's copy of the paths */
	uint32_t from, to; /* to = 0: the place is free */
};

/* The same path twice: slot `copy` is filled from slot `slot` when a record is done. */
struct scan_plan_twin {
	uint32_t copy, slot;
};

/* Read-only once made. */
struct scan_plan {
	uint64_t id; /* never used twice in a process */
	size_t n_paths;
	struct scan_plan_node *nodes;
	uint32_t n_nodes;
	uint32_t *order;
	struct scan_plan_key *keys; /* open addressing, a power of two, at most half full */
	size_t n_places;
	struct scan_plan_twin *twins;
	size_t n_twins;
	struct scan_slot *fresh; /* what the slots are before a record is looked at */
	char *text;              /* all paths, one behind the other */
	bool strict;
};

/* Where in a table a key of a node is looked for first. Not meant against an attacker: the plan's table holds
 * the operator's keys only, and the state's drops what collides. */
static inline uint64_t scan_plan_hash(uint32_t from, struct sv key)
{
	uint64_t head = 0, tail = 0;
	if (key.len >= 8) {
		memcpy(&head, key.ptr, 8);
		memcpy(&tail, key.ptr + key.len - 8, 8);
	} else {
		for (size_t i = 0; i < key.len; i++)
			head = head << 8 | (unsigned char)key.ptr[i];
	}
	uint64_t h = (head ^ ((uint64_t)from << 32) ^ key.len) * 0x9e3779b97f4a7c15u;
	h = (h ^ h >> 29 ^ tail) * 0xbf58476d1ce4e5b9u;
	return h ^ h >> 32;
}

/* The node that `key` (without escapes; may hold dots) leads to from node `from`, 0 when to none. */
uint32_t scan_plan_find(const struct scan_plan *plan, uint32_t from, struct sv key);

#endif
