/* The agent as a whole: sources, worker, analyst and dispatcher, started, reloaded and stopped together. */
#ifndef KW_AGENT_DAEMON_DAEMON_H
#define KW_AGENT_DAEMON_DAEMON_H

#include "agent/setup.h"

/* Finds what daemon_run would refuse of the configuration, as far as that leaves no trace: sinks that write
 * files are not opened. Faults are appended. */
void daemon_check(const struct setup *setup, struct faults *faults);

/* Runs until SIGTERM or SIGINT, or until every source has ended. `c` is kept for reloads. Signals must be
 * blocked by nobody else. */
enum rc daemon_run(const struct cli *c, struct setup *setup, struct err *e);

#endif
