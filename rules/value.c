/* Compiles the values of items: by their YAML type and the modifiers into probes. Called by item.c while
 * rules load. */
#include "rules/value.h"

#include "rules/encode.h"
#include "rules/regex.h"

/* A value on its way to become probes. */
struct work {
	const struct value_input *in;
	const struct ydoc_node *node;
	VEC(struct probe) probes;
	const struct list *only; /* the value is `%name%` and nothing else */
	bool expanded;           /* parts come from lists */
	bool refused;
};

#define FAULT(in, node, level, ...) \
	fault_add((in)->faults, (level), (in)->item->file, (node)->line, (node)->col, __VA_ARGS__)

static bool has(const struct value_input *in, enum modifier m)
{
	return in->modifiers->has[m];
}

static bool is_placed(const struct value_input *in)
{
	return has(in, MODIFIER_CONTAINS) || has(in, MODIFIER_STARTSWITH) || has(in, MODIFIER_ENDSWITH);
}

static bool is_encoder(enum modifier m)
{
	return m == MODIFIER_BASE64 || m == MODIFIER_BASE64OFFSET || m == MODIFIER_WIDE ||
	       m == MODIFIER_UTF16BE || m == MODIFIER_UTF16;
}

/* Does a modifier change how text is compared, so that a number or `true` counts by its text? */
static bool is_text_test(const struct value_input *in)
{
	if (in->keyword || is_placed(in) || has(in, MODIFIER_WINDASH) || has(in, MODIFIER_EXPAND))
		return true;
	for (size_t i = 0; i < in->modifiers->n; i++)
		if (is_encoder(in->modifiers->order[i]))
			return true;
	return false;
}

/* startswith with endswith open both ends, which is contains. */
static enum probe_place place_of_value(const struct value_input *in)
{
	bool starts = has(in, MODIFIER_STARTSWITH), ends = has(in, MODIFIER_ENDSWITH);
	if (has(in, MODIFIER_CONTAINS) || (starts && ends))
		return PROBE_CONTAINS;
	if (starts)
		return PROBE_STARTS;
	if (ends)
		return PROBE_ENDS;
	return in->keyword ? PROBE_CONTAINS : PROBE_WHOLE;
}

static enum item_status one(const struct value_input *in, struct value *out, struct probe p)
{
	out->probes = arena_alloc(in->item->arena, sizeof p);
	out->probes[0] = p;
	out->n = 1;
	return ITEM_OK;
}

/* --- values that are no text --------------------------------------------------------------------- */

static enum item_status compile_null(
    const struct value_input *in, const struct ydoc_node *node, struct value *out)
{
	if (in->keyword) {
		FAULT(in, node, FAULT_ERROR, "null is no keyword");
		return ITEM_REFUSED;
	}
	for (size_t i = 0; i < in->modifiers->n; i++) {
		enum modifier m = in->modifiers->order[i];
		if (m != MODIFIER_NEQ && m != MODIFIER_ALL) {
			FAULT(in, node, FAULT_ERROR, "modifier \"%s\" does not work with null",
			    modifier_name(m));
			return ITEM_REFUSED;
		}
	}
	return one(in, out, (struct probe){.kind = PROBE_NULL});
}

static enum item_status compile_exists(
    const struct value_input *in, const struct ydoc_node *node, struct value *out)
{
	bool truth;
	if (!ydoc_bool(node, &truth)) {
		FAULT(in, node, FAULT_ERROR, "\"exists\" takes true or false, not \"%.*s\"",
		    SV_ARG(node->text));
		return ITEM_REFUSED;
	}
	return one(in, out, (struct probe){.kind = PROBE_EXISTS, .truth = truth});
}

static enum item_status compile_regex(
    const struct value_input *in, const struct ydoc_node *node, struct value *out)
{
	struct err e = {0};
	struct probe p = {.kind = PROBE_REGEX};
	struct regex_flags flags = {has(in, MODIFIER_RE_I), has(in, MODIFIER_RE_M), has(in, MODIFIER_RE_S)};
	if (regex_new(node->text, flags, &p.regex, &e)) {
		FAULT(in, node, FAULT_ERROR, "the regular expression %s", e.text);
		return ITEM_REFUSED;
	}
	return one(in, out, p);
}

static enum item_status compile_field(
    const struct value_input *in, const struct ydoc_node *node, struct value *out)
{
	struct err e = {0};
	struct probe p = {.kind = PROBE_FIELD, .place = place_of_value(in), .cased = has(in, MODIFIER_CASED)};
	if (!node->text.len) {
		FAULT(in, node, FAULT_ERROR, "\"fieldref\" needs the name of a field");
		return ITEM_REFUSED;
	}
	if (path_read(out->written, &p.other, &e)) {
		FAULT(in, node, FAULT_ERROR, "%s", e.text);
		return ITEM_REFUSED;
	}
	return one(in, out, p);
}

/* The comparison or date part of the chain, PROBE_EQ and MOMENT_NONE without one, and its name for faults. */
static const char *read_comparison(const struct value_input *in, struct probe *p)
{
	const char *name = NULL;
	for (size_t i = 0; i < in->modifiers->n; i++) {
		enum modifier m = in->modifiers->order[i];
		if (m == MODIFIER_LT || m == MODIFIER_LTE || m == MODIFIER_GT || m == MODIFIER_GTE)
			p->compare = PROBE_LT + (enum probe_compare)(m - MODIFIER_LT);
		else if (m >= MODIFIER_MINUTE && m <= MODIFIER_YEAR)
			p->part = MOMENT_MINUTE + (enum moment_part)(m - MODIFIER_MINUTE);
		else
			continue;
		name = modifier_name(m);
	}
	return name;
}

static enum item_status compile_number(const struct value_input *in, const struct ydoc_node *node,
    struct value *out, struct probe p, const char *name)
{
	bool yaml = node->type == YDOC_INT || node->type == YDOC_FLOAT;
	p.kind = PROBE_NUMBER;
	if (yaml ? number_read_yaml(out->written, in->item->arena, &p.number)
		 : node->type == YDOC_TEXT && number_read(out->written, &p.number))
		return one(in, out, p);
	if (name)
		FAULT(in, node, FAULT_ERROR, "\"%s\" needs a number, not \"%.*s\"", name, SV_ARG(node->text));
	else
		FAULT(in, node, FAULT_ERROR, "no event can hold the number %.*s; quote it if it is a text",
		    SV_ARG(node->text));
	return ITEM_REFUSED;
}

/* --- texts ----------------------------------------------------------------------------------------- */

static struct sv join(const struct expanded *x, struct arena *arena)
{
	struct buf b = {0};
	for (size_t i = 0; i < x->n; i++)
		buf_add(&b, x->parts[i]);
	struct sv joined = arena_copy(arena, buf_sv(&b));
	buf_fini(&b);
	return joined;
}

static void push(struct work *w, const struct expanded *x, struct probe p)
{
	if (w->expanded && !p.entry.ptr)
		p.entry = join(x, w->in->item->arena);
	p.guards = x->guards;
	p.n_guards = x->n_guards;
	vec_push(&w->probes, p);
}

static bool make_network(void *ctx, const struct expanded *x)
{
	struct work *w = ctx;
	struct probe p = {.kind = PROBE_NETWORK};
	bool host_bits;
	struct sv written = join(x, w->in->item->arena);
	if (!cidr_read(written, &p.net, &host_bits)) {
		FAULT(w->in, w->node, FAULT_ERROR,
		    "\"%.*s\" is no network; write 10.0.0.0/8, 2001:db8::/32 or one address",
		    SV_ARG(written));
		w->refused = true;
		return false;
	}
	/* The configuration tells it of its lists. */
	if (host_bits && !w->expanded) {
		char net[CIDR_TEXT];
		cidr_format(&p.net, net);
		FAULT(w->in, w->node, FAULT_WARNING, "host bits of %.*s are ignored: it means %s",
		    SV_ARG(written), net);
		fault_tag(w->in->faults, FAULT_HOST_BITS);
	}
	push(w, x, p);
	return true;
}

static bool make_principal(void *ctx, const struct expanded *x)
{
	struct work *w = ctx;
	push(w, x, (struct probe){.kind = PROBE_PRINCIPAL, .entry = join(x, w->in->item->arena)});
	return true;
}

static void push_pattern(struct work *w, const struct expanded *x, struct pattern_builder *b)
{
	enum probe_place place = place_of_value(w->in);
	struct probe p = {.kind = PROBE_PATTERN};
	p.pattern = pattern_finish(b, w->in->item->arena, place == PROBE_CONTAINS || place == PROBE_ENDS,
	    place == PROBE_CONTAINS || place == PROBE_STARTS);
	push(w, x, p);
}

static struct pattern_builder builder(const struct value_input *in)
{
	return (struct pattern_builder){
	    .cased = has(in, MODIFIER_CASED), .windash = has(in, MODIFIER_WINDASH)};
}

static bool make_pattern(void *ctx, const struct expanded *x)
{
	struct work *w = ctx;
	struct pattern_builder b = builder(w->in);
	for (size_t i = 0; i < x->n; i++)
		pattern_add(&b, x->parts[i]);
	push_pattern(w, x, &b);
	return true;
}

/* One step of the chain of encoders, in place. */
static void encode(enum modifier m, struct buf *bytes)
{
	struct buf out = {0};
	if (m == MODIFIER_BASE64)
		encode_base64(buf_sv(bytes), &out);
	else
		encode_utf16(buf_sv(bytes),
		    m == MODIFIER_WIDE      ? ENCODE_UTF16_LE
		    : m == MODIFIER_UTF16BE ? ENCODE_UTF16_BE
					    : ENCODE_UTF16_MARKED,
		    &out);
	buf_fini(bytes);
	*bytes = out;
}

/* The value's characters into `bytes`; false, with a fault, when there is a wildcard in it. */
static bool plain_bytes(struct work *w, const struct expanded *x, enum modifier first, struct buf *bytes)
{
	for (size_t i = 0; i < x->n; i++)
		if (!pattern_plain(x->parts[i], bytes)) {
			FAULT(w->in, w->node, FAULT_ERROR,
			    "\"%s\" takes no wildcards; write \\* or \\? for the characters themselves",
			    modifier_name(first));
			return false;
		}
	return true;
}

static bool push_offsets(struct work *w, const struct expanded *x, struct sv bytes)
{
	if (bytes.len < ENCODE_OFFSET_MIN) {
		FAULT(w->in, w->node, FAULT_ERROR,
		    "\"%.*s\" is too short for \"base64offset\", which needs %d bytes", SV_ARG(bytes),
		    ENCODE_OFFSET_MIN);
		return false;
	}
	for (unsigned shift = 0; shift < 3; shift++) {
		struct pattern_builder b = builder(w->in);
		struct buf text = {0};
		encode_base64_offset(bytes, shift, &text);
		pattern_add_literal(&b, buf_sv(&text));
		push_pattern(w, x, &b);
		buf_fini(&text);
	}
	return true;
}

static bool make_encoded(void *ctx, const struct expanded *x)
{
	struct work *w = ctx;
	const struct modifiers *ms = w->in->modifiers;
	struct buf bytes = {0};
	size_t first = 0;
	while (!is_encoder(ms->order[first]))
		first++;
	bool ok = plain_bytes(w, x, ms->order[first], &bytes);
	for (size_t i = first; i < ms->n && ok; i++)
		if (is_encoder(ms->order[i]) && ms->order[i] != MODIFIER_BASE64OFFSET)
			encode(ms->order[i], &bytes);
	if (ok && has(w->in, MODIFIER_BASE64OFFSET)) {
		ok = push_offsets(w, x, buf_sv(&bytes));
	} else if (ok) {
		struct pattern_builder b = builder(w->in);
		pattern_add_literal(&b, buf_sv(&bytes));
		push_pattern(w, x, &b);
	}
	buf_fini(&bytes);
	w->refused |= !ok;
	return ok;
}

/* What becomes of a text. A list that stands alone is compared by its own type, unless a modifier asks for
 * text. */
static bool (*maker_of(const struct work *w))(void *ctx, const struct expanded *x)
{
	const struct value_input *in = w->in;
	bool typed = w->only && !in->keyword && !is_placed(in) && !has(in, MODIFIER_WINDASH);
	for (size_t i = 0; i < in->modifiers->n; i++)
		if (is_encoder(in->modifiers->order[i]))
			return make_encoded;
	if (has(in, MODIFIER_CIDR) || (typed && w->only->type == LIST_CIDR))
		return make_network;
	if (typed && w->only->type == LIST_PRINCIPAL &&
	    (in->field.kw == KW_FIELD_PRINCIPAL || in->field.kw == KW_FIELD_ACTOR))
		return make_principal;
	return make_pattern;
}

static void note_lists(const struct expand *x, struct arena *arena, struct value *out)
{
	out->lists = arena_alloc(arena, (x->pieces.n + 1) * sizeof *out->lists);
	for (size_t i = 0; i < x->pieces.n; i++)
		if (x->pieces.items[i].list)
			out->lists[out->n_lists++] = arena_copy(arena, x->pieces.items[i].text);
}

static enum item_status make_expanded(struct work *w, struct value *out, struct sv *out_waits_for)
{
	struct expand x = {0};
	struct err e = {0};
	enum item_status status = expand_read(w->in->item, w->node, &x, out_waits_for, w->in->faults);
	if (status != ITEM_OK)
		return status;
	w->expanded = x.has_list;
	if (x.pieces.n == 1)
		w->only = x.pieces.items[0].list;
	note_lists(&x, w->in->item->arena, out);
	if (expand_each(&x, w->in->item->arena, maker_of(w), w, &e)) {
		FAULT(w->in, w->node, FAULT_ERROR, "\"%.*s\" %s", SV_ARG(w->node->text), e.text);
		w->refused = true;
	}
	vec_fini(&x.pieces);
	return ITEM_OK;
}

static enum item_status compile_text(
    const struct value_input *in, const struct ydoc_node *node, struct value *out, struct sv *out_waits_for)
{
	struct work w = {.in = in, .node = node};
	enum item_status status = ITEM_OK;
	if (in->keyword && !node->text.len) {
		FAULT(in, node, FAULT_ERROR, "an empty keyword would match every event");
		return ITEM_REFUSED;
	}
	if (has(in, MODIFIER_EXPAND))
		status = make_expanded(&w, out, out_waits_for);
	else
		maker_of (&w)(&w, &(struct expanded){.parts = &out->written, .n = 1});
	if (w.refused)
		status = ITEM_REFUSED;
	out->n = w.probes.n;
	out->probes = arena_alloc(in->item->arena, w.probes.n * sizeof *out->probes);
	if (w.probes.n)
		memcpy(out->probes, w.probes.items, w.probes.n * sizeof *out->probes);
	vec_fini(&w.probes);
	return status;
}

enum item_status value_compile(
    const struct value_input *in, const struct ydoc_node *node, struct value *out, struct sv *out_waits_for)
{
	struct probe number = {0};
	const char *comparison = read_comparison(in, &number);
	*out = (struct value){.written = arena_copy(in->item->arena, node->text)};
	if (has(in, MODIFIER_EXISTS))
		return compile_exists(in, node, out);
	if (node->type == YDOC_NULL)
		return compile_null(in, node, out);
	if (has(in, MODIFIER_RE))
		return compile_regex(in, node, out);
	if (comparison)
		return compile_number(in, node, out, number, comparison);
	if (has(in, MODIFIER_FIELDREF))
		return compile_field(in, node, out);
	if (is_text_test(in) || has(in, MODIFIER_CIDR))
		return compile_text(in, node, out, out_waits_for);
	switch (node->type) {
	case YDOC_INT:
	case YDOC_FLOAT: return compile_number(in, node, out, number, NULL);
	case YDOC_BOOL:
		return one(
		    in, out, (struct probe){.kind = PROBE_TRUTH, .truth = sv_eq(node->text, SV("true"))});
	case YDOC_TEXT:
	case YDOC_NULL: break;
	}
	return compile_text(in, node, out, out_waits_for);
}

void value_fini(struct value *v)
{
	for (size_t i = 0; i < v->n; i++)
		regex_free(v->probes[i].regex);
}
