/* Sends one alert through one HTTP sink without an agent, for tests/e2e/test_sinks_wire.py:
 *   sink_send TYPE OPTIONS.yaml ALERT.json KEY…
 * One line of JSON for each key: what came back and what the sink made of it. */
#include "alerts/sink/sink.h"
#include "base/file.h"
#include "base/jout.h"
#include "base/log.h"

static const char *const answers[] = {[SINK_SENT] = "sent", [SINK_RETRY] = "retry", [SINK_REJECT] = "reject"};

static void tell(int status, const struct sink_verdict *v)
{
	struct buf out = {0};
	struct jout j = jout_on(&out);
	jout_begin_object(&j);
	jout_kv_int(&j, "status", status);
	jout_kv(&j, "answer", sv_from(answers[v->answer]));
	jout_kv_int(&j, "retry_after_ms", v->retry_after_ms);
	jout_kv(&j, "why", sv_from(v->why.text));
	jout_end_object(&j);
	printf("%s\n", out.ptr);
	buf_fini(&out);
}

static void send_one(const struct sink_type *type, struct sink *sink, const struct delivery *d)
{
	struct http_request request = {0};
	struct http_reply reply = {0};
	struct sink_verdict verdict;
	struct err e = {0};
	enum rc rc = type->request(sink, d, &request, &e);
	if (rc != RC_OK) {
		verdict = rc == RC_RETRY ? sink_retry(-1, "%s", e.text) : sink_reject("%s", e.text);
	} else {
		http_once(&(struct http_options){.timeout_ms = 5000}, &request, &reply, &e);
		verdict = type->judge(sink, d, &reply);
	}
	tell(reply.status, &verdict);
	http_request_fini(&request);
	http_reply_fini(&reply);
}

static void read_whole(const char *path, struct buf *out)
{
	struct err e = {0};
	if (file_read(path, 8u << 20, out, &e) != RC_OK)
		log_fatal("can't read", "error=\"%s\"", e.text);
}

int main(int argc, char **argv)
{
	struct buf yaml = {0}, alert = {0};
	struct faults faults = {0};
	struct options options;
	struct sink_context context = {.stdout_fd = 1};
	struct sink *sink;
	struct jdoc *parsed;
	struct err e = {0};
	if (argc < 5)
		return 2;
	read_whole(argv[2], &yaml);
	read_whole(argv[3], &alert);
	const struct sink_type *type = sink_type_find(sv_from(argv[1]));
	struct ydoc *y = ydoc_parse(argv[2], buf_sv(&yaml), 0, &faults);
	options_read(&options, type->table, ydoc_root(y, 0), argv[2], NULL, &faults);
	if (faults.n_errors || type->open(&options, &context, &sink, &e) != RC_OK ||
	    jdoc_read(buf_sv(&alert), &parsed, &e) != RC_OK)
		log_fatal("bad input", "error=\"%s\"", faults.list.n ? faults.list.items[0].text : e.text);
	for (int i = 4; i < argc; i++) {
		struct delivery d = {
		    .key = sv_from(argv[i]), .body = buf_sv(&alert), .alert = parsed, .attempt = 1};
		send_one(type, sink, &d);
	}
	http_global_fini();
	type->close(sink);
	options_fini(&options);
	ydoc_free(y);
	faults_fini(&faults);
	jdoc_free(parsed);
	buf_fini(&yaml);
	buf_fini(&alert);
	return 0;
}
