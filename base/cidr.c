/* Addresses through inet_pton, which is as strict as we need once the length is known. Any thread. */
#include "base/cidr.h"

#include <arpa/inet.h>
#include <stdio.h>

static bool read_address(struct sv s, struct cidr *out)
{
	char text[INET6_ADDRSTRLEN];
	if (!s.len || s.len >= sizeof text || sv_find_char(s, '\0') != SV_NONE)
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	struct cidr c = {.v6 = sv_find_char(s, ':') != SV_NONE};
	if (inet_pton(c.v6 ? AF_INET6 : AF_INET, text, c.bytes) != 1)
		return false;
	c.length = c.v6 ? 128 : 32;
	*out = c;
	return true;
}

/* Clears the bits behind the prefix; true when one of them was set. */
static bool mask(struct cidr *c)
{
	bool had = false;
	for (unsigned i = 0; i < (c->v6 ? 16u : 4u); i++) {
		unsigned kept = c->length > i * 8 ? c->length - i * 8 : 0;
		unsigned char keep = kept >= 8 ? 0xff : (unsigned char)(0xff00u >> kept);
		had |= (c->bytes[i] & (unsigned char)~keep) != 0;
		c->bytes[i] &= keep;
	}
	return had;
}

void cidr_widen(struct cidr *net, uint8_t length)
{
	net->length = length;
	mask(net);
}

bool cidr_read(struct sv s, struct cidr *out, bool *out_had_host_bits)
{
	struct cidr c;
	size_t slash = sv_find_char(s, '/');
	if (!read_address(slash == SV_NONE ? s : sv_head(s, slash), &c))
		return false;
	if (slash != SV_NONE) {
		struct sv digits = sv_skip(s, slash + 1);
		int64_t length;
		bool odd = digits.len && (digits.ptr[0] == '-' || (digits.ptr[0] == '0' && digits.len > 1));
		if (odd || !sv_int(digits, 0, c.length, &length))
			return false;
		c.length = (uint8_t)length;
	}
	bool had = mask(&c);
	if (out_had_host_bits)
		*out_had_host_bits = had;
	*out = c;
	return true;
}

bool cidr_holds(const struct cidr *net, struct sv address)
{
	struct cidr c;
	if (!read_address(address, &c) || c.v6 != net->v6)
		return false;
	c.length = net->length;
	mask(&c);
	return memcmp(c.bytes, net->bytes, sizeof c.bytes) == 0;
}

void cidr_format(const struct cidr *net, char out[CIDR_TEXT])
{
	char text[INET6_ADDRSTRLEN];
	inet_ntop(net->v6 ? AF_INET6 : AF_INET, net->bytes, text, sizeof text);
	snprintf(out, CIDR_TEXT, "%s/%u", text, net->length);
}
