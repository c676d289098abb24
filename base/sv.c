/* String views. Pure functions, any thread. */
#include "base/sv.h"

static unsigned char lower(char c)
{
	unsigned char u = (unsigned char)c;
	return u >= 'A' && u <= 'Z' ? (unsigned char)(u + 32) : u;
}

bool sv_eq_nocase(struct sv a, struct sv b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return false;
	return true;
}

int sv_cmp(struct sv a, struct sv b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
	if (c)
		return c;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool sv_starts(struct sv s, struct sv prefix)
{
	return s.len >= prefix.len && sv_eq(sv_head(s, prefix.len), prefix);
}

bool sv_ends(struct sv s, struct sv suffix)
{
	return s.len >= suffix.len && sv_eq(sv_skip(s, s.len - suffix.len), suffix);
}

size_t sv_find(struct sv s, struct sv needle)
{
	if (needle.len == 0)
		return 0;
	if (s.len < needle.len)
		return SV_NONE;
	const char *p = memmem(s.ptr, s.len, needle.ptr, needle.len);
	return p ? (size_t)(p - s.ptr) : SV_NONE;
}

size_t sv_find_char(struct sv s, char c)
{
	const char *p = s.len ? memchr(s.ptr, c, s.len) : NULL;
	return p ? (size_t)(p - s.ptr) : SV_NONE;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct sv sv_trim(struct sv s)
{
	while (s.len && blank(s.ptr[0]))
		s = sv_skip(s, 1);
	while (s.len && blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

bool sv_cut(struct sv *s, char c, struct sv *out_part)
{
	if (!s->ptr)
		return false;
	size_t at = sv_find_char(*s, c);
	if (at == SV_NONE) {
		*out_part = *s;
		*s = (struct sv){NULL, 0};
		return true;
	}
	*out_part = sv_head(*s, at);
	*s = (struct sv){s->ptr + at + 1, s->len - at - 1};
	return true;
}

bool sv_int(struct sv s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = s.len && s.ptr[0] == '-';
	if (negative)
		s = sv_skip(s, 1);
	if (s.len == 0 || s.len > 19)
		return false;
	uint64_t v = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.ptr[i] - '0');
	}
	if (v > (uint64_t)INT64_MAX)
		return false;
	int64_t n = negative ? -(int64_t)v : (int64_t)v;
	if (n < min || n > max)
		return false;
	*out = n;
	return true;
}
