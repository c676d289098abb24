/* Exact comparison of numbers in their written form. Pure functions, any thread. */
#include "rules/number.h"

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct sv take_digits(struct sv *s)
{
	size_t n = 0;
	while (n < s->len && digit(s->ptr[n]))
		n++;
	struct sv run = sv_head(*s, n);
	*s = sv_skip(*s, n);
	return run;
}

static bool take(struct sv *s, char c)
{
	if (!s->len || s->ptr[0] != c)
		return false;
	*s = sv_skip(*s, 1);
	return true;
}

static bool take_exponent(struct sv *s, int64_t *out)
{
	*out = 0;
	if (!take(s, 'e') && !take(s, 'E'))
		return true;
	bool negative = take(s, '-');
	if (!negative)
		take(s, '+');
	struct sv run = take_digits(s);
	if (!run.len)
		return false;
	int64_t value = 0;
	for (size_t i = 0; i < run.len && value < NUMBER_MAX_EXPONENT; i++)
		value = value * 10 + (run.ptr[i] - '0');
	if (value > NUMBER_MAX_EXPONENT)
		value = NUMBER_MAX_EXPONENT;
	*out = negative ? -value : value;
	return true;
}

static char digit_at(const struct number *n, size_t i)
{
	return i < n->whole.len ? n->whole.ptr[i] : n->fraction.ptr[i - n->whole.len];
}

/* Finds the significant digits and the magnitude. */
static void normalise(struct number *n, int64_t exponent)
{
	n->first = 0;
	n->end = n->whole.len + n->fraction.len;
	while (n->first < n->end && digit_at(n, n->first) == '0')
		n->first++;
	while (n->end > n->first && digit_at(n, n->end - 1) == '0')
		n->end--;
	if (n->first == n->end) {
		n->negative = false;
		n->magnitude = 0;
		return;
	}
	n->magnitude = (int64_t)n->whole.len - (int64_t)n->first + exponent;
}

bool number_read(struct sv s, struct number *out)
{
	struct number n = {.negative = take(&s, '-')};
	int64_t exponent;
	n.whole = take_digits(&s);
	if (!n.whole.len || (n.whole.len > 1 && n.whole.ptr[0] == '0'))
		return false;
	if (take(&s, '.')) {
		n.fraction = take_digits(&s);
		if (!n.fraction.len)
			return false;
	}
	if (!take_exponent(&s, &exponent) || s.len)
		return false;
	normalise(&n, exponent);
	*out = n;
	return true;
}

/* The value of `0x…` or `0o…`, respelled in decimal. */
static bool read_based(struct sv s, unsigned base, struct arena *a, struct number *out)
{
	uint64_t value = 0;
	if (!s.len)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		unsigned d = 99;
		if (digit(c))
			d = (unsigned)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			d = (unsigned)((c | 32) - 'a' + 10);
		if (d >= base || value > (UINT64_MAX - d) / base)
			return false;
		value = value * base + d;
	}
	return number_read(arena_printf(a, "%llu", (unsigned long long)value), out);
}

bool number_read_yaml(struct sv s, struct arena *a, struct number *out)
{
	if (sv_starts(s, SV("0x")))
		return read_based(sv_skip(s, 2), 16, a, out);
	if (sv_starts(s, SV("0o")))
		return read_based(sv_skip(s, 2), 8, a, out);
	struct number n = {.negative = take(&s, '-')};
	int64_t exponent;
	if (!n.negative)
		take(&s, '+');
	n.whole = take_digits(&s);
	if (take(&s, '.'))
		n.fraction = take_digits(&s);
	if (!(n.whole.len + n.fraction.len) || !take_exponent(&s, &exponent) || s.len)
		return false;
	normalise(&n, exponent);
	*out = n;
	return true;
}

/* Compares the sizes of two numbers that are not zero, signs aside. */
static int cmp_size(const struct number *a, const struct number *b)
{
	if (a->magnitude != b->magnitude)
		return a->magnitude < b->magnitude ? -1 : 1;
	size_t la = a->end - a->first, lb = b->end - b->first;
	for (size_t i = 0; i < la && i < lb; i++) {
		char da = digit_at(a, a->first + i), db = digit_at(b, b->first + i);
		if (da != db)
			return da < db ? -1 : 1;
	}
	return la < lb ? -1 : la > lb;
}

static int sign(const struct number *n)
{
	if (n->first == n->end)
		return 0;
	return n->negative ? -1 : 1;
}

int number_cmp(const struct number *a, const struct number *b)
{
	int sa = sign(a), sb = sign(b);
	if (sa != sb)
		return sa < sb ? -1 : 1;
	if (sa == 0)
		return 0;
	return sa * cmp_size(a, b);
}
