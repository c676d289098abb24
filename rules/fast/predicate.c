/* Collects predicates. Called while a rule set is prepared, by one thread. */
#include "rules/fast/predicate.h"

#include "rules/fast/inputs.h"
#include "rules/fast/literal.h"
#include "rules/modifier.h"
#include "rules/value.h"

/* Two items with the same question mean the same in one rule set: the field, the modifiers, and each value
 * with what its YAML type made of it. Lists are the same for all rules. */
static void write_question(const struct item_parts *it, struct buf *out)
{
	buf_printf(out, "%zu ", it->field->name.len);
	buf_add(out, it->field->name);
	buf_printf(out, " %zu ", it->chain.len);
	buf_add(out, it->chain);
	for (size_t i = 0; i < it->n; i++) {
		const struct value *v = &it->values[i];
		buf_printf(out, " %zu %d %zu ", v->n, v->n ? (int)v->probes[0].kind : -1, v->written.len);
		buf_add(out, v->written);
	}
}

static uint32_t number_of(struct map *m, struct sv key, size_t next)
{
	uintptr_t known = (uintptr_t)map_get(m, key);
	if (known)
		return (uint32_t)(known - 1);
	map_put(m, key, (void *)(uintptr_t)(next + 1));
	return (uint32_t)next;
}

static uint32_t number_of_path(struct predicates *p, const struct path *path)
{
	uint32_t number = number_of(&p->by_path, path->name, p->paths.n);
	if (number == p->paths.n)
		vec_push(&p->paths, (struct predicate_path){.name = path->name, .kw = path->kw});
	return number;
}

uint32_t predicates_add(struct predicates *p, const struct item *it)
{
	struct item_parts parts = item_parts(it);
	struct buf question = {0};
	bool derived = item_is_derived(it) && inputs_known((enum kw_field)parts.field->kw);
	if (!derived && !item_is_plain(it))
		return PREDICATE_NONE;
	write_question(&parts, &question);
	uint32_t id = number_of(&p->by_question, buf_sv(&question), p->list.n);
	buf_fini(&question);
	if (id < p->list.n)
		return id;
	uint32_t path = number_of_path(p, parts.field);
	vec_push(&p->list, (struct predicate){it, path, parts.modifiers->has[MODIFIER_NEQ]});
	vec_push(&p->paths.items[path].members, id);
	return id;
}

/* What any text meets is the same for all objects. */
static void add_inside(struct predicate_path *path, uint32_t id, const struct item *it)
{
	bool any_text = literals_any_text(it);
	if (!any_text && !finder_add_inside(path->inside, id, it))
		vec_push(&path->ask, id);
	if (any_text || literals_array_differs(it))
		vec_push(&path->ask_arrays, id);
}

void predicates_finish(struct predicates *p)
{
	for (size_t i = 0; i < p->paths.n; i++) {
		struct predicate_path *path = &p->paths.items[i];
		path->finder = finder_new();
		path->inside = finder_new();
		for (size_t j = 0; j < path->members.n; j++) {
			uint32_t id = path->members.items[j];
			finder_add(path->finder, id, p->list.items[id].item);
			add_inside(path, id, p->list.items[id].item);
		}
		finder_finish(path->finder);
		finder_finish(path->inside);
	}
	map_fini(&p->by_question);
	map_fini(&p->by_path);
}

void predicates_fini(struct predicates *p)
{
	for (size_t i = 0; i < p->paths.n; i++) {
		vec_fini(&p->paths.items[i].members);
		vec_fini(&p->paths.items[i].ask);
		vec_fini(&p->paths.items[i].ask_arrays);
		finder_free(p->paths.items[i].finder);
		finder_free(p->paths.items[i].inside);
	}
	vec_fini(&p->paths);
	vec_fini(&p->list);
	map_fini(&p->by_question);
	map_fini(&p->by_path);
}
