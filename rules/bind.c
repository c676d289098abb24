/* Second half of reading a condition: condition.c knows only words, here they meet the document's selections.
 * Called by detection.c once for each condition. */
#include "rules/bind.h"

#include "base/map.h"
#include "base/nearest.h"

/* More than this many unknown names say nothing new. */
#define MAX_FAULTS 16

struct binder {
	const struct bind_input *in;
	struct faults *faults;
	struct map by_name; /* name -> struct selection * */
	size_t n_bound;
	int n_faults;
};

static void fault_at(struct binder *b, const struct condition *c, const char *what)
{
	struct place p = place_of(b->in->places, b->in->source, c->at);

	b->n_faults++;
	fault_add(b->faults, FAULT_ERROR, b->in->file, p.line, p.col, "%s", what);
}

static void fault_unknown(struct binder *b, const struct condition *c)
{
	const struct detection *d = b->in->detection;
	const char **names = heap_zero(d->selections.n + 1, sizeof *names);
	char *text;

	for (size_t i = 0; i < d->selections.n; i++)
		names[i] = d->selections.items[i].name.ptr;
	int near = nearest_find(c->name, names, d->selections.n);
	if (near >= 0)
		text = heap_printf(
		    "no selection is named \"%.*s\"; did you mean \"%s\"?", SV_ARG(c->name), names[near]);
	else
		text = heap_printf("no selection is named \"%.*s\"", SV_ARG(c->name));
	fault_at(b, c, text);
	free(text);
	free(names);
}

static void bind_name(struct binder *b, struct condition *c)
{
	struct selection *s = map_get(&b->by_name, c->name);

	if (!s) {
		fault_unknown(b, c);
		return;
	}
	s->used = true;
	c->selections = arena_alloc(b->in->arena, sizeof(struct selection *));
	c->selections[0] = s;
	c->n_selections = 1;
}

/* `1 of name`: a name that exists means itself, whatever it begins with. */
static bool fits(const struct condition *c, const struct selection *s)
{
	return sv_eq(c->name, s->name) || condition_fits(c->name, s->name);
}

static void bind_of(struct binder *b, struct condition *c)
{
	struct detection *d = b->in->detection;
	size_t n = 0;

	for (size_t i = 0; i < d->selections.n; i++)
		n += fits(c, &d->selections.items[i]);
	b->n_bound += n;
	if (n == 0 && sv_find_char(c->name, '*') == SV_NONE && !sv_eq_nocase(c->name, SV("them"))) {
		fault_unknown(b, c);
		return;
	}
	if (n == 0) {
		char *text = heap_printf("\"%.*s\" fits no selection", SV_ARG(c->name));

		fault_at(b, c, text);
		free(text);
		return;
	}
	if (b->n_bound > BIND_MAX_SELECTIONS) {
		fault_at(b, c, "the patterns of this condition reach too many selections");
		b->n_faults = MAX_FAULTS;
		return;
	}
	c->selections = arena_alloc(b->in->arena, n * sizeof(struct selection *));
	for (size_t i = 0; i < d->selections.n; i++) {
		if (!fits(c, &d->selections.items[i]))
			continue;
		d->selections.items[i].used = true;
		c->selections[c->n_selections++] = &d->selections.items[i];
	}
}

static void bind(struct binder *b, struct condition *c)
{
	if (b->n_faults >= MAX_FAULTS)
		return;
	switch (c->kind) {
	case CONDITION_NAME: bind_name(b, c); return;
	case CONDITION_OF: bind_of(b, c); return;
	case CONDITION_AND:
	case CONDITION_OR:
	case CONDITION_NOT:
		for (size_t i = 0; i < c->n; i++)
			bind(b, c->children[i]);
		return;
	}
}

bool bind_condition(const struct bind_input *in, struct condition *c, struct faults *faults)
{
	struct binder b = {.in = in, .faults = faults};

	for (size_t i = 0; i < in->detection->selections.n; i++)
		map_put(
		    &b.by_name, in->detection->selections.items[i].name, &in->detection->selections.items[i]);
	bind(&b, c);
	map_fini(&b.by_name);
	return b.n_faults == 0;
}
