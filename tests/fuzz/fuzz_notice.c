/* What is posted to a push source as a message of SNS, and the URLs in it. */
#include "agent/source/push/notice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct notice m;
	struct err e = {0};
	struct buf text = {0};
	if (notice_read(sv_of((const char *)data, size), &m, &e) != RC_OK) {
		if (!e.text[0] || m.doc)
			abort();
		return 0;
	}
	struct sv region = notice_topic_region(m.topic_arn);
	notice_signed_text(&m, &text);
	if (!sv_starts(buf_sv(&text), SV("Message\n")))
		abort();
	/* Whatever else a URL says, its host is SNS's. */
	if (notice_certificate_url_ok(m.certificate_url, region) &&
	    sv_find(m.certificate_url, SV(".amazonaws.com")) != sizeof "https://sns." - 1 + region.len)
		abort();
	notice_subscribe_url_ok(m.subscribe_url, region);
	buf_fini(&text);
	notice_fini(&m);
	return 0;
}
