/* Many rules beside one event, a line each. */
#include "agent/author/explain/explain.h"
#include "agent/author/explain/explain_words.h"
#include "base/utf8.h"

#define NAME_COLUMNS 34
#define WHAT_COLUMNS 11

static void add_padded(struct buf *out, struct sv text, size_t columns)
{
	struct buf shown = {0};
	buf_add_printable(&shown, text);
	size_t n = utf8_count(buf_sv(&shown));
	buf_add(out, buf_sv(&shown));
	buf_printf(out, "%*s  ", (int)(n < columns ? columns - n : 0), "");
	buf_fini(&shown);
}

/* "match", "2 away", "waits, 1 away". */
static void add_verdict(const struct explain *x, struct buf *out)
{
	bool evaluated = x->rule->state == RULE_ACTIVE || x->rule->state == RULE_SHADOW;
	if (!evaluated || x->verdict == TRUTH_TRUE || !x->distance)
		buf_adds(out, explain_verdict(x));
	if (x->verdict == TRUTH_TRUE)
		buf_adds(out, evaluated ? "" : ", else match");
	else if (x->distance)
		buf_printf(out, "%s%zu away", evaluated ? "" : ", ", x->distance);
}

static void add_first_change(struct explain *x, const struct explain_style *style, struct buf *out)
{
	size_t told = 0, more = 0;
	for (size_t i = 0; i < x->change.n; i++) {
		struct buf words = {0};
		if (explain_change_words(&x->change, i, x->record, &style->redact, &words) && told++)
			more++;
		else if (told == 1 && words.len)
			buf_add(out, buf_sv(&words));
		buf_fini(&words);
	}
	if (more)
		buf_printf(out, "; and %zu more", more);
}

void explain_table(struct explain *rules, size_t n, const struct explain_style *style, struct buf *out)
{
	size_t columns = WHAT_COLUMNS;
	for (size_t i = 0; i < n; i++)
		if (rules[i].rule->state != RULE_ACTIVE)
			columns = 17;
	add_padded(out, SV("RULE"), NAME_COLUMNS);
	add_padded(out, SV("VERDICT"), columns);
	buf_adds(out, "IT WOULD TURN IF\n");
	for (size_t i = 0; i < n; i++) {
		struct explain *x = &rules[i];
		struct buf verdict = {0};
		add_padded(out, x->rule->name.len ? x->rule->name : x->rule->key, NAME_COLUMNS);
		add_verdict(x, &verdict);
		add_padded(out, buf_sv(&verdict), columns);
		if (x->rule->state == RULE_REFUSED)
			buf_add_printable(out, x->rule->state_reason);
		else
			add_first_change(x, style, out);
		while (out->len && out->ptr[out->len - 1] == ' ')
			out->len--;
		buf_addc(out, '\n');
		buf_fini(&verdict);
	}
}
