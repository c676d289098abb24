/* Logging. Any thread; one write(2) a line, so that lines never mix. */
#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/buf.h"

#define WINDOW_MS 60000
#define PER_WINDOW 20

static _Atomic(enum log_level) threshold = LOG_LEVEL_INFO;
static const char *const level_names[] = {"debug", "info", "warn", "error"};

void log_set_level(enum log_level level)
{
	threshold = level;
}

bool log_level_parse(const char *name, enum log_level *out)
{
	for (int i = 0; i < 4; i++)
		if (sv_eq(sv_from(name), sv_from(level_names[i]))) {
			*out = (enum log_level)i;
			return true;
		}
	return false;
}

bool log_on_terminal(void)
{
	return isatty(STDERR_FILENO);
}

static void write_all(const char *p, size_t n)
{
	while (n) {
		ssize_t w = write(STDERR_FILENO, p, n);
		if (w <= 0)
			return;
		p += w;
		n -= (size_t)w;
	}
}

/* One rate counter a phrase; phrases are literals, so their addresses name them. The table is small and never
 * full in practice. */
struct rate {
	const char *what;
	int64_t since_ms;
	unsigned written, dropped;
};

static bool admit(const char *what, unsigned *out_dropped)
{
	static struct rate table[256];
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	int64_t now = clk_mono_ms();
	bool ok = true;
	*out_dropped = 0;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < 256; i++) {
		struct rate *r = &table[((uintptr_t)what / 8 + i) % 256];
		if (r->what && r->what != what)
			continue;
		if (!r->what || now - r->since_ms >= WINDOW_MS) {
			*out_dropped = r->what ? r->dropped : 0;
			*r = (struct rate){what, now, 0, 0};
		}
		ok = r->written < PER_WINDOW;
		if (ok)
			r->written++;
		else
			r->dropped++;
		break;
	}
	pthread_mutex_unlock(&lock);
	return ok;
}

__attribute__((format(printf, 3, 0))) static void emit(
    enum log_level level, const char *what, const char *fmt, va_list ap, unsigned dropped)
{
	char text[2048], when[CLK_TEXT];
	int n = vsnprintf(text, sizeof text, fmt, ap);
	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof text)
		n = (int)sizeof text - 1;
	struct buf line = {0};
	clk_format(clk_now_ms(), true, when);
	buf_printf(&line, "%s %-5s %s", when, level_names[level], what);
	if (n) {
		buf_addc(&line, ' ');
		buf_add_printable(&line, sv_of(text, (size_t)n));
	}
	if (dropped)
		buf_printf(&line, " repeated=%u", dropped);
	buf_addc(&line, '\n');
	write_all(line.ptr, line.len);
	buf_fini(&line);
}

void log_line(enum log_level level, const char *what, const char *fmt, ...)
{
	unsigned dropped;
	if (level < threshold || !admit(what, &dropped))
		return;
	va_list ap;
	va_start(ap, fmt);
	emit(level, what, fmt, ap, dropped);
	va_end(ap);
}

void log_fatal(const char *what, const char *fmt, ...)
{
	/* No allocation here: memory may be what ran out. */
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	write_all("fatal ", 6);
	write_all(what, strlen(what));
	write_all(" ", 1);
	write_all(text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
	write_all("\n", 1);
	abort();
}

void log_tell(const char *fmt, ...)
{
	char text[8192];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n > 0)
		write_all(text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}
