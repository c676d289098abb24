/* IP addresses and networks, read strictly: no blanks, zones, leading zeros or short forms of IPv4. The two
 * families do not mix: ::ffff:192.0.2.1 is an IPv6 address and in no IPv4 network. */
#ifndef KW_BASE_CIDR_H
#define KW_BASE_CIDR_H

#include "base/sv.h"

struct cidr {
	unsigned char bytes[16]; /* network order; IPv4 uses the first four */
	uint8_t length;          /* of the prefix, in bits */
	bool v6;
};

/* Reads `address/length`, or an address alone (a network of one). Host bits are cleared, and
 * *out_had_host_bits (may be NULL) says whether there were any. */
bool cidr_read(struct sv s, struct cidr *out, bool *out_had_host_bits);

/* Makes it the network of `length` bits that it is in; `length` is at most its own. */
void cidr_widen(struct cidr *net, uint8_t length);

/* Is `address` an address, and one in the network? */
bool cidr_holds(const struct cidr *net, struct sv address);

/* The network as text, `10.0.0.0/8`. */
#define CIDR_TEXT 64
void cidr_format(const struct cidr *net, char out[CIDR_TEXT]);

#endif
