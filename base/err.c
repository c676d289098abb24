/* Error values. Called from every layer, on any thread; owns nothing. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void mark_cut(char *text, size_t size)
{
	memcpy(text + size - 4, "...", 4);
}

__attribute__((format(printf, 3, 0))) static void put(struct err *e, size_t at, const char *fmt, va_list ap)
{
	int n = vsnprintf(e->text + at, sizeof e->text - at, fmt, ap);
	if (n >= 0 && (size_t)n >= sizeof e->text - at)
		mark_cut(e->text, sizeof e->text);
}

enum rc err_set(struct err *e, enum rc rc, const char *fmt, ...)
{
	if (!e)
		return rc;
	va_list ap;
	va_start(ap, fmt);
	e->rc = rc;
	put(e, 0, fmt, ap);
	va_end(ap);
	return rc;
}

enum rc err_errno(struct err *e, enum rc rc, int errnum, const char *fmt, ...)
{
	if (!e)
		return rc;
	va_list ap;
	va_start(ap, fmt);
	e->rc = rc;
	put(e, 0, fmt, ap);
	va_end(ap);
	char reason[128];
	size_t len = strlen(e->text);
	int n =
	    snprintf(e->text + len, sizeof e->text - len, ": %s", strerror_r(errnum, reason, sizeof reason));
	if (n >= 0 && (size_t)n >= sizeof e->text - len)
		mark_cut(e->text, sizeof e->text);
	return rc;
}

enum rc err_at(struct err *e, const char *fmt, ...)
{
	if (!e)
		return RC_OK;
	char old[sizeof e->text];
	memcpy(old, e->text, sizeof old);
	va_list ap;
	va_start(ap, fmt);
	put(e, 0, fmt, ap);
	va_end(ap);
	size_t len = strlen(e->text);
	int n = snprintf(e->text + len, sizeof e->text - len, ": %s", old);
	if (n >= 0 && (size_t)n >= sizeof e->text - len)
		mark_cut(e->text, sizeof e->text);
	return e->rc;
}

const char *err_name(enum rc rc)
{
	switch (rc) {
	case RC_OK: return "ok";
	case RC_USAGE: return "usage";
	case RC_CONFIG: return "config";
	case RC_INPUT: return "input";
	case RC_LIMIT: return "limit";
	case RC_IO: return "io";
	case RC_STATE: return "state";
	case RC_RETRY: return "retry";
	case RC_REJECT: return "reject";
	case RC_NOTFOUND: return "not found";
	case RC_STOPPED: return "stopped";
	}
	return "unknown";
}
