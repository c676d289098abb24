/* Stands for libmicrohttpd: its functions, which load it at the first call, since it brings all of GnuTLS
 * with it and most agents don't listen. For listen.c alone. */
#include "base/library.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdarg.h>

/* What it returns, its name, parameters, arguments. */
#define CALLS(X)                                                                                            \
	X(void, MHD_stop_daemon, (struct MHD_Daemon * daemon), (daemon))                                    \
	X(enum MHD_Result, MHD_run, (struct MHD_Daemon * daemon), (daemon))                                 \
	X(void, MHD_suspend_connection, (struct MHD_Connection * connection), (connection))                 \
	X(void, MHD_resume_connection, (struct MHD_Connection * connection), (connection))                  \
	X(enum MHD_Result, MHD_get_timeout, (struct MHD_Daemon * daemon, MHD_UNSIGNED_LONG_LONG * ms),      \
	    (daemon, ms))                                                                                   \
	X(struct MHD_Response *, MHD_create_response_from_buffer,                                           \
	    (size_t len, void *bytes, enum MHD_ResponseMemoryMode mode), (len, bytes, mode))                \
	X(void, MHD_destroy_response, (struct MHD_Response * response), (response))                         \
	X(enum MHD_Result, MHD_add_response_header,                                                         \
	    (struct MHD_Response * response, const char *name, const char *value), (response, name, value)) \
	X(enum MHD_Result, MHD_queue_response,                                                              \
	    (struct MHD_Connection * connection, unsigned status, struct MHD_Response *response),           \
	    (connection, status, response))                                                                 \
	X(const char *, MHD_lookup_connection_value,                                                        \
	    (struct MHD_Connection * connection, enum MHD_ValueKind kind, const char *name),                \
	    (connection, kind, name))
/* Variadic, but what is asked here takes nothing more. */
#define ASKING_CALLS(X)                                                                       \
	X(const union MHD_ConnectionInfo *, MHD_get_connection_info, struct MHD_Connection *, \
	    enum MHD_ConnectionInfoType)                                                      \
	X(const union MHD_DaemonInfo *, MHD_get_daemon_info, struct MHD_Daemon *, enum MHD_DaemonInfoType)

enum call {
#define X(type, name, ...) CALL_##name,
	CALLS(X) ASKING_CALLS(X)
#undef X
	    CALL_MHD_start_daemon_va,
	CALL_COUNT
};

static struct library_calls calls;
static pthread_once_t once = PTHREAD_ONCE_INIT;

#define REAL(name) ((__typeof__(&(name)))calls.at[CALL_##name])

static void load(void)
{
	static const char *const names[] = {
#define X(type, name, ...) #name,
	    CALLS(X) ASKING_CALLS(X)
#undef X
		"MHD_start_daemon_va",
	};
	library_load("libmicrohttpd.so.12", names, CALL_COUNT, &calls);
}

/* Hidden, so that the library's own calls never come back here. */
#define OURS __attribute__((visibility("hidden")))
/* The parentheses are in the arguments. NOLINTBEGIN(bugprone-macro-parentheses) */
#define X(type, name, parameters, arguments) \
	OURS type(name) parameters           \
	{                                    \
		pthread_once(&once, load);   \
		return REAL(name) arguments; \
	}
/* NOLINTEND(bugprone-macro-parentheses) */
CALLS(X)
#undef X

#define X(type, name, handle, question)                \
	OURS type(name)(handle of, question what, ...) \
	{                                              \
		pthread_once(&once, load);             \
		return REAL(name)(of, what);           \
	}
ASKING_CALLS(X)
#undef X

OURS struct MHD_Daemon *(MHD_start_daemon)(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback accept,
    void *accept_ctx, MHD_AccessHandlerCallback handler, void *handler_ctx, ...)
{
	pthread_once(&once, load);
	va_list options;
	va_start(options, handler_ctx);
	struct MHD_Daemon *daemon =
	    REAL(MHD_start_daemon_va)(flags, port, accept, accept_ctx, handler, handler_ctx, options);
	va_end(options);
	return daemon;
}
