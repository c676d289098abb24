/* Wake-ups by eventfd(2). */
#include "base/wake.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"

enum rc wake_open(struct wake *w, struct err *e)
{
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return w->fd >= 0 ? RC_OK : err_errno(e, RC_IO, errno, "can't make an event descriptor");
}

void wake_close(struct wake *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

void wake_ring(const struct wake *w)
{
	uint64_t one = 1;
	if (write(w->fd, &one, sizeof one) < 0 && errno != EAGAIN)
		log_error("a thread can't be woken", "error=\"%s\"", strerrordesc_np(errno));
}

bool wake_rung(const struct wake *w, int64_t timeout_ms)
{
	struct pollfd p = {w->fd, POLLIN, 0};
	return poll(&p, 1, (int)timeout_ms) > 0;
}

void wake_quiet(const struct wake *w)
{
	uint64_t n;
	if (read(w->fd, &n, sizeof n) < 0 && errno != EAGAIN)
		log_error("a wake-up can't be taken back", "error=\"%s\"", strerrordesc_np(errno));
}
