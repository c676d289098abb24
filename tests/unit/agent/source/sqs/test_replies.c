/* Batches to the queue: deletes, visibility, entries that fail, receipts that change meanwhile. */
#include "agent/source/sqs/replies.h"

#include "base/clock.h"
#include "tests/unit/agent/fixture.h"
#include "tests/unit/base/aws/scripted.h"

#define JSON(body) SCRIPTED("200", "Content-Type: application/x-amz-json-1.0\r\n", body)
#define BOTH JSON("{\"Successful\":[{\"Id\":\"0\"},{\"Id\":\"1\"}]}")
#define SECOND_FAILS                                                                                  \
	JSON("{\"Successful\":[{\"Id\":\"0\"}],\"Failed\":[{\"Id\":\"1\",\"Code\":\"InternalError\"," \
	     "\"SenderFault\":false}]}")

struct bench {
	struct scripted server;
	struct aws_client *client;
	struct hand hand;
	struct source source;
	struct replies replies;
};

static void open_bench(struct bench *b, const char *const *script, size_t n)
{
	struct err e = {0};
	*b = (struct bench){.source.setup.name = "q"};
	scripted_start(&b->server, script, n);
	struct aws_options o = {.credentials = {SV("AKIAIOSFODNN7EXAMPLE"), SV("secret"), SV(""), NULL},
	    .region = "eu-west-1",
	    .proxy = ""};
	fixture_ok(aws_client_new(&o, &b->client, &e), &e);
	b->replies = (struct replies){.source = &b->source,
	    .client = b->client,
	    .hand = &b->hand,
	    .queue_url = SV("http://127.0.0.1/1/q"),
	    .url = b->server.url,
	    .visibility_ms = 60000};
	for (int i = 0; i < 2; i++) {
		struct message *m = hand_add(&b->hand, i ? SV("m1") : SV("m0"), i ? SV("r1") : SV("r0"), 1);
		m->keep_ms = clk_mono_ms() + 30000;
		m->last_ms = clk_mono_ms() + 1000000;
	}
}

static void run(struct bench *b, size_t requests)
{
	int64_t end = clk_mono_ms() + 20000;
	while ((b->server.n_requests < requests || b->replies.n_under_way) && clk_mono_ms() < end) {
		replies_send(&b->replies, true, 0);
		aws_run(b->client, 20);
	}
	assert_int_equal(b->server.n_requests, requests);
}

static void close_bench(struct bench *b)
{
	aws_client_free(b->client);
	hand_fini(&b->hand);
	scripted_stop(&b->server);
}

static struct message *message(struct bench *b, const char *id)
{
	return hand_message(&b->hand, sv_from(id));
}

static void what_is_done_is_deleted_and_forgotten(void **state)
{
	struct bench b;
	(void)state;
	open_bench(&b, (const char *const[]){BOTH}, 1);
	message(&b, "m0")->done = message(&b, "m1")->done = true;
	run(&b, 1);
	assert_non_null(strstr(b.server.requests[0], "AmazonSQS.DeleteMessageBatch"));
	assert_non_null(strstr(b.server.requests[0], "\"r0\""));
	assert_non_null(strstr(b.server.requests[0], "\"r1\""));
	assert_int_equal(b.hand.messages.n, 0);
	close_bench(&b);
}

static void what_failed_is_deleted_again(void **state)
{
	struct bench b;
	(void)state;
	open_bench(&b, (const char *const[]){SECOND_FAILS, JSON("{\"Successful\":[{\"Id\":\"0\"}]}")}, 2);
	message(&b, "m0")->done = message(&b, "m1")->done = true;
	run(&b, 2);
	assert_null(strstr(b.server.requests[1], "\"r0\""));
	assert_non_null(strstr(b.server.requests[1], "\"r1\""));
	assert_int_equal(b.hand.messages.n, 0);
	close_bench(&b);
}

static void a_newer_receipt_is_used(void **state)
{
	struct bench b;
	(void)state;
	open_bench(&b, (const char *const[]){BOTH, JSON("{\"Successful\":[{\"Id\":\"0\"}]}")}, 2);
	message(&b, "m0")->done = message(&b, "m1")->done = true;
	replies_send(&b.replies, true, 0);
	/* It comes again while its delete is under way. */
	struct message *m = message(&b, "m1");
	free(m->receipt);
	m->receipt = heap_copy("r1-newer");
	run(&b, 2);
	assert_non_null(strstr(b.server.requests[1], "\"r1-newer\""));
	assert_null(strstr(b.server.requests[1], "\"r0\""));
	assert_int_equal(b.hand.messages.n, 0);
	close_bench(&b);
}

static void what_is_worked_on_is_kept_in_time(void **state)
{
	struct bench b;
	(void)state;
	open_bench(&b, (const char *const[]){BOTH}, 1);
	assert_true(replies_send(&b.replies, false, 100000) <= 30000);
	assert_int_equal(b.replies.n_under_way, 0);
	message(&b, "m0")->keep_ms = clk_mono_ms();
	message(&b, "m1")->keep_ms = clk_mono_ms() + 5000; /* soon enough to go along */
	run(&b, 1);
	assert_non_null(strstr(b.server.requests[0], "AmazonSQS.ChangeMessageVisibilityBatch"));
	assert_non_null(strstr(b.server.requests[0], "\"VisibilityTimeout\":60"));
	assert_non_null(strstr(b.server.requests[0], "\"r1\""));
	assert_true(message(&b, "m0")->keep_ms > clk_mono_ms() + 20000);
	/* Past twelve hours nobody may keep it. */
	message(&b, "m0")->keep_ms = message(&b, "m0")->last_ms = clk_mono_ms();
	replies_send(&b.replies, false, 0);
	assert_int_equal(b.replies.n_under_way, 0);
	close_bench(&b);
}

static void what_is_given_back_is_free_at_once(void **state)
{
	struct bench b;
	(void)state;
	open_bench(&b, (const char *const[]){BOTH}, 1);
	replies_give_back(&b.replies, 0);
	run(&b, 1);
	assert_non_null(strstr(b.server.requests[0], "\"VisibilityTimeout\":0"));
	assert_non_null(strstr(b.server.requests[0], "\"r0\""));
	assert_non_null(strstr(b.server.requests[0], "\"r1\""));
	close_bench(&b);
}

static void what_is_given_back_is_not_kept_any_more(void **state)
{
	struct bench b;
	(void)state;
	open_bench(&b, (const char *const[]){BOTH, JSON("{\"Successful\":[{\"Id\":\"0\"}]}")}, 2);
	replies_give_back(&b.replies, 21);
	run(&b, 1);
	assert_non_null(strstr(b.server.requests[0], "\"VisibilityTimeout\":21"));
	message(&b, "m0")->keep_ms = message(&b, "m1")->keep_ms = clk_mono_ms();
	assert_true(replies_send(&b.replies, true, 5000) == 5000);
	replies_give_back(&b.replies, 0); /* once is enough */
	assert_int_equal(b.replies.n_under_way, 0);
	message(&b, "m1")->given_back = false; /* it came again */
	message(&b, "m1")->keep_ms = clk_mono_ms() + 30000;
	replies_give_back(&b.replies, 0);
	run(&b, 2);
	assert_null(strstr(b.server.requests[1], "\"r0\""));
	assert_non_null(strstr(b.server.requests[1], "\"r1\""));
	close_bench(&b);
}

static void what_is_done_is_not_given_back(void **state)
{
	struct bench b;
	(void)state;
	open_bench(&b, (const char *const[]){JSON("{\"Successful\":[{\"Id\":\"0\"}]}")}, 1);
	message(&b, "m0")->done = true;
	replies_give_back(&b.replies, 0);
	assert_int_equal(b.replies.n_under_way, 1);
	message(&b, "m0")->deleting = true; /* so that nothing else is sent */
	run(&b, 1);
	assert_null(strstr(b.server.requests[0], "\"r0\""));
	close_bench(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_done_is_deleted_and_forgotten),
	    cmocka_unit_test(what_failed_is_deleted_again),
	    cmocka_unit_test(a_newer_receipt_is_used),
	    cmocka_unit_test(what_is_worked_on_is_kept_in_time),
	    cmocka_unit_test(what_is_given_back_is_free_at_once),
	    cmocka_unit_test(what_is_given_back_is_not_kept_any_more),
	    cmocka_unit_test(what_is_done_is_not_given_back),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	http_global_fini();
	return failed;
}
