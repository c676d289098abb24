/* Stands for libcurl: its functions, which load it at the first call. So http.c is written as if it were
 * linked, and the checks of curl.h hold. Any thread. */
#include "base/net/http_curl.h"

#include "base/library.h"
#include "base/log.h"

#include <curl/curl.h>

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>

/* What it returns, its name, parameters, arguments. */
#define CALLS(X)                                                                                    \
	X(CURLcode, curl_global_init, (long flags), (flags))                                        \
	X(void, curl_global_cleanup, (void), ())                                                    \
	X(CURL *, curl_easy_init, (void), ())                                                       \
	X(void, curl_easy_cleanup, (CURL * easy), (easy))                                           \
	X(const char *, curl_easy_strerror, (CURLcode code), (code))                                \
	X(void, curl_free, (void *p), (p))                                                          \
	X(time_t, curl_getdate, (const char *text, const time_t *unused), (text, unused))           \
	X(CURLM *, curl_multi_init, (void), ())                                                     \
	X(CURLMcode, curl_multi_add_handle, (CURLM * multi, CURL * easy), (multi, easy))            \
	X(CURLMcode, curl_multi_remove_handle, (CURLM * multi, CURL * easy), (multi, easy))         \
	X(CURLMcode, curl_multi_cleanup, (CURLM * multi), (multi))                                  \
	X(CURLMsg *, curl_multi_info_read, (CURLM * multi, int *left), (multi, left))               \
	X(CURLMcode, curl_multi_perform, (CURLM * multi, int *running), (multi, running))           \
	X(CURLMcode, curl_multi_poll,                                                               \
	    (CURLM * multi, struct curl_waitfd fds[], unsigned n, int timeout_ms, int *ready),      \
	    (multi, fds, n, timeout_ms, ready))                                                     \
	X(CURLMcode, curl_multi_wakeup, (CURLM * multi), (multi))                                   \
	X(struct curl_slist *, curl_slist_append, (struct curl_slist * list, const char *line),     \
	    (list, line))                                                                           \
	X(void, curl_slist_free_all, (struct curl_slist * list), (list))                            \
	X(CURLU *, curl_url, (void), ())                                                            \
	X(void, curl_url_cleanup, (CURLU * url), (url))                                             \
	X(CURLUcode, curl_url_set, (CURLU * url, CURLUPart part, const char *text, unsigned flags), \
	    (url, part, text, flags))

/* Those take one argument of whatever type the option has: every one of them is a word of the machine. */
#define VARIADIC_CALLS(X)                                 \
	X(CURLcode, curl_easy_setopt, CURL *, CURLoption) \
	X(CURLcode, curl_easy_getinfo, CURL *, CURLINFO)  \
	X(CURLMcode, curl_multi_setopt, CURLM *, CURLMoption)
_Static_assert(sizeof(curl_off_t) == sizeof(void *) && sizeof(long) == sizeof(void *), "an option is a word");

enum call {
#define X(type, name, ...) CALL_##name,
	CALLS(X) VARIADIC_CALLS(X)
#undef X
	    CALL_curl_url_get,
	CALL_COUNT
};

static struct library_calls calls;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_bool loaded;

#define REAL(name) ((__typeof__(&(name)))calls.at[CALL_##name])

static void load(void)
{
	static const char *const names[] = {
#define X(type, name, ...) #name,
	    CALLS(X) VARIADIC_CALLS(X)
#undef X
		"curl_url_get",
	};
	library_load("libcurl.so.4", names, CALL_COUNT, &calls);
	CURLcode code = REAL(curl_global_init)(CURL_GLOBAL_DEFAULT);
	if (code != CURLE_OK)
		log_fatal("libcurl failed", "error=\"%s\"", REAL(curl_easy_strerror)(code));
	loaded = true;
}

void http_curl_load(void)
{
	pthread_once(&once, load);
}

void http_curl_fini(void)
{
	if (loaded)
		REAL(curl_global_cleanup)();
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

#define X(type, name, handle, option)                \
	OURS type(name)(handle on, option what, ...) \
	{                                            \
		va_list list;                        \
		va_start(list, what);                \
		void *word = va_arg(list, void *);   \
		va_end(list);                        \
		pthread_once(&once, load);           \
		return REAL(name)(on, what, word);   \
	}
VARIADIC_CALLS(X)
#undef X

/* Its first parameter is const since one version or another. */
CURLUcode http_curl_url_get(CURLU *url, CURLUPart part, char **out)
{
	pthread_once(&once, load);
	return REAL(curl_url_get)(url, part, out, 0);
}
