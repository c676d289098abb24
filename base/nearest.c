/* Nearest names by restricted Damerau-Levenshtein distance. Pure functions. */
#include "base/nearest.h"

#define LONGEST 64

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

size_t nearest_distance(struct sv a, struct sv b)
{
	size_t rows[3][LONGEST + 1];
	a = sv_head(a, LONGEST);
	b = sv_head(b, LONGEST);
	for (size_t j = 0; j <= b.len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			bool same = lower(a.ptr[i - 1]) == lower(b.ptr[j - 1]);
			row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + !same);
			if (i > 1 && j > 1 && lower(a.ptr[i - 1]) == lower(b.ptr[j - 2]) &&
			    lower(a.ptr[i - 2]) == lower(b.ptr[j - 1]))
				row[j] = least(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[a.len % 3][b.len];
}

int nearest_find(struct sv word, const char *const *names, size_t n_names)
{
	int best = -1;
	word = sv_head(word, LONGEST); /* as far as distances look */
	size_t best_distance = word.len / 3 > 1 ? word.len / 3 + 1 : 2;
	for (size_t i = 0; i < n_names; i++) {
		size_t d = nearest_distance(word, sv_from(names[i]));
		if (d < best_distance) {
			best = (int)i;
			best_distance = d;
		}
	}
	return best;
}
