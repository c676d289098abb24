/* The feeds of the agent: its sources and, where the names of their objects say so
 * (…/ACCOUNT/CloudTrail/REGION/…), each account and region within them. Follows the rhythm of each, and says
 * which fell silent and which came back. Told of arrivals by the analyst's thread, asked by the self-watch.
 */
#ifndef KW_AGENT_SELFWATCH_FEEDS_H
#define KW_AGENT_SELFWATCH_FEEDS_H

#include "agent/self.h"
#include "agent/selfwatch/rhythm.h"
#include "agent/worker/worker.h"

/* Feeds that are followed; accounts and regions past it count for their source only. */
#define FEEDS_MOST 512

struct feeds;
struct feeds *feeds_new(const struct rhythm_options *o);
void feeds_free(struct feeds *f);

/* A source that is watched from now on; one that is not added has no rhythm: standard input ends when it
 * ends. Before the first arrival. */
void feeds_add(struct feeds *f, const char *source);

/* What an earlier run learned of the feed `key`; nonsense is passed over. */
void feeds_restore(struct feeds *f, struct sv key, struct sv value);

/* A stretch is durable. */
void feeds_arrived(struct feeds *f, const struct stretch *s, int64_t now_ms);

/* Calls `tell` for each feed that fell silent, is still silent after a day, or is back: an alert's kind,
 * summary and detail (borrowed for the call). */
void feeds_look(struct feeds *f, int64_t now_ms,
    void (*tell)(void *ctx, enum self_kind kind, const char *summary, const char *detail), void *ctx);

/* Calls `keep` with what is to be remembered of each feed that has changed since the last call. */
void feeds_keep(struct feeds *f, void (*keep)(void *ctx, struct sv key, struct sv value), void *ctx);

/* For gauges. */
struct feeds_state {
	size_t n, silent;
	int64_t last_ms; /* of the last arrival of any feed; 0: none */
};
struct feeds_state feeds_state(struct feeds *f);

#endif
