/* Tags: their form, and ATT&CK's techniques and tactics by number and name. */
#include "base/nearest.h"
#include "rules/lint/pass.h"

static const struct {
	const char *old, *now, *name;
} replaced[] = {
#define TECHNIQUES(all)
#define REPLACED(old, now, name) {old, now, name},
#define TACTIC(name)
#include "rules/lint/attack_list.h"
#undef TECHNIQUES
#undef REPLACED
#undef TACTIC
};

static const char *const tactics[] = {
#define TECHNIQUES(all)
#define REPLACED(old, now, name)
#define TACTIC(name) name,
#include "rules/lint/attack_list.h"
#undef TECHNIQUES
#undef REPLACED
#undef TACTIC
};
#define N_TACTICS (sizeof tactics / sizeof tactics[0])

static struct sv all_techniques(void)
{
#define TECHNIQUES(all) return SV(all);
#define REPLACED(old, now, name)
#define TACTIC(name)
#include "rules/lint/attack_list.h"
#undef TECHNIQUES
#undef REPLACED
#undef TACTIC
}

/* --- ATT&CK --------------------------------------------------------------------------------------- */

/* `1-3,5` holds 2. */
static bool range_holds(struct sv ranges, int64_t number)
{
	struct sv each;
	while (sv_cut(&ranges, ',', &each)) {
		size_t dash = sv_find_char(each, '-');
		int64_t first, last;
		if (!sv_int(dash == SV_NONE ? each : sv_head(each, dash), 0, 999, &first))
			continue;
		last = first;
		if (dash != SV_NONE)
			sv_int(sv_skip(each, dash + 1), 0, 999, &last);
		if (number >= first && number <= last)
			return true;
	}
	return false;
}

/* `t1053.005`, in lower case and of the right shape. */
static bool technique_known(struct sv id)
{
	struct sv rest = all_techniques(), each;
	int64_t sub = 0;
	if (id.len == 9 && !sv_int(sv_skip(id, 6), 1, 999, &sub))
		return false;
	while (sv_cut(&rest, ' ', &each))
		if (sv_eq(sv_head(each, 4), sv_head(sv_skip(id, 1), 4)))
			return id.len == 5 || range_holds(sv_skip(each, 5), sub);
	return false;
}

static bool has_tag(const struct lint *l, const char *attack)
{
	for (size_t i = 0; i < l->rule->tags.n; i++)
		if (sv_starts(l->rule->tags.items[i], SV("attack.")) &&
		    sv_eq(sv_skip(l->rule->tags.items[i], strlen("attack.")), sv_from(attack)))
			return true;
	return false;
}

static void check_technique(const struct lint *l, const struct ydoc_node *n, struct sv id)
{
	if (!technique_known(id)) {
		lint_say(l, FAULT_UNKNOWN_TECHNIQUE, FAULT_WARNING, n,
		    "ATT&CK has no technique %.*s, neither v18 nor v19", SV_ARG(id));
		return;
	}
	for (size_t i = 0; i < sizeof replaced / sizeof replaced[0]; i++)
		if (sv_eq(id, sv_from(replaced[i].old)) && !has_tag(l, replaced[i].now))
			lint_say(l, FAULT_REVOKED_TECHNIQUE, FAULT_WARNING, n,
			    "ATT&CK v19 replaced %.*s by %s (%s); add attack.%s", SV_ARG(id), replaced[i].now,
			    replaced[i].name, replaced[i].now);
}

static void check_tactic(const struct lint *l, const struct ydoc_node *n, struct sv name)
{
	for (size_t i = 0; i < N_TACTICS; i++)
		if (sv_eq(name, sv_from(tactics[i]))) {
			if (sv_eq(name, SV("defense-evasion")) && !has_tag(l, "stealth") &&
			    !has_tag(l, "defense-impairment"))
				lint_say(l, FAULT_REVOKED_TECHNIQUE, FAULT_WARNING, n,
				    "ATT&CK v19 split defense-evasion; add attack.stealth or "
				    "attack.defense-impairment");
			return;
		}
	int near = nearest_find(name, tactics, N_TACTICS);
	if (near >= 0)
		lint_say(l, FAULT_UNKNOWN_TACTIC, FAULT_WARNING, n,
		    "ATT&CK has no tactic \"%.*s\"; did you mean attack.%s?", SV_ARG(sv_head(name, 60)),
		    tactics[near]);
}

/* --- form ----------------------------------------------------------------------------------------- */

static bool is_form(struct sv tag)
{
	size_t dot = sv_find_char(tag, '.');
	if (dot == SV_NONE || dot == 0 || dot + 1 == tag.len)
		return false;
	for (size_t i = 0; i < tag.len; i++) {
		char c = tag.ptr[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && !strchr(".-_", c))
			return false;
	}
	return true;
}

/* Group and software ids (g0016, s0002) are ATT&CK's too; they are not checked. */
static void check_tag(const struct lint *l, const struct ydoc_node *n)
{
	struct sv name = sv_skip(n->text, strlen("attack."));
	bool attack = sv_starts(n->text, SV("attack.")) && name.len > 1;
	bool numbered = attack && name.ptr[1] >= '0' && name.ptr[1] <= '9';
	bool technique =
	    numbered && name.ptr[0] == 't' && (name.len == 5 || (name.len == 9 && name.ptr[5] == '.'));
	if (technique)
		check_technique(l, n, name);
	else if (!is_form(n->text) && !sv_starts(n->text, SV("attack.T")))
		lint_say(l, FAULT_BAD_TAG, FAULT_WARNING, n,
		    "a tag is namespace.name in lower case, such as attack.t1078.004; not \"%.*s\"",
		    SV_ARG(sv_head(n->text, 60)));
	else if (attack && !numbered && !sv_starts(n->text, SV("attack.T")))
		check_tactic(l, n, name);
}

void lint_tags(const struct lint *l)
{
	const struct ydoc_node *n = ydoc_get(l->rule->root, "tags");
	for (size_t i = 0; n && n->kind == YDOC_LIST && i < n->n; i++)
		if (n->items[i]->kind == YDOC_SCALAR && n->items[i]->type != YDOC_NULL)
			check_tag(l, n->items[i]);
}
