/* The report of `coverage` for programs: JSON, CSV. */
#include "agent/author/coverage/coverage.h"

static struct sv name_of(const struct coverage *c, size_t at)
{
	const struct rule *r = c->rules.items[at].rule;
	return r->name.len ? r->name : r->key;
}

/* --- JSON -------------------------------------------------------------------------------------------- */

static void write_names(
    const struct coverage *c, struct jout *j, const char *key, const struct coverage_set *set)
{
	jout_key(j, key);
	jout_begin_array(j);
	for (size_t i = 0; i < set->list.n; i++)
		jout_string(j, name_of(c, set->list.items[i]));
	jout_end_array(j);
}

static void write_rule(struct jout *j, const struct coverage *c, size_t at)
{
	const struct coverage_rule *r = &c->rules.items[at];
	jout_begin_object(j);
	jout_kv(j, "name", name_of(c, at));
	jout_kv(j, "id", r->rule->key);
	jout_kv(j, "level", sv_from(level_name(r->rule->level)));
	jout_kv(j, "state", sv_from(rule_state_name(r->rule->state)));
	jout_kv(j, "kendra", sv_from(coverage_reach_name(r->reach)));
	jout_kv_int(j, "kendra_calls", (int64_t)r->n_calls);
	jout_kv_bool(j, "any_service", r->any_source);
	jout_key(j, "waits_for");
	jout_begin_array(j);
	for (size_t i = 0; i < r->missing.n; i++)
		jout_string(j, r->missing.items[i]);
	jout_end_array(j);
	jout_end_object(j);
}

void coverage_json(const struct coverage *c, struct buf *out)
{
	struct jout j = jout_on(out);
	jout_begin_object(&j);
	jout_kv(&j, "schema", SV("kendrawatch.coverage/1"));
	jout_key(&j, "calls");
	jout_begin_array(&j);
	for (size_t i = 0; i < c->calls.n; i++) {
		const struct coverage_call *call = &c->calls.items[i];
		jout_begin_object(&j);
		jout_kv(&j, "name", call->op->name);
		jout_kv(&j, "access", sv_from(api_access_name(call->op->access)));
		jout_kv(&j, "event", SV("management"));
		write_names(c, &j, "rules", &call->own);
		write_names(c, &j, "broad_rules", &call->broad);
		jout_end_object(&j);
	}
	jout_end_array(&j);
	jout_key(&j, "rules");
	jout_begin_array(&j);
	for (size_t i = 0; i < c->rules.n; i++)
		write_rule(&j, c, i);
	jout_end_array(&j);
	jout_key(&j, "services");
	jout_begin_array(&j);
	for (size_t i = 0; i < c->sources.n; i++) {
		jout_begin_object(&j);
		jout_kv(&j, "name", c->sources.items[i].name);
		write_names(c, &j, "rules", &c->sources.items[i].rules);
		jout_end_object(&j);
	}
	jout_end_array(&j);
	jout_end_object(&j);
	buf_addc(out, '\n');
}

/* --- CSV (RFC 4180) ---------------------------------------------------------------------------------- */

/* A leading = + - @ would be a formula to spreadsheets. */
static void add_field(struct buf *out, struct sv text)
{
	bool formula = text.len && strchr("=+-@", text.ptr[0]) && text.ptr[0];
	buf_adds(out, formula ? "\"'" : "\"");
	for (size_t i = 0; i < text.len; i++) {
		buf_addc(out, text.ptr[i]);
		if (text.ptr[i] == '"')
			buf_addc(out, '"');
	}
	buf_addc(out, '"');
}

/* Names of the active rules, or of the others, joined by blanks. */
static void add_names(const struct coverage *c, const struct coverage_set *set, bool active, struct buf *out)
{
	struct buf names = {0};
	for (size_t i = 0; i < set->list.n; i++) {
		size_t at = set->list.items[i];
		if ((c->rules.items[at].rule->state == RULE_ACTIVE) != active)
			continue;
		buf_adds(&names, names.len ? " " : "");
		buf_add(&names, name_of(c, at));
	}
	buf_addc(out, ',');
	add_field(out, buf_sv(&names));
	buf_fini(&names);
}

void coverage_csv(const struct coverage *c, struct buf *out)
{
	buf_adds(out, "call,class,event,rules_active,rules_not_alerting,broad_active,broad_not_alerting\r\n");
	for (size_t i = 0; i < c->calls.n; i++) {
		const struct coverage_call *call = &c->calls.items[i];
		add_field(out, call->op->name);
		buf_printf(out, ",%s,management", api_access_name(call->op->access));
		add_names(c, &call->own, true, out);
		add_names(c, &call->own, false, out);
		add_names(c, &call->broad, true, out);
		add_names(c, &call->broad, false, out);
		buf_adds(out, "\r\n");
	}
}
