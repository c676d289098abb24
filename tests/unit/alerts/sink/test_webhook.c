/* Webhook requests, signatures and verdicts, without a network. */
#include "tests/unit/alerts/sink/bed.h"

#define KEY_1 "0123456789abcdef0123456789abcdef"
#define KEY_2 "fedcba9876543210fedcba9876543210"

static void set_secret(const char *variable, const char *key)
{
	struct buf text = {0};
	buf_adds(&text, "whsec_");
	crypto_base64(sv_from(key), &text);
	setenv(variable, text.ptr, 1);
	buf_fini(&text);
}

/* The signature that Standard Webhooks asks for, made here from its own description. */
static void expected_signature(const struct http_request *r, const char *key, struct buf *out)
{
	unsigned char mac[CRYPTO_SHA256_BYTES];
	struct buf text = {0};
	buf_add(&text, bed_header(r, "webhook-id"));
	buf_addc(&text, '.');
	buf_add(&text, bed_header(r, "webhook-timestamp"));
	buf_addc(&text, '.');
	buf_add(&text, buf_sv(&r->body));
	crypto_hmac_sha256(sv_from(key), buf_sv(&text), mac);
	buf_adds(out, "v1,");
	crypto_base64(sv_of(mac, sizeof mac), out);
	buf_fini(&text);
}

static void signs_id_timestamp_and_body(void **state)
{
	struct bed b = {0};
	struct http_request r = {0};
	struct buf expected = {0};
	(void)state;
	set_secret("KW_T_SECRET", KEY_1);
	set_secret("KW_T_PREVIOUS", KEY_2);
	assert_int_equal(
	    bed_open(&b, "webhook",
		"{url: 'https://hooks.example/T0/B0', secret: 'env:KW_T_SECRET', previous_secret: "
		"'env:KW_T_PREVIOUS'}"),
	    RC_OK);
	assert_int_equal(b.type->request(b.sink, &b.delivery, &r, &b.e), RC_OK);
	assert_string_equal(r.method, "POST");
	assert_string_equal(r.url, "https://hooks.example/T0/B0");
	assert_string_equal(r.body.ptr, "{\"type\":\"kendrawatch.alert.triggered\","
					"\"timestamp\":\"2026-11-24T02:03:04Z\",\"data\":" BED_ALERT "}");
	assert_true(sv_eq(bed_header(&r, "webhook-id"), SV("msg_key1")));
	assert_true(sv_eq(bed_header(&r, "content-type"), SV("application/json")));
	expected_signature(&r, KEY_1, &expected);
	buf_addc(&expected, ' ');
	expected_signature(&r, KEY_2, &expected);
	assert_true(sv_eq(bed_header(&r, "webhook-signature"), buf_sv(&expected)));
	buf_fini(&expected);
	http_request_fini(&r);
	bed_close(&b);
}

static void retries_differ_in_signature_headers_only(void **state)
{
	struct bed b = {0};
	struct http_request first = {0}, second = {0};
	(void)state;
	bed_clock(1795485600000);
	set_secret("KW_T_SECRET", KEY_1);
	assert_int_equal(
	    bed_open(&b, "webhook", "{url: 'https://hooks.example/', secret: 'env:KW_T_SECRET'}"), RC_OK);
	assert_int_equal(b.type->request(b.sink, &b.delivery, &first, &b.e), RC_OK);
	assert_true(sv_eq(bed_header(&first, "webhook-timestamp"), SV("1795485600")));
	bed_clock(1795485661000);
	b.delivery.attempt = 2;
	assert_int_equal(b.type->request(b.sink, &b.delivery, &second, &b.e), RC_OK);
	assert_true(sv_eq(bed_header(&second, "webhook-timestamp"), SV("1795485661")));
	assert_true(sv_eq(buf_sv(&first.body), buf_sv(&second.body)));
	assert_true(sv_eq(bed_header(&first, "webhook-id"), bed_header(&second, "webhook-id")));
	assert_false(
	    sv_eq(bed_header(&first, "webhook-signature"), bed_header(&second, "webhook-signature")));
	http_request_fini(&first);
	http_request_fini(&second);
	bed_close(&b);
}

static void adds_what_was_asked_for(void **state)
{
	struct bed b = {0};
	struct http_request r = {0};
	unsigned char mac[CRYPTO_SHA256_BYTES];
	char hex[65];
	(void)state;
	setenv("KW_T_HUB", "It's a Secret", 1);
	setenv("KW_T_AUTH", "Bearer t0k", 1);
	assert_int_equal(bed_open(&b, "webhook",
			     "{url: 'http://127.0.0.1:1/', hub_secret: 'env:KW_T_HUB', authorization: "
			     "'env:KW_T_AUTH', headers: ['X-Team: security', 'X-Empty:']}"),
	    RC_OK);
	assert_int_equal(b.type->request(b.sink, &b.delivery, &r, &b.e), RC_OK);
	crypto_hmac_sha256(SV("It's a Secret"), buf_sv(&r.body), mac);
	crypto_hex(mac, sizeof mac, hex);
	struct sv hub = bed_header(&r, "X-Hub-Signature-256");
	assert_true(sv_starts(hub, SV("sha256=")));
	assert_true(sv_eq(sv_skip(hub, 7), sv_from(hex)));
	assert_true(sv_eq(bed_header(&r, "Authorization"), SV("Bearer t0k")));
	assert_true(sv_eq(bed_header(&r, "X-Team"), SV("security")));
	assert_null(bed_header(&r, "webhook-signature").ptr);
	assert_true(sv_eq(bed_header(&r, "webhook-id"), SV("msg_key1")));
	http_request_fini(&r);
	bed_close(&b);
}

static void expect_refused(const char *yaml, const char *part)
{
	struct bed b = {0};
	assert_int_equal(bed_open(&b, "webhook", yaml), RC_CONFIG);
	if (!strstr(b.e.text, part))
		fail_msg("\"%s\" does not hold \"%s\"", b.e.text, part);
	assert_null(strstr(b.e.text, "s3cret"));
	bed_close(&b);
}

static void refuses_options_that_can_not_work(void **state)
{
	(void)state;
	setenv("KW_T_BAD", "s3cret", 1);
	expect_refused(
	    "{url: 'https://x/', secret: 'env:KW_T_BAD'}", "env:KW_T_BAD does not begin with whsec_");
	setenv("KW_T_BAD", "whsec_s3cret!", 1);
	expect_refused("{url: 'https://x/', secret: 'env:KW_T_BAD'}", "base64 of 24 to 64 bytes");
	set_secret("KW_T_BAD", "only 23 bytes are short");
	expect_refused("{url: 'https://x/', secret: 'env:KW_T_BAD'}", "base64 of 24 to 64 bytes");
	set_secret("KW_T_BAD", KEY_1 KEY_2 "x");
	expect_refused("{url: 'https://x/', secret: 'env:KW_T_BAD'}", "base64 of 24 to 64 bytes");
	set_secret("KW_T_PREVIOUS", KEY_2);
	expect_refused("{url: 'https://x/', previous_secret: 'env:KW_T_PREVIOUS'}", "without \"secret\"");
	expect_refused("{url: 'https://x/', headers: ['no colon']}", "each is \"Name: value\"");
	expect_refused("{url: 'https://x/', headers: ['a b: c']}", "each is \"Name: value\"");
	expect_refused(
	    "{url: 'https://x/', headers: [\"X: a\\r\\nY: s3cret\"]}", "X holds a control character");
	expect_refused("{url: 'https://x/', headers: ['Authorization: s3cret']}", "use the option");
	expect_refused("{url: 'https://x/', headers: ['Webhook-Id: 7']}", "Webhook-Id is set by kendrawatch");
}

static void a_secret_broken_later_waits(void **state)
{
	struct bed b = {0};
	struct http_request r = {0};
	struct buf good = {0};
	char path[] = "/tmp/kw_secret_XXXXXX", yaml[128];
	(void)state;
	int fd = mkstemp(path);
	buf_adds(&good, "whsec_");
	crypto_base64(SV(KEY_1), &good);
	assert_int_equal(write(fd, good.ptr, good.len), good.len);
	snprintf(yaml, sizeof yaml, "{url: 'https://x/', secret: 'file:%s'}", path);
	assert_int_equal(bed_open(&b, "webhook", yaml), RC_OK);
	assert_int_equal(ftruncate(fd, 3), 0);
	assert_int_equal(b.type->request(b.sink, &b.delivery, &r, &b.e), RC_RETRY);
	assert_non_null(strstr(b.e.text, path));
	close(fd);
	unlink(path);
	buf_fini(&good);
	http_request_fini(&r);
	bed_close(&b);
}

static void verdicts(void **state)
{
	static const struct {
		int status;
		enum sink_answer answer;
		const char *part;
	} cases[] = {
	    {200, SINK_SENT, ""},
	    {204, SINK_SENT, ""},
	    {301, SINK_REJECT, "https://hooks.example/… answered 301, a redirect"},
	    {400, SINK_REJECT, "answered 400"},
	    {401, SINK_REJECT, "answered 401"},
	    {404, SINK_REJECT, "answered 404"},
	    {410, SINK_REJECT, "the endpoint is gone"},
	    {408, SINK_RETRY, "answered 408"},
	    {425, SINK_RETRY, "answered 425"},
	    {429, SINK_RETRY, "answered 429"},
	    {500, SINK_RETRY, "answered 500"},
	    {503, SINK_RETRY, "answered 503"},
	    {599, SINK_RETRY, "answered 599"},
	    {0, SINK_RETRY, "nothing came"},
	};
	struct bed b = {0};
	(void)state;
	assert_int_equal(bed_open(&b, "webhook", "{url: 'https://hooks.example/T0/s3cret?k=s3cret'}"), RC_OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sink_verdict v = bed_judge(&b, cases[i].status, "s3cret", 7000);
		assert_int_equal(v.answer, cases[i].answer);
		assert_non_null(strstr(v.why.text, cases[i].part));
		assert_null(strstr(v.why.text, "s3cret"));
		assert_int_equal(v.retry_after_ms, v.answer == SINK_RETRY && cases[i].status ? 7000 : -1);
	}
	bed_close(&b);
}

static void registry(void **state)
{
	size_t n_types, n_tables;
	(void)state;
	const struct sink_type *const *types = sink_types(&n_types);
	const struct option_table *const *tables = sink_tables(&n_tables);
	assert_int_equal(n_types, n_tables);
	for (size_t i = 0; i < n_types; i++) {
		char kind[64];
		snprintf(kind, sizeof kind, "sinks.%s", types[i]->name);
		assert_string_equal(tables[i]->kind, kind);
		assert_ptr_equal(sink_type_find(sv_from(types[i]->name)), types[i]);
		assert_true((types[i]->write != NULL) != (types[i]->request != NULL));
		assert_true((types[i]->request != NULL) == (types[i]->judge != NULL));
	}
	assert_null(sink_type_find(SV("webhooks")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signs_id_timestamp_and_body),
	    cmocka_unit_test(retries_differ_in_signature_headers_only),
	    cmocka_unit_test(adds_what_was_asked_for),
	    cmocka_unit_test(refuses_options_that_can_not_work),
	    cmocka_unit_test(a_secret_broken_later_waits),
	    cmocka_unit_test(verdicts),
	    cmocka_unit_test(registry),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
