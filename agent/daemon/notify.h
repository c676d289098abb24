/* Telling the service manager how we are: the protocol of sd_notify(3), without its library. Nothing happens
 * where nobody listens (NOTIFY_SOCKET is not set). */
#ifndef KW_AGENT_DAEMON_NOTIFY_H
#define KW_AGENT_DAEMON_NOTIFY_H

#include <stdint.h>

/* Sends assignments, a line each ("READY=1\nSTATUS=…"). Never waits; a manager that can't be reached is
 * logged once. Any thread. */
void notify_send(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* How often the manager wants WATCHDOG=1 at least, 0 when it does not (WATCHDOG_USEC, WATCHDOG_PID). */
int64_t notify_watchdog_ms(void);

#endif
