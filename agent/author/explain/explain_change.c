/* Tries changes: the flips of one field after another, each candidate on a copy of the event, depth first.
 * The evaluator has the last word. For commands; one thread. */
#include "agent/author/explain/explain_change.h"

#include "agent/author/explain/explain_moves.h"
#include "agent/author/explain/explain_words.h"
#include "base/utf8.h"
#include "rules/eval.h"
#include "rules/trace_look.h"

#define MAX_TRIALS 800
#define MAX_FIELDS 8
#define MAX_PER_FIELD 16
/* Copies of a large event are dear. */
#define LARGE_BYTES ((size_t)64 << 10)
#define SHOWN_BYTES 48

/* Flips of one field. */
struct field_flips {
	struct sv field;
	const struct trace_flip *flips[MAX_PER_FIELD];
	size_t n;
};

struct search {
	const struct rule *rule;
	struct trace *trace;
	struct record *base;
	bool want;
	struct field_flips groups[MAX_FIELDS];
	size_t n_groups;
	struct edit edits[MAX_FIELDS * EXPLAIN_MOVE_EDITS];
	size_t n_edits;
	int trials_left;
	struct explain_change *out;
};

static bool try_groups(struct search *s, size_t at, struct record *now);

/* --- one candidate --------------------------------------------------------------------------------- */

/* With lists that have no values yet as the flips have them. */
struct with_lists {
	const struct explain_change *change;
	struct record *record;
};

static enum truth ask_with_lists(void *ctx, const struct trace_node *t)
{
	const struct with_lists *w = ctx;
	if (t->item)
		return item_holds(t->item, w->record, NULL) ? TRUTH_TRUE : TRUTH_FALSE;
	for (size_t i = 0; i < w->change->n; i++)
		if (w->change->flips[i].item == t)
			return w->change->flips[i].to ? TRUTH_TRUE : TRUTH_FALSE;
	return TRUTH_UNKNOWN;
}

static bool is_turned(struct search *s, struct record *r)
{
	if (s->rule->state == RULE_ACTIVE || s->rule->state == RULE_SHADOW)
		return eval_rule(s->rule, r, NULL) == s->want;
	struct with_lists w = {s->out, r};
	return trace_ask(s->trace, ask_with_lists, &w) == (s->want ? TRUTH_TRUE : TRUTH_FALSE);
}

static bool group_is_turned(const struct field_flips *g, struct record *r)
{
	for (size_t i = 0; i < g->n; i++)
		if (item_holds(g->flips[i]->item->item, r, NULL) != g->flips[i]->to)
			return false;
	return true;
}

/* A copy of `now` with the move's edits; false when it is no event. */
static bool copy_with(
    struct record *now, const struct explain_move *move, struct arena *a, struct record *out)
{
	const struct tree *changed;
	return edit_all(now->root, move->edits, move->n, a, &changed, NULL) == RC_OK &&
	       record_open(out, a, changed->raw, now->names, NULL) == RC_OK;
}

static bool try_move(struct search *s, size_t at, struct record *now, const struct explain_move *move)
{
	struct arena a = {0};
	struct record copy;
	size_t before = s->n_edits;
	s->trials_left--;
	bool done = copy_with(now, move, &a, &copy) && group_is_turned(&s->groups[at], &copy);
	if (done) {
		for (size_t i = 0; i < move->n; i++)
			s->edits[s->n_edits++] =
			    (struct edit){arena_copy(s->base->arena, move->edits[i].path),
				move->edits[i].json.ptr ? arena_copy(s->base->arena, move->edits[i].json)
							: (struct sv){NULL, 0}};
		done = try_groups(s, at + 1, &copy);
	}
	if (!done)
		s->n_edits = before;
	arena_fini(&a);
	return done;
}

static void accept(struct search *s)
{
	struct explain_change *out = s->out;
	struct edit *edits = arena_alloc(s->base->arena, (s->n_edits + 1) * sizeof *edits);
	const struct tree *changed;
	memcpy(edits, s->edits, s->n_edits * sizeof *edits);
	out->edits = edits;
	out->n_edits = s->n_edits;
	out->verified =
	    edit_all(s->base->root, edits, s->n_edits, s->base->arena, &changed, NULL) == RC_OK &&
	    record_open(&out->changed, s->base->arena, changed->raw, s->base->names, NULL) == RC_OK &&
	    is_turned(s, &out->changed);
}

static bool try_groups(struct search *s, size_t at, struct record *now)
{
	if (at == s->n_groups) {
		if (is_turned(s, now))
			accept(s);
		return s->out->verified;
	}
	struct explain_moves *moves = arena_alloc(now->arena, sizeof *moves);
	explain_moves(s->groups[at].flips, s->groups[at].n, now, moves);
	for (size_t i = 0; i < moves->n && s->trials_left > 0; i++)
		if (try_move(s, at, now, &moves->items[i]))
			return true;
	return false;
}

/* --- one way --------------------------------------------------------------------------------------- */

/* By field, those of the record first: derived fields follow from them. Items without their list are turned
 * by the list. False when it is too much. */
static bool group_flips(struct search *s, const struct trace_flips *way)
{
	s->n_groups = 0;
	for (int derived = 0; derived < 2; derived++)
		for (size_t i = 0; i < way->n; i++) {
			const struct trace_node *t = way->items[i].item;
			struct sv field = explain_field(t);
			size_t g = 0;
			if (!t->item || sv_starts(field, SV("kw.")) != (derived == 1))
				continue;
			while (g < s->n_groups && !sv_eq(s->groups[g].field, field))
				g++;
			if (g == MAX_FIELDS || (g < s->n_groups && s->groups[g].n == MAX_PER_FIELD))
				return false;
			if (g == s->n_groups)
				s->groups[s->n_groups++] = (struct field_flips){.field = field};
			s->groups[g].flips[s->groups[g].n++] = &way->items[i];
		}
	return true;
}

static void try_way(struct search *s, const struct trace_flips *way)
{
	s->n_edits = 0;
	if (!group_flips(s, way))
		return;
	s->out->flips = way->items;
	s->out->n = way->n;
	try_groups(s, 0, s->base);
}

void explain_change(
    const struct rule *rule, struct trace *t, struct record *r, bool want, struct explain_change *out)
{
	struct trace_flips ways[TRACE_FLIPS];
	size_t n = trace_flips(t, want, explain_cost, NULL, r->arena, ways);
	struct search s = {.rule = rule,
	    .trace = t,
	    .base = r,
	    .want = want,
	    .trials_left = r->bytes.len > LARGE_BYTES ? MAX_TRIALS / 50 : MAX_TRIALS,
	    .out = out};
	*out = (struct explain_change){0};
	for (size_t i = 0; i < n && !out->verified && s.trials_left > 0; i++)
		try_way(&s, &ways[i]);
	if (!out->verified && n) {
		out->flips = ways[0].items;
		out->n = ways[0].n;
	}
	trace_event(t, r);
}

size_t explain_distance(struct trace *t, bool want, struct arena *arena)
{
	struct trace_flips ways[TRACE_FLIPS];
	return trace_flips(t, want, explain_cost, NULL, arena, ways) ? ways[0].n : 0;
}

/* --- in words --------------------------------------------------------------------------------------- */

static void add_value(struct record *r, const struct trace_node *t, struct sv value,
    const struct redact *redact, struct buf *out)
{
	struct buf shown = {0};
	struct sv cut = utf8_cut(value, SHOWN_BYTES);
	redact_value(redact, r->root, t->key ? explain_field(t) : SV(""), cut, &shown);
	bool quote = !shown.len || sv_trim(value).len < value.len;
	buf_adds(out, quote ? "\"" : "");
	buf_add_printable(out, buf_sv(&shown));
	buf_adds(out, cut.len < value.len ? "…" : "");
	buf_adds(out, quote ? "\"" : "");
	buf_fini(&shown);
}

static void add_look(struct record *r, const struct trace_node *t, const struct trace_look *look,
    const struct redact *redact, struct buf *out)
{
	switch (look->presence) {
	case TRACE_ABSENT: buf_adds(out, "absent"); return;
	case TRACE_NULL: buf_adds(out, "null"); return;
	case TRACE_EMPTY_ARRAY: buf_adds(out, "[]"); return;
	case TRACE_PRESENT: add_value(r, t, look->value, redact, out); return;
	}
}

static void add_unverified(const struct trace_flip *f, struct buf *out)
{
	buf_adds(out, f->to ? "this were so: " : "this were not so: ");
	explain_words(f->item, out);
}

/* The list is what must change: its name stands in the value. */
static void add_list(
    struct record *r, const struct trace_flip *f, const struct redact *redact, struct buf *out)
{
	struct trace_look look;
	struct sv text =
	    f->item->value->kind == YDOC_LIST ? f->item->value->items[0]->text : f->item->value->text;
	size_t from = sv_find_char(text, '%');
	struct sv name = from == SV_NONE ? text : sv_skip(text, from + 1);
	size_t to = sv_find_char(name, '%');
	trace_look(f->item, r, &look);
	buf_adds(out, "list ");
	buf_add_printable(out, to == SV_NONE ? name : sv_head(name, to));
	buf_adds(out, f->to ? " held " : " had values, but not ");
	add_look(r, f->item, &look, redact, out);
}

/* Is `i` a field that an earlier flip has told? */
static bool is_told(const struct explain_change *c, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (sv_eq(explain_field(c->flips[k].item), explain_field(c->flips[i].item)))
			return true;
	return false;
}

bool explain_change_words(
    struct explain_change *c, size_t i, struct record *r, const struct redact *redact, struct buf *out)
{
	const struct trace_flip *f = &c->flips[i];
	struct trace_look before, after;
	struct record *changed = &c->changed;
	if (!f->item->item || !c->verified) {
		if (f->item->item)
			add_unverified(f, out);
		else
			add_list(r, f, redact, out);
		return true;
	}
	if (is_told(c, i))
		return false;
	trace_look(f->item, r, &before);
	trace_look(f->item, changed, &after);
	buf_add_printable(out, explain_field(f->item));
	buf_adds(out, " were ");
	if (!f->to && before.presence == TRACE_PRESENT && after.presence == TRACE_PRESENT) {
		buf_adds(out, "not ");
		add_look(r, f->item, &before, redact, out);
		buf_adds(out, " but, say, ");
		add_look(changed, f->item, &after, redact, out);
		return true;
	}
	add_look(changed, f->item, &after, redact, out);
	buf_adds(out, ", not ");
	add_look(r, f->item, &before, redact, out);
	return true;
}
