/* The HTTP client against a small server of our own on loopback, one thread, one connection at a time. */
#include "base/net/http.h"

#include "base/clock.h"
#include "base/heap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the server says to a path. NULL: the request itself comes back. */
static const struct {
	const char *path, *reply;
} answers[] = {
    {"/echo", NULL},
    {"/retry-seconds", "HTTP/1.1 429 x\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"},
    {"/retry-date", "HTTP/1.1 503 x\r\nDate: Tue, 24 Nov 2026 03:04:05 GMT\r\n"
		    "Retry-After: Tue, 24 Nov 2026 03:05:05 GMT\r\nContent-Length: 0\r\n\r\n"},
    {"/retry-past", "HTTP/1.1 503 x\r\nDate: Tue, 24 Nov 2026 03:04:05 GMT\r\n"
		    "Retry-After: Mon, 23 Nov 2026 03:05:05 GMT\r\nContent-Length: 0\r\n\r\n"},
    {"/retry-huge", "HTTP/1.1 503 x\r\nRetry-After: 99999999999999999999\r\nContent-Length: 0\r\n\r\n"},
    {"/retry-garbage", "HTTP/1.1 503 x\r\nRetry-After: -5 soon\r\nContent-Length: 0\r\n\r\n"},
    {"/redirect", "HTTP/1.1 301 x\r\nLocation: /echo\r\nContent-Length: 0\r\n\r\n"},
    {"/typed", "HTTP/1.1 200 x\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n\r\nok"},
    {"/garbage", "\x01\x02 what?\r\n\r\n"},
    {"/nothing", ""},
    {"/half", "HTTP/1.1 200 x\r\nContent-Length: 100\r\n\r\nhalf"},
    {"/continue", "HTTP/1.1 100 Continue\r\nRetry-After: 9\r\n\r\nHTTP/1.1 204 x\r\n\r\n"},
};

static struct {
	int fd, port;
	pthread_t thread;
} server;

static bool whole(const struct buf *request)
{
	struct sv s = buf_sv(request);
	size_t head = sv_find(s, SV("\r\n\r\n")), at = sv_find(s, SV("Content-Length: "));
	if (head == SV_NONE)
		return false;
	int64_t body = 0;
	if (at != SV_NONE) {
		struct sv rest = sv_skip(s, at + 16), number;
		sv_cut(&rest, '\r', &number);
		sv_int(number, 0, 1 << 30, &body);
	}
	return s.len >= head + 4 + (size_t)body;
}

static void send_all(int fd, struct sv s)
{
	while (s.len) {
		ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		s = sv_skip(s, (size_t)n);
	}
}

static void answer(int fd, const struct buf *request)
{
	struct sv s = buf_sv(request), method, path;
	if (!sv_cut(&s, ' ', &method) || !sv_cut(&s, ' ', &path))
		return; /* the client left before it asked */
	path = sv_head(path, sv_find_char(path, '?'));
	if (sv_eq(path, SV("/slow"))) {
		char c;
		while (recv(fd, &c, 1, 0) > 0) /* until the client gives up */
			;
		return;
	}
	if (sv_eq(path, SV("/endless")) || sv_eq(path, SV("/headers"))) {
		struct buf big = {0};
		buf_adds(&big, "HTTP/1.1 200 x\r\n");
		buf_adds(&big, sv_eq(path, SV("/headers")) ? "" : "Content-Length: 300000\r\n\r\n");
		for (int i = 0; i < 30000; i++)
			buf_adds(&big, "X: 56789\r\n");
		send_all(fd, buf_sv(&big));
		buf_fini(&big);
		return;
	}
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		if (!sv_eq(path, sv_from(answers[i].path)))
			continue;
		if (answers[i].reply) {
			send_all(fd, sv_from(answers[i].reply));
			return;
		}
		struct buf out = {0};
		buf_printf(&out, "HTTP/1.1 200 x\r\nContent-Length: %zu\r\n\r\n", request->len);
		buf_add(&out, buf_sv(request));
		send_all(fd, buf_sv(&out));
		buf_fini(&out);
	}
}

static void *serve(void *arg)
{
	int fd;
	(void)arg;
	while ((fd = accept(server.fd, NULL, NULL)) >= 0) {
		struct buf request = {0};
		while (!whole(&request) && buf_room(&request, 65536)) {
			ssize_t n = recv(fd, request.ptr + request.len, 65536, 0);
			if (n <= 0)
				break;
			request.len += (size_t)n;
		}
		answer(fd, &request);
		buf_fini(&request);
		shutdown(fd, SHUT_RDWR);
		close(fd);
	}
	return NULL;
}

static int start_server(void **state)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	(void)state;
	server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(server.fd, (struct sockaddr *)&a, len) || listen(server.fd, 64) ||
	    getsockname(server.fd, (struct sockaddr *)&a, &len))
		return 1;
	server.port = ntohs(a.sin_port);
	return pthread_create(&server.thread, NULL, serve, NULL);
}

static int stop_server(void **state)
{
	(void)state;
	shutdown(server.fd, SHUT_RDWR);
	pthread_join(server.thread, NULL);
	close(server.fd);
	http_global_fini();
	return 0;
}

static struct http_request request_to(const char *path)
{
	return (struct http_request){
	    .method = "POST", .url = heap_printf("http://127.0.0.1:%d%s", server.port, path)};
}

static enum rc ask(const char *path, struct http_reply *reply, struct err *e)
{
	struct http_options o = {.timeout_ms = 10000, .max_reply_bytes = 4096};
	struct http_request r = request_to(path);
	enum rc rc = http_once(&o, &r, reply, e);
	http_request_fini(&r);
	return rc;
}

static void posts_what_it_was_given(void **state)
{
	struct http_request r = request_to("/echo?a=b");
	struct http_reply reply = {0};
	struct err e = {0};
	(void)state;
	buf_adds(&r.body, "{\"x\":1}");
	http_request_header(&r, "Content-Type", SV("application/json"));
	http_request_header(&r, "X-Split", SV("one\r\nX-Injected: two"));
	assert_int_equal(http_once(NULL, &r, &reply, &e), RC_OK);
	assert_int_equal(reply.status, 200);
	struct sv body = buf_sv(&reply.body);
	assert_true(sv_starts(body, SV("POST /echo?a=b HTTP/1.1\r\n")));
	assert_true(sv_find(body, SV("\r\nContent-Type: application/json\r\n")) != SV_NONE);
	assert_true(sv_find(body, SV("\r\nX-Injected")) == SV_NONE);
	assert_true(sv_find(body, SV("Expect")) == SV_NONE);
	assert_true(sv_find(body, SV("User-Agent: kendrawatch/")) != SV_NONE);
	assert_true(sv_ends(body, SV("\r\n\r\n{\"x\":1}")));
	http_reply_fini(&reply);
	http_request_fini(&r);
}

static void sends_no_type_of_its_own(void **state)
{
	struct http_reply reply = {0};
	(void)state;
	assert_int_equal(ask("/echo", &reply, NULL), RC_OK);
	assert_true(sv_find(buf_sv(&reply.body), SV("Content-Type")) == SV_NONE);
	http_reply_fini(&reply);
}

static void reads_retry_after(void **state)
{
	static const struct {
		const char *path;
		int status;
		int64_t retry_ms;
	} cases[] = {{"/retry-seconds", 429, 7000}, {"/retry-date", 503, 60000}, {"/retry-past", 503, 0},
	    {"/retry-huge", 503, 3600000}, {"/retry-garbage", 503, -1}, {"/typed", 200, -1},
	    {"/continue", 204, -1}};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct http_reply reply = {0};
		assert_int_equal(ask(cases[i].path, &reply, NULL), RC_OK);
		assert_int_equal(reply.status, cases[i].status);
		assert_int_equal(reply.retry_after_ms, cases[i].retry_ms);
		http_reply_fini(&reply);
	}
}

static void reads_date_and_type(void **state)
{
	struct http_reply reply = {0};
	int64_t date;
	(void)state;
	assert_int_equal(ask("/retry-date", &reply, NULL), RC_OK);
	assert_true(clk_parse(SV("2026-11-24T03:04:05Z"), &date));
	assert_int_equal(reply.date_ms, date);
	assert_null(reply.content_type);
	http_reply_fini(&reply);
	assert_int_equal(ask("/typed", &reply, NULL), RC_OK);
	assert_string_equal(reply.content_type, "text/xml");
	assert_int_equal(reply.date_ms, -1);
	http_reply_fini(&reply);
}

static void does_not_follow(void **state)
{
	struct http_reply reply = {0};
	(void)state;
	assert_int_equal(ask("/redirect", &reply, NULL), RC_OK);
	assert_int_equal(reply.status, 301);
	http_reply_fini(&reply);
}

static void cuts_long_replies(void **state)
{
	struct http_reply reply = {0};
	(void)state;
	assert_int_equal(ask("/endless", &reply, NULL), RC_OK);
	assert_int_equal(reply.status, 200);
	assert_true(reply.cut);
	assert_int_equal(reply.body.len, 4096);
	http_reply_fini(&reply);
}

static void trouble_is_retry_and_names_the_host_only(void **state)
{
	static const char *const paths[] = {
	    "/garbage?token=s3cret", "/nothing?token=s3cret", "/half?token=s3cret", "/headers?token=s3cret"};
	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		struct http_reply reply = {0};
		struct err e = {0};
		char place[64];
		assert_int_equal(ask(paths[i], &reply, &e), RC_RETRY);
		assert_int_equal(reply.status, 0);
		assert_int_equal(reply.error.rc, RC_RETRY);
		assert_int_equal(reply.body.len, 0);
		snprintf(place, sizeof place, "http://127.0.0.1:%d/…: ", server.port);
		assert_int_equal(strncmp(e.text, place, strlen(place)), 0);
		assert_null(strstr(e.text, "s3cret"));
		http_reply_fini(&reply);
	}
}

static void times_out(void **state)
{
	struct http_options o = {.timeout_ms = 50};
	struct http_request r = request_to("/slow");
	struct http_reply reply = {0};
	struct err e = {0};
	(void)state;
	assert_int_equal(http_once(&o, &r, &reply, &e), RC_RETRY);
	assert_non_null(strstr(e.text, "Timeout"));
	http_reply_fini(&reply);
	http_request_fini(&r);
}

static void refused_says_why(void **state)
{
	struct http_request r = {
	    .method = "POST", .url = heap_copy("http://user:pw@127.0.0.1:1/hook/s3cret")};
	struct http_reply reply = {0};
	struct err e = {0};
	(void)state;
	assert_int_equal(http_once(NULL, &r, &reply, &e), RC_RETRY);
	assert_string_equal(e.text, "http://127.0.0.1:1/…: could not connect: Connection refused");
	http_reply_fini(&reply);
	http_request_fini(&r);
}

static void unusable_urls_are_rejected(void **state)
{
	static const char *const urls[] = {
	    "file:///etc/passwd", "gopher://127.0.0.1/x", "", "not a url", "http://", "https://a b/"};
	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		struct http_request r = {.method = "GET", .url = heap_copy(urls[i])};
		struct http_reply reply = {0};
		struct err e = {0};
		assert_int_equal(http_once(NULL, &r, &reply, &e), RC_REJECT);
		assert_null(strstr(e.text, "passwd"));
		http_reply_fini(&reply);
		http_request_fini(&r);
	}
}

static void count_status(void *ctx, struct http_reply *reply)
{
	int *counts = ctx;
	counts[reply->status == 200 ? 0 : reply->error.rc == RC_STOPPED ? 1 : 2]++;
}

static void more_than_fit_wait(void **state)
{
	struct http *h = http_new(NULL, 3);
	int counts[3] = {0};
	(void)state;
	for (int i = 0; i < 50; i++) {
		struct http_request r = request_to(i == 7 ? "/echo" : "/typed");
		http_start(h, &r, count_status, counts);
		http_request_fini(&r);
	}
	assert_int_equal(http_in_flight(h), 50);
	for (int i = 0; i < 1000 && http_in_flight(h); i++)
		http_run(h, 1000);
	assert_int_equal(counts[0], 50);
	http_free(h);
}

static void free_answers_all(void **state)
{
	struct http *h = http_new(NULL, 2);
	int counts[3] = {0};
	(void)state;
	for (int i = 0; i < 5; i++) {
		struct http_request r = request_to("/slow");
		http_start(h, &r, count_status, counts);
		http_request_fini(&r);
	}
	http_run(h, 0);
	http_free(h);
	assert_int_equal(counts[1], 5);
}

static void *wake_it(void *h)
{
	http_wake(h);
	return NULL;
}

static void wake_ends_run(void **state)
{
	struct http *h = http_new(NULL, 1);
	pthread_t thread;
	int64_t before = clk_mono_ms();
	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, wake_it, h), 0);
	http_run(h, 60000);
	pthread_join(thread, NULL);
	assert_true(clk_mono_ms() - before < 50000);
	http_free(h);
}

static void shown_urls_hide_secrets(void **state)
{
	static const char *const pairs[][2] = {
	    {"https://user:pw@hooks.example:8443/services/T0/B0?token=x", "https://hooks.example:8443/…"},
	    {"http://[::1]:80/x", "http://[::1]:80/…"}, {"https://hooks.example", "https://hooks.example/…"},
	    {"hooks.example/secret", "(unusable URL)"}, {"", "(unusable URL)"}};
	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct buf out = {0};
		http_show_url(pairs[i][0], &out);
		assert_string_equal(out.ptr, pairs[i][1]);
		buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(posts_what_it_was_given),
	    cmocka_unit_test(sends_no_type_of_its_own),
	    cmocka_unit_test(reads_retry_after),
	    cmocka_unit_test(reads_date_and_type),
	    cmocka_unit_test(does_not_follow),
	    cmocka_unit_test(cuts_long_replies),
	    cmocka_unit_test(trouble_is_retry_and_names_the_host_only),
	    cmocka_unit_test(times_out),
	    cmocka_unit_test(refused_says_why),
	    cmocka_unit_test(unusable_urls_are_rejected),
	    cmocka_unit_test(more_than_fit_wait),
	    cmocka_unit_test(free_answers_all),
	    cmocka_unit_test(wake_ends_run),
	    cmocka_unit_test(shown_urls_hide_secrets),
	};
	return cmocka_run_group_tests(tests, start_server, stop_server);
}
