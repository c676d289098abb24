/* Reasons for silence, from what the census counted. Called by report.c. */
#include "agent/author/backtest/lacks.h"

#include <inttypes.h>

#include "agent/author/backtest/figure.h"

#define NAMED 4

static void add_list(struct buf *out, const struct sv *texts, const uint32_t *numbers, size_t n)
{
	for (size_t i = 0; i < n && i < NAMED; i++) {
		buf_adds(out, i ? ", " : "");
		buf_add_printable(out, texts[numbers[i]]);
	}
	if (n > NAMED)
		buf_printf(out, " and %zu more", n - NAMED);
}

static uint64_t calls_of(const struct report *r, const struct asks_rule *asks)
{
	uint64_t n = 0;
	for (size_t i = 0; i < asks->names.n; i++)
		n += r->in.census->name_events[asks->names.items[i]];
	return n;
}

/* Fields that a rule needs and nobody sent: numbers of struct asks. */
static size_t unseen_of(const struct report *r, const struct asks_rule *asks, uint32_t *out, size_t room)
{
	size_t n = 0;
	for (size_t i = 0; i < asks->fields.n; i++)
		if (!r->in.census->field_seen[asks->fields.items[i]] && n < room)
			out[n++] = asks->fields.items[i];
	return n;
}

static void add_calls(const struct report *r, const struct asks_rule *asks, const char *then, struct buf *out)
{
	char count[FIGURE_TEXT];
	uint64_t calls = calls_of(r, asks);
	figure_count(calls, count);
	if (!asks->any_name && asks->names.n)
		buf_printf(out, "its calls came %s time%s, %s", count, calls == 1 ? "" : "s", then);
}

static struct report_silent explain(const struct report *r, const struct rule *rule)
{
	const struct asks_rule *asks = &r->in.asks->rules[rule->index];
	struct report_silent s = {rule, REPORT_NEVER_HELD, NULL};
	uint32_t unseen[16];
	size_t n_unseen = unseen_of(r, asks, unseen, 16);
	uint64_t asked = r->in.census->rules[rule->index].asked;
	struct buf words = {0};
	if (rule->state == RULE_WAITING || rule->state == RULE_OFF) {
		s.reason = rule->state == RULE_WAITING ? REPORT_WAITS : REPORT_OFF;
		buf_add_printable(&words, rule->state_reason);
	} else if (!asks->any_name && asks->names.n && !calls_of(r, asks)) {
		s.reason = REPORT_NO_CALLS;
		buf_adds(&words, "no call of that name: ");
		add_list(&words, r->in.asks->shown.items, asks->names.items, asks->names.n);
	} else if (n_unseen) {
		s.reason = REPORT_NO_FIELD;
		add_calls(r, asks, "but ", &words);
		buf_adds(&words, "no event had ");
		add_list(&words, r->in.asks->fields.items, unseen, n_unseen);
	} else if (!asked) {
		s.reason = REPORT_NEVER_ASKED;
		add_calls(r, asks, "", &words);
		buf_adds(&words, "no event came near its condition");
	} else {
		char count[FIGURE_TEXT];
		figure_count(asked, count);
		add_calls(r, asks, "", &words);
		buf_printf(&words, "%s event%s came near its condition, which never held", count,
		    asked == 1 ? "" : "s");
	}
	s.words = buf_take(&words);
	return s;
}

static int by_reason(const void *a, const void *b)
{
	const struct report_silent *x = a, *y = b;
	if (x->reason != y->reason)
		return x->reason < y->reason ? -1 : 1;
	return sv_cmp(report_rule_name(x->rule), report_rule_name(y->rule));
}

static void find_silent(struct report *r)
{
	const struct ruleset *set = r->in.rules;
	for (size_t i = 0; i < set->rules.n; i++) {
		const struct rule *rule = set->rules.items[i];
		if (rule->kind == RULE_DETECTION && rule->state != RULE_REFUSED &&
		    !r->in.now->rules[i].matches)
			vec_push(&r->silent, explain(r, rule));
	}
	if (r->silent.n)
		qsort(r->silent.items, r->silent.n, sizeof *r->silent.items, by_reason);
}

static int by_suspicion(const void *a, const void *b)
{
	const struct report_field *x = a, *y = b;
	if (x->suspicious != y->suspicious)
		return x->suspicious ? -1 : 1;
	return sv_cmp(x->path, y->path);
}

static bool evaluated(const struct rule *rule)
{
	return rule->state == RULE_ACTIVE || rule->state == RULE_SHADOW;
}

static void find_fields(struct report *r)
{
	const struct asks *asks = r->in.asks;
	size_t *place = heap_zero(asks->fields.n + 1, sizeof *place);
	for (size_t i = 0; i < asks->n_rules; i++) {
		const struct asks_rule *rule = &asks->rules[i];
		if (!evaluated(r->in.rules->rules.items[i]))
			continue;
		for (size_t k = 0; k < rule->fields.n; k++) {
			uint32_t field = rule->fields.items[k];
			if (r->in.census->field_seen[field])
				continue;
			if (!place[field]) {
				vec_push(
				    &r->fields, (struct report_field){.path = asks->fields.items[field]});
				place[field] = r->fields.n;
			}
			struct report_field *f = &r->fields.items[place[field] - 1];
			vec_push(&f->rules, r->in.rules->rules.items[i]);
			f->suspicious |= rule->any_name || calls_of(r, rule) > 0;
		}
	}
	free(place);
	if (r->fields.n)
		qsort(r->fields.items, r->fields.n, sizeof *r->fields.items, by_suspicion);
}

void lacks_find(struct report *r)
{
	find_silent(r);
	find_fields(r);
}
