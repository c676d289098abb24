/* What `init` knows before it writes: what it was told, and what AWS says is there. Main thread. */
#ifndef KW_AGENT_INIT_SURVEY_H
#define KW_AGENT_INIT_SURVEY_H

#include "base/aws/caller.h"
#include "base/aws/sns.h"
#include "base/aws/sqs.h"
#include "base/aws/trail.h"
#include "base/checkup.h"
#include "rules/rule.h"

/* What it was told; NULL where nothing was. */
struct survey_asked {
	const char *trail; /* name or ARN */
	const char *queue; /* URL */
	const char *to;    /* ARN of a topic, or the URL of a webhook */
	const char *dir;   /* a folder of trail files */
	bool offline;
};

/* Start with {0}; survey_fini. */
struct survey {
	struct survey_asked asked;
	char *region;             /* of what was told, or of the environment; NULL: unknown */
	struct caller caller;     /* "" when unknown */
	struct trails trails;     /* of the account, or the one that was asked for */
	const struct trail *best; /* the one that sees most; NULL: none known */
	struct sns_topic topic;   /* confirmed -1: unknown */
	struct sqs_queue queue;   /* waiting -1: unknown */
	struct checkup notes;     /* what could not be looked up, and why */
};
void survey_fini(struct survey *s);

/* Is the target of --to one that a sink is for? */
bool survey_is_topic(const char *to);
bool survey_is_webhook(const char *to);

/* Looks up what there is. Never fails: what could not be looked up is in `notes`. */
void survey_look(struct survey *s, const struct survey_asked *asked);

/* Appends the configuration. `rules` are the shipped packs, for the lists that they ask for. */
void survey_compose(const struct survey *s, const struct ruleset *rules, struct buf *out);

#endif
