/* Regular expressions that would be something simpler, or match more than they look like. */
#include "rules/lint/pass.h"

static bool is_special(char c)
{
	return c && strchr(".[](){}*+?^$|\\", c);
}

static bool has_special(struct sv s)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_special(s.ptr[i]))
			return true;
	return false;
}

/* `10\.0\.` or `192.168.1.1`: digits and dots, nothing that fixes the ends. */
static bool is_loose_address(struct sv s)
{
	size_t dots = 0, digits = 0;
	for (size_t i = 0; i < s.len; i++) {
		dots += s.ptr[i] == '.';
		digits += s.ptr[i] >= '0' && s.ptr[i] <= '9';
		if (s.ptr[i] != '.' && s.ptr[i] != '\\' && (s.ptr[i] < '0' || s.ptr[i] > '9'))
			return false;
	}
	return dots >= 1 && digits >= 2;
}

/* `Delete*`: in an expression the star repeats the letter (or the slash) before it. */
static bool is_glob_like(struct sv s)
{
	if (s.len < 2 || s.ptr[s.len - 1] != '*')
		return false;
	char before = s.ptr[s.len - 2];
	return (before >= 'a' && before <= 'z') || before == '/';
}

static void check(const struct lint *l, const struct lint_item *it, const struct ydoc_node *v)
{
	struct sv s = v->text;
	bool escaped_tail = s.len > 2 && s.ptr[s.len - 3] == '\\';
	if (s.len == 0)
		return;
	if (is_glob_like(s))
		lint_say(l, FAULT_WILDCARD_IN_REGEX, FAULT_WARNING, v,
		    "in a regular expression `*` repeats what stands before it; write `.*`, or drop `re`");
	else if (sv_eq_nocase(it->field, SV("sourceIPAddress")) && is_loose_address(s))
		lint_say(l, FAULT_LOOSE_REGEX, FAULT_WARNING, v,
		    "this is found inside other addresses too; `sourceIPAddress|cidr` compares networks");
	else if (!has_special(s))
		lint_say(l, FAULT_PLAIN_REGEX, FAULT_WARNING, v,
		    "nothing in this expression is special; `contains%s` says the same",
		    it->modifiers.has[MODIFIER_RE_I] ? "" : "|cased");
	else if (s.len > 2 &&
		 ((sv_starts(s, SV(".*")) && s.ptr[2] != '?') || (sv_ends(s, SV(".*")) && !escaped_tail)))
		lint_say(l, FAULT_OPEN_REGEX, FAULT_WARNING, v,
		    "expressions are found anywhere in the text; `.*` at the %s changes nothing",
		    sv_starts(s, SV(".*")) ? "beginning" : "end");
}

void lint_regexes(const struct lint *l)
{
	for (size_t i = 0; i < l->items.n; i++) {
		const struct lint_item *it = &l->items.items[i];
		if (!it->modifiers.has[MODIFIER_RE])
			continue;
		for (size_t j = 0; j < it->n; j++)
			if (it->values[j]->kind == YDOC_SCALAR)
				check(l, it, it->values[j]);
	}
}
