/* Alert form v1: what leaves the agent. The body is made once and frozen; docs/alert-format.md and
 * alert.schema.json say what it holds. */
#ifndef KW_ALERTS_ALERT_H
#define KW_ALERTS_ALERT_H

#include "alerts/redact.h"
#include "rules/eval.h"

#define ALERT_SCHEMA "kendrawatch.alert/1"
#define ALERT_ID_TEXT 33    /* 32 hex digits and NUL */
#define ALERT_HANDLE_TEXT 6 /* 5 characters and NUL */

/* The id of a match: the first 32 hex digits of SHA-256 over the rule's key and the event's key (account, and
 * eventID or the hash of the record). The same for every copy of an event, whichever way it came. */
void alert_id(const struct rule *rule, struct record *r, char out[ALERT_ID_TEXT]);

/* What people call an alert: five characters of Crockford's base32 (no I, L, O, U) made from its id. Not
 * unique: one in 33 million; commands that are given one look for all that bear it. */
void alert_handle(const char *id, char out[ALERT_HANDLE_TEXT]);

/* What a person typed for a handle or id ("#k7f2q", "K7F2O") in the spelling that is stored: `#` dropped,
 * upper case, O read as 0, I and L as 1. False when it can be no handle. */
bool alert_handle_parse(struct sv typed, char out[ALERT_HANDLE_TEXT]);

/* Who makes the alert. Texts may be NULL. */
struct alert_agent {
	const char *name;       /* agent.name */
	const char *public_url; /* listen.public_url: links are given only with it */
	struct sv rules_revision;
	struct redact redact;
	int64_t max_age_ms; /* older events are marked with late_by; -1: never */
};

struct alert_origin {
	struct sv source; /* name of the source, "scan", "test" */
	struct sv object; /* file, queue message, object key; may be empty */
	int64_t record;   /* 1-based place within it; 0: unknown */
};

struct alert_input {
	const struct alert_agent *agent;
	const struct rule *rule;
	struct record *record;
	const struct why *why; /* NULL: none */
	struct alert_origin origin;
	const char *id;      /* from alert_id, or from the gate when ids collided */
	int64_t detected_ms; /* wall clock, read once a batch */
	int64_t folded;      /* matches folded since the last alert of this fold, which this one carries */
};

/* Appends the body, one line of JSON without line break. Same input, same bytes. */
void alert_render(const struct alert_input *in, struct buf *body);

/* An alert of the agent about itself. */
struct alert_self {
	const struct alert_agent *agent;
	const char *rule;  /* "kendrawatch.self.rules_refused" */
	const char *title; /* "Rules were refused" */
	enum level level;
	struct sv summary; /* one sentence, made printable and cut at 1,000 bytes */
	struct sv detail; /* what makes two of them different, e.g. the rule set's revision: part of the id */
	int64_t detected_ms;
};

/* Fills `id` and appends the body. Repeats with the same rule, agent name and detail have the same id. */
void alert_render_self(const struct alert_self *in, char id[ALERT_ID_TEXT], struct buf *body);

#endif
