/* Items: compiled from a key and its values while rules load, then asked about every event by the evaluator.
 * Reading order of this folder: modifier, value, expand (compile); path, texts, probe (ask). */
#include "rules/item.h"

#include "base/utf8.h"
#include "rules/limit.h"
#include "rules/value.h"

#include <stdatomic.h>

/* Values shown to people are cut to this. */
#define SHOWN_BYTES 256

/* In the rule set's arena; its regular expressions are on the heap. */
struct item {
	struct sv selection;
	struct sv chain; /* modifiers as written */
	struct modifiers modifiers;
	struct path field;
	bool keyword;
	struct value *values;
	size_t n;
	struct sv *lists;
	size_t n_lists;
	atomic_uint_fast64_t *limits; /* how often asking was given up; written by any thread */
};

/* --- compile --------------------------------------------------------------------------------------- */

static void fault_at(const struct item_input *in, const struct ydoc_node *node, enum fault_level level,
    struct faults *faults, const char *text)
{
	fault_add(faults, level, in->file, node->line, node->col, "%s", text);
}

/* Modifiers that compare what only a field has. */
static bool needs_field(enum modifier m)
{
	return m == MODIFIER_EXISTS || m == MODIFIER_FIELDREF || (m >= MODIFIER_LT && m <= MODIFIER_YEAR);
}

static bool read_key(const struct item_input *in, struct item *it, struct faults *faults)
{
	struct err e = {0};
	it->keyword = true;
	it->selection = arena_copy(in->arena, in->selection);
	if (!in->key)
		return true;
	struct sv key = arena_copy(in->arena, in->key->text);
	size_t bar = sv_find_char(key, '|');
	struct sv name = bar == SV_NONE ? key : sv_head(key, bar);
	it->keyword = name.len == 0;
	if (bar != SV_NONE) {
		it->chain = sv_skip(key, bar + 1);
		/* An empty view with a pointer, so that "field|" is told. */
		if (modifier_read(it->chain, &it->modifiers, &e)) {
			fault_at(in, in->key, FAULT_ERROR, faults, e.text);
			fault_tag(faults, FAULT_UNKNOWN_MODIFIER);
			return false;
		}
	}
	if (!it->keyword && path_read(name, &it->field, &e)) {
		fault_at(in, in->key, FAULT_ERROR, faults, e.text);
		fault_tag(faults, FAULT_UNKNOWN_FIELD);
		return false;
	}
	for (size_t i = 0; i < it->modifiers.n && it->keyword; i++)
		if (needs_field(it->modifiers.order[i])) {
			err_set(&e, RC_CONFIG, "modifier \"%s\" needs a field",
			    modifier_name(it->modifiers.order[i]));
			goto refused;
		}
	if (it->keyword && bar == SV_NONE) {
		err_set(&e, RC_CONFIG, "the name of the field is empty");
		goto refused;
	}
	return true;

refused:
	fault_at(in, in->key, FAULT_ERROR, faults, e.text);
	return false;
}

static void warn(const struct item_input *in, const struct item *it, struct faults *faults)
{
	const bool *has = it->modifiers.has;
	const char *text = NULL;
	bool placed = has[MODIFIER_CONTAINS] || has[MODIFIER_STARTSWITH] || has[MODIFIER_ENDSWITH];
	if (has[MODIFIER_ALL] && it->n == 1)
		text = "\"all\" on a single value changes nothing";
	else if (has[MODIFIER_STARTSWITH] && has[MODIFIER_ENDSWITH])
		text = "\"startswith\" together with \"endswith\" is the same as \"contains\"";
	else if (has[MODIFIER_CONTAINS] && (has[MODIFIER_STARTSWITH] || has[MODIFIER_ENDSWITH]))
		text = "\"contains\" already covers \"startswith\" and \"endswith\"";
	else if (has[MODIFIER_BASE64OFFSET] && !placed && !it->keyword)
		text = "\"base64offset\" without \"contains\" compares the whole value";
	else if (has[MODIFIER_EXPAND] && !it->n_lists)
		text = "\"expand\" has nothing to do: no value holds a %name%";
	if (!text)
		return;
	fault_at(in, in->key, FAULT_WARNING, faults, text);
	fault_tag(faults, FAULT_NEEDLESS_MODIFIER);
}

static void note_list(struct item *it, struct sv name)
{
	for (size_t i = 0; i < it->n_lists; i++)
		if (sv_eq(it->lists[i], name))
			return;
	it->lists[it->n_lists++] = name;
}

static void note_lists(const struct item_input *in, struct item *it)
{
	size_t n = 1;
	for (size_t i = 0; i < it->n; i++)
		n += it->values[i].n_lists;
	it->lists = arena_alloc(in->arena, n * sizeof *it->lists);
	for (size_t i = 0; i < it->n; i++)
		for (size_t j = 0; j < it->values[i].n_lists; j++)
			note_list(it, it->values[i].lists[j]);
}

/* One node of the value or of its list; the sterner of two outcomes stays. */
static enum item_status add_value(const struct item_input *in, struct item *it, const struct ydoc_node *node,
    enum item_status so_far, struct sv *out_waits_for, struct faults *faults)
{
	struct value_input vi = {.item = in,
	    .modifiers = &it->modifiers,
	    .field = it->field,
	    .keyword = it->keyword,
	    .faults = faults};
	struct sv waits_for = {NULL, 0};
	enum item_status status = ITEM_REFUSED;
	if (node->kind != YDOC_SCALAR)
		fault_at(in, node, FAULT_ERROR, faults, "a list of values holds scalars only");
	else if (node->type == YDOC_NULL && node != in->value)
		fault_at(in, node, FAULT_ERROR, faults,
		    "null can't stand in a list of values; give it an item of its own");
	else
		status = value_compile(&vi, node, &it->values[it->n++], &waits_for);
	if (status == ITEM_WAITS && so_far == ITEM_OK)
		*out_waits_for = waits_for;
	return status == ITEM_REFUSED || so_far == ITEM_OK ? status : so_far;
}

static enum item_status read_values(
    const struct item_input *in, struct item *it, struct sv *out_waits_for, struct faults *faults)
{
	enum item_status status = ITEM_OK;
	const struct ydoc_node *v = in->value;
	if (v->kind == YDOC_LIST && v->n == 0) {
		fault_at(
		    in, v, FAULT_ERROR, faults, "the list of values is empty, so nothing could ever match");
		return ITEM_REFUSED;
	}
	if (v->kind == YDOC_LIST && it->modifiers.has[MODIFIER_EXISTS]) {
		fault_at(in, v, FAULT_ERROR, faults, "\"exists\" takes true or false, not a list");
		return ITEM_REFUSED;
	}
	it->values = arena_alloc(in->arena, (v->n + 1) * sizeof *it->values);
	if (v->kind != YDOC_LIST)
		return add_value(in, it, v, status, out_waits_for, faults);
	for (size_t i = 0; i < v->n; i++)
		status = add_value(in, it, v->items[i], status, out_waits_for, faults);
	return status;
}

enum item_status item_compile(
    const struct item_input *in, struct item **out, struct sv *out_waits_for, struct faults *faults)
{
	struct item *it = arena_zero(in->arena, sizeof *it);
	it->limits = arena_zero(in->arena, sizeof *it->limits);
	struct sv waits_for = {NULL, 0};
	if (!read_key(in, it, faults))
		return ITEM_REFUSED;
	enum item_status status = read_values(in, it, &waits_for, faults);
	if (status != ITEM_OK) {
		item_fini(it);
		if (status == ITEM_WAITS)
			*out_waits_for = waits_for;
		return status;
	}
	note_lists(in, it);
	warn(in, it, faults);
	*out = it;
	return ITEM_OK;
}

void item_fini(struct item *it)
{
	for (size_t i = 0; it && i < it->n; i++)
		value_fini(&it->values[i]);
}

const struct sv *item_lists(const struct item *it, size_t *out_n)
{
	*out_n = it->n_lists;
	return it->lists;
}

/* --- ask ------------------------------------------------------------------------------------------- */

/* What decided: the value, the probe that met it (NULL: none did) and the text that did. */
struct decision {
	const struct value *value;
	const struct probe *probe;
	const struct text *text;
};

static bool value_met(const struct value *v, const struct texts *texts, struct record *r, struct decision *d)
{
	*d = (struct decision){.value = v};
	for (size_t i = 0; i < v->n; i++)
		if (probe_met(&v->probes[i], texts, r, &d->text)) {
			d->probe = &v->probes[i];
			return true;
		}
	return false;
}

/* `all`: the first value that is not met decides, else the first of them. Otherwise the first that is met,
 * else the first value stands for the rest. */
static bool values_met(const struct item *it, const struct texts *texts, struct record *r, struct decision *d)
{
	bool all = it->modifiers.has[MODIFIER_ALL];
	for (size_t i = 0; i < it->n; i++) {
		struct decision one;
		bool met = value_met(&it->values[i], texts, r, &one);
		if (i == 0 || met != all)
			*d = one;
		if (met != all)
			return !all;
	}
	return all;
}

/* values_met, and the item remembers when a limit was reached. */
static bool asked(const struct item *it, const struct texts *texts, struct record *r, struct decision *d)
{
	uint64_t before = limit_count();
	bool met = values_met(it, texts, r, d);
	if (limit_count() != before)
		atomic_fetch_add_explicit(it->limits, 1, memory_order_relaxed);
	return met;
}

uint64_t item_limits(const struct item *it)
{
	return atomic_load_explicit(it->limits, memory_order_relaxed);
}

static struct sv shown_value(const struct texts *texts, const struct decision *d, struct record *r)
{
	struct sv s = texts->first;
	if (d->text)
		s = d->text->text;
	else if (texts->list.n)
		s = texts->list.items[0].text;
	else if (!texts->n_hits)
		return (struct sv){NULL, 0};
	return arena_copy(r->arena, utf8_cut(s, SHOWN_BYTES));
}

static void fill_leaf(const struct item *it, const struct texts *texts, const struct decision *d,
    struct record *r, struct why_leaf *leaf)
{
	*leaf = (struct why_leaf){
	    .field = it->field.name,
	    .value = shown_value(texts, d, r),
	    .modifier = it->chain,
	    .pattern = d->probe && d->probe->entry.ptr ? d->probe->entry : d->value->written,
	    .list = d->value->n_lists ? d->value->lists[0] : (struct sv){NULL, 0},
	    .selection = it->selection,
	};
}

bool item_holds(const struct item *it, struct record *r, struct why_leaf *leaf)
{
	struct texts texts = {0};
	struct decision d = {.value = &it->values[0]};
	if (it->keyword)
		texts_of_record(&texts, r);
	else
		texts_of_field(&texts, &it->field, r);
	bool met = asked(it, &texts, r, &d);
	if (leaf)
		fill_leaf(it, &texts, &d, r, leaf);
	texts_fini(&texts);
	return met != it->modifiers.has[MODIFIER_NEQ];
}

/* --- ask about a value ----------------------------------------------------------------------------- */

struct item_parts item_parts(const struct item *it)
{
	return (struct item_parts){
	    .field = it->keyword ? NULL : &it->field,
	    .chain = it->chain,
	    .modifiers = &it->modifiers,
	    .values = it->values,
	    .n = it->n,
	};
}

/* Is nothing asked of the event but the item's own field (`or_caller`: and its caller)? */
static bool asks_field_alone(const struct item *it, bool or_caller)
{
	for (size_t i = 0; i < it->n; i++)
		for (size_t j = 0; j < it->values[i].n; j++) {
			const struct probe *p = &it->values[i].probes[j];
			if (p->n_guards || p->kind == PROBE_FIELD ||
			    (p->kind == PROBE_PRINCIPAL && !or_caller))
				return false;
		}
	return true;
}

bool item_is_plain(const struct item *it)
{
	return !it->keyword && it->field.kw < 0 && asks_field_alone(it, false);
}

bool item_is_derived(const struct item *it)
{
	return !it->keyword && it->field.kw >= 0 && asks_field_alone(it, true);
}

bool item_holds_value(const struct item *it, const struct tree *value)
{
	struct texts texts;
	struct text room;
	struct decision d;
	texts_of_scalar(&texts, &room, value);
	return asked(it, &texts, NULL, &d) != it->modifiers.has[MODIFIER_NEQ];
}

bool item_holds_texts(const struct item *it, const struct texts *texts)
{
	struct decision d;
	return asked(it, texts, NULL, &d) != it->modifiers.has[MODIFIER_NEQ];
}
