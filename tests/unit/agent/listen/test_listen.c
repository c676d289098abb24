/* Addresses, and routes as a handler of another part would use them. */
#include "agent/listen/listen.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/listen/listen_address.h"
#include "agent/setup.h"

static void addresses(void **state)
{
	(void)state;
	static const struct {
		const char *text, *shown;
		bool loopback;
	} good[] = {
	    {"127.0.0.1:9464", "127.0.0.1:9464", true},
	    {"127.1.2.3:1", "127.1.2.3:1", true},
	    {"localhost:80", "127.0.0.1:80", true},
	    {"[::1]:9464", "[::1]:9464", true},
	    {"0.0.0.0:0", "0.0.0.0:0", false},
	    {"[::]:80", "[::]:80", false},
	    {"[::ffff:127.0.0.1]:80", "[::ffff:127.0.0.1]:80", false},
	    {"192.0.2.1:65535", "192.0.2.1:65535", false},
	};
	static const char *const bad[] = {"", ":", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
	    "127.1:80", "127.0.0.1:-1", "127.0.0.1: 80", "::1:80", "[::1]", "[127.0.0.1]:80",
	    "example.com:80", "[]:80", "127.0.0.1:80x",
	    "1111111111111111111111111111111111111111111111111111111111111111111:80"};
	struct listen_address a;
	char text[LISTEN_ADDRESS_TEXT];
	struct err e = {0};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_int_equal(listen_address_parse(sv_from(good[i].text), &a, &e), RC_OK);
		listen_address_show(&a, text);
		assert_string_equal(text, good[i].shown);
		assert_int_equal(a.loopback, good[i].loopback);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(listen_address_parse(sv_from(bad[i]), &a, &e), RC_CONFIG);
}

/* --- a server ------------------------------------------------------------------------------------ */

static void echo(void *ctx, const struct listen_request *request, struct listen_reply *reply)
{
	struct sv kind = listen_header(request, "x-amz-sns-message-type"), who = listen_query(request, "who");
	assert_ptr_equal(ctx, &addresses);
	reply->status = 202;
	reply->content_type = "application/json";
	buf_printf(
	    &reply->body, "%s %s %.*s %.*s ", request->method, request->path, SV_ARG(kind), SV_ARG(who));
	buf_add(&reply->body, request->body);
}

/* What the server answers to the bytes, until it closes. */
static void ask(const struct listen *l, const char *bytes, struct buf *out)
{
	struct listen_address a;
	struct err e = {0};
	char part[4096];
	assert_int_equal(listen_address_parse(sv_from(listen_address(l)), &a, &e), RC_OK);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(fd, &a.at.any, a.len), 0);
	assert_int_equal(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
	shutdown(fd, SHUT_WR);
	buf_reset(out);
	for (ssize_t n; (n = read(fd, part, sizeof part)) > 0;)
		buf_add(out, sv_of(part, (size_t)n));
	buf_addc(out, 0);
	close(fd);
}

#define END "Connection: close\r\nHost: x\r\n"

static void a_route_gets_header_query_and_body(void **state)
{
	(void)state;
	struct config *config;
	struct faults faults = {0};
	struct config_tables tables = setup_tables();
	struct buf out = {0};
	struct err e = {0};
	config_read_text("c.yaml", SV("listen: {address: '127.0.0.1:0'}\n"), &tables, &config, &faults);
	assert_int_equal(faults.n_errors, 0);
	struct listen *l = listen_new(&config->listen);
	listen_route(l, &(struct listen_route){"POST", "/push", 8, echo, (void *)&addresses});
	assert_int_equal(listen_start(l, &e), RC_OK);

	ask(l,
	    "POST /push?who=me%26you HTTP/1.1\r\n" END
	    "X-Amz-Sns-Message-Type: N\r\nContent-Length: 8\r\n\r\n12345678",
	    &out);
	assert_non_null(strstr(out.ptr, "HTTP/1.1 202 "));
	assert_non_null(strstr(out.ptr, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(out.ptr, "POST /push N me&you 12345678"));
	ask(l, "POST /push HTTP/1.1\r\n" END "Content-Length: 9\r\n\r\n123456789", &out);
	assert_non_null(strstr(out.ptr, "HTTP/1.1 413 "));
	/* Not announced: it is cut off when it comes. */
	ask(l, "POST /push HTTP/1.1\r\n" END "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n",
	    &out);
	assert_non_null(strstr(out.ptr, "HTTP/1.1 413 "));
	ask(l, "GET /push HTTP/1.1\r\n" END "\r\n", &out);
	assert_non_null(strstr(out.ptr, "HTTP/1.1 405 "));
	assert_non_null(strstr(out.ptr, "Allow: POST\r\n"));
	ask(l, "POST /pushes HTTP/1.1\r\n" END "Content-Length: 0\r\n\r\n", &out);
	assert_non_null(strstr(out.ptr, "HTTP/1.1 404 "));
	ask(l, "\x16\x03\x01 not http\r\n\r\n", &out);
	assert_null(strstr(out.ptr, "200 OK"));

	/* The address is taken now. */
	struct listen *second;
	struct config *other;
	char *yaml = heap_printf("listen: {address: '%s'}\n", listen_address(l));
	config_read_text("c.yaml", sv_from(yaml), &tables, &other, &faults);
	second = listen_new(&other->listen);
	assert_int_equal(listen_start(second, &e), RC_IO);
	listen_free(second);
	listen_free(l);
	listen_free(NULL);
	config_free(other);
	config_free(config);
	faults_fini(&faults);
	free(yaml);
	buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(a_route_gets_header_query_and_body),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
