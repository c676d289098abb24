/* Any bytes as a stream. However cut (the first byte says), the same comes out; the whole record that is put
 * behind them is found; every record's brackets balance at its last byte and no sooner. */
#include <stdlib.h>

#include "rules/event/frame.h"

static bool bad(void *heard, struct sv bytes, uint64_t offset, uint64_t number, const char *reason)
{
	buf_printf(heard, "%d %d %zu %s ", (int)number, (int)offset, bytes.len, reason);
	buf_add(heard, bytes);
	return true;
}

static bool good(void *heard, struct sv bytes, uint64_t offset, uint64_t number)
{
	for (size_t i = 0, text = 0, depth = 0; i < bytes.len; i++) {
		char c = bytes.ptr[i];
		text ^= c == '"';
		i += text && c == '\\';
		depth += text ? 0 : (size_t)(c == '{' || c == '[') - (size_t)(c == '}' || c == ']');
		if ((depth == 0) != (i + 1 == bytes.len))
			abort();
	}
	return bad(heard, bytes, offset, number, "ok");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf in, heard[2];
	buf_reset(&in);
	buf_add(&in, sv_of(data, size));
	buf_adds(&in, "\n{\"kw\":\"neighbour\"}");
	for (int cut = 0; cut < 2; cut++) {
		struct frame *f = frame_new(&(struct frame_sink){good, bad, &heard[cut]});
		buf_reset(&heard[cut]);
		size_t step = cut ? (unsigned char)in.ptr[0] % 32 + 1u : in.len;
		for (size_t at = 0; at < in.len; at += step)
			frame_feed(f, sv_head(sv_skip(buf_sv(&in), at), step));
		frame_end(f, NULL);
		frame_free(f);
	}
	if (!sv_eq(buf_sv(&heard[0]), buf_sv(&heard[1])) ||
	    sv_find(buf_sv(&heard[0]), SV("ok {\"kw\":\"n")) == SV_NONE)
		abort();
	return 0;
}
