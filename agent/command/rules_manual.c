/* The rule language in short, for people who know Sigma and forgot a name. Called by `help`; main thread.
 * What has a list in the code is printed from it, the rest is text. */
#include "agent/command/rules_manual.h"

#include "agent/command/cli.h"
#include "rules/rule.h"

/* --- what has a list ------------------------------------------------------------------------------ */

static const struct {
	const char *name, *alias, *help;
} modifiers[] = {
#define MODIFIER(symbol, name, alias, kind, after, help) {name, alias, help},
#include "rules/modifier_list.h"
#undef MODIFIER
};

static const char *const fields[][2] = {
#define KW_FIELD(symbol, name, help) {name, help},
#include "rules/event/field_list.h"
#undef KW_FIELD
};

static const char *const compares[][2] = {
#define CORRELATION_COMPARE(symbol, name, help) {name, help},
#include "rules/correlation_compare_list.h"
#undef CORRELATION_COMPARE
};

static const struct {
	const char *symbol, *name, *timespan, *field, *bounds, *help;
} types[] = {
#define CORRELATION_TYPE(symbol, name, timespan, field, bounds, text, help) \
	{#symbol, name, #timespan, #field, #bounds, help},
#include "rules/correlation_type_list.h"
#undef CORRELATION_TYPE
};

static const struct {
	const char *type, *key, *fallback, *help;
} settings[] = {
#define CORRELATION_SETTING(symbol, type, key, kind, fallback, least, most, help) \
	{#type, key, fallback, help},
#include "rules/correlation_setting_list.h"
#undef CORRELATION_SETTING
};

#define N(list) (sizeof(list) / sizeof(list)[0])

/* A name in bold and what it is. */
static void entry(struct buf *out, const char *name, const char *more, const char *help)
{
	buf_adds(out, ".TP\n.B ");
	cli_man_text(out, name);
	cli_man_text(out, more);
	buf_addc(out, '\n');
	cli_man_text(out, help);
	buf_addc(out, '\n');
}

static void list_modifiers(struct buf *out)
{
	for (size_t i = 0; i < N(modifiers); i++) {
		char *alias = *modifiers[i].alias ? heap_printf(", %s", modifiers[i].alias) : heap_copy("");

		entry(out, modifiers[i].name, alias, modifiers[i].help);
		free(alias);
	}
}

static void list_types(struct buf *out)
{
	for (size_t i = 0; i < N(types); i++) {
		struct buf needs = {0};

		if (*types[i].timespan == 'N' && types[i].timespan[1] == 'E')
			buf_adds(&needs, " timespan");
		if (*types[i].bounds == 'N' && types[i].bounds[1] == 'E')
			buf_adds(&needs, " bound");
		if (*types[i].field != 'N')
			buf_adds(&needs, *types[i].field == 'M' ? " field(s)" : " field");
		char *more = needs.len ? heap_printf(" (needs%s)", needs.ptr) : heap_copy("");
		entry(out, types[i].name, more, types[i].help);
		free(more);
		buf_fini(&needs);
	}
}

static const char *type_name(const char *symbol)
{
	for (size_t i = 0; i < N(types); i++)
		if (strcmp(types[i].symbol, symbol) == 0)
			return types[i].name;
	return "";
}

static void list_settings(struct buf *out)
{
	for (size_t i = 0; i < N(settings); i++) {
		char *more = heap_printf(" (%s; %s)", type_name(settings[i].type), settings[i].fallback);

		entry(out, settings[i].key, more, settings[i].help);
		free(more);
	}
}

static void list_levels(struct buf *out)
{
	for (size_t i = 0; i < LEVEL_COUNT; i++)
		buf_printf(out, "%s%s",
		    i == 0                 ? ""
		    : i + 1 == LEVEL_COUNT ? " or "
					   : ", ",
		    level_name((enum level)i));
}

static void list_pairs(struct buf *out, const char *const (*pairs)[2], size_t n)
{
	for (size_t i = 0; i < n; i++)
		entry(out, pairs[i][0], "", pairs[i][1]);
}

/* --- what has none -------------------------------------------------------------------------------- */

static const char *const keys[][2] = {
    {"title", "One line. Needed."},
    {"id", "A UUID of its own; a second use is refused."},
    {"name", "How other documents and overrides call it."},
    {"status",
	"stable, test or experimental; a rule that is deprecated or unsupported is loaded and switched off."},
    {"logsource", "{product: aws, service: cloudtrail}; rules about other logs are skipped with a note."},
    {"detection", "Selections and a condition: a rule."},
    {"filter",
	"rules (names, ids, or any), selections and a condition: what is taken away from these rules."},
    {"correlation", "What several events have in common."},
    {"description, author, date, references, falsepositives, tags, fields",
	"For people; fields are shown in the alert."},
    {"kendrawatch", "What is ours: see below."},
    {"tests", "Events that must match and events that must not: run by kendrawatch test."},
};

static const char *const values[][2] = {
    {"text",
	"Whole and in any case; * is any run, ? one character, \\*, \\? and \\\\ the characters themselves."},
    {"*", "Alone: present with a value. Absent, null and empty arrays are not."},
    {"10", "The same number however it is spelled, and a text that spells it; nothing is rounded."},
    {"true, false", "The truth value, or the word in any case."},
    {"null", "Absent, null, an empty array, or an array that holds null."},
    {"list", "One of its values; with all, each."},
    {"array in the event", "Any element; not means no element."},
    {"object in the event", "Its compact JSON text, and every scalar inside it."},
};

static const char *const extension[][2] = {
    {"needs", "Lists without which the rule waits."},
    {"summary", "The sentence of its alerts; {field} is a value of the event."},
    {"group_by", "What makes two alerts one problem; [kw.actor] by default."},
    {"suppress_for", "How long repeats fold, at most 30 days."},
    {"resolve", "never, {quiet: 2h} or {reverted_by: rule_name}."},
    {"runbook", "A link."},
    {"first_steps", "Texts, and {run: command}, whose values are quoted for the shell."},
    {"owner, until, reason", "Of filters: who answers for it, how long it counts, why it is there."},
};

static void correlations(struct buf *out)
{
	buf_adds(out,
	    ".SH CORRELATIONS\n"
	    "This version reads and checks correlations and does not run them: they wait, and the rules they "
	    "name alert by themselves.\n"
	    "Keys are type, rules (names or ids), group\\-by, timespan (s, m, h, d, w, M, y; at most a "
	    "year), "
	    "condition, aliases and generate.\n"
	    "The temporal types also take a sentence over rule names: login_failed and not mfa_used.\n"
	    ".SS Types\n");
	list_types(out);
	buf_adds(out, ".SS Bounds\nOne, or two that make a range, beside\n.B field\nand\n.BR percentile .\n");
	list_pairs(out, compares, N(compares));
	buf_adds(out,
	    ".SS Settings\nIn the condition of types that Sigma lacks; the type and the default stand "
	    "behind the name.\n");
	list_settings(out);
}

void rules_manual(struct buf *out)
{
	buf_adds(out,
	    ".\\\" Written by `kendrawatch help --man rules` from the lists in rules/; a test compares.\n"
	    ".TH KENDRAWATCH-RULES 7 \"2026-11-24\" \"kendrawatch " KW_VERSION "\" \"kendrawatch manual\"\n"
	    ".SH NAME\nkendrawatch-rules \\- the rule language of kendrawatch\n"
	    ".SH DESCRIPTION\nRules are Sigma 2.1 documents in YAML 1.2, several a file.\n"
	    "A faulty one is refused with its place and reason, and the others run.\n"
	    ".SS Keys of a document\n");
	list_pairs(out, keys, N(keys));
	buf_adds(out, ".TP\n.B level\n");
	list_levels(out);
	buf_adds(out, "; absent means medium.\n.SH VALUES\n");
	list_pairs(out, values, N(values));
	buf_adds(out, ".SH MODIFIERS\nBehind the field: userAgent|contains|all.\n");
	list_modifiers(out);
	buf_adds(out,
	    ".SH CONDITIONS\nLoosest to tightest: or, and, not; parentheses.\n"
	    "1 of PATTERN, any of PATTERN, all of PATTERN, where PATTERN is a name, a name with * or them.\n"
	    "Selections with a leading underscore are left out unless the pattern begins with one.\n"
	    ".SH \"DERIVED FIELDS\"\nComputed from the record, never read from it; absent where they don't "
	    "apply.\n");
	list_pairs(out, fields, N(fields));
	correlations(out);
	buf_adds(out, ".SH \"THE KEY KENDRAWATCH\"\n");
	list_pairs(out, extension, N(extension));
	buf_adds(out,
	    ".SH EXAMPLES\n.nf\n"
	    "title: Kendra index deleted by a person\n"
	    "id: 5f0c7c4e\\-2f7b\\-4d55\\-9a57\\-0b6f4c8f3f11\n"
	    "level: high\n"
	    "logsource: {product: aws, service: cloudtrail}\n"
	    "detection:\n"
	    "  delete: {eventSource: kendra.amazonaws.com, eventName: DeleteIndex, kw.outcome: ok}\n"
	    "  pipeline: {kw.principal|contains: \\(aq:role/deploy\\-\\(aq}\n"
	    "  condition: delete and not pipeline\n"
	    ".fi\n"
	    ".SH FILES\n.TP\nPREFIX/share/kendrawatch/rule.schema.json\nThe JSON Schema of rule files, for "
	    "editors; "
	    "kendrawatch list schema prints where it is.\n"
	    ".TP\nPREFIX/share/kendrawatch/packs\nThe rules that come with kendrawatch.\n"
	    ".SH \"SEE ALSO\"\n.BR kendrawatch (8)\n");
}
