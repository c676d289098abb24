/* Where the control socket is. */
#ifndef KW_AGENT_DAEMON_CONTROL_ADDRESS_H
#define KW_AGENT_DAEMON_CONTROL_ADDRESS_H

#include <sys/socket.h>
#include <sys/un.h>

#include "base/err.h"

#define CONTROL_NAME "control.sock"

/* The address of FOLDER/control.sock. A path may be longer than an address has room for, so it goes through
 * the folder's descriptor, *out_fd, which stays open as long as the address is used. RC_NOTFOUND, RC_IO. */
enum rc control_address(const char *folder, struct sockaddr_un *out, int *out_fd, struct err *e);

#endif
