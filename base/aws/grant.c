/* IAM policies from what sources and sinks ask for. Called by `doctor --iam`; owns copies of the texts. */
#include "base/aws/grant.h"

#include "base/heap.h"
#include "base/jdoc.h"
#include "base/jout.h"

static void free_sv(struct sv s)
{
	free((void *)(uintptr_t)s.ptr);
}

void grants_fini(struct grants *g)
{
	for (size_t i = 0; i < g->list.n; i++) {
		free_sv(g->list.items[i].identity);
		free_sv(g->list.items[i].resource);
		free_sv(g->list.items[i].value);
	}
	vec_fini(&g->list);
}

static struct sv copy(struct sv s)
{
	return sv_of(heap_text(s), s.len);
}

/* Of one statement: same role, same sid. */
static bool together(const struct grant *a, const struct grant *b)
{
	return sv_eq(a->identity, b->identity) && strcmp(a->sid, b->sid) == 0;
}

void grants_add(struct grants *g, const struct grant *one)
{
	for (size_t i = 0; i < g->list.n; i++) {
		const struct grant *old = &g->list.items[i];
		if (together(old, one) && sv_eq(old->resource, one->resource) &&
		    sv_eq(old->value, one->value))
			return;
	}
	struct grant kept = *one;
	kept.identity = copy(one->identity);
	kept.resource = copy(one->resource);
	kept.value = copy(one->value);
	vec_push(&g->list, kept);
}

/* --- writing --------------------------------------------------------------------------------------- */

/* One text alone, several as an array, as people write policies. */
static void write_texts(struct jout *j, const char *key, const struct sv *texts, size_t n)
{
	jout_key(j, key);
	if (n == 1) {
		jout_string(j, texts[0]);
		return;
	}
	jout_begin_array(j);
	for (size_t i = 0; i < n; i++)
		jout_string(j, texts[i]);
	jout_end_array(j);
}

struct texts {
	VEC(struct sv) list;
};

static void add_once(struct texts *t, struct sv text)
{
	for (size_t i = 0; i < t->list.n; i++)
		if (sv_eq(t->list.items[i], text))
			return;
	vec_push(&t->list, text);
}

static void write_statement(struct jout *j, const struct grants *g, size_t first)
{
	const struct grant *one = &g->list.items[first];
	struct texts actions = {0}, resources = {0}, values = {0};
	struct sv rest = sv_from(one->actions), action;
	while (sv_cut(&rest, ' ', &action))
		vec_push(&actions.list, action);
	for (size_t i = first; i < g->list.n; i++) {
		if (!together(one, &g->list.items[i]))
			continue;
		add_once(&resources, g->list.items[i].resource);
		add_once(&values, g->list.items[i].value);
	}
	jout_begin_object(j);
	jout_kv(j, "Sid", sv_from(one->sid));
	jout_kv(j, "Effect", SV("Allow"));
	write_texts(j, "Action", actions.list.items, actions.list.n);
	write_texts(j, "Resource", resources.list.items, resources.list.n);
	if (one->condition) {
		jout_key(j, "Condition");
		jout_begin_object(j);
		jout_key(j, "StringEquals");
		jout_begin_object(j);
		write_texts(j, one->condition, values.list.items, values.list.n);
		jout_end_object(j);
		jout_end_object(j);
	}
	jout_end_object(j);
	vec_fini(&actions.list);
	vec_fini(&resources.list);
	vec_fini(&values.list);
}

/* The first of its statement? */
static bool leads(const struct grants *g, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (together(&g->list.items[i], &g->list.items[at]))
			return false;
	return true;
}

static void write_document(struct jout *j, const struct grants *g, struct sv identity)
{
	jout_begin_object(j);
	jout_kv(j, "Version", SV("2012-10-17"));
	jout_key(j, "Statement");
	jout_begin_array(j);
	for (size_t i = 0; i < g->list.n; i++)
		if (sv_eq(g->list.items[i].identity, identity) && leads(g, i))
			write_statement(j, g, i);
	jout_end_array(j);
	jout_end_object(j);
}

void grants_write(const struct grants *g, struct buf *out)
{
	struct buf json = {0};
	struct jout j = jout_on(&json);
	struct texts identities = {0};
	add_once(&identities, SV(""));
	for (size_t i = 0; i < g->list.n; i++)
		add_once(&identities, g->list.items[i].identity);
	if (identities.list.n > 1)
		jout_begin_object(&j);
	for (size_t i = 0; i < identities.list.n; i++) {
		if (identities.list.n > 1)
			jout_key_sv(&j, i ? identities.list.items[i] : SV("agent"));
		write_document(&j, g, identities.list.items[i]);
	}
	if (identities.list.n > 1)
		jout_end_object(&j);
	struct jdoc *doc;
	if (jdoc_read(buf_sv(&json), &doc, NULL) == RC_OK) {
		jdoc_write(doc, true, out);
		jdoc_free(doc);
	}
	if (out->len && out->ptr[out->len - 1] != '\n')
		buf_addc(out, '\n');
	vec_fini(&identities.list);
	buf_fini(&json);
}
