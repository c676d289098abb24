/* Asks one rule about one event for `explain`. The views are explain_page.c, explain_json.c and
 * explain_table.c. One thread; all memory is the record's arena, but for the trace's lists. */
#include "agent/author/explain/explain.h"

#include "agent/author/explain/explain_words.h"
#include "base/utf8.h"

#define SHOWN_BYTES 80

void explain_begin(struct explain *x, const struct rule *rule, struct record *r)
{
	*x = (struct explain){.rule = rule, .record = r, .verdict = TRUTH_UNKNOWN};
	x->traced = trace_build(rule, r->arena, &x->trace);
	if (!x->traced)
		return;
	x->verdict = trace_event(&x->trace, r);
	x->distance = explain_distance(&x->trace, x->verdict != TRUTH_TRUE, r->arena);
}

void explain_finish(struct explain *x)
{
	if (!x->traced)
		return;
	explain_change(x->rule, &x->trace, x->record, x->verdict != TRUTH_TRUE, &x->change);
	if (x->change.n)
		x->distance = x->change.n;
}

void explain_fini(struct explain *x)
{
	trace_fini(&x->trace);
}

const char *explain_verdict(const struct explain *x)
{
	switch (x->rule->state) {
	case RULE_ACTIVE: return x->verdict == TRUTH_TRUE ? "match" : "no match";
	case RULE_SHADOW: return x->verdict == TRUTH_TRUE ? "match in shadow" : "no match";
	case RULE_WAITING: return "waits";
	case RULE_OFF: return "off";
	case RULE_REFUSED: return "refused";
	}
	return "";
}

struct sv explain_filter_name(const struct ruleset *rules, const struct detection *filter)
{
	for (size_t i = 0; rules && i < rules->rules.n; i++) {
		const struct rule *r = rules->rules.items[i];
		if (r->detection == filter)
			return r->name.len ? r->name : r->title.len ? r->title : r->key;
	}
	return SV("?");
}

void explain_value(struct explain *x, const struct trace_node *t, const struct trace_look *look,
    const struct redact *redact, struct buf *out)
{
	struct buf shown = {0};
	bool keyword = !t->key || sv_starts(t->key->text, SV("|"));
	switch (look->presence) {
	case TRACE_ABSENT: buf_adds(out, "absent"); return;
	case TRACE_NULL: buf_adds(out, "null"); return;
	case TRACE_EMPTY_ARRAY: buf_adds(out, "[]"); return;
	case TRACE_PRESENT: break;
	}
	if (!look->value.ptr) {
		buf_adds(out, "in no value");
		return;
	}
	struct sv cut = utf8_cut(look->value, SHOWN_BYTES);
	redact_value(redact, x->record->root, keyword ? SV("") : explain_field(t), cut, &shown);
	bool quote = !shown.len || sv_trim(look->value).len < look->value.len;
	buf_adds(out, quote ? "\"" : "");
	buf_add_printable(out, buf_sv(&shown));
	buf_adds(out, cut.len < look->value.len ? "…" : "");
	buf_adds(out, quote ? "\"" : "");
	buf_fini(&shown);
}
