/* Questions to AWS for `doctor`. Called by it and by the sources and sinks that it asks; owns nothing. */
#include "base/aws/probe.h"

#include "base/aws/denied.h"
#include "base/heap.h"

struct seen {
	const struct probe *probe;
	void (*read)(void *ctx, const struct http_reply *reply);
	void *ctx;
	bool denied;
	struct denied why;
	enum failure_kind kind;
	bool unfit; /* the keys: AWS knows the id, and the secret is not its own */
	bool answered;
};

static void look(void *ctx, const struct aws_answer *a)
{
	struct seen *s = ctx;
	s->kind = a->failure.kind;
	s->answered = a->reply->status > 0 && a->failure.code[0];
	s->unfit = strcmp(a->failure.code, "SignatureDoesNotMatch") == 0 ||
		   strcmp(a->failure.code, "InvalidSignatureException") == 0;
	s->denied = s->kind != FAILURE_NONE && denied_read(&a->failure, &s->why);
	if (s->kind == FAILURE_NONE && s->read)
		s->read(s->ctx, a->reply);
}

/* AWS's own word for action and resource before ours: with KMS, what is missing may be another one. */
static void say_denied(const struct probe *p, const struct seen *s)
{
	/* SQS writes its actions small. */
	bool ours = !s->why.action[0] || sv_eq_nocase(sv_from(s->why.action), sv_from(p->action));
	const char *action = ours ? p->action : s->why.action;
	struct sv resource = s->why.resource[0] ? sv_from(s->why.resource) : p->resource;
	char *advice = heap_printf("grant %s on %.*s%s", action, SV_ARG(resource),
	    p->only_doctor
		? " to whoever runs doctor (`kendrawatch doctor --iam --for doctor` prints the policy)"
		: " (`kendrawatch doctor --iam` prints the whole policy)");
	checkup_say(p->out, p->only_doctor ? CHECKUP_WARN : CHECKUP_FAIL, advice,
	    "missing grant: %s on %.*s%s%s", action, SV_ARG(resource), s->why.why[0] ? ", since " : "",
	    s->why.why);
	free(advice);
}

static const char *advice_for(enum rc rc, const struct seen *s)
{
	if (s->kind == FAILURE_CREDENTIALS && s->unfit)
		return "the secret access key is not the one of this access key id: copy both again";
	if (s->kind == FAILURE_CREDENTIALS)
		return "these keys are not known to AWS any more: give new ones";
	if (rc == RC_NOTFOUND)
		return "the name is wrong, or it was deleted, or it is in another region or account";
	if (rc == RC_RETRY)
		return "look at the way out: DNS, proxy (HTTPS_PROXY, NO_PROXY), firewall, VPC endpoint";
	return NULL;
}

static enum rc ask(const struct probe *p, struct aws_request *r, struct seen *s, struct err *e)
{
	*s = (struct seen){.probe = p, .read = s->read, .ctx = s->ctx};
	return aws_call(p->client, r, look, s, NULL, e);
}

/* What is not there is named, since AWS does not. */
static void say_failed(const struct probe *p, const struct seen *s, enum rc rc, const char *text)
{
	bool named = rc == RC_NOTFOUND && p->resource.len && !sv_eq(p->resource, SV("*"));
	bool fatal = !p->only_doctor || (rc == RC_NOTFOUND && p->must_exist);
	checkup_say(p->out, fatal ? CHECKUP_FAIL : CHECKUP_WARN, advice_for(rc, s), "%s%s%.*s%s", text,
	    named ? " (" : "", SV_ARG(named ? p->resource : SV("")), named ? ")" : "");
}

bool probe_ask(const struct probe *p, struct aws_request *r,
    void (*read)(void *ctx, const struct http_reply *reply), void *ctx)
{
	struct seen s = {.read = read, .ctx = ctx};
	struct err e = {0};
	enum rc rc = ask(p, r, &s, &e);
	if (rc == RC_OK)
		return true;
	if (s.denied)
		say_denied(p, &s);
	else if (rc == RC_NOTFOUND && !s.answered)
		checkup_say(p->out, CHECKUP_SKIP, NULL, "not asked: there are no keys to sign with");
	else
		say_failed(p, &s, rc, e.text);
	return false;
}

bool probe_dry(const struct probe *p, struct aws_request *r)
{
	struct seen s = {0};
	struct err e = {0};
	enum rc rc = ask(p, r, &s, &e);
	if (s.denied) {
		say_denied(p, &s);
		return false;
	}
	if (rc == RC_OK || (s.answered && s.kind == FAILURE_REFUSED))
		return true;
	checkup_say(p->out, CHECKUP_FAIL, advice_for(rc, &s), "%s", e.text);
	return false;
}
