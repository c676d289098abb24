/* An event whose values were met before takes nothing from the heap, from its bytes to its count: not where
 * rules ask what objects and arrays hold, nor where it matches. */
#include "agent/worker/sieve.h"

#include "tests/unit/agent/fixture.h"
#include "tests/unit/heap_calls.h"

#define EVENTS 20000

static const char rules[] =
    "title: a\nname: named\nlogsource: {product: aws}\ndetection:\n  s: "
    "{eventName: DeleteIndex}\n  condition: s\n"
    "---\ntitle: b\nname: inside\nlogsource: {product: aws}\ndetection:\n  s: "
    "{requestParameters|contains: [deployer, 'amber-basin-1a2b3c', '\"id\":\"i7\"']}\n"
    "  condition: s\n"
    "---\ntitle: c\nname: arrays\nlogsource: {product: aws}\ndetection:\n  s: "
    "{resources|contains: 'role/x'}\n  condition: s\n";

static bool count(void *ctx, struct findings *f)
{
	size_t *n = ctx;
	*n += f->rules_seen.n;
	findings_free(f);
	return true;
}

static void write_events(struct buf *out)
{
	for (unsigned i = 0; i < EVENTS; i++)
		buf_printf(out,
		    "{\"eventVersion\":\"1.08\",\"eventID\":\"e-%u\",\"eventTime\":\"2026-11-24T10:00:%"
		    "02uZ\","
		    "\"recipientAccountId\":\"111122223333\",\"eventName\":\"%s\",\"requestParameters\":"
		    "{\"id\":\"i%u\",\"path\":\"a%s\"},\"resources\":[\"role/%u\"]}\n",
		    i, i % 60, i % 3 ? "DeleteIndex" : "ListIndices", i % 50, i % 7 ? "b" : "\\\"b", i % 90);
}

static void counting_takes_nothing_an_event(void **state)
{
	struct ruleset *set = fixture_rules(rules);
	struct program *program = program_new(set);
	struct sieve *sieve = sieve_new(program);
	struct buf events = {0};
	struct reading_room room = {0};
	size_t calls[2], matches[2] = {0};

	(void)state;
	write_events(&events);
	for (int i = 0; i < 2; i++) {
		struct err e = {0};
		size_t before = n_heap_calls;
		struct reading *r = reading_new(&(struct reading_setup){.rules = set,
		    .sieve = sieve,
		    .room = &room,
		    .counts = true,
		    .emit = count,
		    .ctx = &matches[i]});
		assert_int_equal(reading_feed(r, buf_sv(&events), &e), RC_OK);
		assert_int_equal(reading_end(r, &e), RC_OK);
		reading_free(r);
		calls[i] = n_heap_calls - before;
	}
	assert_int_equal(matches[0], matches[1]);
	assert_true(matches[0] > EVENTS / 2);
#if COUNTS_HEAP
	/* What one reading takes; its lists have the size of the last one's. */
	assert_true(calls[0] > calls[1]);
	assert_true(calls[1] < 10);
#endif
	buf_fini(&events);
	reading_room_fini(&room);
	sieve_unref(sieve);
	program_unref(program);
	ruleset_unref(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counting_takes_nothing_an_event),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
