/* What a history holds, counted while it is read: events by time, which of the fields and calls that rules
 * ask about occur at all, and what asking each rule cost. One thread fills one; several are added up. */
#ifndef KW_AGENT_WORKER_CENSUS_H
#define KW_AGENT_WORKER_CENSUS_H

#include "base/map.h"
#include "rules/event/record.h"
#include "rules/fast/program.h"

/* Events are counted by the quarter of an hour (time zones begin their days on one), over this many days. */
#define CENSUS_QUARTER_MS INT64_C(900000)
#define CENSUS_DAYS 4000
#define CENSUS_QUARTERS ((size_t)CENSUS_DAYS * 96)

/* What is looked for; borrowed by every census of a run. */
struct census_plan {
	const struct sv *fields; /* record paths, as in rules/path.h */
	size_t n_fields;
	const struct sv *names; /* of calls (eventName), in lower case */
	size_t n_names;
	int64_t from_ms, to_ms; /* events at from <= time < to count; at most CENSUS_DAYS apart, `from` on a
				   quarter */
	size_t n_rules;         /* of the rule set */
};

struct census {
	const struct census_plan *plan;
	uint32_t *quarters;    /* events, from plan->from_ms on; CENSUS_QUARTERS of them */
	uint64_t events;       /* within the time that counts */
	uint64_t outside;      /* before it, after it, or without a time */
	bool *field_seen;      /* by field; "perhaps" counts as seen */
	uint64_t *name_events; /* by name */
	struct census_rule {
		uint64_t asked; /* events that the reference evaluator was asked about */
		int64_t ns;     /* time it took */
	} * rules;              /* by rule->index */

	/* The census's own. */
	uint32_t *field_slots; /* of the fields not seen yet, and their numbers */
	size_t *unseen;
	size_t n_unseen;
	uint32_t name_slot;
	struct map names; /* name -> number + 1 */
};

/* For events whose slots are `program`'s; NULL: for adding up only. */
struct census *census_new(const struct census_plan *plan, const struct program *program);
void census_free(struct census *c);

/* Counts an event by its slots, or by its tree. `time_ms`: RECORD_NO_TIME when it has none. */
void census_slots(struct census *c, const struct scan_slot *slots, int64_t time_ms);
void census_record(struct census *c, struct record *r);

/* The reference evaluator was asked about a rule. */
void census_asked(struct census *c, const struct rule *rule, int64_t ns);

/* Adds `from` to `into`; both have the same plan. */
void census_add(struct census *into, const struct census *from);

#endif
