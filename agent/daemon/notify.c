/* sd_notify: one datagram to the socket that NOTIFY_SOCKET names, in the file system or (with a leading @) in
 * the abstract namespace. */
#include "agent/daemon/notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/heap.h"
#include "base/log.h"
#include "base/sv.h"

/* 0 when the name is no address of a socket. */
static socklen_t address_of(const char *name, struct sockaddr_un *out)
{
	size_t len = strlen(name);
	if ((name[0] != '/' && name[0] != '@') || len < 2 || len >= sizeof out->sun_path)
		return 0;
	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(out->sun_path, name, len);
	if (name[0] == '@')
		out->sun_path[0] = 0;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (name[0] == '/'));
}

static int send_text(const char *name, const char *text)
{
	struct sockaddr_un to;
	socklen_t len = address_of(name, &to);
	if (!len)
		return EINVAL;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return errno;
	ssize_t n = sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&to, len);
	int failed = n < 0 ? errno : 0;
	close(fd);
	return failed;
}

void notify_send(const char *fmt, ...)
{
	static _Atomic bool told;
	const char *name = getenv("NOTIFY_SOCKET");
	char *text = NULL;
	va_list ap;
	if (!name || !*name)
		return;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	int failed = text ? send_text(name, text) : ENOMEM;
	free(text);
	if (failed && !told) {
		told = true;
		log_warn("the service manager can't be told", "error=\"%s\"", strerrordesc_np(failed));
	}
}

int64_t notify_watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	int64_t us, whose;
	if (!usec || !sv_int(sv_from(usec), 1000, INT64_MAX, &us))
		return 0;
	if (pid && (!sv_int(sv_from(pid), 1, INT64_MAX, &whose) || whose != getpid()))
		return 0;
	return us / 1000;
}
