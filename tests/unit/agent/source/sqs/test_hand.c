/* Messages and items in hand: who waits for what, and what becomes of a message when its items end. */
#include "agent/source/sqs/hand.h"

#include "tests/unit/agent/fixture.h"

static void a_message_is_done_when_all_its_items_are(void **state)
{
	struct hand h = {0};
	(void)state;
	struct message *m = hand_add(&h, SV("m"), SV("r"), 1);
	struct item *a = hand_add_item(&h, "s3://b/a", ""), *b = hand_add_item(&h, "s3://b/b", "");
	hand_join(a, m);
	hand_join(a, m); /* named twice */
	hand_join(b, m);
	hand_judge(&h, m);
	assert_false(m->done);
	hand_end(&h, a, true);
	assert_false(m->done);
	hand_end(&h, b, true);
	assert_true(m->done);
	assert_ptr_equal(hand_message(&h, SV("m")), m);
	assert_int_equal(h.items.n, 0);
	hand_forget(&h, m);
	assert_null(hand_message(&h, SV("m")));
	hand_fini(&h);
}

static void one_item_serves_several_messages(void **state)
{
	struct hand h = {0};
	(void)state;
	struct message *one = hand_add(&h, SV("1"), SV("r"), 1), *two = hand_add(&h, SV("2"), SV("r"), 1);
	struct item *i = hand_add_item(&h, "s3://b/a", "etag:1");
	assert_ptr_equal(hand_item(&h, "s3://b/a", "etag:1"), i);
	assert_null(hand_item(&h, "s3://b/a", "etag:2"));
	hand_join(i, one);
	hand_join(i, two);
	hand_end(&h, i, true);
	assert_true(one->done && two->done);
	hand_fini(&h);
}

static void a_failure_leaves_the_message(void **state)
{
	struct hand h = {0};
	(void)state;
	struct message *m = hand_add(&h, SV("m"), SV("r"), 1);
	struct item *a = hand_add_item(&h, "a", ""), *b = hand_add_item(&h, "b", "");
	hand_join(a, m);
	hand_join(b, m);
	hand_end(&h, b, false);
	assert_ptr_equal(hand_message(&h, SV("m")), m); /* until nothing of it is under way */
	hand_end(&h, a, true);
	assert_int_equal(h.messages.n, 0);
	hand_fini(&h);
}

static void an_item_is_found_by_its_work(void **state)
{
	struct hand h = {0};
	struct source source = {0};
	(void)state;
	struct item *a = hand_add_item(&h, "a", "");
	assert_null(hand_item_of(&h, (const struct work *)(const void *)&source));
	a->work = work_new(&source, "a");
	assert_ptr_equal(hand_item_of(&h, a->work), a);
	hand_fini(&h); /* with what is still in it */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_message_is_done_when_all_its_items_are),
	    cmocka_unit_test(one_item_serves_several_messages),
	    cmocka_unit_test(a_failure_leaves_the_message),
	    cmocka_unit_test(an_item_is_found_by_its_work),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
