/* The rules in force while the agent runs: those of the start, of each reload, and of the moment when an
 * override's `until` is over. */
#ifndef KW_AGENT_DAEMON_RELOAD_H
#define KW_AGENT_DAEMON_RELOAD_H

#include "agent/analyst/analyst.h"
#include "agent/setup.h"

struct reload;

/* `first` (borrowed) is the setup that `rules` were filled from; `c` is read again at every reload. Main
 * thread, as all below. */
struct reload *reload_new(
    const struct cli *c, struct setup *first, struct rules_box *rules, struct analyst *analyst);

/* Once nobody holds a snapshot of the rules any more. */
void reload_free(struct reload *r);

/* Says how many rules run, and raises an alert about refused ones. `what` is a literal: "ready". */
void reload_tell(struct reload *r, const char *what);

/* Reads configuration, lists and rules again. A broken configuration keeps the old one, and an alert says so:
 * RC_CONFIG, with the first fault. Takes rules, lists and overrides; the rest takes effect at a restart. */
enum rc reload_now(struct reload *r, struct err *e);

/* The rules in force. */
const struct ruleset *reload_rules(const struct reload *r);

/* Milliseconds until the next override or filter ends, at least 1; -1: none will. */
int64_t reload_due_in_ms(const struct reload *r);

/* Loads the rules anew under the configuration in force, because an override or a filter has ended. */
void reload_overrides(struct reload *r);

#endif
