/* The object reader against a scripted S3: parts, retries, what is refused, budget. */
#include "agent/source/object.h"

#include "tests/unit/agent/fixture.h"
#include "tests/unit/base/aws/scripted.h"

#define HELLO_ETAG "\"5d41402abc4b2a76b9719d911017c592\"" /* of "hello" */
#define HELLO     \
	SCRIPTED( \
	    "206", "ETag: " HELLO_ETAG "\r\nContent-Range: bytes 0-4/5\r\nContent-Length: 5\r\n", "hello")
#define ERROR(status, code, message)                          \
	SCRIPTED(status, "Content-Type: application/xml\r\n", \
	    "<Error><Code>" code "</Code><Message>" message "</Message></Error>")

struct bench {
	struct scripted server;
	struct aws_client *client;
	struct object_reader *reader;
	int ended;
	enum object_end how;
	int64_t size;
	int fd;
	char identity[80], message[400], metadata[200];
	bool refuse;
};

static bool wanted(void *ctx, const char *identity)
{
	struct bench *b = ctx;
	snprintf(b->identity, sizeof b->identity, "%s", identity);
	return !b->refuse;
}

static void done(void *ctx, const struct object_result *r)
{
	struct bench *b = ctx;
	b->ended++;
	b->how = r->end;
	b->size = r->size;
	b->fd = r->fd;
	snprintf(b->message, sizeof b->message, "%s", r->failure.message);
	if (r->end == OBJECT_READ) {
		assert_string_equal(r->identity, b->identity);
		snprintf(b->metadata, sizeof b->metadata, "%s", r->metadata);
	}
}

static void open_bench(struct bench *b, const char *const *script, size_t n, int64_t max_bytes)
{
	struct err e = {0};
	*b = (struct bench){.fd = -1};
	scripted_start(&b->server, script, n);
	struct aws_options o = {.credentials = {SV("AKIAIOSFODNN7EXAMPLE"), SV("secret"), SV(""), NULL},
	    .region = "eu-west-1",
	    .endpoint_url = sv_from(b->server.url),
	    .proxy = "",
	    .max_reply_bytes = OBJECT_REPLY_BYTES};
	fixture_ok(aws_client_new(&o, &b->client, &e), &e);
	b->reader = object_reader_new(&(struct object_options){
	    .client = b->client, .memory_bytes = 1 << 20, .max_bytes = max_bytes, .pause_ms = 1});
}

static void ask(struct bench *b, const char *key)
{
	object_read(b->reader, &(struct object_wanted){SV("trail"), sv_from(key), -1, wanted, done, b});
}

static void run(struct bench *b, int until)
{
	while (b->ended < until)
		aws_run(b->client, object_advance(b->reader, 100));
}

static void close_bench(struct bench *b)
{
	if (b->fd >= 0)
		close(b->fd);
	aws_client_free(b->client);
	object_reader_free(b->reader);
	scripted_stop(&b->server);
}

static enum object_end ends(struct bench *b, const char *const *script, size_t n)
{
	open_bench(b, script, n, 100 << 20);
	ask(b, "k");
	run(b, 1);
	assert_int_equal(object_pending(b->reader), 0);
	close_bench(b);
	return b->how;
}
#define ENDS(b, ...)                                \
	ends(b, (const char *const[]){__VA_ARGS__}, \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void a_small_object_is_one_request(void **state)
{
	struct bench b;
	char bytes[8] = "";
	(void)state;
	open_bench(&b, (const char *const[]){HELLO}, 1, 100);
	ask(&b, "AWSLogs/a b.gz");
	run(&b, 1);
	assert_int_equal(b.how, OBJECT_READ);
	assert_int_equal(read(b.fd, bytes, sizeof bytes), 5);
	assert_string_equal(bytes, "hello");
	assert_string_equal(b.identity, "5d41402abc4b2a76b9719d911017c592:5");
	assert_non_null(strstr(b.server.requests[0], "GET /trail/AWSLogs/a%20b.gz HTTP/1.1"));
	assert_non_null(strstr(b.server.requests[0], "bytes=0-8388607"));
	object_release(b.reader, b.size);
	close_bench(&b);
}

static void metadata_comes_with_it(void **state)
{
	struct bench b;
	(void)state;
	assert_int_equal(ENDS(&b, HELLO), OBJECT_READ);
	assert_string_equal(b.metadata, "{}");
	assert_int_equal(
	    ENDS(&b, SCRIPTED("206",
			 "ETag: " HELLO_ETAG "\r\nContent-Range: bytes 0-4/5\r\nContent-Length: 5\r\n"
			 "X-Amz-Meta-Signature: 00ff\r\nx-amz-meta-signature-algorithm: SHA256withRSA\r\n"
			 "x-amz-meta-other: no\r\n",
			 "hello")),
	    OBJECT_READ);
	assert_string_equal(b.metadata,
	    "{\"x-amz-meta-signature\":\"00ff\",\"x-amz-meta-signature-algorithm\":\"SHA256withRSA\"}");
}

/* A reply with a part of zeros (as '0'). Heap. */
static char *part(int64_t from, int64_t to, int64_t whole)
{
	struct buf b = {0};
	buf_printf(&b,
	    "HTTP/1.1 206 x\r\nConnection: close\r\nETag: \"v-2\"\r\nContent-Length: %lld\r\n"
	    "Content-Range: bytes %lld-%lld/%lld\r\n\r\n",
	    (long long)(to - from), (long long)from, (long long)to - 1, (long long)whole);
	buf_room(&b, (size_t)(to - from));
	memset(b.ptr + b.len, '0', (size_t)(to - from) - 1);
	b.len += (size_t)(to - from) - 1;
	buf_addc(&b, '0');
	return buf_take(&b);
}

static void a_large_one_goes_on_where_it_was_broken_off(void **state)
{
	struct bench b;
	int64_t whole = OBJECT_PART_BYTES + 10;
	char *first = part(0, OBJECT_PART_BYTES, whole), *second = part(OBJECT_PART_BYTES, whole, whole);
	(void)state;
	/* Past the client's own three attempts. */
	const char *const script[] = {first, NULL, NULL, NULL, NULL, second};
	open_bench(&b, script, 6, 100 << 20);
	ask(&b, "k");
	run(&b, 1);
	assert_int_equal(b.how, OBJECT_READ);
	assert_int_equal(lseek(b.fd, 0, SEEK_END), whole);
	assert_int_equal(b.server.n_requests, 6);
	for (size_t i = 1; i < 6; i++) {
		assert_non_null(strstr(b.server.requests[i], "bytes=8388608-"));
		assert_non_null(strstr(b.server.requests[i], "If-Match: \"v-2\""));
	}
	close_bench(&b);
	free(first);
	free(second);
}

static void a_replaced_one_is_read_from_its_start(void **state)
{
	struct bench b;
	int64_t whole = OBJECT_PART_BYTES + 10;
	char *first = part(0, OBJECT_PART_BYTES, whole);
	(void)state;
	const char *const script[] = {first, ERROR("412", "PreconditionFailed", "x"), HELLO};
	open_bench(&b, script, 3, 100 << 20);
	ask(&b, "k");
	run(&b, 1);
	assert_int_equal(b.how, OBJECT_READ);
	assert_int_equal(b.size, 5);
	close_bench(&b);
	free(first);
}

static void damaged_bytes_are_asked_for_again(void **state)
{
	struct bench b;
	(void)state;
#define WRONG     \
	SCRIPTED( \
	    "206", "ETag: " HELLO_ETAG "\r\nContent-Range: bytes 0-4/5\r\nContent-Length: 5\r\n", "hullo")
#define OTHER     \
	SCRIPTED( \
	    "206", "ETag: " HELLO_ETAG "\r\nContent-Range: bytes 3-7/9\r\nContent-Length: 5\r\n", "hello")
	assert_int_equal(ENDS(&b, WRONG, OTHER, HELLO), OBJECT_READ);
	assert_int_equal(b.server.n_requests, 3);
}

static void what_is_not_to_be_had_says_why(void **state)
{
	struct bench b;
	(void)state;
	assert_int_equal(ENDS(&b, ERROR("404", "NoSuchKey", "gone")), OBJECT_MISSING);
	assert_int_equal(ENDS(&b, ERROR("403", "AccessDenied", "kms:Decrypt")), OBJECT_DENIED);
	assert_string_equal(b.message, "kms:Decrypt");
	assert_int_equal(ENDS(&b, ERROR("416", "InvalidRange", "x")), OBJECT_EMPTY);
	assert_int_equal(
	    ENDS(&b, SCRIPTED("200", "ETag: \"d41d8\"\r\nContent-Length: 0\r\n", "")), OBJECT_EMPTY);
	open_bench(&b, (const char *const[]){HELLO}, 1, 4);
	ask(&b, "k");
	run(&b, 1);
	assert_int_equal(b.how, OBJECT_TOO_LARGE);
	close_bench(&b);
	open_bench(&b, (const char *const[]){HELLO}, 1, 100);
	b.refuse = true;
	ask(&b, "k");
	run(&b, 1);
	assert_int_equal(b.how, OBJECT_UNWANTED);
	close_bench(&b);
}

/* What ends as empty is never read again: it takes more than a 200 without a body. */
static void what_is_no_answer_of_a_store_is_no_object(void **state)
{
	struct bench b;
	(void)state;
#define NOTHING SCRIPTED("200", "Content-Length: 0\r\n", "")
#define PAGE SCRIPTED("200", "Content-Length: 5\r\n", "login")
	assert_int_equal(ENDS(&b, NOTHING, PAGE, HELLO), OBJECT_READ);
	assert_int_equal(b.server.n_requests, 3);
	assert_string_equal(b.identity, "5d41402abc4b2a76b9719d911017c592:5");
}

static void one_that_was_told_to_hold_something_is_not_empty(void **state)
{
	struct bench b;
	(void)state;
	const char *const script[] = {SCRIPTED("200", "ETag: \"d41d8\"\r\nContent-Length: 0\r\n", ""),
	    ERROR("416", "InvalidRange", "x"), HELLO};
	open_bench(&b, script, 3, 100);
	object_read(b.reader, &(struct object_wanted){SV("trail"), SV("k"), 5, wanted, done, &b});
	run(&b, 1);
	assert_int_equal(b.how, OBJECT_READ);
	assert_int_equal(b.server.n_requests, 3);
	close_bench(&b);
}

static void a_bucket_elsewhere_is_asked_there(void **state)
{
	struct bench b;
	(void)state;
	const char *const script[] = {
	    SCRIPTED("301", "x-amz-bucket-region: us-east-2\r\n",
		"<Error><Code>PermanentRedirect</Code><Message>m</Message></Error>"),
	    HELLO, HELLO};
	open_bench(&b, script, 3, 100);
	ask(&b, "k");
	run(&b, 1);
	assert_int_equal(b.how, OBJECT_READ);
	close(b.fd);
	object_release(b.reader, b.size);
	assert_non_null(strstr(b.server.requests[0], "/eu-west-1/s3/"));
	assert_non_null(strstr(b.server.requests[1], "/us-east-2/s3/"));
	ask(&b, "k2");
	run(&b, 2);
	assert_non_null(strstr(b.server.requests[2], "/us-east-2/s3/"));
	close_bench(&b);
}

static void the_budget_makes_others_wait(void **state)
{
	struct bench b;
	(void)state;
	const char *const script[] = {HELLO, HELLO};
	open_bench(&b, script, 2, 100);
	/* Of unknown size: more than the budget, so one by one. */
	ask(&b, "a");
	ask(&b, "b");
	run(&b, 1);
	object_advance(b.reader, 0);
	assert_int_equal(aws_in_flight(b.client), 0);
	assert_int_equal(object_pending(b.reader), 1);
	close(b.fd);
	object_release(b.reader, b.size);
	run(&b, 2);
	assert_int_equal(b.how, OBJECT_READ);
	close_bench(&b);
}

static void a_stop_ends_all(void **state)
{
	struct bench b;
	(void)state;
	open_bench(&b, (const char *const[]){HELLO}, 1, 100);
	ask(&b, "a");
	ask(&b, "b");
	object_advance(b.reader, 0);
	close_bench(&b);
	assert_int_equal(b.ended, 2);
	assert_int_equal(b.how, OBJECT_STOPPED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_small_object_is_one_request),
	    cmocka_unit_test(metadata_comes_with_it),
	    cmocka_unit_test(a_large_one_goes_on_where_it_was_broken_off),
	    cmocka_unit_test(a_replaced_one_is_read_from_its_start),
	    cmocka_unit_test(damaged_bytes_are_asked_for_again),
	    cmocka_unit_test(what_is_not_to_be_had_says_why),
	    cmocka_unit_test(what_is_no_answer_of_a_store_is_no_object),
	    cmocka_unit_test(one_that_was_told_to_hold_something_is_not_empty),
	    cmocka_unit_test(a_bucket_elsewhere_is_asked_there),
	    cmocka_unit_test(the_budget_makes_others_wait),
	    cmocka_unit_test(a_stop_ends_all),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	http_global_fini();
	return failed;
}
