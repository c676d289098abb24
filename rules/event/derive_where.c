/* The derived fields about where a call came from. Called by derive.c; owns nothing. The user agent and,
 * behind a VPC endpoint, the address are what the caller says they are. */
#include "rules/event/derive.h"

#include <arpa/inet.h>

#include "base/utf8.h"

#define MAX_FAMILY 64

/* An AWS service names itself by its DNS name. */
static bool is_service_name(struct sv s)
{
	if (!sv_ends(s, SV(".amazonaws.com")) && !sv_ends(s, SV(".amazonaws.com.cn")))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			  c == '-' || c == '.';
		if (!ok)
			return false;
	}
	return true;
}

/* `AWS Internal`, `AWS Internal/3`. */
static bool is_aws_itself(struct sv s)
{
	static const struct sv name = SV_INIT("AWS Internal");
	return sv_starts(s, name) && (s.len == name.len || s.ptr[name.len] == '/');
}

/* A console user's calls name the console here, but it is the user who makes them. */
static bool is_console(struct sv s)
{
	return sv_eq(s, SV("signin.amazonaws.com")) || sv_eq(s, SV("console.amazonaws.com"));
}

struct derived derive_via_service(struct record *r)
{
	struct derived by = derive_text(r, "userIdentity.invokedBy");
	if (by.value.len && !is_console(by.value))
		return by;
	struct derived ip = derive_text(r, "sourceIPAddress");
	bool service = (is_service_name(ip.value) && !is_console(ip.value)) || is_aws_itself(ip.value);
	return service ? ip : DERIVED_NONE;
}

/* --- addresses ----------------------------------------------------------------------------------- */

struct address {
	int family; /* 0: none, AF_INET, AF_INET6; IPv4 in IPv6 is AF_INET */
	unsigned char b[16];
};

static struct address parse_address(struct sv s)
{
	struct address a = {0};
	char text[INET6_ADDRSTRLEN];
	if (s.len == 0 || s.len >= sizeof text || memchr(s.ptr, 0, s.len))
		return a;
	memcpy(text, s.ptr, s.len);
	text[s.len] = 0;
	if (inet_pton(AF_INET, text, a.b) == 1) {
		a.family = AF_INET;
	} else if (inet_pton(AF_INET6, text, a.b) == 1) {
		static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
		a.family = AF_INET6;
		if (memcmp(a.b, mapped, sizeof mapped) == 0) {
			memmove(a.b, a.b + 12, 4);
			a.family = AF_INET;
		}
	}
	return a;
}

struct block {
	unsigned char first[2], mask[2];
};

/* RFC 1918, loopback, link-local, shared (RFC 6598). */
static const struct block private_v4[] = {
    {{10, 0}, {255, 0}},
    {{172, 16}, {255, 240}},
    {{192, 168}, {255, 255}},
    {{127, 0}, {255, 0}},
    {{169, 254}, {255, 255}},
    {{100, 64}, {255, 192}},
};
/* Unique local (RFC 4193), link-local; ::1 is told apart below. */
static const struct block private_v6[] = {
    {{0xfc, 0}, {0xfe, 0}},
    {{0xfe, 0x80}, {0xff, 0xc0}},
};

static bool in_blocks(const unsigned char *b, const struct block *blocks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((b[0] & blocks[i].mask[0]) == blocks[i].first[0] &&
		    (b[1] & blocks[i].mask[1]) == blocks[i].first[1])
			return true;
	return false;
}

static bool is_private(const struct address *a)
{
	static const unsigned char loopback[16] = {[15] = 1};
	if (a->family == AF_INET)
		return in_blocks(a->b, private_v4, sizeof private_v4 / sizeof *private_v4);
	return memcmp(a->b, loopback, sizeof loopback) == 0 ||
	       in_blocks(a->b, private_v6, sizeof private_v6 / sizeof *private_v6);
}

struct derived derive_ip_kind(struct record *r)
{
	struct derived ip = derive_text(r, "sourceIPAddress");
	if (!ip.value.ptr)
		return DERIVED_NONE;
	struct address a = parse_address(ip.value);
	if (a.family)
		ip.value = is_private(&a) ? SV("private") : SV("public");
	else if (is_aws_itself(ip.value))
		ip.value = SV("internal");
	else
		ip.value = is_service_name(ip.value) ? SV("service") : SV("other");
	return ip;
}

/* --- for people ---------------------------------------------------------------------------------- */

static struct sv address_text(struct record *r, struct sv written)
{
	char text[INET_ADDRSTRLEN];
	struct address a = parse_address(written);
	if (a.family != AF_INET || !inet_ntop(AF_INET, a.b, text, sizeof text))
		return written;
	return arena_copy(r->arena, sv_from(text));
}

struct derived derive_from(struct record *r)
{
	struct derived ip = derive_text(r, "sourceIPAddress");
	struct derived endpoint = derive_text(r, "vpcEndpointId");
	if (!endpoint.value.ptr)
		endpoint = derive_text(r, "additionalEventData.vpcEndpointId");
	if (!ip.value.ptr) {
		if (!endpoint.value.ptr)
			ip = derive_text(r, "userIdentity.invokedBy");
		else
			return (struct derived){
			    arena_printf(r->arena, "VPC endpoint %.*s", SV_ARG(endpoint.value)),
			    endpoint.from};
	}
	if (is_aws_itself(ip.value))
		return (struct derived){SV("AWS itself"), ip.from};
	if (!ip.value.ptr || is_service_name(ip.value))
		return ip;
	ip.value = address_text(r, ip.value);
	if (endpoint.value.ptr)
		ip.value = arena_printf(
		    r->arena, "%.*s via VPC endpoint %.*s", SV_ARG(ip.value), SV_ARG(endpoint.value));
	return ip;
}

/* --- the user agent ------------------------------------------------------------------------------ */

/* The tool of a text like `NAME/1.2.3 ...`, with the first number of its version. */
static struct sv tool_of(struct sv s)
{
	size_t slash = sv_find_char(s, '/');
	if (slash == SV_NONE)
		return s;
	size_t end = slash + 1;
	while (end < s.len && s.ptr[end] >= '0' && s.ptr[end] <= '9')
		end++;
	return sv_head(s, end > slash + 1 ? end : slash);
}

/* A patch release must be no new tool, so versions are cut down. Terraform stands behind its partner's name.
 */
struct derived derive_ua_family(struct record *r)
{
	struct derived ua = derive_text(r, "userAgent");
	struct sv s = sv_trim(ua.value);
	if (sv_starts(s, SV("[")) && sv_ends(s, SV("]")))
		s = sv_head(sv_skip(s, 1), s.len - 2);
	if (s.len == 0)
		return DERIVED_NONE;
	if (is_aws_itself(s))
		s = SV("AWS Internal");
	else if (sv_find(s, SV(" Terraform/")) != SV_NONE)
		s = SV("Terraform");
	else
		s = utf8_cut(tool_of(s), MAX_FAMILY);
	return (struct derived){s, ua.from};
}
