/* Replies of SQS, S3 and CloudTrail, or of whatever stands in between. The first byte says whose it is taken
 * for. */
#include "base/aws/cloudtrail.h"
#include "base/aws/s3.h"
#include "base/aws/sqs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void failed(void *ctx, size_t entry, const struct failure *why)
{
	(void)ctx;
	if (entry >= 3 || why->kind == FAILURE_NONE)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_reply reply = {
	    .status = size && data[0] >= 'a' ? 403 : 200, .retry_after_ms = -1, .date_ms = -1};
	struct sqs_messages messages;
	struct sqs_queue queue;
	struct s3_page page;
	struct failure why;
	if (!size)
		return 0;
	buf_add(&reply.body, sv_of(data + 1, size - 1));
	failure_read(&reply, &why);
	if (sqs_read_messages(&reply, &messages, NULL) == RC_OK)
		sqs_messages_fini(&messages);
	sqs_read_batch(&reply, 3, failed, NULL, NULL);
	sqs_read_attributes(&reply, &queue, NULL);
	free(cloudtrail_next_token(&reply));
	if (s3_read_page(&reply, &page, NULL) == RC_OK)
		s3_page_fini(&page);
	http_reply_fini(&reply);
	return 0;
}
