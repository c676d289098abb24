/* Any bytes as SNS's answer, first byte the status: no crash, and only a 2xx with a MessageId counts as sent.
 */
#include <assert.h>

#include "base/aws/sns.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool printable(const char *text, size_t room)
{
	size_t len = strnlen(text, room);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	return len < room && utf8_valid(sv_of(text, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = {200, 400, 403, 404, 429, 500, 301, 0};
	struct http_reply reply = {.retry_after_ms = -1, .date_ms = -1};
	struct sns_result r;
	if (!size)
		return 0;
	reply.status = statuses[data[0] % 8];
	buf_add(&reply.body, sv_of(data + 1, size - 1));
	sns_read(&reply, &r);
	assert(printable(r.message_id, sizeof r.message_id));
	assert(printable(r.code, sizeof r.code));
	assert(printable(r.message, sizeof r.message));
	assert((r.answer == SNS_SENT) == (reply.status == 200 && r.message_id[0]));
	http_reply_fini(&reply);
	return 0;
}
