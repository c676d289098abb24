/* The command's end of the control socket. Main thread of a command. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/daemon/control.h"
#include "agent/daemon/control_address.h"
#include "base/clock.h"

/* Longer than the agent takes for anything. */
#define ANSWER_MS 40000
#define REPLY_BYTES (64 * 1024)

enum rc control_address(const char *folder, struct sockaddr_un *out, int *out_fd, struct err *e)
{
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(e, errno == ENOENT ? RC_NOTFOUND : RC_IO, errno, "%s: can't open", folder);
	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/" CONTROL_NAME, fd);
	*out_fd = fd;
	return RC_OK;
}

static enum rc open_socket(const char *folder, int *out, struct err *e)
{
	struct sockaddr_un at;
	int folder_fd, fd;
	enum rc rc = control_address(folder, &at, &folder_fd, e);
	if (rc != RC_OK)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
		bool none = errno == ENOENT || errno == ECONNREFUSED;
		rc = none ? err_set(e, RC_NOTFOUND, "%s: no agent runs on this state", folder)
			  : err_errno(e, RC_IO, errno, "%s/" CONTROL_NAME ": can't connect", folder);
		if (fd >= 0)
			close(fd);
	} else {
		*out = fd;
	}
	close(folder_fd);
	return rc;
}

static enum rc talk(int fd, struct sv request, struct buf *reply, struct err *e)
{
	int64_t end_ms = clk_mono_ms() + ANSWER_MS;
	char part[4096];
	ssize_t n = send(fd, request.ptr, request.len, MSG_NOSIGNAL);
	if (n == (ssize_t)request.len)
		n = send(fd, "\n", 1, MSG_NOSIGNAL);
	while (n > 0 && reply->len < REPLY_BYTES && !memchr(reply->ptr ? reply->ptr : "", '\n', reply->len)) {
		struct pollfd p = {fd, POLLIN, 0};
		int64_t left = end_ms - clk_mono_ms();
		if (left <= 0 || poll(&p, 1, (int)left) != 1)
			return err_set(e, RC_RETRY, "the agent does not answer");
		n = read(fd, part, sizeof part);
		buf_add(reply, sv_of(part, n > 0 ? (size_t)n : 0));
	}
	return reply->len ? RC_OK : err_set(e, RC_RETRY, "the agent closed the connection");
}

static enum rc rc_named(struct sv name)
{
	for (int rc = RC_OK; rc <= RC_STOPPED; rc++)
		if (sv_eq(sv_from(err_name((enum rc)rc)), name))
			return (enum rc)rc;
	return RC_IO;
}

enum rc control_ask(const char *folder, struct sv request, struct jdoc **out, struct err *e)
{
	struct buf text = {0};
	struct jdoc *reply;
	int fd = -1;
	enum rc rc = open_socket(folder, &fd, e);
	if (rc != RC_OK)
		return rc;
	rc = talk(fd, request, &text, e);
	close(fd);
	if (rc == RC_OK)
		rc = jdoc_read(buf_sv(&text), &reply, e);
	buf_fini(&text);
	if (rc != RC_OK)
		return rc;
	if (jdoc_bool(reply, "ok", false)) {
		*out = reply;
		return RC_OK;
	}
	struct sv why = jdoc_text(reply, "error");
	rc = rc_named(jdoc_text(reply, "rc"));
	/* To whoever asks, "not found" means that no agent runs. */
	rc = err_set(e, rc == RC_NOTFOUND || rc == RC_OK ? RC_INPUT : rc, "%.*s", SV_ARG(why));
	jdoc_free(reply);
	return rc;
}
