/* Where the agent listens: `127.0.0.1:9464`, `[::1]:9464`, `localhost:9464`. */
#ifndef KW_AGENT_LISTEN_LISTEN_ADDRESS_H
#define KW_AGENT_LISTEN_LISTEN_ADDRESS_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/sv.h"

struct listen_address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} at;
	socklen_t len;
	bool loopback; /* reached from this machine alone */
};

/* RC_CONFIG: not an IP address (or localhost) and a port. */
enum rc listen_address_parse(struct sv text, struct listen_address *out, struct err *e);

#define LISTEN_ADDRESS_TEXT 64
/* The address as it is written. */
void listen_address_show(const struct listen_address *a, char out[LISTEN_ADDRESS_TEXT]);

/* A listening socket there, non-blocking; `a` gets the port that was chosen for 0. RC_IO. */
enum rc listen_address_open(struct listen_address *a, int *out_fd, struct err *e);

#endif
