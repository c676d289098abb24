/* Requests of the control socket. */
#include "agent/daemon/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum rc echo(void *ctx, const struct jdoc *request, struct jout *reply, struct err *e)
{
	int64_t n = jdoc_int(request, "id", -1);
	(void)ctx;
	if (n < 0)
		return err_set(e, RC_USAGE, "`id` is missing");
	jout_kv_int(reply, "rows", n);
	return RC_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct control_order orders[] = {{"reload", echo}, {"outbox.retry", echo}};
	struct buf reply = {0};
	struct jdoc *read;
	control_answer(orders, 2, NULL, sv_of((const char *)data, size), &reply);
	if (jdoc_read(buf_sv(&reply), &read, NULL) != RC_OK)
		abort();
	jdoc_free(read);
	buf_fini(&reply);
	return 0;
}
