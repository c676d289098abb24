/* Which alerts wake somebody, and which of them are one page. */
#ifndef KW_AGENT_AUTHOR_BACKTEST_PAGER_H
#define KW_AGENT_AUTHOR_BACKTEST_PAGER_H

#include "alerts/fold.h"
#include "config/config.h"

/* Alerts about one actor of one account within this time of a page are lines of that page. */
#define PAGER_FOLD_MS INT64_C(1200000)

enum pager_mode {
	PAGER_NAMED,  /* what a route sends to one of the sinks that the person named */
	PAGER_ROUTED, /* high and above, when a route sends it anywhere */
	PAGER_LEVEL,  /* high and above: there are no sinks */
};

struct pager;

/* `sinks` (names, may be none) are those that wake people. RC_USAGE when the configuration has no such sink.
 * Borrows all. */
enum rc pager_new(
    const struct config *config, const char *const *sinks, size_t n_sinks, struct pager **out, struct err *e);
void pager_free(struct pager *p);

/* In words: "alerts of level high and above that a route sends". */
const char *pager_words(const struct pager *p);

/* Does an alert of `rule` at `t_ms` begin a page? A rule in shadow never pages. */
bool pager_pages(struct pager *p, const struct rule *rule, struct sv account, struct sv actor, int64_t t_ms);

/* Forgets the pages, for another run. */
void pager_reset(struct pager *p);

#endif
