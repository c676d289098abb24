/* Options of a push source, for its opening and for `doctor`. */
#include "agent/source/push_check.h"

#include "agent/source/push/notice.h"

static enum rc check_topics(const struct option_value *topics, struct err *e)
{
	for (size_t i = 0; i < topics->texts.n; i++)
		if (!notice_topic_region(sv_from(topics->texts.items[i])).ptr)
			return err_set(e, RC_CONFIG,
			    "topics: \"%s\" is no topic's ARN: arn:aws:sns:REGION:ACCOUNT:NAME",
			    topics->texts.items[i]);
	return RC_OK;
}

enum rc push_check_options(const struct options *o, struct door **out, struct err *e)
{
	const struct option_value *topics = options_get(o, "topics"), *key = options_get(o, "api_key");
	const char *path = options_text(o, "path");
	if (!topics->texts.n && !key->set)
		return err_set(
		    e, RC_CONFIG, "nobody is let in: name `topics` for SNS, or an `api_key` for EventBridge");
	if (path[0] != '/')
		return err_set(e, RC_CONFIG, "path \"%s\" does not begin with /", path);
	enum rc rc = check_topics(topics, e);
	if (rc != RC_OK)
		return rc;
	return door_new(&(struct door_setup){.address = options_text(o, "address"),
			    .path = path,
			    .certificate = options_text(o, "tls_certificate"),
			    .key = options_get(o, "tls_key")->secret,
			    .max_body = (size_t)options_number(o, "max_body"),
			    .sns = topics->texts.n > 0,
			    .api_key = key->secret,
			    .api_key_header = options_text(o, "api_key_header")},
	    out, e);
}

void push_check(const struct options *options, struct checkup *out)
{
	struct door *door;
	struct err e = {0};
	const struct option_value *topics = options_get(options, "topics");
	if (push_check_options(options, &door, &e) != RC_OK) {
		checkup_say(out, CHECKUP_FAIL, NULL, "%s", e.text);
		return;
	}
	door_free(door);
	if (options_text(options, "tls_certificate"))
		checkup_say(out, CHECKUP_OK, NULL, "%s: the certificate and its key fit",
		    options_text(options, "address"));
	else
		checkup_say(out, CHECKUP_OK, NULL, "%s: for a proxy on this machine that has TLS",
		    options_text(options, "address"));
	if (topics->texts.n)
		checkup_say(out, CHECKUP_OK, NULL, "signed messages of topics: %zu", topics->texts.n);
	if (options_get(options, "api_key")->set)
		checkup_say(out, CHECKUP_OK, NULL, "requests with the key in %s",
		    options_text(options, "api_key_header"));
	checkup_say(out, CHECKUP_SKIP, NULL, "whether AWS reaches the address can't be seen from here");
}
