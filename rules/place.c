/* Compares a scalar with the bytes at its place: a plain or quoted scalar on one line stands there letter by
 * letter, so offsets into it are offsets into the line. Used by the loader when it has a fault to report. */
#include "rules/place.h"

#include "base/utf8.h"

void place_map_init(struct place_map *m, struct sv text)
{
	m->text = text;
	vec_push(&m->lines, 0);
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '\n')
			vec_push(&m->lines, i + 1);
}

void place_map_fini(struct place_map *m)
{
	vec_fini(&m->lines);
	m->text = (struct sv){0};
}

struct place place_of(const struct place_map *m, const struct ydoc_node *scalar, size_t at)
{
	struct place p = {scalar->line, scalar->col};
	size_t line = (size_t)scalar->line - 1;

	if (line >= m->lines.n || at > scalar->text.len)
		return p;
	struct sv rest = sv_skip(m->text, m->lines.items[line]);
	for (int col = 1; col < scalar->col && rest.len > 0; col++)
		utf8_next(&rest);
	int quote = 0;
	if (!scalar->plain && rest.len > 0 && (rest.ptr[0] == '\'' || rest.ptr[0] == '"')) {
		rest = sv_skip(rest, 1);
		quote = 1;
	}
	struct sv head = sv_head(scalar->text, at);
	if (!sv_starts(rest, head))
		return p;
	p.col += quote + (int)utf8_count(head);
	return p;
}
