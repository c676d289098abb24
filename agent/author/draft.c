/* Drafts of events. One thread; the draft owns all of its nodes. */
#include "agent/author/draft.h"

#include <stdlib.h>

#include "base/jout.h"

/* A member; an object when `json` is NULL, else a leaf. */
struct node {
	char *key;
	char *json;
	VEC(struct node *) members;
};

struct draft {
	struct node root;
};

static void node_clear(struct node *n)
{
	for (size_t i = 0; i < n->members.n; i++) {
		node_clear(n->members.items[i]);
		free(n->members.items[i]->key);
		free(n->members.items[i]);
	}
	vec_fini(&n->members);
	free(n->json);
	n->json = NULL;
}

struct draft *draft_new(void)
{
	return heap_zero(1, sizeof(struct draft));
}

void draft_free(struct draft *d)
{
	if (!d)
		return;
	node_clear(&d->root);
	free(d);
}

static void node_copy(struct node *to, const struct node *from)
{
	to->json = heap_copy(from->json);
	for (size_t i = 0; i < from->members.n; i++) {
		struct node *member = heap_zero(1, sizeof *member);
		member->key = heap_copy(from->members.items[i]->key);
		node_copy(member, from->members.items[i]);
		vec_push(&to->members, member);
	}
}

struct draft *draft_copy(const struct draft *d)
{
	struct draft *copy = draft_new();
	node_copy(&copy->root, &d->root);
	return copy;
}

static struct node *member(struct node *object, struct sv key, bool make)
{
	for (size_t i = 0; i < object->members.n; i++)
		if (sv_eq(sv_from(object->members.items[i]->key), key))
			return object->members.items[i];
	if (!make)
		return NULL;
	struct node *n = heap_zero(1, sizeof *n);
	n->key = heap_text(key);
	vec_push(&object->members, n);
	return n;
}

static struct node *at(struct draft *d, struct sv path, bool make)
{
	struct node *n = &d->root;
	struct sv key;
	while (n && sv_cut(&path, '.', &key)) {
		if (n->json && make) {
			free(n->json);
			n->json = NULL;
		}
		n = member(n, key, make);
	}
	return n;
}

void draft_set_json(struct draft *d, struct sv path, struct sv json)
{
	struct node *n = at(d, path, true);
	node_clear(n);
	if (!sv_eq(json, SV("{}")))
		n->json = heap_text(json);
}

void draft_set_text(struct draft *d, const char *path, struct sv text)
{
	struct buf json = {0};
	jout_quote(&json, text);
	draft_set_json(d, sv_from(path), buf_sv(&json));
	buf_fini(&json);
}

/* As spelled where that is JSON: YAML also knows .5, +1 and .inf. */
static void number_json(struct sv text, struct buf *out)
{
	struct arena arena = {0};
	const struct tree *ignored;
	char *end;
	double number = strtod(text.ptr, &end);
	if (tree_read(&arena, text, &ignored, NULL) == RC_OK)
		buf_add(out, text);
	else if (*end)
		jout_quote(out, text);
	else
		buf_printf(out, "%.17g", number);
	arena_fini(&arena);
}

static void scalar_json(const struct ydoc_node *v, struct buf *out)
{
	int64_t number;
	switch (v->type) {
	case YDOC_TEXT: jout_quote(out, v->text); return;
	case YDOC_NULL: buf_adds(out, "null"); return;
	case YDOC_BOOL: buf_add(out, v->text); return;
	case YDOC_INT:
		if (ydoc_int(v, &number))
			buf_printf(out, "%lld", (long long)number);
		else
			number_json(v->text, out); /* beyond 64 bits */
		return;
	case YDOC_FLOAT: number_json(v->text, out); return;
	}
}

static void value_json(const struct ydoc_node *v, struct buf *out)
{
	switch (v->kind) {
	case YDOC_SCALAR: scalar_json(v, out); return;
	case YDOC_LIST:
		buf_addc(out, '[');
		for (size_t i = 0; i < v->n; i++) {
			buf_adds(out, i ? "," : "");
			value_json(v->items[i], out);
		}
		buf_addc(out, ']');
		return;
	case YDOC_MAP:
		buf_addc(out, '{');
		for (size_t i = 0; i < v->n; i++) {
			buf_adds(out, i ? "," : "");
			jout_quote(out, v->keys[i]->text);
			buf_addc(out, ':');
			value_json(v->items[i], out);
		}
		buf_addc(out, '}');
		return;
	}
}

/* Objects stay objects, so that later paths can reach into them. */
static void set_yaml(struct node *n, const struct ydoc_node *value)
{
	node_clear(n);
	if (value->kind == YDOC_MAP) {
		for (size_t i = 0; i < value->n; i++)
			set_yaml(member(n, value->keys[i]->text, true), value->items[i]);
		return;
	}
	struct buf json = {0};
	value_json(value, &json);
	n->json = buf_take(&json);
}

void draft_set_yaml(struct draft *d, struct sv path, const struct ydoc_node *value)
{
	set_yaml(path.len ? at(d, path, true) : &d->root, value);
}

void draft_unset(struct draft *d, struct sv path)
{
	struct sv key = path, parent = {NULL, 0};
	for (size_t i = path.len; i-- > 0;)
		if (path.ptr[i] == '.') {
			parent = sv_head(path, i);
			key = sv_skip(path, i + 1);
			break;
		}
	struct node *object = parent.ptr ? at(d, parent, false) : &d->root;
	for (size_t i = 0; object && i < object->members.n; i++) {
		struct node *n = object->members.items[i];
		if (!sv_eq(sv_from(n->key), key))
			continue;
		node_clear(n);
		free(n->key);
		free(n);
		object->members.n--;
		memmove(object->members.items + i, object->members.items + i + 1,
		    (object->members.n - i) * sizeof n);
		return;
	}
}

static void write_node(const struct node *n, struct buf *out)
{
	if (n->json) {
		buf_adds(out, n->json);
		return;
	}
	buf_addc(out, '{');
	for (size_t i = 0; i < n->members.n; i++) {
		buf_adds(out, i ? "," : "");
		jout_quote(out, sv_from(n->members.items[i]->key));
		buf_addc(out, ':');
		write_node(n->members.items[i], out);
	}
	buf_addc(out, '}');
}

void draft_write(const struct draft *d, struct buf *out)
{
	write_node(&d->root, out);
}
