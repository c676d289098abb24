/* One digest: what is read of it, what is signed, and the verdict beside its neighbour. */
#include "agent/digest/digest.h"

#include "agent/digest/link.h"
#include "tests/unit/agent/digest/sample.h"
#include "tests/unit/agent/fixture.h"

#define OBJECT                                                         \
	"AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/23/" \
	"111122223333_CloudTrail-Digest_eu-west-1_"                    \
	"main_eu-west-1_20261123T020000Z.json.gz"

static void same(struct sv got, const char *want)
{
	if (!sv_eq(got, sv_from(want)))
		fail_msg("%.*s is not %s", SV_ARG(got), want);
}

static struct digest read_sample(struct arena *a)
{
	struct digest d;
	struct err e = {0};
	fixture_ok(digest_read(SV(SAMPLE_DIGEST), a, &d, &e), &e);
	return d;
}

static void load_keys(struct keys *k)
{
	struct err e = {0};
	fixture_ok(keys_add(k,
		       SV("{\"PublicKeyList\":[{\"Fingerprint\":\"" SAMPLE_FINGERPRINT
			  "\",\"Value\":\"" SAMPLE_KEY "\"}]}"),
		       &e),
	    &e);
}

static void fields(void **state)
{
	struct arena a = {0};
	struct digest d = read_sample(&a), zipped;
	struct buf gz = {0};
	(void)state;
	same(d.account, "111122223333");
	same(d.bucket, "example-trail");
	same(d.object, OBJECT);
	same(d.end_text, "2026-11-23T02:00:00Z");
	assert_int_equal(d.end_ms - d.start_ms, 3600000);
	assert_int_equal(d.n_logs, 1);
	assert_int_equal(d.logs[0].hash.len, 64);
	assert_int_equal(d.previous_signature.len, 512);
	fixture_gzip(SV(SAMPLE_DIGEST), &gz);
	fixture_ok(digest_read(buf_sv(&gz), &a, &zipped, NULL), NULL);
	assert_string_equal(d.hash, zipped.hash);
	buf_fini(&gz);
	arena_fini(&a);
}

static void what_is_signed(void **state)
{
	struct arena a = {0};
	struct digest d = read_sample(&a);
	struct buf text = {0};
	(void)state;
	d.previous_signature = (struct sv){NULL, 0};
	digest_signed_text(&d, &text);
	char *want = heap_printf("2026-11-23T02:00:00Z\nexample-trail/" OBJECT "\n%s\nnull", d.hash);
	assert_string_equal(text.ptr, want);
	free(want);
	buf_fini(&text);
	arena_fini(&a);
}

static void bad_digests(void **state)
{
	static const char *const bad[][2] = {
	    {"", "not JSON"},
	    {"[]", "\"digestSignatureAlgorithm\" is not SHA256withRSA"},
	    {"{\"digestSignatureAlgorithm\":\"SHA256withRSA\"}", "\"awsAccountId\" is missing"},
	};
	struct arena a = {0};
	struct digest d;
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = {0};
		assert_int_equal(digest_read(sv_from(bad[i][0]), &a, &d, &e), RC_INPUT);
		if (!strstr(e.text, bad[i][1]))
			fail_msg("%s", e.text);
	}
	arena_fini(&a);
}

static void metadata(void **state)
{
	static const char *const forms[] = {
	    "{\"signature\":\"ab\",\"signature-algorithm\":\"SHA256withRSA\"}",
	    "{\"X-Amz-Meta-Signature\":\"ab\",\"x-amz-meta-signature-algorithm\":\"SHA256withRSA\"}",
	    "{\"ETag\":\"x\",\"Metadata\":{\"signature\":\"ab\",\"signature-algorithm\":\"SHA256withRSA\"}}"};
	struct arena a = {0};
	struct digest_metadata m;
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		fixture_ok(digest_metadata_read(sv_from(forms[i]), &a, &m, NULL), NULL);
		same(m.signature, "ab");
		same(m.algorithm, "SHA256withRSA");
	}
	assert_int_equal(digest_metadata_read(SV("nonsense"), &a, &m, NULL), RC_INPUT);
	fixture_ok(digest_metadata_read(SV("{\"signature\":7}"), &a, &m, NULL), NULL);
	assert_int_equal(m.signature.len, 0);
	arena_fini(&a);
}

/* --- verdicts --------------------------------------------------------------------------------------- */

struct question {
	struct sv signature;
	bool elsewhere, other_hash, other_signature, no_neighbour, no_keys;
};

static enum flaw_kind ask(struct question q)
{
	struct arena a = {0};
	struct digest d = read_sample(&a);
	struct keys k = {0};
	char reason[500] = "";
	struct link_claim claim = {
	    q.other_hash ? SV("00") : sv_from(d.hash), q.other_signature ? SV("00") : SV(SAMPLE_SIGNATURE)};
	struct digest_metadata m = {q.signature, SV("SHA256withRSA"), {NULL, 0}};
	if (q.no_neighbour)
		claim = (struct link_claim){0};
	if (!q.no_keys)
		load_keys(&k);
	/* Claims are shown by their first digits. */
	if (q.other_hash)
		claim.hash = SV("0000000000000000000000000000000000000000000000000000000000000000");
	enum flaw_kind kind = link_check(&d, &m, !q.elsewhere, &claim, &k, SV("eu-west-1"), reason);
	assert_true((kind == FLAW_KINDS) == (reason[0] == 0));
	keys_fini(&k);
	arena_fini(&a);
	return kind;
}

static void verdicts(void **state)
{
	struct sv good = SV(SAMPLE_SIGNATURE), bad = SV("00");
	(void)state;
	assert_int_equal(ask((struct question){.signature = good}), FLAW_KINDS);
	assert_int_equal(ask((struct question){.signature = good, .no_neighbour = true}), FLAW_KINDS);
	assert_int_equal(ask((struct question){.signature = good, .elsewhere = true}), FLAW_MOVED);
	assert_int_equal(ask((struct question){.signature = good, .other_hash = true}), FLAW_REPLACED_DIGEST);
	assert_int_equal(
	    ask((struct question){.signature = good, .other_signature = true}), FLAW_REPLACED_DIGEST);
	assert_int_equal(ask((struct question){.signature = good, .no_keys = true}), FLAW_UNKNOWN_KEY);
	assert_int_equal(ask((struct question){.signature = SV("")}), FLAW_UNSIGNED);
	assert_int_equal(ask((struct question){.signature = bad}), FLAW_FORGED_SIGNATURE);
	assert_int_equal(
	    ask((struct question){.signature = bad, .no_neighbour = true}), FLAW_FORGED_SIGNATURE);
	assert_int_equal(ask((struct question){.signature = bad, .other_hash = true}), FLAW_FORGED_SIGNATURE);
	assert_int_equal(
	    ask((struct question){.signature = bad, .other_hash = true, .other_signature = true}),
	    FLAW_TAMPERED_DIGEST);
}

static void names_of_flaws(void **state)
{
	enum flaw_kind kind;
	const char *near;
	(void)state;
	for (int k = 0; k < FLAW_KINDS; k++) {
		assert_true(flaw_find(sv_from(flaw_name((enum flaw_kind)k)), &kind, &near));
		assert_int_equal(kind, k);
	}
	assert_false(flaw_find(SV("mising-log"), &kind, &near));
	assert_string_equal(near, "missing-log");
}

static void hashes_of_logs(void **state)
{
	struct buf gz = {0};
	char hash[DIGEST_HASH_TEXT], want[DIGEST_HASH_TEXT];
	struct err e = {0};
	(void)state;
	fixture_gzip(SV("{\"Records\":"), &gz);
	fixture_gzip(SV("[]}"), &gz);
	fixture_ok(digest_log_hash(buf_sv(&gz), hash, &e), &e);
	crypto_sha256_hex(SV("{\"Records\":[]}"), want);
	assert_string_equal(hash, want);
	assert_int_equal(digest_log_hash(sv_head(buf_sv(&gz), gz.len - 3), hash, &e), RC_INPUT);
	assert_int_equal(digest_log_hash(SV("{\"Records\":[]}"), hash, &e), RC_INPUT);
	buf_fini(&gz);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields),
	    cmocka_unit_test(what_is_signed),
	    cmocka_unit_test(bad_digests),
	    cmocka_unit_test(metadata),
	    cmocka_unit_test(verdicts),
	    cmocka_unit_test(names_of_flaws),
	    cmocka_unit_test(hashes_of_logs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
