/* Alert form v1. Called by the analyst, by scan and by test for each match that became an alert; the record
 * lives in the batch arena, the body is the caller's. */
#include "alerts/alert.h"

#include "alerts/command.h"
#include "alerts/kept.h"
#include "alerts/summary.h"
#include "base/clock.h"
#include "base/jout.h"
#include "base/net/crypto.h"
#include "base/utf8.h"

#define MAX_SELF_BYTES 1000

/* --- identity
 * --------------------------------------------------------------------------------------------------- */

static void add_part(struct buf *b, struct sv part)
{
	buf_add_uint(b, part.len);
	buf_addc(b, ':');
	buf_add(b, part);
}

static void hash_id(const struct buf *b, char out[ALERT_ID_TEXT])
{
	char hex[2 * CRYPTO_SHA256_BYTES + 1];
	crypto_sha256_hex(buf_sv(b), hex);
	memcpy(out, hex, ALERT_ID_TEXT - 1);
	out[ALERT_ID_TEXT - 1] = 0;
}

void alert_id(const struct rule *rule, struct record *r, char out[ALERT_ID_TEXT])
{
	struct buf b = {0};
	add_part(&b, rule->key);
	add_part(&b, kept_key(r));
	hash_id(&b, out);
	buf_fini(&b);
}

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void alert_handle(const char *id, char out[ALERT_HANDLE_TEXT])
{
	uint32_t bits = 0;
	for (size_t i = 0; i < 7 && id[i]; i++) {
		char c = id[i];
		bits = bits << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	bits >>= 3; /* 28 bits to 25 */
	for (size_t i = ALERT_HANDLE_TEXT - 1; i-- > 0; bits >>= 5)
		out[i] = crockford[bits & 31];
	out[ALERT_HANDLE_TEXT - 1] = 0;
}

bool alert_handle_parse(struct sv typed, char out[ALERT_HANDLE_TEXT])
{
	char text[ALERT_HANDLE_TEXT] = "";
	if (sv_starts(typed, SV("#")))
		typed = sv_skip(typed, 1);
	if (typed.len != ALERT_HANDLE_TEXT - 1)
		return false;
	for (size_t i = 0; i < typed.len; i++) {
		char c = typed.ptr[i];
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
		if (!memchr(crockford, c, sizeof crockford - 1))
			return false;
		text[i] = c;
	}
	memcpy(out, text, sizeof text);
	return true;
}

/* --- pieces of the body
 * ----------------------------------------------------------------------------------------- */

/* A text, or null when there is none: the key always stands. */
static void kv_or_null(struct jout *j, const char *key, struct sv s)
{
	jout_key(j, key);
	if (s.len)
		jout_string(j, s);
	else
		jout_null(j);
}

static void kv_if(struct jout *j, const char *key, struct sv s)
{
	if (s.len)
		jout_kv(j, key, s);
}

static void kv_time(struct jout *j, const char *key, int64_t ms)
{
	char text[CLK_TEXT];
	clk_format(ms, true, text);
	jout_kv(j, key, sv_from(text));
}

static void write_texts(struct jout *j, const char *key, const struct sv *items, size_t n)
{
	jout_key(j, key);
	jout_begin_array(j);
	for (size_t i = 0; i < n; i++)
		jout_string(j, items[i]);
	jout_end_array(j);
}

static void write_rule(struct jout *j, const struct rule *rule)
{
	jout_key(j, "rule");
	jout_begin_object(j);
	jout_kv(j, "id", rule->key);
	kv_if(j, "name", rule->name);
	jout_kv(j, "title", rule->title);
	jout_kv(j, "level", sv_from(level_name(rule->level)));
	write_texts(j, "tags", rule->tags.items, rule->tags.n);
	kv_if(j, "description", rule->description);
	if (rule->falsepositives.n)
		write_texts(j, "falsepositives", rule->falsepositives.items, rule->falsepositives.n);
	jout_end_object(j);
}

/* "ASIA..7QX2": enough to know a key by, too little to look it up by. */
static void write_key(struct jout *j, struct record *r)
{
	struct sv key = tree_text(tree_at(r->root, "userIdentity.accessKeyId"));
	char shown[16];
	if (key.len < 12)
		return;
	int n = snprintf(shown, sizeof shown, "%.4s..%.4s", key.ptr, key.ptr + key.len - 4);
	jout_kv(j, "key", sv_of(shown, (size_t)n));
}

static void write_actor(struct jout *j, struct record *r)
{
	jout_key(j, "actor");
	jout_begin_object(j);
	kv_if(j, "name", record_derived(r, KW_FIELD_ACTOR));
	kv_if(j, "principal", record_derived(r, KW_FIELD_PRINCIPAL));
	kv_if(j, "person", record_derived(r, KW_FIELD_PERSON));
	kv_if(j, "session", record_derived(r, KW_FIELD_SESSION));
	write_key(j, r);
	kv_if(j, "credential", record_derived(r, KW_FIELD_CREDENTIAL));
	kv_if(j, "mfa", record_derived(r, KW_FIELD_MFA));
	kv_if(j, "from", record_derived(r, KW_FIELD_FROM));
	jout_end_object(j);
}

/* The index, else the first of the record's `resources`. */
static void write_resource(struct jout *j, struct record *r)
{
	struct sv index = record_derived(r, KW_FIELD_INDEX), name = record_derived(r, KW_FIELD_INDEX_NAME);
	const struct tree *list = tree_get(r->root, SV("resources"));
	const struct tree *first = list && list->type == TREE_ARRAY && list->n ? &list->items[0] : NULL;
	struct sv arn = first ? tree_text(tree_at(first, "ARN")) : (struct sv){NULL, 0};
	struct sv type = first ? tree_text(tree_at(first, "type")) : (struct sv){NULL, 0};
	if (!index.len && !arn.len)
		return;
	jout_key(j, "resource");
	jout_begin_object(j);
	if (index.len) {
		jout_kv(j, "type", SV("AWS::Kendra::Index"));
		jout_kv(j, "id", index);
		if (!sv_eq(index, name))
			kv_if(j, "name", name);
	} else {
		kv_if(j, "type", type);
		jout_kv(j, "id", arn);
	}
	jout_end_object(j);
}

static void write_leaf(struct jout *j, const struct alert_input *in, const struct why_leaf *leaf)
{
	struct buf room = {0};
	jout_begin_object(j);
	jout_kv(j, "field", leaf->field);
	jout_key(j, "value");
	if (leaf->value.ptr) {
		jout_string(
		    j, redact_shown(&in->agent->redact, in->record->root, leaf->field, leaf->value, &room));
	} else {
		jout_null(j);
	}
	jout_kv(j, "modifier", leaf->modifier);
	jout_kv(j, "pattern", utf8_cut(leaf->pattern, REDACT_VALUE_BYTES));
	kv_if(j, "list", leaf->list);
	if (leaf->negated)
		jout_kv_bool(j, "not", true);
	kv_if(j, "selection", leaf->selection);
	jout_end_object(j);
	buf_fini(&room);
}

static void write_why(struct jout *j, const struct alert_input *in)
{
	jout_key(j, "why");
	jout_begin_array(j);
	for (size_t i = 0; in->why && i < in->why->leaves.n; i++)
		write_leaf(j, in, &in->why->leaves.items[i]);
	jout_end_array(j);
}

static void write_step(struct jout *j, const struct alert_input *in, const struct rule_step *step)
{
	const struct redact *redact = &in->agent->redact;
	struct buf text = {0};
	struct err e = {0};
	jout_begin_object(j);
	if (!step->is_command) {
		summary_fill(step->text, in->record, redact, &text);
		jout_kv(j, "text", buf_sv(&text));
	} else if (command_write(step->text, in->record, redact, &text, &e) == RC_OK) {
		jout_kv(j, "run", buf_sv(&text));
	} else {
		buf_printf(&text, "(a command was left out: %s)", e.text);
		jout_kv(j, "text", buf_sv(&text));
	}
	jout_end_object(j);
	buf_fini(&text);
}

static void write_steps(struct jout *j, const struct alert_input *in)
{
	if (in->rule->first_steps.n == 0)
		return;
	jout_key(j, "steps");
	jout_begin_array(j);
	for (size_t i = 0; i < in->rule->first_steps.n; i++)
		write_step(j, in, &in->rule->first_steps.items[i]);
	jout_end_array(j);
}

static void write_links(struct jout *j, const struct alert_agent *agent, const char *id, struct sv runbook)
{
	struct buf url = {0};
	if (!agent->public_url && !runbook.len)
		return;
	jout_key(j, "links");
	jout_begin_object(j);
	if (agent->public_url) {
		bool slash = sv_ends(sv_from(agent->public_url), SV("/"));
		buf_printf(&url, "%s%salerts/%s", agent->public_url, slash ? "" : "/", id);
		jout_kv(j, "alert", buf_sv(&url));
	}
	kv_if(j, "runbook", runbook);
	jout_end_object(j);
	buf_fini(&url);
}

static void write_origin(struct jout *j, const struct alert_origin *o)
{
	jout_key(j, "origin");
	jout_begin_object(j);
	jout_kv(j, "source", o->source);
	kv_if(j, "object", o->object);
	if (o->record > 0)
		jout_kv_int(j, "record", o->record);
	jout_end_object(j);
}

static void write_agent(struct jout *j, const struct alert_agent *agent)
{
	jout_key(j, "agent");
	jout_begin_object(j);
	kv_if(j, "name", sv_from(agent->name));
	jout_kv(j, "version", SV(KW_VERSION));
	kv_if(j, "rules_revision", agent->rules_revision);
	jout_end_object(j);
}

static void write_head(struct jout *j, const char *id, int64_t time_ms, int64_t detected_ms)
{
	char handle[ALERT_HANDLE_TEXT];
	alert_handle(id, handle);
	jout_kv(j, "schema", SV(ALERT_SCHEMA));
	jout_kv(j, "id", sv_from(id));
	jout_kv(j, "handle", sv_from(handle));
	jout_kv(j, "state", SV("triggered"));
	kv_time(j, "time", time_ms);
	kv_time(j, "detected_at", detected_ms);
}

/* --- whole bodies
 * ----------------------------------------------------------------------------------------------- */

static void write_summary(struct jout *j, const struct alert_input *in)
{
	struct kept *kept = kept_under(in->record, &in->agent->redact);
	bool own = in->rule->summary.ptr != NULL;
	struct buf text = {0};
	if (own || !kept->summary.ptr)
		summary_write(in->rule->summary, in->record, &in->agent->redact, &text);
	if (!own && !kept->summary.ptr)
		kept->summary = arena_copy(in->record->arena, buf_sv(&text));
	jout_kv(j, "summary", own ? buf_sv(&text) : kept->summary);
	buf_fini(&text);
}

/* Who, where and what: what people and routes sort by. */
static void write_facts(struct jout *j, struct record *r)
{
	kv_or_null(j, "principal", record_derived(r, KW_FIELD_PRINCIPAL));
	kv_or_null(j, "account", r->account);
	if (r->names && r->names->accounts && r->account.len)
		kv_if(j, "account_name", sv_from(map_get(r->names->accounts, r->account)));
	kv_or_null(j, "region", r->region);
	kv_if(j, "outcome", record_derived(r, KW_FIELD_OUTCOME));
	write_actor(j, r);
	write_resource(j, r);
}

static void write_facts_once(struct jout *j, const struct alert_input *in)
{
	struct kept *kept = kept_under(in->record, &in->agent->redact);
	size_t from = j->out->len;
	if (kept->facts.ptr) {
		buf_add(j->out, kept->facts);
		return;
	}
	write_facts(j, in->record);
	kept->facts = arena_copy(in->record->arena, sv_skip(buf_sv(j->out), from));
}

static void write_event(struct jout *j, const struct alert_input *in)
{
	struct kept *kept = kept_under(in->record, &in->agent->redact);
	jout_key(j, "event");
	if (kept->event.ptr) {
		jout_raw(j, kept->event);
		return;
	}
	size_t from = j->out->len;
	jout_raw(j, (struct sv){NULL, 0});
	redact_event(&in->agent->redact, in->record->root, j->out);
	kept->event = arena_copy(in->record->arena, sv_skip(buf_sv(j->out), from));
}

void alert_render(const struct alert_input *in, struct buf *body)
{
	struct jout j = jout_on(body);
	struct record *r = in->record;
	int64_t time_ms = r->time_ms == RECORD_NO_TIME ? in->detected_ms : r->time_ms;
	int64_t age_ms = in->detected_ms - time_ms, max_age_ms = in->agent->max_age_ms;
	jout_begin_object(&j);
	write_head(&j, in->id, time_ms, in->detected_ms);
	if (max_age_ms >= 0 && age_ms > max_age_ms)
		jout_kv_int(&j, "late_by", age_ms / 1000);
	write_rule(&j, in->rule);
	write_summary(&j, in);
	write_facts_once(&j, in);
	jout_kv_int(&j, "folded", in->folded);
	write_why(&j, in);
	write_steps(&j, in);
	write_links(&j, in->agent, in->id, in->rule->runbook);
	write_origin(&j, &in->origin);
	write_agent(&j, in->agent);
	write_event(&j, in);
	jout_end_object(&j);
}

static void write_self_facts(struct jout *j, const struct alert_self *in)
{
	struct buf text = {0};
	jout_key(j, "rule");
	jout_begin_object(j);
	jout_kv(j, "id", sv_from(in->rule));
	jout_kv(j, "name", sv_from(in->rule));
	jout_kv(j, "title", sv_from(in->title));
	jout_kv(j, "level", sv_from(level_name(in->level)));
	write_texts(j, "tags", NULL, 0);
	jout_end_object(j);
	buf_add_printable(&text, utf8_cut(in->summary, MAX_SELF_BYTES));
	jout_kv(j, "summary", buf_sv(&text));
	buf_fini(&text);
	kv_or_null(j, "principal", (struct sv){NULL, 0});
	kv_or_null(j, "account", (struct sv){NULL, 0});
	kv_or_null(j, "region", (struct sv){NULL, 0});
	jout_kv_int(j, "folded", 0);
	write_texts(j, "why", NULL, 0);
}

void alert_render_self(const struct alert_self *in, char id[ALERT_ID_TEXT], struct buf *body)
{
	struct buf key = {0};
	struct jout j = jout_on(body);
	add_part(&key, sv_from(in->rule));
	add_part(&key, sv_from(in->agent->name));
	add_part(&key, in->detail);
	hash_id(&key, id);
	buf_fini(&key);
	jout_begin_object(&j);
	write_head(&j, id, in->detected_ms, in->detected_ms);
	write_self_facts(&j, in);
	write_links(&j, in->agent, id, (struct sv){NULL, 0});
	write_origin(&j, &(struct alert_origin){.source = SV("kendrawatch")});
	write_agent(&j, in->agent);
	jout_key(&j, "event");
	jout_begin_object(&j);
	jout_end_object(&j);
	jout_end_object(&j);
}
