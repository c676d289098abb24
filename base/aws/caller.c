/* GetCallerIdentity. Called by `doctor` and `init`; owns nothing. */
#include "base/aws/caller.h"

void caller_request(struct aws_request *out)
{
	*out = (struct aws_request){.service = "sts", .method = "POST"};
	aws_request_header(out, "Content-Type", SV("application/x-www-form-urlencoded; charset=utf-8"));
	buf_adds(&out->body, "Action=GetCallerIdentity&Version=2011-06-15");
}

void caller_read(const struct http_reply *reply, struct caller *out)
{
	struct sv xml = buf_sv(&reply->body);
	failure_xml_text(xml, "Arn", out->arn, sizeof out->arn);
	failure_xml_text(xml, "Account", out->account, sizeof out->account);
}
