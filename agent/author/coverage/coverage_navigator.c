/* A layer for MITRE's ATT&CK Navigator: layer format 4.5, as its repository's layers/ folder specifies it. */
#include "agent/author/coverage/coverage.h"

#define COLOUR_WAITS "#f2c14e"
#define COLOUR_LOW "#c7e9c0"
#define COLOUR_HIGH "#006d2c"

/* A technique, in one tactic if its rules agree on it. */
struct technique {
	char id[16];      /* "T1565.001" */
	struct sv tactic; /* "impact"; ptr NULL: in all it belongs to */
	struct coverage_set rules;
	size_t n_active;
	bool is_parent; /* there to show the techniques below it */
};

struct layer {
	const struct coverage *coverage;
	VEC(struct technique) list; /* by id */
	size_t most;                /* highest number of active rules */
};

/* "attack.t1565.001" → "T1565.001"; false for anything else. */
static bool technique_id(struct sv tag, char out[16])
{
	struct sv s = sv_skip(tag, 7);
	if (!sv_starts(tag, SV("attack.")) || s.len < 5 || s.len > 9 || (s.ptr[0] != 't' && s.ptr[0] != 'T'))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (i == 5 ? s.ptr[i] != '.' : s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	if (s.len != 5 && s.len != 9)
		return false;
	memcpy(out, s.ptr, s.len);
	out[0] = 'T';
	out[s.len] = 0;
	return true;
}

/* The tactic when the rule has exactly one; of several nobody can tell which goes with which technique. */
static struct sv only_tactic(const struct rule *r)
{
	static const struct sv tactics[] = {SV_INIT("reconnaissance"), SV_INIT("resource-development"),
	    SV_INIT("initial-access"), SV_INIT("execution"), SV_INIT("persistence"),
	    SV_INIT("privilege-escalation"), SV_INIT("defense-evasion"), SV_INIT("credential-access"),
	    SV_INIT("discovery"), SV_INIT("lateral-movement"), SV_INIT("collection"),
	    SV_INIT("command-and-control"), SV_INIT("exfiltration"), SV_INIT("impact"), SV_INIT("stealth"),
	    SV_INIT("defense-impairment")};
	struct sv found = {NULL, 0};
	for (size_t i = 0; i < r->tags.n; i++)
		for (size_t k = 0; k < sizeof tactics / sizeof *tactics; k++) {
			struct sv tag = sv_starts(r->tags.items[i], SV("attack."))
					    ? sv_skip(r->tags.items[i], 7)
					    : (struct sv){NULL, 0};
			char name[32];
			if (tag.len != tactics[k].len)
				continue;
			/* Sigma 1 wrote initial_access. */
			for (size_t n = 0; n < tag.len; n++)
				name[n] = tag.ptr[n] == '_' ? '-' : tag.ptr[n];
			if (!sv_eq(sv_of(name, tag.len), tactics[k]))
				continue;
			if (found.ptr)
				return (struct sv){NULL, 0};
			found = tactics[k];
		}
	return found;
}

/* A second tactic leaves it in all. */
static struct technique *technique_at(struct layer *l, const char *id, struct sv tactic)
{
	size_t at = 0;
	while (at < l->list.n && strcmp(l->list.items[at].id, id) < 0)
		at++;
	if (at < l->list.n && strcmp(l->list.items[at].id, id) == 0) {
		if (!sv_eq(l->list.items[at].tactic, tactic))
			l->list.items[at].tactic = (struct sv){NULL, 0};
		return &l->list.items[at];
	}
	vec_push(&l->list, (struct technique){0});
	memmove(&l->list.items[at + 1], &l->list.items[at], (l->list.n - 1 - at) * sizeof *l->list.items);
	l->list.items[at] = (struct technique){.tactic = tactic};
	memcpy(l->list.items[at].id, id, strlen(id) + 1);
	return &l->list.items[at];
}

static void add_rule(struct layer *l, size_t at)
{
	const struct rule *r = l->coverage->rules.items[at].rule;
	char id[16];
	for (size_t i = 0; i < r->tags.n; i++) {
		if (!technique_id(r->tags.items[i], id))
			continue;
		struct technique *t = technique_at(l, id, only_tactic(r));
		vec_push(&t->rules.list, at);
		t->n_active += r->state == RULE_ACTIVE;
		l->most = t->n_active > l->most ? t->n_active : l->most;
	}
}

/* The Navigator opens a technique only where it has an entry. */
static void add_parents(struct layer *l)
{
	for (size_t i = 0; i < l->list.n; i++) {
		char id[16];
		struct sv tactic = l->list.items[i].tactic;
		memcpy(id, l->list.items[i].id, sizeof id);
		if (strlen(id) < 9)
			continue;
		id[5] = 0;
		size_t before = l->list.n;
		technique_at(l, id, tactic)->is_parent = true;
		i += l->list.n > before;
	}
}

static void write_comment(const struct layer *l, const struct technique *t, struct jout *j)
{
	struct buf text = {0};
	for (size_t i = 0; i < t->rules.list.n; i++) {
		const struct rule *r = l->coverage->rules.items[t->rules.list.items[i]].rule;
		buf_adds(&text, i ? ", " : "");
		buf_add(&text, r->name.len ? r->name : r->key);
		if (r->state != RULE_ACTIVE)
			buf_printf(&text, " (%s)", rule_state_name(r->state));
	}
	jout_kv(j, "comment", buf_sv(&text));
	buf_fini(&text);
}

static void write_pair(struct jout *j, const char *name, struct sv value)
{
	jout_begin_object(j);
	jout_kv(j, "name", sv_from(name));
	jout_kv(j, "value", value);
	jout_end_object(j);
}

static void write_number(struct jout *j, const char *name, size_t n)
{
	char text[24];
	snprintf(text, sizeof text, "%zu", n);
	write_pair(j, name, sv_from(text));
}

static void write_technique(const struct layer *l, const struct technique *t, struct jout *j)
{
	jout_begin_object(j);
	jout_kv(j, "techniqueID", sv_from(t->id));
	if (t->tactic.ptr)
		jout_kv(j, "tactic", t->tactic);
	if (t->rules.list.n) {
		jout_kv_int(j, "score", (int64_t)t->n_active);
		jout_kv(j, "color", t->n_active ? SV("") : SV(COLOUR_WAITS));
		write_comment(l, t, j);
	}
	jout_kv_bool(j, "enabled", true);
	jout_key(j, "metadata");
	jout_begin_array(j);
	if (t->rules.list.n) {
		write_number(j, "active rules", t->n_active);
		write_number(j, "rules that do not alert now", t->rules.list.n - t->n_active);
	}
	jout_end_array(j);
	jout_kv_bool(j, "showSubtechniques", t->is_parent);
	jout_end_object(j);
}

static void write_legend(struct jout *j, const char *label, const char *colour)
{
	jout_begin_object(j);
	jout_kv(j, "label", sv_from(label));
	jout_kv(j, "color", sv_from(colour));
	jout_end_object(j);
}

static void write_head(struct jout *j)
{
	jout_kv(j, "name", SV("kendrawatch"));
	jout_key(j, "versions");
	jout_begin_object(j);
	jout_kv(j, "attack", SV("19"));
	jout_kv(j, "navigator", SV("5.1.0"));
	jout_kv(j, "layer", SV("4.5"));
	jout_end_object(j);
	jout_kv(j, "domain", SV("enterprise-attack"));
	jout_kv(j, "description",
	    SV("Techniques that the loaded rules name in their tags; score: rules that are active."));
	jout_key(j, "filters");
	jout_begin_object(j);
	jout_key(j, "platforms");
	jout_begin_array(j);
	jout_string(j, SV("IaaS"));
	jout_string(j, SV("SaaS"));
	jout_string(j, SV("Identity Provider"));
	jout_end_array(j);
	jout_end_object(j);
	jout_kv_int(j, "sorting", 3);
}

static void write_tail(const struct layer *l, struct jout *j)
{
	jout_key(j, "gradient");
	jout_begin_object(j);
	jout_key(j, "colors");
	jout_begin_array(j);
	jout_string(j, SV(COLOUR_LOW));
	jout_string(j, SV(COLOUR_HIGH));
	jout_end_array(j);
	jout_kv_int(j, "minValue", 1);
	jout_kv_int(j, "maxValue", l->most > 1 ? (int64_t)l->most : 2);
	jout_end_object(j);
	jout_key(j, "legendItems");
	jout_begin_array(j);
	write_legend(j, "one active rule", COLOUR_LOW);
	write_legend(j, "most active rules", COLOUR_HIGH);
	write_legend(j, "rules that wait or are in shadow only", COLOUR_WAITS);
	jout_end_array(j);
	jout_key(j, "metadata");
	jout_begin_array(j);
	write_pair(j, "kendrawatch", SV(KW_VERSION));
	jout_end_array(j);
	jout_kv_bool(j, "hideDisabled", false);
	jout_kv_bool(j, "selectSubtechniquesWithParent", false);
}

size_t coverage_navigator(const struct coverage *c, struct buf *out)
{
	struct layer l = {.coverage = c};
	struct jout j = jout_on(out);
	size_t n = 0;
	for (size_t i = 0; i < c->rules.n; i++)
		add_rule(&l, i);
	add_parents(&l);
	jout_begin_object(&j);
	write_head(&j);
	jout_key(&j, "techniques");
	jout_begin_array(&j);
	for (size_t i = 0; i < l.list.n; i++) {
		write_technique(&l, &l.list.items[i], &j);
		n += l.list.items[i].rules.list.n > 0;
	}
	jout_end_array(&j);
	write_tail(&l, &j);
	jout_end_object(&j);
	buf_addc(out, '\n');
	for (size_t i = 0; i < l.list.n; i++)
		vec_fini(&l.list.items[i].rules.list);
	vec_fini(&l.list);
	return n;
}
