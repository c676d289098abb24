/* Reads one document: what kind it is, Sigma's own keys, then `kendrawatch:` and the detection. Called by
 * load.c for each document after `action:` was applied. Texts are borrowed from the YAML tree. */
#include "rules/document.h"

#include "base/nearest.h"
#include "base/net/crypto.h"
#include "rules/correlation.h"
#include "rules/detection.h"
#include "rules/extension.h"

/* Sigma's keys and ours, for hints on misspelt ones; any other key is kept. */
static const char *const known_keys[] = {"title", "id", "name", "status", "level", "description", "author",
    "date", "modified", "tags", "references", "fields", "falsepositives", "logsource", "detection",
    "correlation", "filter", "related", "license", "scope", "taxonomy", "generate", "kendrawatch", "tests"};
#define N_KNOWN_KEYS (sizeof known_keys / sizeof known_keys[0])

#define MAX_TITLE 256

static void fault(
    const struct document *d, enum fault_level level, const struct ydoc_node *at, const char *text)
{
	fault_add(d->faults, level, d->file, at->line, at->col, "%s", text);
}

/* A warning of that kind. */
static void fault_as(
    const struct document *d, enum fault_code code, const struct ydoc_node *at, const char *text)
{
	fault(d, FAULT_WARNING, at, text);
	fault_tag(d->faults, code);
}

/* --- small values --------------------------------------------------------------------------------- */

/* A key's text; ptr NULL when absent. Another type is an error. */
static struct sv text_of(const struct document *d, const char *key)
{
	const struct ydoc_node *n = ydoc_get(d->root, key);

	if (!n || (n->kind == YDOC_SCALAR && n->type == YDOC_NULL))
		return (struct sv){0};
	if (n->kind == YDOC_SCALAR)
		return n->text;
	fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col, "`%s` is a text", key);
	return (struct sv){0};
}

/* The texts of a key: a list, or one text alone as many rules write `falsepositives`. Calls `each` for every
 * one. */
static void texts_of(const struct document *d, const char *key,
    void (*each)(const struct document *, const struct ydoc_node *, struct rule *), struct rule *r)
{
	const struct ydoc_node *n = ydoc_get(d->root, key);

	if (!n)
		return;
	if (n->kind == YDOC_SCALAR && n->type != YDOC_NULL)
		each(d, n, r);
	else if (n->kind == YDOC_MAP)
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col, "`%s` is a list of texts", key);
	for (size_t i = 0; n->kind == YDOC_LIST && i < n->n; i++) {
		if (n->items[i]->kind == YDOC_SCALAR && n->items[i]->type != YDOC_NULL)
			each(d, n->items[i], r);
		else
			fault_add(d->faults, FAULT_ERROR, d->file, n->items[i]->line, n->items[i]->col,
			    "`%s` is a list of texts", key);
	}
}

static bool is_uuid(struct sv s)
{
	static const char shape[] = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";

	if (s.len != sizeof shape - 1)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

		if (shape[i] == 'h' ? !hex : c != '-')
			return false;
	}
	return true;
}

/* --- identity ------------------------------------------------------------------------------------- */

static void read_id(const struct document *d, struct rule *r)
{
	const struct ydoc_node *n = ydoc_get(d->root, "id");

	r->id = text_of(d, "id");
	if (!n)
		fault_as(d, FAULT_MISSING_ID, d->root, "`id` is missing; give the rule a UUID of its own");
	else if (r->id.ptr && !is_uuid(r->id))
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "id \"%.*s\" is no UUID such as 7c0d3f52-6a0e-4a57-9d0b-0c5b7a1f2e41", SV_ARG(r->id));
}

/* What the rule is known by, whatever it lacks. */
static void make_key(const struct document *d, struct rule *r)
{
	char uuid[37];

	if (r->id.len > 0)
		r->key = r->id;
	else if (r->name.len > 0)
		r->key = r->name;
	else {
		crypto_uuid5(arena_printf(d->arena, "%s#%d", d->file, d->number), uuid);
		r->key = arena_copy(d->arena, sv_from(uuid));
	}
}

static void read_title(const struct document *d, struct rule *r)
{
	const struct ydoc_node *n = ydoc_get(d->root, "title");

	r->title = text_of(d, "title");
	if (!n || r->title.len == 0)
		fault(d, FAULT_ERROR, n ? n : d->root, "`title` is missing");
	else if (r->title.len > MAX_TITLE)
		fault(d, FAULT_WARNING, n, "a title has at most 256 bytes");
}

/* --- what Sigma says about a rule ----------------------------------------------------------------- */

static void read_level(const struct document *d, struct rule *r)
{
	const struct ydoc_node *n = ydoc_get(d->root, "level");
	struct sv text = text_of(d, "level");
	const char *names[LEVEL_COUNT];

	r->level = LEVEL_MEDIUM;
	if (!n && r->kind != RULE_FILTER)
		fault_as(d, FAULT_MISSING_LEVEL, d->root, "`level` is missing; medium is assumed");
	if (!text.ptr || level_parse(text, &r->level))
		return;
	for (size_t i = 0; i < LEVEL_COUNT; i++)
		names[i] = level_name((enum level)i);
	int near = nearest_find(text, names, LEVEL_COUNT);
	if (near >= 0)
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "unknown level \"%.*s\"; did you mean \"%s\"?", SV_ARG(text), names[near]);
	else
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col,
		    "unknown level \"%.*s\"; there are informational, low, medium, high and critical",
		    SV_ARG(text));
}

static void read_status(const struct document *d, struct rule *r)
{
	static const char *const names[] = {"stable", "test", "experimental", "deprecated", "unsupported"};
	const struct ydoc_node *n = ydoc_get(d->root, "status");
	bool known = false;

	r->status = text_of(d, "status");
	if (!r->status.ptr)
		return;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		known |= sv_eq(r->status, sv_from(names[i]));
	if (known)
		return;
	fault_add(d->faults, FAULT_WARNING, d->file, n->line, n->col,
	    "unknown status \"%.*s\"; there are stable, test, experimental, deprecated and "
	    "unsupported",
	    SV_ARG(r->status));
	fault_tag(d->faults, FAULT_UNKNOWN_STATUS);
}

/* `t1565` or `t1565.001`, behind "attack." */
static bool is_technique(struct sv s)
{
	static const char shape[] = "tdddd.ddd";

	if (s.len != 5 && s.len != 9)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (shape[i] == 'd' ? s.ptr[i] < '0' || s.ptr[i] > '9' : s.ptr[i] != shape[i])
			return false;
	return true;
}

static void read_tag(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	struct sv s = sv_skip(n->text, strlen("attack."));

	vec_push(&r->tags, n->text);
	if (sv_starts(n->text, SV("attack.")) && s.len > 1 && s.ptr[0] == 't' && s.ptr[1] >= '0' &&
	    s.ptr[1] <= '9' && !is_technique(s))
		fault_add(d->faults, FAULT_WARNING, d->file, n->line, n->col,
		    "\"%.*s\" is no ATT&CK technique such as attack.t1565 or attack.t1565.001",
		    SV_ARG(n->text));
	else if (sv_starts(n->text, SV("attack.T")))
		fault_add(d->faults, FAULT_WARNING, d->file, n->line, n->col,
		    "tags are written in lower case: \"%.*s\"", SV_ARG(n->text));
}

static void read_falsepositive(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	(void)d;
	vec_push(&r->falsepositives, n->text);
}

static void read_reference(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	(void)d;
	vec_push(&r->references, n->text);
}

static void read_field(const struct document *d, const struct ydoc_node *n, struct rule *r)
{
	(void)d;
	vec_push(&r->fields, n->text);
}

static bool is_known_key(struct sv key)
{
	for (size_t i = 0; i < N_KNOWN_KEYS; i++)
		if (sv_eq(key, sv_from(known_keys[i])))
			return true;
	return false;
}

/* A misspelt key would be kept and never read, so near misses are told. Distances are dear: known keys are
 * not measured. */
static void doubt_keys(const struct document *d)
{
	for (size_t i = 0; i < d->root->n; i++) {
		const struct ydoc_node *key = d->root->keys[i];
		int near = is_known_key(key->text) ? -1 : nearest_find(key->text, known_keys, N_KNOWN_KEYS);

		if (near < 0)
			continue;
		fault_add(d->faults, FAULT_WARNING, d->file, key->line, key->col,
		    "key \"%.*s\" is not used; did you mean \"%s\"?", SV_ARG(key->text), known_keys[near]);
		fault_tag(d->faults, FAULT_UNKNOWN_KEY);
	}
}

/* --- log source ----------------------------------------------------------------------------------- */

static struct sv logsource_part(const struct document *d, const struct ydoc_node *map, const char *key)
{
	const struct ydoc_node *n = ydoc_get(map, key);

	if (n && n->kind != YDOC_SCALAR)
		fault_add(d->faults, FAULT_ERROR, d->file, n->line, n->col, "`%s` is a text", key);
	return n && n->kind == YDOC_SCALAR && n->type != YDOC_NULL ? n->text : (struct sv){0};
}

/* False: the rule is about other logs. CloudTrail has no category. */
static bool read_logsource(const struct document *d, struct rule *r)
{
	const struct ydoc_node *n = ydoc_get(d->root, "logsource");
	struct logsource *l = &r->logsource;

	if (!n) {
		fault_as(d, FAULT_MISSING_LOGSOURCE, d->root,
		    "`logsource` is missing; {product: aws, service: cloudtrail} is assumed");
		return true;
	}
	if (n->kind != YDOC_MAP) {
		fault(d, FAULT_ERROR, n, "`logsource` is a map: {product: aws, service: cloudtrail}");
		return true;
	}
	l->category = logsource_part(d, n, "category");
	l->product = logsource_part(d, n, "product");
	l->service = logsource_part(d, n, "service");
	return !l->category.ptr && (!l->product.ptr || sv_eq(l->product, SV("aws"))) &&
	       (!l->service.ptr || sv_eq(l->service, SV("cloudtrail")));
}

static void note_other_logs(const struct document *d, const struct rule *r)
{
	const struct ydoc_node *n = ydoc_get(d->root, "logsource");
	const struct sv parts[] = {r->logsource.category, r->logsource.product, r->logsource.service};
	struct buf text = {.limit = 200};

	for (size_t i = 0; i < 3; i++)
		if (parts[i].ptr)
			buf_printf(&text, "%s%.*s", text.len > 0 ? "/" : "", SV_ARG(parts[i]));
	fault_add(d->faults, FAULT_NOTE, d->file, n->line, n->col,
	    "skipped: it is about %s, not about aws/cloudtrail", text.ptr ? text.ptr : "other logs");
	buf_fini(&text);
}

/* --- the detection -------------------------------------------------------------------------------- */

static void read_detection(const struct document *d, struct rule *r, const char *key)
{
	const struct ydoc_node *map = ydoc_get(d->root, key);
	const struct detection_input in = {
	    .arena = d->arena,
	    .map = map,
	    .is_filter = r->kind == RULE_FILTER,
	    .lists = d->lists,
	    .file = d->file,
	    .places = d->places,
	};

	if (map->kind != YDOC_MAP)
		fault_add(d->faults, FAULT_ERROR, d->file, map->line, map->col,
		    "`%s` is a map of selections and a condition", key);
	else
		detection_compile(&in, r, d->faults);
}

/* A filter names the rules it is for, and takes something away. */
static void check_filter(const struct document *d, struct rule *r)
{
	const struct ydoc_node *filter = ydoc_get(d->root, "filter");
	const struct ydoc_node *rules = ydoc_get(filter, "rules");

	if (filter->kind != YDOC_MAP)
		return;
	if (!rules)
		fault(d, FAULT_ERROR, filter,
		    "`rules` is missing: a list of ids or names, or `any` for every rule of the log source");
	else if (rules->kind == YDOC_MAP || (rules->kind == YDOC_SCALAR && !sv_eq(rules->text, SV("any"))))
		fault(d, FAULT_ERROR, rules, "`rules` is a list of ids or names, or `any`");
	for (size_t i = 0; rules && rules->kind == YDOC_LIST && i < rules->n; i++)
		if (rules->items[i]->kind != YDOC_SCALAR || rules->items[i]->type == YDOC_NULL)
			fault(d, FAULT_ERROR, rules->items[i], "`rules` is a list of ids or names, or `any`");
	if (r->detection && r->detection->condition && !condition_negates(r->detection->condition))
		fault_as(d, FAULT_FILTER_WITHOUT_NOT, ydoc_get(filter, "condition"),
		    "a filter without `not` lets through only what it describes; most say `not selection`");
}

/* --- kinds ---------------------------------------------------------------------------------------- */

/* False: it is none, or more than one. */
static bool read_kind(const struct document *d, struct rule *r)
{
	static const struct {
		const char *key;
		enum rule_kind kind;
	} kinds[] = {
	    {"detection", RULE_DETECTION}, {"filter", RULE_FILTER}, {"correlation", RULE_CORRELATION}};
	size_t n = 0;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (ydoc_get(d->root, kinds[i].key)) {
			r->kind = kinds[i].kind;
			n++;
		}
	if (n == 0)
		fault(d, FAULT_ERROR, d->root, "a rule has a `detection`, a `filter` or a `correlation`");
	else if (n > 1)
		fault(d, FAULT_ERROR, d->root,
		    "a document is one thing: a `detection`, a `filter` or a `correlation`");
	return n == 1;
}

static void refuse(const struct document *d, struct rule *r, struct sv reason)
{
	r->state = RULE_REFUSED;
	r->state_reason = arena_copy(d->arena, reason);
}

/* A correlation gets its state when all rules are in: correlation_bind.h. */
static void read_body(const struct document *d, struct rule *r)
{
	const struct ydoc_node *extension = ydoc_get(d->root, "kendrawatch");

	if (extension)
		extension_read(d, extension, r);
	switch (r->kind) {
	case RULE_DETECTION: read_detection(d, r, "detection"); break;
	case RULE_FILTER:
		read_detection(d, r, "filter");
		check_filter(d, r);
		break;
	case RULE_CORRELATION: correlation_read(d, r); break;
	}
}

static void read_head(const struct document *d, struct rule *r)
{
	r->name = text_of(d, "name");
	read_title(d, r);
	read_id(d, r);
	make_key(d, r);
	read_level(d, r);
	read_status(d, r);
	r->description = text_of(d, "description");
	r->author = text_of(d, "author");
	r->date = text_of(d, "date");
	texts_of(d, "tags", read_tag, r);
	texts_of(d, "falsepositives", read_falsepositive, r);
	texts_of(d, "references", read_reference, r);
	texts_of(d, "fields", read_field, r);
	r->tests = ydoc_get(d->root, "tests");
}

static bool is_retired(const struct rule *r)
{
	return sv_eq(r->status, SV("deprecated")) || sv_eq(r->status, SV("unsupported"));
}

static void switch_off(const struct document *d, struct rule *r)
{
	const struct ydoc_node *n = ydoc_get(d->root, "status");

	r->state = RULE_OFF;
	r->state_reason = arena_printf(d->arena, "status is %.*s", SV_ARG(r->status));
	fault_add(
	    d->faults, FAULT_NOTE, d->file, n->line, n->col, "skipped: status is %.*s", SV_ARG(r->status));
}

static struct rule *rule_new(const struct document *d)
{
	struct rule *r = heap_zero(1, sizeof *r);

	r->file = sv_from(d->file);
	r->document = d->number;
	r->line = d->root ? d->root->line : 1;
	r->root = d->root;
	r->level = LEVEL_MEDIUM;
	r->suppress_for_ms = -1;
	r->until_ms = INT64_MAX;
	return r;
}

struct rule *document_read(const struct document *d)
{
	size_t n_before = d->faults->list.n;
	struct rule *r = rule_new(d);

	if (d->root->kind != YDOC_MAP) {
		fault(d, FAULT_ERROR, d->root, "a rule is a map: title, logsource, detection");
		make_key(d, r);
	} else {
		bool whole = read_kind(d, r);

		/* First of all, so that rules for other logs give a note and nothing else. */
		if (whole && r->kind != RULE_CORRELATION && !read_logsource(d, r)) {
			note_other_logs(d, r);
			rule_free(r);
			return NULL;
		}
		read_head(d, r);
		doubt_keys(d);
		if (whole)
			read_body(d, r);
	}
	for (size_t i = n_before; i < d->faults->list.n; i++)
		if (d->faults->list.items[i].level == FAULT_ERROR) {
			refuse(d, r, sv_from(d->faults->list.items[i].text));
			return r;
		}
	if (r->state != RULE_REFUSED && is_retired(r))
		switch_off(d, r);
	return r;
}

struct rule *document_unreadable(const struct document *d, struct sv reason)
{
	struct rule *r = rule_new(d);

	make_key(d, r);
	refuse(d, r, reason);
	return r;
}
