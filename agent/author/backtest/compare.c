/* Matches of two runs, held against each other by a hash of rule and event. Main thread. */
#include "agent/author/backtest/compare.h"

#include <stdlib.h>

#include "agent/event_at.h"
#include "alerts/summary.h"
#include "base/hash.h"

struct compare_entry {
	uint64_t hash; /* 0: free */
	uint32_t object, number;
	uint32_t rule;
	bool met;
};
#define FIRST_SLOTS 4096

static bool is_same(const struct rule *a, const struct rule *b)
{
	if (sv_eq(a->key, b->key))
		return true;
	if (a->id.ptr || b->id.ptr)
		return false;
	return a->name.ptr || b->name.ptr ? sv_eq(a->name, b->name) : sv_eq(a->title, b->title);
}

static bool counts(const struct rule *r)
{
	return r->kind == RULE_DETECTION && r->state != RULE_REFUSED;
}

/* Rule sets are mostly alike and in one order, so the partner is looked for where the last one was. */
static size_t partner(const struct compare *c, const struct rule *rule, size_t n, size_t *hint)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = (*hint + i) % n;
		if (!c->rules.items[at].before && is_same(c->rules.items[at].now, rule)) {
			*hint = at + 1;
			return at;
		}
	}
	return n;
}

struct compare *compare_new(const struct ruleset *now, const struct ruleset *before)
{
	struct compare *c = heap_zero(1, sizeof *c);
	size_t hint = 0;
	c->of_now = heap_zero(now->rules.n + 1, sizeof *c->of_now);
	c->of_before = heap_zero(before->rules.n + 1, sizeof *c->of_before);
	c->n_slots = FIRST_SLOTS;
	c->entries = heap_zero(c->n_slots, sizeof *c->entries);
	for (size_t i = 0; i < now->rules.n; i++) {
		if (!counts(now->rules.items[i]))
			continue;
		c->of_now[i] = c->rules.n;
		vec_push(&c->rules, (struct compare_rule){.now = now->rules.items[i]});
	}
	size_t n_now = c->rules.n;
	for (size_t i = 0; i < before->rules.n; i++) {
		if (!counts(before->rules.items[i]))
			continue;
		size_t at = partner(c, before->rules.items[i], n_now, &hint);
		if (at == n_now) {
			at = c->rules.n;
			vec_push(&c->rules, (struct compare_rule){0});
		}
		c->rules.items[at].before = before->rules.items[i];
		c->of_before[i] = at;
	}
	return c;
}

static void free_examples(struct compare_example *examples, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(examples[i].sentence);
		free(examples[i].place);
	}
}

void compare_free(struct compare *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->rules.n; i++) {
		free_examples(c->rules.items[i].added, c->rules.items[i].n_added);
		free_examples(c->rules.items[i].removed, c->rules.items[i].n_removed);
	}
	for (size_t i = 0; i < c->objects.n; i++)
		free(c->objects.items[i]);
	vec_fini(&c->rules);
	vec_fini(&c->objects);
	free(c->of_now);
	free(c->of_before);
	free(c->entries);
	free(c);
}

/* --- the table ----------------------------------------------------------------------------------- */

static uint64_t hash_of(size_t rule, struct record *r)
{
	struct sv key = record_key(r);
	uint64_t parts[2] = {hash_sv(key), rule};
	uint64_t hash = hash_sv(sv_of(parts, sizeof parts));
	return hash ? hash : 1;
}

static struct compare_entry *slot_of(struct compare *c, uint64_t hash)
{
	size_t at = hash & (c->n_slots - 1);
	while (c->entries[at].hash && c->entries[at].hash != hash)
		at = (at + 1) & (c->n_slots - 1);
	return &c->entries[at];
}

static void grow(struct compare *c)
{
	struct compare_entry *old = c->entries;
	size_t n_old = c->n_slots;
	c->n_slots *= 2;
	c->entries = heap_zero(c->n_slots, sizeof *c->entries);
	for (size_t i = 0; i < n_old; i++)
		if (old[i].hash)
			*slot_of(c, old[i].hash) = old[i];
	free(old);
}

/* Objects come one after the other. */
static uint32_t object_number(struct compare *c, const char *object)
{
	if (!c->objects.n || strcmp(c->objects.items[c->objects.n - 1], object) != 0)
		vec_push(&c->objects, heap_copy(object));
	return (uint32_t)c->objects.n - 1;
}

void compare_before(struct compare *c, const struct finding *f, const char *object)
{
	size_t rule = c->of_before[f->rule->index];
	c->rules.items[rule].n_before++;
	if (c->n_entries == COMPARE_MATCHES)
		c->overflowed = true;
	if (c->overflowed)
		return;
	uint64_t hash = hash_of(rule, f->record);
	struct compare_entry *e = slot_of(c, hash);
	if (e->hash)
		return;
	*e = (struct compare_entry){
	    hash, object_number(c, object), (uint32_t)f->number, (uint32_t)rule, false};
	if (++c->n_entries * 2 > c->n_slots)
		grow(c);
}

/* --- what differs -------------------------------------------------------------------------------- */

static char *sentence_of(const struct rule *rule, struct record *r, const struct redact *redact)
{
	struct buf text = {0};
	summary_write(rule->summary, r, redact, &text);
	return buf_take(&text);
}

void compare_now(struct compare *c, const struct finding *f, const char *object, const struct redact *redact)
{
	size_t number = c->of_now[f->rule->index];
	struct compare_rule *rule = &c->rules.items[number];
	rule->n_now++;
	if (c->overflowed)
		return;
	struct compare_entry *e = slot_of(c, hash_of(number, f->record));
	if (e->hash) {
		rule->n_both += !e->met;
		e->met = true;
		return;
	}
	if (rule->n_added == COMPARE_EXAMPLES)
		return;
	rule->added[rule->n_added++] = (struct compare_example){sentence_of(f->rule, f->record, redact),
	    heap_printf("%s:%llu", object, (unsigned long long)f->number)};
}

static int by_place(const void *a, const void *b)
{
	const struct compare_entry *const *x = a, *const *y = b;
	if ((*x)->object != (*y)->object)
		return (*x)->object < (*y)->object ? -1 : 1;
	return (*x)->number < (*y)->number ? -1 : (*x)->number > (*y)->number;
}

static void tell_removed(struct compare *c, const struct compare_entry *e, const struct record_names *names,
    const struct redact *redact)
{
	struct compare_rule *rule = &c->rules.items[e->rule];
	struct arena arena = {0};
	struct record record;
	struct err err = {0};
	char *place = heap_printf("%s:%u", c->objects.items[e->object], e->number);
	if (event_at(place, &arena, names, &record, &err) == RC_OK)
		rule->removed[rule->n_removed++] =
		    (struct compare_example){sentence_of(rule->before, &record, redact), place};
	else
		free(place);
	arena_fini(&arena);
}

void compare_finish(struct compare *c, const struct record_names *names, const struct redact *redact)
{
	VEC(const struct compare_entry *) gone = {0};
	if (c->overflowed)
		return;
	for (size_t i = 0; i < c->n_slots; i++)
		if (c->entries[i].hash && !c->entries[i].met)
			vec_push(&gone, &c->entries[i]);
	if (gone.n)
		qsort(gone.items, gone.n, sizeof *gone.items, by_place);
	for (size_t i = 0; i < gone.n; i++)
		if (c->rules.items[gone.items[i]->rule].n_removed < COMPARE_EXAMPLES)
			tell_removed(c, gone.items[i], names, redact);
	vec_fini(&gone);
}
