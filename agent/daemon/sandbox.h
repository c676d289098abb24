/* What the running agent gives up for good, so that a fault in a parser is worth less to whoever finds it. */
#ifndef KW_AGENT_DAEMON_SANDBOX_H
#define KW_AGENT_DAEMON_SANDBOX_H

#include "base/err.h"

/* Limits of the process: no core dumps (secrets are in memory), and enough descriptors. Always fit. */
void sandbox_limits(void);

/* No new privileges, and a system call filter: calls that the agent never makes (loading modules, mounting,
 * tracing, changing user, io_uring, ...) fail with EPERM from now on, in this process and those it starts. A
 * list of what is denied, not of what is allowed: a library's new call must not cost an alert. Before any
 * other thread starts. RC_IO when the kernel refuses, RC_NOTFOUND when this build or machine has no filter;
 * what could be given up is. */
enum rc sandbox_enter(struct err *e);

#endif
