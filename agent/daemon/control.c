/* The agent's end of the control socket. One thread; its requests come from people at a command line, so one
 * at a time is enough, and whoever sends nothing is cut off. */
#include "agent/daemon/control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/daemon/control_address.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/wake.h"

#define BACKLOG 8
/* For the whole of a request, and for the whole of its answer. */
#define TALK_MS 5000
#define LINGER_MS 1000

struct control {
	char *path;
	const struct control_order *orders;
	size_t n;
	void *ctx;
	int fd;
	struct wake stop;
	pthread_t thread;
	bool running;
};

/* --- a request ----------------------------------------------------------------------------------- */

static void refuse(struct buf *reply, enum rc rc, struct sv text)
{
	struct jout j = jout_on(reply);
	jout_begin_object(&j);
	jout_kv_bool(&j, "ok", false);
	jout_kv(&j, "rc", sv_from(err_name(rc)));
	jout_kv(&j, "error", text);
	jout_end_object(&j);
	buf_addc(reply, '\n');
}

static const struct control_order *find(const struct control_order *orders, size_t n, struct sv name)
{
	for (size_t i = 0; i < n; i++)
		if (sv_eq(sv_from(orders[i].name), name))
			return &orders[i];
	return NULL;
}

void control_answer(
    const struct control_order *orders, size_t n, void *ctx, struct sv line, struct buf *reply)
{
	struct jdoc *request;
	struct err e = {0};
	if (jdoc_read(line, &request, &e) != RC_OK) {
		refuse(reply, RC_INPUT, sv_from(e.text));
		return;
	}
	const struct control_order *order = find(orders, n, jdoc_text(request, "do"));
	struct buf body = {0};
	struct jout j = jout_on(&body);
	jout_begin_object(&j);
	jout_kv_bool(&j, "ok", true);
	enum rc rc = order ? order->run(ctx, request, &j, &e)
			   : err_set(&e, RC_USAGE, "the running agent knows no such request");
	jout_end_object(&j);
	buf_addc(&body, '\n');
	if (rc == RC_OK)
		buf_add(reply, buf_sv(&body));
	else
		refuse(reply, rc, sv_from(e.text));
	buf_fini(&body);
	jdoc_free(request);
}

/* --- a connection -------------------------------------------------------------------------------- */

static bool may_ask(int fd)
{
	struct ucred who;
	socklen_t len = sizeof who;
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
	       (who.uid == 0 || who.uid == geteuid());
}

/* Is there something to do before `end_ms`? */
static bool ready(int fd, short events, int64_t end_ms)
{
	struct pollfd p = {fd, events, 0};
	int64_t left = end_ms - clk_mono_ms();
	return left > 0 && poll(&p, 1, (int)left) == 1;
}

/* A line without its end; false when none came. */
static bool read_line(int fd, struct buf *line)
{
	int64_t end_ms = clk_mono_ms() + TALK_MS;
	char part[512];
	while (ready(fd, POLLIN, end_ms)) {
		ssize_t n = read(fd, part, sizeof part);
		if (n <= 0)
			return false;
		const char *end = memchr(part, '\n', (size_t)n);
		buf_add(line, sv_of(part, end ? (size_t)(end - part) : (size_t)n));
		if (end || line->len > CONTROL_LINE_BYTES)
			return true;
	}
	return false;
}

static void send_all(int fd, struct sv s)
{
	int64_t end_ms = clk_mono_ms() + TALK_MS;
	while (s.len && ready(fd, POLLOUT, end_ms)) {
		ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);
		if (n < 0)
			return;
		s = sv_skip(s, (size_t)n);
	}
}

/* What is closed with bytes unread loses the answer on its way: so they are taken, within reason. */
static void close_gently(int fd)
{
	int64_t end_ms = clk_mono_ms() + LINGER_MS;
	char part[4096];
	shutdown(fd, SHUT_WR);
	for (int i = 0; i < 16 && ready(fd, POLLIN, end_ms) && read(fd, part, sizeof part) > 0; i++)
		;
	close(fd);
}

static void talk(struct control *c, int fd)
{
	struct buf line = {0}, reply = {0};
	if (!may_ask(fd))
		refuse(&reply, RC_REJECT, SV("only root and the agent's own user may ask"));
	else if (!read_line(fd, &line))
		refuse(&reply, RC_INPUT, SV("no request came"));
	else if (line.len > CONTROL_LINE_BYTES)
		refuse(&reply, RC_LIMIT, SV("the request is too long"));
	else
		control_answer(c->orders, c->n, c->ctx, buf_sv(&line), &reply);
	send_all(fd, buf_sv(&reply));
	buf_fini(&line);
	buf_fini(&reply);
}

static void *serve(void *arg)
{
	struct control *c = arg;
	struct pollfd fds[] = {{c->fd, POLLIN, 0}, {c->stop.fd, POLLIN, 0}};
	while (!wake_rung(&c->stop, 0)) {
		poll(fds, 2, -1);
		int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			continue;
		talk(c, fd);
		close_gently(fd);
	}
	return NULL;
}

/* --- outside ------------------------------------------------------------------------------------- */

static enum rc open_socket(struct control *c, const char *folder, struct err *e)
{
	struct sockaddr_un at;
	int folder_fd;
	enum rc rc = control_address(folder, &at, &folder_fd, e);
	if (rc != RC_OK)
		return rc;
	unlink(c->path);
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* The folder is the agent's alone; the mode is a second bar. */
	if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&at, sizeof at) != 0 || chmod(c->path, 0600) != 0 ||
	    listen(c->fd, BACKLOG) != 0)
		rc = err_errno(e, RC_IO, errno, "%s: can't listen", c->path);
	close(folder_fd);
	return rc;
}

enum rc control_start(const char *folder, const struct control_order *orders, size_t n, void *ctx,
    struct control **out, struct err *e)
{
	struct control *c = heap_zero(1, sizeof *c);
	*c = (struct control){.path = file_join(folder, CONTROL_NAME),
	    .orders = orders,
	    .n = n,
	    .ctx = ctx,
	    .fd = -1,
	    .stop = WAKE_CLOSED};
	enum rc rc = wake_open(&c->stop, e);
	if (rc == RC_OK)
		rc = open_socket(c, folder, e);
	if (rc == RC_OK) {
		int failed = pthread_create(&c->thread, NULL, serve, c);
		c->running = !failed;
		if (failed)
			rc = err_errno(e, RC_IO, failed, "can't start the control thread");
	}
	if (rc != RC_OK) {
		control_stop(c);
		return rc;
	}
	*out = c;
	return RC_OK;
}

void control_stop(struct control *c)
{
	if (!c)
		return;
	if (c->running) {
		wake_ring(&c->stop);
		pthread_join(c->thread, NULL);
	}
	if (c->fd >= 0) {
		unlink(c->path);
		close(c->fd);
	}
	wake_close(&c->stop);
	free(c->path);
	free(c);
}
