/* The configuration in force while the agent runs: that of the start and of each reload; and its rules, which
 * are loaded anew at the moment when an override's `until` is over. Rules and lists are swapped under way.
 * For all else, sinks, say, everything that runs is stopped and opened again within the same process. */
#ifndef KW_AGENT_DAEMON_RELOAD_H
#define KW_AGENT_DAEMON_RELOAD_H

#include "agent/analyst/analyst.h"
#include "agent/setup.h"

struct reload;

/* `first` (borrowed) is the setup of the start; `c` is read again at every reload. Main thread, as all below.
 */
struct reload *reload_new(const struct cli *c, struct setup *first);

/* Where new rules go, and who tells of what is wrong: both of the flow that is being opened. */
void reload_attach(struct reload *r, struct rules_box *rules, struct analyst *analyst);

/* Once nobody holds a snapshot of the rules any more. */
void reload_free(struct reload *r);

/* Says how many rules run, and raises an alert about refused ones. `what` is a literal: "ready". */
void reload_tell(struct reload *r, const char *what);

/* Reads configuration, lists and rules again. A broken configuration keeps the old one, and an alert says so:
 * RC_CONFIG, with the first fault. Takes rules, lists and overrides at once; reload_reopens says whether
 * there is more. */
enum rc reload_now(struct reload *r, struct err *e);

/* The sections that differ from what is open, "sinks, routes": the flow should be stopped and opened with
 * reload_setup. NULL: none do. */
const char *reload_reopens(const struct reload *r);

/* The setup to open with; lives until reload_free, or until another one was opened. */
struct setup *reload_setup(struct reload *r);

/* It is open. */
void reload_opened(struct reload *r);

/* It could not be opened: reload_setup is the one before again. False: there is none, or it is the one that
 * could not be opened. `why` is kept, and told by reload_opened. */
bool reload_back(struct reload *r, const char *why);

/* The rules in force. */
const struct ruleset *reload_rules(const struct reload *r);

/* Milliseconds until the next override or filter ends, at least 1; -1: none will. */
int64_t reload_due_in_ms(const struct reload *r);

/* Loads the rules anew under the configuration in force, because an override or a filter has ended. */
void reload_overrides(struct reload *r);

#endif
