/* Near misses: what a person who wrote a rule probably meant. Each hint is checked against the event, none is
 * a guess about it. For commands; one thread. */
#include "rules/trace_look.h"

#include "base/nearest.h"
#include "base/utf8.h"
#include "rules/casefold.h"
#include "rules/regex.h"
#include "rules/value.h"

#define MAX_PATHS 2000
#define SHOWN_BYTES 80

/* --- the field is elsewhere ------------------------------------------------------------------------ */

/* Every path of the record to a value, as a rule would write it. */
struct paths {
	VEC(struct sv) list;
	struct arena *arena;
};

static void add_paths(struct paths *p, const struct tree *t, struct sv path)
{
	if (p->list.n >= MAX_PATHS)
		return;
	if (t->type == TREE_ARRAY) {
		for (size_t i = 0; i < t->n; i++)
			add_paths(p, &t->items[i], path);
		return;
	}
	if (t->type != TREE_OBJECT)
		return;
	for (size_t i = 0; i < t->n && p->list.n < MAX_PATHS; i++) {
		struct sv below = path.len
				      ? arena_printf(p->arena, "%.*s.%.*s", SV_ARG(path), SV_ARG(t->keys[i]))
				      : t->keys[i];
		vec_push(&p->list, below);
		add_paths(p, &t->items[i], below);
	}
}

static struct sv last_part(struct sv path)
{
	for (size_t i = path.len; i > 0; i--)
		if (path.ptr[i - 1] == '.')
			return sv_skip(path, i);
	return path;
}

static struct sv nearest_path(const struct paths *p, struct sv name)
{
	const char **names = heap_zero(p->list.n + 1, sizeof *names);
	for (size_t i = 0; i < p->list.n; i++)
		names[i] = arena_copy(p->arena, p->list.items[i]).ptr;
	int at = nearest_find(name, names, p->list.n);
	free(names);
	return at >= 0 ? p->list.items[at] : (struct sv){NULL, 0};
}

static struct sv hint_absent(struct sv name, struct record *r)
{
	struct paths p = {.arena = r->arena};
	struct sv hint = {NULL, 0};
	add_paths(&p, r->root, (struct sv){NULL, 0});
	for (size_t i = 0; i < p.list.n && !hint.ptr; i++)
		if (sv_eq_nocase(p.list.items[i], name))
			hint = arena_printf(r->arena,
			    "the event has %.*s; upper and lower case differ in names of fields",
			    SV_ARG(p.list.items[i]));
	for (size_t i = 0; i < p.list.n && !hint.ptr; i++)
		if (sv_eq_nocase(last_part(p.list.items[i]), last_part(name)))
			hint = arena_printf(r->arena, "the event has it at %.*s", SV_ARG(p.list.items[i]));
	struct sv near = hint.ptr ? (struct sv){NULL, 0} : nearest_path(&p, name);
	if (near.ptr)
		hint = arena_printf(r->arena, "the event has %.*s; is that meant?", SV_ARG(near));
	vec_fini(&p.list);
	return hint;
}

/* --- the value is nearly it ------------------------------------------------------------------------ */

/* The pattern without regard to case (if `fold`), or with any run around it (if `open`). */
static struct pattern variant(const struct pattern *p, bool fold, bool open, struct arena *a)
{
	uint32_t *items = arena_alloc(a, (p->n + 2) * sizeof *items);
	size_t n = 0;
	if (open)
		items[n++] = PATTERN_RUN;
	for (size_t i = 0; i < p->n; i++)
		items[n++] = fold && p->items[i] < PATTERN_DASH ? casefold_cp(p->items[i]) : p->items[i];
	if (open)
		items[n++] = PATTERN_RUN;
	return pattern_of(items, n, p->cased && !fold, a);
}

static struct sv hint_pattern(const struct value *v, const struct probe *p, struct sv text, struct record *r)
{
	struct sv trimmed = sv_trim(text), want = p->entry.ptr ? p->entry : v->written;
	if (trimmed.len < text.len && pattern_fits(&p->pattern, trimmed))
		return arena_printf(r->arena, "the event's value has a blank at its %s",
		    trimmed.ptr == text.ptr ? "end" : "front");
	struct pattern folded = variant(&p->pattern, true, false, r->arena);
	if (p->pattern.cased && pattern_fits(&folded, text))
		return SV("it differs only in upper and lower case, and `cased` makes them count");
	struct pattern open = variant(&p->pattern, false, true, r->arena);
	if (pattern_fits(&open, text) && want.len)
		return arena_printf(r->arena, "\"%.*s\" stands inside the value; `contains` would find it",
		    SV_ARG(utf8_cut(want, SHOWN_BYTES)));
	size_t far = nearest_distance(want, text);
	if (!memchr(want.ptr ? want.ptr : "", '*', want.len) && want.len >= 5 && far <= 2 && far > 0)
		return arena_printf(r->arena, "%zu letter%s away from \"%.*s\"", far, far == 1 ? "" : "s",
		    SV_ARG(utf8_cut(want, SHOWN_BYTES)));
	return (struct sv){NULL, 0};
}

static struct sv hint_regex(const struct value *v, struct sv text)
{
	struct regex *folded;
	uint64_t steps = REGEX_MAX_STEPS;
	bool found;
	if (regex_new(v->written, (struct regex_flags){true, false, false}, &folded, NULL) != RC_OK)
		return (struct sv){NULL, 0};
	found = regex_found(folded, text, &steps);
	regex_free(folded);
	return found ? SV("it differs only in upper and lower case; `re|i` would find it")
		     : (struct sv){NULL, 0};
}

static struct sv hint_text(const struct value *v, const struct text *t, struct record *r)
{
	struct sv hint = {NULL, 0};
	for (size_t i = 0; i < v->n && !hint.ptr; i++) {
		const struct probe *p = &v->probes[i];
		if (p->kind == PROBE_PATTERN && !p->n_guards)
			hint = hint_pattern(v, p, t->text, r);
		else if (p->kind == PROBE_REGEX)
			hint = hint_regex(v, t->text);
		else if (p->kind == PROBE_NUMBER && t->type == TREE_STRING &&
			 sv_trim(t->text).len < t->text.len)
			hint = SV("the event's value has blanks around it, so it is no number");
	}
	return hint;
}

struct sv trace_hint(const struct item *item, struct record *r)
{
	struct item_parts parts = item_parts(item);
	struct texts texts = {0};
	struct sv hint = {NULL, 0};
	/* What must not be met is not nearly met. */
	if (!parts.field || parts.modifiers->has[MODIFIER_NEQ])
		return hint;
	texts_of_field(&texts, parts.field, r);
	if (!texts.n_hits && parts.field->kw < 0)
		hint = hint_absent(parts.field->name, r);
	for (size_t i = 0; i < texts.list.n && i < 16 && !hint.ptr; i++)
		for (size_t k = 0; k < parts.n && k < 64 && !hint.ptr; k++)
			if (!texts.list.items[i].inside)
				hint = hint_text(&parts.values[k], &texts.list.items[i], r);
	texts_fini(&texts);
	return hint;
}
