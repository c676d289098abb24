/* Signs requests from standard input with our own signer, for tests/e2e/test_sigv4.py. One JSON object a
 * line: {method, url, headers: [[name, value], …], body (base64), service, region, key, secret, token, time
 * (ISO), s3, payload_hash}; one a line comes back: {canonical, to_sign, headers: [line, …]}.
 */
#include "base/aws/sigv4.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/jdoc.h"
#include "base/jout.h"
#include "base/log.h"
#include "base/net/crypto.h"

#include <stdio.h>

static char *text_of(const struct jdoc *d, const char *path)
{
	struct sv s = jdoc_text(d, path);
	return s.len ? heap_text(s) : NULL;
}

static void read_request(const struct jdoc *d, struct http_request *r)
{
	const struct jdoc *headers = jdoc_at(d, "headers");
	r->method = text_of(d, "method");
	r->url = text_of(d, "url");
	for (size_t i = 0; i < jdoc_count(headers); i++) {
		const struct jdoc *pair = jdoc_item(headers, i);
		char *name = text_of(pair, "0");
		http_request_header(r, name, jdoc_text(pair, "1"));
		free(name);
	}
	if (crypto_unbase64(jdoc_text(d, "body"), &r->body, NULL) != RC_OK)
		log_fatal("bad input", "field=body");
}

static void write_answer(const struct http_request *r, const struct sigv4_trace *t, struct buf *out)
{
	struct jout j = jout_on(out);
	jout_begin_object(&j);
	jout_kv(&j, "canonical", buf_sv(&t->canonical));
	jout_kv(&j, "to_sign", buf_sv(&t->to_sign));
	jout_key(&j, "headers");
	jout_begin_array(&j);
	for (size_t i = 0; i < r->headers.n; i++)
		jout_string(&j, sv_from(r->headers.items[i]));
	jout_end_array(&j);
	jout_end_object(&j);
	buf_addc(out, '\n');
}

static void sign_line(struct sv line, struct buf *out)
{
	struct jdoc *d;
	struct err e = {0};
	int64_t now;
	if (jdoc_read(line, &d, &e) != RC_OK || !clk_parse(jdoc_text(d, "time"), &now))
		log_fatal("bad input", "error=\"%s\"", e.text);
	struct http_request r = {0};
	read_request(d, &r);
	char *service = text_of(d, "service"), *region = text_of(d, "region"),
	     *hash = text_of(d, "payload_hash");
	struct sigv4_scope scope = {.service = service,
	    .region = region,
	    .rules = jdoc_bool(d, "s3", false) ? SIGV4_S3 : SIGV4_COMMON,
	    .payload_hash = hash};
	struct sigv4_keys keys = {jdoc_text(d, "key"), jdoc_text(d, "secret"), jdoc_text(d, "token")};
	struct sigv4_trace trace = {0};
	/* Twice: the second signature must replace the first. */
	if (sigv4_sign(&r, &scope, &keys, now - 86400000, NULL, &e) != RC_OK ||
	    sigv4_sign(&r, &scope, &keys, now, &trace, &e) != RC_OK)
		log_fatal("can't sign", "error=\"%s\"", e.text);
	write_answer(&r, &trace, out);
	sigv4_trace_fini(&trace);
	free((char *)r.method);
	http_request_fini(&r);
	free(service);
	free(region);
	free(hash);
	jdoc_free(d);
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	while ((n = getline(&line, &size, stdin)) > 0) {
		struct buf out = {0};
		sign_line(sv_of(line, (size_t)n), &out);
		fwrite(out.ptr, 1, out.len, stdout);
		buf_fini(&out);
	}
	free(line);
	return 0;
}
