/* The desk that digests wait at for their keys: what is judged, what is given back. */
#include "agent/source/digest_desk.h"

#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/agent/digest/sample.h"
#include "tests/unit/agent/fixture.h"

#define KEY                                                            \
	"AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/23/" \
	"111122223333_CloudTrail-Digest_eu-west-1_main_eu-west-1_20261123T020000Z.json.gz"
#define METADATA                                        \
	"{\"x-amz-meta-signature\":\"" SAMPLE_SIGNATURE \
	"\",\"x-amz-meta-signature-algorithm\":\"SHA256withRSA\"}"
#define PATIENCE_MS 20000

struct office {
	struct source source;
	struct queue *intake, *back; /* `back`: works that settled */
	struct digests digests;
	struct digest_desk *desk;
};

/* The only settling that a desk does. */
static void settled(struct source *s, struct work *w, enum rc rc)
{
	struct office *o = (struct office *)s;
	assert_int_equal(rc, RC_IO);
	assert_true(queue_offer(o->back, (void *)(uintptr_t)w));
}
static const struct source_type type = {.name = "office", .settled = settled};

static void open_office(struct office *o, bool key, size_t most)
{
	struct err e = {0};
	*o = (struct office){.intake = queue_new(8), .back = queue_new(8)};
	o->source = (struct source){.type = &type, .setup = {.name = "office", .intake = o->intake}};
	o->digests = (struct digests){.on = true, .patience_ms = PATIENCE_MS};
	if (key)
		fixture_ok(keys_add(&o->digests.keys,
			       SV("{\"PublicKeyList\":[{\"Fingerprint\":\"" SAMPLE_FINGERPRINT
				  "\",\"Value\":\"" SAMPLE_KEY "\"}]}"),
			       &e),
		    &e);
	o->desk = digest_desk_new(&o->digests, most);
	assert_non_null(o->desk);
}

static void close_office(struct office *o)
{
	digest_desk_free(o->desk);
	keys_fini(&o->digests.keys);
	queue_free(o->intake);
	queue_free(o->back);
}

/* A work of these bytes is brought; the caller's reference. */
static struct work *bring(struct office *o, struct sv bytes)
{
	struct work *w = work_new(&o->source, "s3://example-trail/" KEY);
	w->fd = memfd_create("digest", MFD_CLOEXEC);
	assert_int_equal(write(w->fd, bytes.ptr, bytes.len), bytes.len);
	assert_int_equal(lseek(w->fd, 0, SEEK_SET), 0);
	digest_desk_take(o->desk, w, "example-trail", KEY, METADATA);
	return w;
}

static void expect(struct office *o, struct work *w, enum flaw_kind verdict)
{
	assert_ptr_equal(queue_take(o->intake, PATIENCE_MS), w);
	assert_non_null(w->digest);
	assert_int_equal(w->digest->verdict, verdict);
	work_unref(w); /* the intake's */
	work_unref(w);
}

static void good_and_bad(void **state)
{
	struct office o;
	(void)state;
	open_office(&o, true, 4);
	expect(&o, bring(&o, SV(SAMPLE_DIGEST)), FLAW_KINDS);
	expect(&o, bring(&o, SV("none")), FLAW_DAMAGED_DIGEST);
	close_office(&o);
}

static void without_anybody_to_ask_it_is_told_at_once(void **state)
{
	struct office o;
	(void)state;
	open_office(&o, false, 4);
	expect(&o, bring(&o, SV(SAMPLE_DIGEST)), FLAW_UNKNOWN_KEY);
	close_office(&o);
}

static void while_keys_are_not_to_be_had_it_waits(void **state)
{
	struct office o;
	struct work *first, *second;
	(void)state;
	open_office(&o, false, 1);
	o.digests.keys.trouble = heap_copy("CloudTrail does not answer");
	first = bring(&o, SV(SAMPLE_DIGEST));
	second = bring(&o, SV(SAMPLE_DIGEST));
	/* One may wait: the older one goes back. */
	assert_ptr_equal(queue_take(o.back, PATIENCE_MS), first);
	assert_int_equal(queue_length(o.intake), 0);
	digest_desk_free(o.desk);
	o.desk = NULL;
	assert_ptr_equal(queue_take(o.back, PATIENCE_MS), second);
	assert_int_equal(queue_length(o.intake), 0);
	work_unref(first);
	work_unref(second);
	close_office(&o);
}

static void a_closed_intake_gives_it_back(void **state)
{
	struct office o;
	(void)state;
	open_office(&o, true, 4);
	queue_close(o.intake);
	struct work *w = bring(&o, SV(SAMPLE_DIGEST));
	assert_ptr_equal(queue_take(o.back, PATIENCE_MS), w);
	work_unref(w);
	close_office(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_and_bad),
	    cmocka_unit_test(without_anybody_to_ask_it_is_told_at_once),
	    cmocka_unit_test(while_keys_are_not_to_be_had_it_waits),
	    cmocka_unit_test(a_closed_intake_gives_it_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
