/* String view: borrowed bytes with a length, not NUL-terminated. Whoever keeps one past the call copies it.
 */
#ifndef KW_BASE_SV_H
#define KW_BASE_SV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sv {
	const char *ptr; /* may be NULL when len is 0 */
	size_t len;
};

/* A view of a string literal, also in static initialisers. */
#define SV(literal) ((struct sv){(literal), sizeof(literal) - 1})
#define SV_INIT(literal)                       \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

/* printf: printf("%.*s", SV_ARG(s)). Lengths above INT_MAX are cut. */
#define SV_ARG(s) ((int)((s).len > 0x7fffffff ? 0x7fffffff : (s).len)), ((s).ptr ? (s).ptr : "")

/* A view of a C string; NULL gives the empty view. */
static inline struct sv sv_from(const char *s)
{
	return (struct sv){s, s ? strlen(s) : 0};
}

static inline struct sv sv_of(const void *ptr, size_t len)
{
	return (struct sv){ptr, len};
}

static inline bool sv_eq(struct sv a, struct sv b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Bytes from `from` to the end; empty when `from` is past it. */
static inline struct sv sv_skip(struct sv s, size_t from)
{
	if (from >= s.len)
		return (struct sv){s.len ? s.ptr + s.len : s.ptr, 0};
	return (struct sv){s.ptr + from, s.len - from};
}

/* The first `len` bytes. */
static inline struct sv sv_head(struct sv s, size_t len)
{
	return (struct sv){s.ptr, len < s.len ? len : s.len};
}

/* Equal but for the case of A-Z. */
bool sv_eq_nocase(struct sv a, struct sv b);

/* Byte order: <0, 0, >0. */
int sv_cmp(struct sv a, struct sv b);

/* Does `s` begin with `prefix`, end with `suffix`? The empty one always fits. */
bool sv_starts(struct sv s, struct sv prefix);
bool sv_ends(struct sv s, struct sv suffix);

/* Offset of the first `needle` in `s`, or SV_NONE. The empty needle is found at 0. */
#define SV_NONE ((size_t)-1)
size_t sv_find(struct sv s, struct sv needle);
size_t sv_find_char(struct sv s, char c);

/* Without blanks, tabs, CR and LF at both ends. */
struct sv sv_trim(struct sv s);

/* Takes the part before the first `c` off `*s` and steps over `c`. False when `*s` is used up (ptr NULL);
 * "a," gives "a" and "". */
bool sv_cut(struct sv *s, char c, struct sv *out_part);

/* A whole decimal number within [min, max] (sign allowed when min < 0). False otherwise, *out left alone. */
bool sv_int(struct sv s, int64_t min, int64_t max, int64_t *out);

#endif
