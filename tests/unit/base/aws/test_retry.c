/* When a failed call is tried again, and when the quota says no. */
#include "base/aws/retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static const struct failure busy = {.kind = FAILURE_TRANSIENT}, throttled = {.kind = FAILURE_THROTTLED},
			    refused = {.kind = FAILURE_REFUSED}, keys = {.kind = FAILURE_CREDENTIALS};
static const struct http_reply answer = {.status = 503, .retry_after_ms = -1},
			       silence = {.retry_after_ms = -1};

static void three_attempts(void **state)
{
	struct retry_quota q = retry_quota_full();
	struct retry r = {.attempts = 1};
	int64_t ms;
	(void)state;
	assert_true(retry_again(&r, &q, &busy, &answer, &ms));
	assert_in_range(ms, 0, 50);
	r.attempts = 2;
	assert_true(retry_again(&r, &q, &throttled, &answer, &ms));
	assert_in_range(ms, 0, 2000);
	r.attempts = RETRY_ATTEMPTS;
	assert_false(retry_again(&r, &q, &busy, &answer, &ms));
	assert_int_equal(q.left, RETRY_QUOTA - 2 * RETRY_COST);
	retry_succeeded(&r, &q);
	assert_int_equal(q.left, RETRY_QUOTA - RETRY_COST);
}

static void for_good_is_for_good(void **state)
{
	struct retry_quota q = retry_quota_full();
	struct retry r = {.attempts = 1};
	int64_t ms;
	(void)state;
	assert_false(retry_again(&r, &q, &refused, &answer, &ms));
	assert_int_equal(q.left, RETRY_QUOTA);
}

static void what_was_mended_costs_nothing_once(void **state)
{
	struct retry_quota q = {0};
	struct retry r = {.attempts = 3};
	int64_t ms = 7;
	(void)state;
	assert_true(retry_again(&r, &q, &keys, &answer, &ms));
	assert_int_equal(ms, 0);
	assert_false(retry_again(&r, &q, &keys, &answer, &ms));
}

static void the_quota_runs_out_and_comes_back(void **state)
{
	struct retry_quota q = retry_quota_full();
	int64_t ms;
	int retries = 0;
	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct retry r = {.attempts = 1};
		retries += retry_again(&r, &q, &busy, &silence, &ms);
	}
	assert_int_equal(retries, RETRY_QUOTA / RETRY_COST_TIMEOUT);
	struct retry easy = {.attempts = 1};
	for (int i = 0; i < RETRY_COST; i++)
		retry_succeeded(&easy, &q);
	assert_true(retry_again(&easy, &q, &busy, &answer, &ms));
}

static void the_server_may_ask_for_time(void **state)
{
	struct retry_quota q = retry_quota_full();
	struct retry r = {.attempts = 1};
	struct http_reply reply = {.status = 503, .retry_after_ms = 7000};
	int64_t ms;
	(void)state;
	assert_true(retry_again(&r, &q, &busy, &reply, &ms));
	assert_int_equal(ms, 7000);
	reply.retry_after_ms = 3600000;
	assert_true(retry_again(&r, &q, &busy, &reply, &ms));
	assert_int_equal(ms, RETRY_MAX_DELAY_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(three_attempts),
	    cmocka_unit_test(for_good_is_for_good),
	    cmocka_unit_test(what_was_mended_costs_nothing_once),
	    cmocka_unit_test(the_quota_runs_out_and_comes_back),
	    cmocka_unit_test(the_server_may_ask_for_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
