/* Addresses to listen on. No names are looked up: what is listened on must not depend on a resolver. */
#include "agent/listen/listen_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define BACKLOG 64
#define WANTED "an IP address and a port, such as 127.0.0.1:9464 or [::1]:9464"

static bool parse_v4(const char *host, uint16_t port, struct listen_address *out)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	if (inet_pton(AF_INET, host, &v4.sin_addr) != 1)
		return false;
	*out = (struct listen_address){
	    .at.v4 = v4, .len = sizeof v4, .loopback = ntohl(v4.sin_addr.s_addr) >> 24 == 127};
	return true;
}

static bool parse_v6(const char *host, uint16_t port, struct listen_address *out)
{
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	if (inet_pton(AF_INET6, host, &v6.sin6_addr) != 1)
		return false;
	*out = (struct listen_address){
	    .at.v6 = v6, .len = sizeof v6, .loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr)};
	return true;
}

enum rc listen_address_parse(struct sv text, struct listen_address *out, struct err *e)
{
	char host[64];
	int64_t port;
	const char *colon = text.len ? memrchr(text.ptr, ':', text.len) : NULL;
	struct sv name = colon ? sv_head(text, (size_t)(colon - text.ptr)) : text;
	bool v6 = name.len > 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']';
	if (v6)
		name = sv_of(name.ptr + 1, name.len - 2);
	if (sv_eq(name, SV("localhost")))
		name = SV("127.0.0.1");
	if (!colon || !sv_int(sv_skip(text, (size_t)(colon - text.ptr) + 1), 0, 65535, &port) ||
	    name.len >= sizeof host)
		return err_set(e, RC_CONFIG, "\"%.*s\" is not " WANTED, SV_ARG(sv_head(text, 80)));
	memcpy(host, name.ptr, name.len);
	host[name.len] = 0;
	if (!(v6 ? parse_v6(host, (uint16_t)port, out) : parse_v4(host, (uint16_t)port, out)))
		return err_set(e, RC_CONFIG, "\"%.*s\" is not " WANTED, SV_ARG(sv_head(text, 80)));
	return RC_OK;
}

void listen_address_show(const struct listen_address *a, char out[LISTEN_ADDRESS_TEXT])
{
	char host[INET6_ADDRSTRLEN] = "?";
	if (a->at.any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a->at.v6.sin6_addr, host, sizeof host);
		snprintf(out, LISTEN_ADDRESS_TEXT, "[%s]:%d", host, ntohs(a->at.v6.sin6_port));
	} else {
		inet_ntop(AF_INET, &a->at.v4.sin_addr, host, sizeof host);
		snprintf(out, LISTEN_ADDRESS_TEXT, "%s:%d", host, ntohs(a->at.v4.sin_port));
	}
}

enum rc listen_address_open(struct listen_address *a, int *out_fd, struct err *e)
{
	char text[LISTEN_ADDRESS_TEXT];
	int on = 1, fd = socket(a->at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	listen_address_show(a, text);
	if (fd < 0)
		return err_errno(e, RC_IO, errno, "can't listen on %s", text);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, &a->at.any, a->len) != 0 || listen(fd, BACKLOG) != 0 ||
	    getsockname(fd, &a->at.any, &a->len) != 0) {
		enum rc rc = err_errno(e, RC_IO, errno, "can't listen on %s", text);
		close(fd);
		return rc;
	}
	*out_fd = fd;
	return RC_OK;
}
