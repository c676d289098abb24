/* Makes calls of base/aws for tests: one JSON object a line on standard input, one line back for each.
 *
 *   {"do": "sqs.receive", "queue": URL, "max": 10, "wait": 0, "visibility": 30}
 *   {"do": "sqs.delete" | "sqs.keep", "queue": URL, "receipts": […], "seconds": 30}
 *   {"do": "sqs.attributes", "queue": URL}
 *   {"do": "s3.get" | "s3.head", "bucket", "key", "first": 0, "last": -1, "etag"}
 *   {"do": "s3.list", "bucket", "prefix", "delimiter", "after", "token", "max": 0}
 *   {"do": "sns.publish", "topic", "message", "subject", "endpoint": URL}
 *
 * "region" is the call's own. With "reply" ({"status", "headers": [line, …], "body": base64}) nothing is
 * sent, and that is read instead. The answer: {"rc", "error", "failure": {"kind", "code", "message",
 * "region"}, "read": {…}, "reply": {…}}. Region, endpoints and keys come from the environment, as for the
 * agent. */
#include <stdio.h>
#include <string.h>

#include "base/aws/client.h"
#include "base/aws/s3.h"
#include "base/aws/sns.h"
#include "base/aws/sqs.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/jdoc.h"
#include "base/jout.h"
#include "base/log.h"
#include "base/net/crypto.h"

#define MAX_RECEIPTS 32

static const char *const kinds[] = {[FAILURE_NONE] = "none",
    [FAILURE_TRANSIENT] = "transient",
    [FAILURE_THROTTLED] = "throttled",
    [FAILURE_CREDENTIALS] = "credentials",
    [FAILURE_CLOCK] = "clock",
    [FAILURE_REGION] = "region",
    [FAILURE_REFUSED] = "refused"};
static const char *const sns_answers[] = {[SNS_SENT] = "sent",
    [SNS_RETRY] = "retry",
    [SNS_CREDENTIALS] = "credentials",
    [SNS_CLOCK] = "clock",
    [SNS_REJECT] = "reject"};

/* One line: what is asked, and the answer as it is written. */
struct job {
	const struct jdoc *asked;
	struct sv what;
	struct aws_client *client;
	struct jout out;
};

static struct sv text(const struct job *job, const char *key)
{
	return jdoc_text(job->asked, key);
}

static bool is(const struct job *job, const char *what)
{
	return sv_eq(job->what, sv_from(what));
}

/* --- requests -------------------------------------------------------------------------------------- */

static size_t receipts_of(const struct job *job, struct sv *out)
{
	const struct jdoc *list = jdoc_at(job->asked, "receipts");
	size_t n = 0;
	for (; n < jdoc_count(list) && n < MAX_RECEIPTS; n++)
		out[n] = jdoc_text(jdoc_item(list, n), "");
	return n;
}

static void build_list(const struct job *job, struct aws_request *r)
{
	struct s3_list l = {.bucket = text(job, "bucket"),
	    .prefix = text(job, "prefix"),
	    .delimiter = text(job, "delimiter"),
	    .start_after = text(job, "after"),
	    .token = text(job, "token"),
	    .max_keys = (int)jdoc_int(job->asked, "max", 0)};
	s3_list_objects(&l, r);
}

static void build(const struct job *job, struct aws_request *r)
{
	const struct jdoc *asked = job->asked;
	struct sv queue = text(job, "queue"), receipts[MAX_RECEIPTS];
	if (is(job, "sqs.receive"))
		sqs_receive(queue, (int)jdoc_int(asked, "max", 10), (int)jdoc_int(asked, "wait", 0),
		    jdoc_int(asked, "visibility", 30), r);
	else if (is(job, "sqs.delete"))
		sqs_delete(queue, receipts, receipts_of(job, receipts), r);
	else if (is(job, "sqs.keep"))
		sqs_keep(queue, receipts, receipts_of(job, receipts), jdoc_int(asked, "seconds", 30), r);
	else if (is(job, "sqs.attributes"))
		sqs_attributes(queue, r);
	else if (is(job, "s3.get"))
		s3_get(text(job, "bucket"), text(job, "key"), jdoc_int(asked, "first", 0),
		    jdoc_int(asked, "last", -1), text(job, "etag"), r);
	else if (is(job, "s3.head"))
		s3_head(text(job, "bucket"), text(job, "key"), r);
	else if (is(job, "s3.list"))
		build_list(job, r);
	else
		log_fatal("bad input", "do=\"%.*s\"", SV_ARG(job->what));
}

/* --- what a reply holds ---------------------------------------------------------------------------- */

static void show_failure(struct jout *j, const struct failure *f)
{
	jout_begin_object(j);
	jout_kv(j, "kind", sv_from(kinds[f->kind]));
	jout_kv(j, "code", sv_from(f->code));
	jout_kv(j, "message", sv_from(f->message));
	jout_kv(j, "region", sv_from(f->region));
	jout_end_object(j);
}

static enum rc read_messages(struct job *job, const struct http_reply *reply, struct err *e)
{
	struct sqs_messages m;
	enum rc rc = sqs_read_messages(reply, &m, e);
	if (rc != RC_OK)
		return rc;
	jout_key(&job->out, "messages");
	jout_begin_array(&job->out);
	for (size_t i = 0; i < m.list.n; i++) {
		jout_begin_object(&job->out);
		jout_kv(&job->out, "id", m.list.items[i].id);
		jout_kv(&job->out, "receipt", m.list.items[i].receipt);
		jout_kv(&job->out, "body", m.list.items[i].body);
		jout_kv_int(&job->out, "receives", m.list.items[i].receives);
		jout_kv_bool(&job->out, "damaged", m.list.items[i].damaged);
		jout_end_object(&job->out);
	}
	jout_end_array(&job->out);
	sqs_messages_fini(&m);
	return RC_OK;
}

static void show_entry(void *ctx, size_t entry, const struct failure *why)
{
	struct jout *j = ctx;
	jout_begin_object(j);
	jout_kv_int(j, "entry", (int64_t)entry);
	jout_kv(j, "kind", sv_from(kinds[why->kind]));
	jout_kv(j, "code", sv_from(why->code));
	jout_end_object(j);
}

static enum rc read_batch(struct job *job, const struct http_reply *reply, struct err *e)
{
	jout_key(&job->out, "failed");
	jout_begin_array(&job->out);
	enum rc rc = sqs_read_batch(reply, MAX_RECEIPTS, show_entry, &job->out, e);
	jout_end_array(&job->out);
	return rc;
}

static enum rc read_queue(struct job *job, const struct http_reply *reply, struct err *e)
{
	struct sqs_queue q;
	enum rc rc = sqs_read_attributes(reply, &q, e);
	if (rc != RC_OK)
		return rc;
	jout_kv_int(&job->out, "waiting", q.waiting);
	jout_kv_int(&job->out, "in_flight", q.in_flight);
	jout_kv_int(&job->out, "visibility_s", q.visibility_s);
	jout_kv_int(&job->out, "retention_s", q.retention_s);
	jout_kv_int(&job->out, "max_receives", q.max_receives);
	jout_kv(&job->out, "dead_letter_arn", sv_from(q.dead_letter_arn));
	return RC_OK;
}

static enum rc read_object(struct job *job, const struct http_reply *reply)
{
	struct s3_object o;
	s3_read_object(reply, &o);
	jout_kv_int(&job->out, "size", o.size);
	jout_kv(&job->out, "etag", o.etag);
	jout_kv_bool(&job->out, "modified", o.modified_ms > 0);
	jout_kv_bool(&job->out, "encrypted_kms", o.encrypted_kms);
	jout_kv_bool(&job->out, "fits", s3_etag_fits(&o, buf_sv(&reply->body)));
	return RC_OK;
}

static enum rc read_page(struct job *job, const struct http_reply *reply, struct err *e)
{
	struct s3_page p;
	enum rc rc = s3_read_page(reply, &p, e);
	if (rc != RC_OK)
		return rc;
	jout_key(&job->out, "objects");
	jout_begin_array(&job->out);
	for (size_t i = 0; i < p.objects.n; i++) {
		jout_begin_object(&job->out);
		jout_kv(&job->out, "key", sv_from(p.objects.items[i].key));
		jout_kv_int(&job->out, "size", p.objects.items[i].size);
		jout_kv_bool(&job->out, "modified", p.objects.items[i].modified_ms > 0);
		jout_end_object(&job->out);
	}
	jout_end_array(&job->out);
	jout_key(&job->out, "prefixes");
	jout_begin_array(&job->out);
	for (size_t i = 0; i < p.prefixes.n; i++)
		jout_string(&job->out, sv_from(p.prefixes.items[i]));
	jout_end_array(&job->out);
	jout_kv(&job->out, "token", sv_from(p.token ? p.token : ""));
	s3_page_fini(&p);
	return RC_OK;
}

static enum rc read_publish(struct job *job, const struct http_reply *reply)
{
	struct sns_result result;
	sns_read(reply, &result);
	jout_kv(&job->out, "answer", sv_from(sns_answers[result.answer]));
	jout_kv(&job->out, "code", sv_from(result.code));
	jout_kv_bool(&job->out, "message_id", result.message_id[0] != '\0');
	return RC_OK;
}

/* Only good replies are read, but for SNS, which reads its own refusals. */
static enum rc read_reply(struct job *job, const struct http_reply *reply, bool good, struct err *e)
{
	if (is(job, "sns.publish"))
		return read_publish(job, reply);
	if (!good)
		return RC_OK;
	if (is(job, "sqs.receive"))
		return read_messages(job, reply, e);
	if (is(job, "sqs.delete") || is(job, "sqs.keep"))
		return read_batch(job, reply, e);
	if (is(job, "sqs.attributes"))
		return read_queue(job, reply, e);
	return is(job, "s3.list") ? read_page(job, reply, e) : read_object(job, reply);
}

static void show_reply(struct jout *j, const struct http_reply *reply)
{
	struct buf body = {0};
	crypto_base64(buf_sv(&reply->body), &body);
	jout_key(j, "reply");
	jout_begin_object(j);
	jout_kv_int(j, "status", reply->status);
	jout_key(j, "headers");
	jout_begin_array(j);
	for (size_t i = 0; i < reply->headers.n; i++)
		jout_string(j, sv_from(reply->headers.items[i]));
	jout_end_array(j);
	jout_kv(j, "body", buf_sv(&body));
	jout_end_object(j);
	buf_fini(&body);
}

/* --- jobs ------------------------------------------------------------------------------------------ */

/* `done` of a call, and what a given reply goes through. */
static void answer(void *ctx, const struct aws_answer *a)
{
	struct job *job = ctx;
	struct jout *j = &job->out;
	struct err e = {0};
	enum rc rc = aws_answer_rc(a, "aws", &e);
	jout_key(j, "read");
	jout_begin_object(j);
	enum rc read = read_reply(job, a->reply, rc == RC_OK, &e);
	jout_end_object(j);
	jout_kv(j, "rc", sv_from(err_name(rc == RC_OK ? read : rc)));
	jout_kv(j, "error", sv_from(e.text));
	jout_key(j, "failure");
	show_failure(j, &a->failure);
	show_reply(j, a->reply);
}

static void answer_plain(struct job *job, const struct http_reply *reply)
{
	struct aws_answer a = {.reply = reply, .attempts = 1};
	failure_read(reply, &a.failure);
	answer(job, &a);
}

/* SNS has its own four steps (base/aws/README.md). */
static void publish(struct job *job)
{
	struct sns_publish p = {.topic_arn = text(job, "topic"),
	    .message = text(job, "message"),
	    .subject = text(job, "subject")};
	char *url = heap_text(text(job, "endpoint"));
	struct http_request r = {0};
	struct http_reply reply = {0};
	struct sigv4_keys keys;
	struct err e = {0};
	sns_build(&p, url, &r);
	if (credentials_get(aws_credentials(job->client), clk_now_ms(), &keys, &e) != RC_OK ||
	    sigv4_sign(&r, &(struct sigv4_scope){.service = "sns", .region = aws_region(job->client)}, &keys,
		clk_now_ms(), NULL, &e) != RC_OK)
		log_fatal("can't sign", "error=\"%s\"", e.text);
	http_once(NULL, &r, &reply, NULL);
	answer_plain(job, &reply);
	http_reply_fini(&reply);
	http_request_fini(&r);
	free(url);
}

static void replay(struct job *job, const struct jdoc *given)
{
	const struct jdoc *headers = jdoc_at(given, "headers");
	struct http_reply reply = {
	    .status = (int)jdoc_int(given, "status", 0), .retry_after_ms = -1, .date_ms = -1};
	for (size_t i = 0; i < jdoc_count(headers); i++)
		vec_push(&reply.headers, heap_text(jdoc_text(jdoc_item(headers, i), "")));
	if (crypto_unbase64(jdoc_text(given, "body"), &reply.body, NULL) != RC_OK)
		log_fatal("bad input", "field=reply.body");
	answer_plain(job, &reply);
	http_reply_fini(&reply);
}

static void do_line(struct sv line, struct aws_client *client)
{
	struct jdoc *asked;
	struct err e = {0};
	struct buf out = {0};
	if (jdoc_read(line, &asked, &e) != RC_OK)
		log_fatal("bad input", "error=\"%s\"", e.text);
	struct job job = {asked, jdoc_text(asked, "do"), client, jout_on(&out)};
	struct aws_request r = {0};
	const struct jdoc *given = jdoc_at(asked, "reply");
	jout_begin_object(&job.out);
	if (given) {
		replay(&job, given);
	} else if (is(&job, "sns.publish")) {
		publish(&job);
	} else {
		build(&job, &r);
		if (text(&job, "region").len)
			r.region = heap_text(text(&job, "region"));
		aws_call(client, &r, answer, &job, NULL, &e);
	}
	jout_end_object(&job.out);
	printf("%s\n", out.ptr);
	fflush(stdout);
	buf_fini(&out);
	jdoc_free(asked);
}

int main(void)
{
	struct aws_client *client;
	struct err e = {0};
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	struct aws_options o = {
	    .region = getenv("AWS_REGION") ? NULL : "us-east-1", .max_reply_bytes = SQS_MAX_BYTES};
	if (aws_client_new(&o, &client, &e) != RC_OK)
		log_fatal("no client", "error=\"%s\"", e.text);
	while ((n = getline(&line, &size, stdin)) > 0)
		do_line(sv_of(line, (size_t)n), client);
	free(line);
	aws_client_free(client);
	http_global_fini();
	return 0;
}
