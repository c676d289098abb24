/* S3 requests as they go out, what replies say of objects, and listings. */
#include "base/aws/s3.h"

#include "tests/unit/base/aws/scripted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void requests(void **state)
{
	struct aws_request r;
	(void)state;
	s3_get(SV("logs"), SV("a b/x//y+z=ä.gz"), 0, -1, SV(""), &r);
	assert_string_equal(r.path.ptr, "/a%20b/x//y%2Bz%3D%C3%A4.gz");
	assert_string_equal(r.bucket, "logs");
	assert_int_equal(r.headers.n, 0);
	aws_request_fini(&r);
	s3_get(SV("logs"), SV("k"), 10, 19, SV("\"e\""), &r);
	assert_string_equal(r.headers.items[0], "Range: bytes=10-19");
	assert_string_equal(r.headers.items[1], "If-Match: \"e\"");
	aws_request_fini(&r);
	s3_list_objects(
	    &(struct s3_list){.bucket = SV("logs"), .prefix = SV("AWSLogs/"), .start_after = SV("a&b")}, &r);
	assert_string_equal(
	    r.query.ptr, "encoding-type=url&list-type=2&max-keys=1000&prefix=AWSLogs%2F&start-after=a%26b");
	aws_request_fini(&r);
	assert_true(s3_bucket_valid(SV("my.bucket-1")));
	assert_true(s3_bucket_valid(SV("Old_Bucket")));
	assert_false(s3_bucket_valid(SV("a/b")));
	assert_false(s3_bucket_valid(SV("a..b")));
	assert_false(s3_bucket_valid(SV("ab")));
}

static void where_the_bucket_goes(void **state)
{
	const char *script[] = {SCRIPTED("200", "", ""), SCRIPTED("200", "", "")};
	struct scripted s;
	struct aws_client *c;
	struct err e = {0};
	(void)state;
	scripted_start(&s, script, 2);
	struct aws_options o = {.credentials = {.key_id = SV("A"), .secret = SV("B")},
	    .region = "eu-west-1",
	    .endpoint_url = sv_from(s.url),
	    .proxy = ""};
	assert_int_equal(aws_client_new(&o, &c, &e), RC_OK);
	struct aws_request r;
	s3_get(SV("logs"), SV("a k"), 0, -1, SV(""), &r);
	assert_int_equal(aws_call(c, &r, NULL, NULL, NULL, &e), RC_OK);
	assert_non_null(strstr(s.requests[0], "GET /logs/a%20k HTTP/1.1"));
	aws_client_free(c);
	/* AWS's own endpoint, seen by a proxy: the bucket is in the host. */
	o.endpoint_url = SV("");
	o.proxy = s.url;
	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
	assert_int_equal(aws_client_new(&o, &c, &e), RC_OK);
	s3_get(SV("logs"), SV("k"), 0, -1, SV(""), &r);
	r.once = true;
	aws_call(c, &r, NULL, NULL, NULL, &e);
	assert_non_null(strstr(s.requests[1], "CONNECT logs.s3.eu-west-1.amazonaws.com:443"));
	s3_get(SV("my.logs"), SV("k"), 0, -1, SV(""), &r);
	r.once = true;
	aws_call(c, &r, NULL, NULL, NULL, &e);
	assert_non_null(strstr(s.requests[2], "CONNECT s3.eu-west-1.amazonaws.com:443"));
	aws_client_free(c);
	scripted_stop(&s);
	http_global_fini();
}

static void objects(void **state)
{
	struct http_reply r = {.status = 206};
	struct s3_object o;
	(void)state;
	vec_push(&r.headers, heap_copy("Content-Length: 10"));
	vec_push(&r.headers, heap_copy("Content-Range: bytes 0-9/1234"));
	vec_push(&r.headers, heap_copy("ETag: \"900150983cd24fb0d6963f7d28e17f72\""));
	vec_push(&r.headers, heap_copy("Last-Modified: Tue, 24 Nov 2026 03:04:05 GMT"));
	s3_read_object(&r, &o);
	assert_int_equal(o.size, 1234);
	assert_int_equal(o.modified_ms, 1795489445000);
	assert_true(s3_etag_fits(&o, SV("abc")));
	assert_false(s3_etag_fits(&o, SV("abd")));
	o.encrypted_kms = true;
	assert_true(s3_etag_fits(&o, SV("abd")));
	o = (struct s3_object){.etag = SV("\"900150983cd24fb0d6963f7d28e17f72-3\"")};
	assert_true(s3_etag_fits(&o, SV("abd")));
	http_reply_fini(&r);
}

static enum rc read_page(const char *xml, struct s3_page *out, struct err *e)
{
	struct http_reply r = {.status = 200};
	buf_adds(&r.body, xml);
	*e = (struct err){0};
	enum rc rc = s3_read_page(&r, out, e);
	http_reply_fini(&r);
	return rc;
}

#define LIST(inside)                                  \
	"<?xml version=\"1.0\"?>\n<ListBucketResult " \
	"xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" inside "</ListBucketResult>"

static void listings(void **state)
{
	struct s3_page p;
	struct err e;
	(void)state;
	assert_int_equal(
	    read_page(
		LIST("<Name>b</Name><Prefix>x</Prefix><IsTruncated>true</IsTruncated><EncodingType>url</"
		     "EncodingType>"
		     "<NextContinuationToken>t&amp;1</NextContinuationToken><Contents><Key>a%2Bb+c%25</Key>"
		     "<LastModified>2026-11-24T03:04:05.000Z</LastModified><ETag>&quot;e&quot;</"
		     "ETag><Size>7</Size>"
		     "<Owner><ID>x</ID></Owner></Contents><Contents><Key>z</Key></Contents>"
		     "<CommonPrefixes><Prefix>d%2F</Prefix></CommonPrefixes>"),
		&p, &e),
	    RC_OK);
	assert_int_equal(p.objects.n, 2);
	assert_string_equal(p.objects.items[0].key, "a+b c%");
	assert_string_equal(p.objects.items[0].etag, "\"e\"");
	assert_int_equal(p.objects.items[0].size, 7);
	assert_int_equal(p.objects.items[0].modified_ms, 1795489445000);
	assert_int_equal(p.objects.items[1].size, -1);
	assert_int_equal(p.prefixes.n, 1);
	assert_string_equal(p.prefixes.items[0], "d/");
	assert_string_equal(p.token, "t&1");
	s3_page_fini(&p);
	assert_int_equal(read_page(LIST("<Contents><Key>a+b</Key></Contents>"), &p, &e), RC_OK);
	assert_string_equal(p.objects.items[0].key, "a+b");
	assert_null(p.token);
	s3_page_fini(&p);
}

static void no_listings(void **state)
{
	static const struct {
		const char *xml, *part;
	} cases[] = {
	    {"", "it is empty"},
	    {"<html><body>log in</body></html>", "is no listing"},
	    {LIST("<Contents><Key>a</Key></Contents><IsTruncated>true</IsTruncated>"), "does not say where"},
	    {"<ListBucketResult><Contents><Key>a</Key>", "can't be read"},
	    {"<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c "
	     "\"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\"><!ENTITY f "
	     "\"&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY g \"&f;&f;&f;&f;&f;&f;&f;&f;\"><!ENTITY h "
	     "\"&g;&g;&g;&g;&g;&g;&g;&g;\"><!ENTITY i "
	     "\"&h;&h;&h;&h;&h;&h;&h;&h;\">]><ListBucketResult>&i;</ListBucketResult>",
		"can't be read"},
	};
	struct s3_page p;
	struct err e;
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(read_page(cases[i].xml, &p, &e), RC_RETRY);
		assert_non_null(strstr(e.text, cases[i].part));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests),
	    cmocka_unit_test(where_the_bucket_goes),
	    cmocka_unit_test(objects),
	    cmocka_unit_test(listings),
	    cmocka_unit_test(no_listings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
