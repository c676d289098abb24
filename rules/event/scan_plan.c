/*
 * Making a plan. Called when rules are loaded; the plan is then read by all workers.
 *
 * From every node to each of its descendants there is one text, with dots when segments lie between. All of
 * them go into one table: some n (n + 1) / 2 entries for a path of n segments, hence the cap on segments.
 */
#include "rules/event/scan_plan.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/heap.h"

/* --- the trie ------------------------------------------------------------------------------------ */

struct making {
	struct scan_plan *plan;
	struct sv *paths; /* the plan's own */
};

static size_t count_segments(struct sv path)
{
	size_t n = 1;
	for (size_t i = 0; i < path.len; i++)
		n += path.ptr[i] == '.';
	return n;
}

static void copy_paths(struct making *m, const struct sv *paths)
{
	size_t bytes = 0, at = 0;
	for (size_t i = 0; i < m->plan->n_paths; i++)
		bytes += paths[i].len;
	m->plan->text = heap_alloc(bytes + 1);
	m->paths = heap_zero(m->plan->n_paths + 1, sizeof *m->paths);
	for (size_t i = 0; i < m->plan->n_paths; i++) {
		if (paths[i].len)
			memcpy(m->plan->text + at, paths[i].ptr, paths[i].len);
		m->paths[i] = sv_of(m->plan->text + at, paths[i].len);
		at += paths[i].len;
	}
}

/* The place of a key in the table: where it is or where it would go. */
static struct scan_plan_key *place_of(const struct scan_plan *plan, uint32_t from, struct sv key)
{
	size_t mask = plan->n_places - 1;
	for (size_t at = scan_plan_hash(from, key) & mask;; at = (at + 1) & mask) {
		struct scan_plan_key *k = &plan->keys[at];
		if (k->to == 0 || (k->from == from && sv_eq(k->text, key)))
			return k;
	}
}

uint32_t scan_plan_find(const struct scan_plan *plan, uint32_t from, struct sv key)
{
	return place_of(plan, from, key)->to;
}

/* Text from where node `from` ends to `end` in a path. */
static struct sv text_between(const struct scan_plan *plan, uint32_t from, struct sv path, size_t end)
{
	size_t start = from ? (size_t)plan->nodes[from].text_end + 1 : 0;
	return sv_of(path.ptr + start, end - start);
}

static uint32_t add_node(struct making *m, uint32_t parent, uint32_t path, size_t end)
{
	struct scan_plan *plan = m->plan;
	uint32_t self = plan->n_nodes++;
	plan->nodes[self] =
	    (struct scan_plan_node){.slot = SCAN_PLAN_NO_SLOT, .parent = parent, .text_end = (uint32_t)end};
	for (uint32_t from = parent;; from = plan->nodes[from].parent) {
		struct sv text = text_between(plan, from, m->paths[path], end);
		*place_of(plan, from, text) = (struct scan_plan_key){text, from, self};
		if (from == 0)
			return self;
	}
}

static void add_path(struct making *m, uint32_t path)
{
	struct scan_plan *plan = m->plan;
	struct sv text = m->paths[path];
	uint32_t node = 0;
	if (count_segments(text) > SCAN_PLAN_SEGMENTS) {
		plan->fresh[path].kind = SCAN_COMPLEX;
		return;
	}
	for (size_t start = 0, end; start <= text.len; start = end + 1) {
		for (end = start; end < text.len && text.ptr[end] != '.';)
			end++;
		uint32_t next = scan_plan_find(plan, node, sv_of(text.ptr + start, end - start));
		node = next ? next : add_node(m, node, path, end);
	}
	if (plan->nodes[node].slot == SCAN_PLAN_NO_SLOT)
		plan->nodes[node].slot = path;
	else
		plan->twins[plan->n_twins++] = (struct scan_plan_twin){path, plan->nodes[node].slot};
}

/* --- which slots lie below a node ---------------------------------------------------------------- */

/* Nodes come after their parents, so one walk from the end counts and one from the front gives each node its
 * part of `order`: its parent's part begins with the children's own slots and parts, one behind the other. */
static void order_slots(struct scan_plan *plan)
{
	uint32_t *used = heap_zero(plan->n_nodes, sizeof *used);
	for (uint32_t i = plan->n_nodes - 1; i > 0; i--) {
		const struct scan_plan_node *n = &plan->nodes[i];
		plan->nodes[n->parent].n_below += n->n_below + (n->slot != SCAN_PLAN_NO_SLOT);
	}
	for (uint32_t i = 1; i < plan->n_nodes; i++) {
		struct scan_plan_node *n = &plan->nodes[i];
		n->below = plan->nodes[n->parent].below + used[n->parent];
		used[n->parent] += n->n_below;
		if (n->slot != SCAN_PLAN_NO_SLOT) {
			plan->order[n->below++] = n->slot;
			used[n->parent]++;
		}
	}
	free(used);
}

/* --- plans --------------------------------------------------------------------------------------- */

struct scan_plan *scan_plan_new(const struct sv *paths, size_t n_paths)
{
	static atomic_uint_fast64_t last_id;
	struct scan_plan *plan = heap_zero(1, sizeof *plan);
	struct making m = {.plan = plan};
	size_t max_nodes = 1, max_keys = 1;
	plan->id = atomic_fetch_add(&last_id, 1) + 1;
	plan->n_paths = n_paths;
	for (size_t i = 0; i < n_paths; i++) {
		size_t n = count_segments(paths[i]);
		if (n <= SCAN_PLAN_SEGMENTS) {
			max_nodes += n;
			max_keys += n * (n + 1) / 2;
		}
	}
	for (plan->n_places = 2; plan->n_places < 2 * max_keys;)
		plan->n_places *= 2;
	plan->nodes = heap_zero(max_nodes, sizeof *plan->nodes);
	plan->keys = heap_zero(plan->n_places, sizeof *plan->keys);
	plan->order = heap_zero(n_paths + 1, sizeof *plan->order);
	plan->twins = heap_zero(n_paths + 1, sizeof *plan->twins);
	plan->fresh = heap_zero(n_paths + 1, sizeof *plan->fresh);
	plan->nodes[0].slot = SCAN_PLAN_NO_SLOT;
	plan->n_nodes = 1;
	copy_paths(&m, paths);
	for (size_t i = 0; i < n_paths; i++)
		add_path(&m, (uint32_t)i);
	order_slots(plan);
	free(m.paths);
	return plan;
}

void scan_plan_strict(struct scan_plan *plan)
{
	plan->strict = true;
}

void scan_plan_free(struct scan_plan *plan)
{
	if (!plan)
		return;
	free(plan->nodes);
	free(plan->keys);
	free(plan->order);
	free(plan->twins);
	free(plan->fresh);
	free(plan->text);
	free(plan);
}
