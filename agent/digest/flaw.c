/* Names and texts of flaws. Any thread. */
#include "agent/digest/flaw.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/nearest.h"

static const struct {
	const char *name;
	enum flaw_grade grade;
	const char *meaning, *remedy;
} texts[FLAW_KINDS] = {
#define FLAW(symbol, name, grade, meaning, remedy) {name, FLAW_##grade, meaning, remedy},
#include "agent/digest/flaw_list.h"
#undef FLAW
};

const char *flaw_name(enum flaw_kind k)
{
	return texts[k].name;
}

enum flaw_grade flaw_grade(enum flaw_kind k)
{
	return texts[k].grade;
}

const char *flaw_meaning(enum flaw_kind k)
{
	return texts[k].meaning;
}

const char *flaw_remedy(enum flaw_kind k)
{
	return texts[k].remedy;
}

bool flaw_find(struct sv name, enum flaw_kind *out, const char **out_near)
{
	const char *names[FLAW_KINDS];
	for (size_t i = 0; i < FLAW_KINDS; i++) {
		names[i] = texts[i].name;
		if (!sv_eq(name, sv_from(names[i])))
			continue;
		*out = (enum flaw_kind)i;
		return true;
	}
	int near = nearest_find(name, names, FLAW_KINDS);
	*out_near = near >= 0 ? names[near] : NULL;
	return false;
}

void flaw_list_fini(struct flaw_list *l)
{
	for (size_t i = 0; i < l->all.n; i++) {
		free(l->all.items[i].object);
		free(l->all.items[i].reason);
	}
	vec_fini(&l->all);
}

void flaw_add(
    struct flaw_list *l, enum flaw_kind kind, int64_t time_ms, struct sv object, const char *fmt, ...)
{
	char reason[600];
	va_list args;
	va_start(args, fmt);
	vsnprintf(reason, sizeof reason, fmt, args);
	va_end(args);
	vec_push(&l->all, (struct flaw){kind, time_ms, heap_text(object), heap_copy(reason)});
}
