/* The report for programs. */
#include "agent/author/backtest/show.h"
#include "base/clock.h"
#include "base/jout.h"

static void put_forecast(struct jout *o, const char *key, const struct forecast *f)
{
	jout_key(o, key);
	jout_begin_object(o);
	jout_key(o, "mean");
	jout_fixed(o, f->mean, 3);
	jout_kv_int(o, "low", (int64_t)f->low);
	jout_kv_int(o, "high", (int64_t)f->high);
	jout_key(o, "burst");
	jout_fixed(o, f->burst, 2);
	jout_end_object(o);
}

static void put_day(struct jout *o, const char *key, int32_t day)
{
	char text[CALENDAR_TEXT];
	calendar_date(day, text);
	jout_kv(o, key, sv_from(text));
}

static void put_time(struct jout *o, const char *key, int64_t ms)
{
	char text[CLK_TEXT];
	clk_format(ms, true, text);
	jout_kv(o, key, sv_from(text));
}

static void put_actors(struct jout *o, const struct top *top)
{
	jout_key(o, "actors");
	jout_begin_array(o);
	for (size_t i = 0; top && i < top->n && i < 20; i++) {
		jout_begin_object(o);
		jout_kv(o, "actor", sv_of(top->names[i].text, top->names[i].len));
		jout_kv_int(o, "alerts", (int64_t)top->names[i].alerts);
		jout_kv_int(o, "pages", (int64_t)top->names[i].pages);
		if (top->names[i].over)
			jout_kv_int(o, "at_most_over", (int64_t)top->names[i].over);
		jout_end_object(o);
	}
	jout_end_array(o);
}

static void put_days(struct jout *o, const struct noise_rule *t)
{
	jout_key(o, "days");
	jout_begin_array(o);
	for (size_t i = 0; i < t->days.n; i++) {
		const struct noise_day *d = &t->days.items[i];
		jout_begin_object(o);
		put_day(o, "day", d->day);
		jout_kv_int(o, "matches", d->matches);
		jout_kv_int(o, "alerts", d->alerts);
		jout_kv_int(o, "pages", d->pages);
		jout_end_object(o);
	}
	jout_end_array(o);
}

/* What a row and the sum over all have in common. */
static void put_row(struct jout *o, const struct report *r, const struct report_row *row)
{
	jout_kv_int(o, "matches", (int64_t)row->now->matches);
	jout_kv_int(o, "alerts", (int64_t)row->now->alerts);
	jout_kv_int(o, "pages", (int64_t)row->now->pages);
	jout_key(o, "alerts_per_day");
	jout_fixed(o, row->per_day, 3);
	jout_key(o, "alerts_per_day_median");
	jout_fixed(o, row->median, 1);
	if (row->worst) {
		jout_key(o, "worst_day");
		jout_begin_object(o);
		put_day(o, "day", row->worst_day);
		jout_kv_int(o, "alerts", row->worst);
		jout_end_object(o);
	}
	jout_kv_int(o, "worst_hour_alerts", row->peak_hour);
	jout_key(o, "folded");
	jout_fixed(o, row->folded, 4);
	put_forecast(o, "pages_per_week", &row->pages);
	if (r->in.before) {
		jout_kv_int(o, "alerts_before", (int64_t)row->before->alerts);
		jout_kv_int(o, "pages_before", (int64_t)row->before->pages);
		jout_key(o, "alerts_per_day_before");
		jout_fixed(o, row->per_day_before, 3);
		put_forecast(o, "pages_per_week_before", &row->pages_before);
	}
	if (row->now->matches) {
		put_time(o, "first", row->now->first_ms);
		put_time(o, "last", row->now->last_ms);
	}
	put_days(o, row->now);
	put_actors(o, row->now->actors);
}

static void put_examples(struct jout *o, const char *key, const struct compare_example *examples, size_t n)
{
	jout_key(o, key);
	jout_begin_array(o);
	for (size_t i = 0; i < n; i++) {
		jout_begin_object(o);
		jout_kv(o, "summary", sv_from(examples[i].sentence));
		jout_kv(o, "place", sv_from(examples[i].place));
		jout_end_object(o);
	}
	jout_end_array(o);
}

static void put_change(struct jout *o, const struct report *r, const struct report_row *row)
{
	const struct compare_rule *c = row->compared;
	jout_kv(o, "change", sv_from(report_change_name(row->change)));
	if (r->in.compare->overflowed)
		return;
	jout_kv_int(o, "matches_added", (int64_t)(c->n_now - c->n_both));
	jout_kv_int(o, "matches_removed", (int64_t)(c->n_before - c->n_both));
	put_examples(o, "examples_added", c->added, c->n_added);
	put_examples(o, "examples_removed", c->removed, c->n_removed);
}

static void put_rule(struct jout *o, const struct rule *rule)
{
	jout_kv(o, "rule", report_rule_name(rule));
	jout_kv(o, "key", rule->key);
}

static void put_rows(struct jout *o, const struct report *r)
{
	jout_key(o, "rules");
	jout_begin_array(o);
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct report_row *row = &r->rows.items[i];
		jout_begin_object(o);
		put_rule(o, row->rule);
		jout_kv(o, "title", row->rule->title);
		jout_kv(o, "level", sv_from(level_name(row->rule->level)));
		jout_kv(o, "state", sv_from(rule_state_name(row->rule->state)));
		put_row(o, r, row);
		if (row->compared)
			put_change(o, r, row);
		jout_end_object(o);
	}
	jout_end_array(o);
}

static const char *reason_name(enum report_reason reason)
{
	switch (reason) {
	case REPORT_WAITS: return "waits";
	case REPORT_OFF: return "off";
	case REPORT_NO_CALLS: return "no_calls";
	case REPORT_NO_FIELD: return "no_field";
	case REPORT_NEVER_ASKED: return "never_asked";
	case REPORT_NEVER_HELD: return "never_held";
	case REPORT_REASONS: break;
	}
	return "";
}

static void put_lacks(struct jout *o, const struct report *r)
{
	jout_key(o, "never_matched");
	jout_begin_array(o);
	for (size_t i = 0; i < r->silent.n; i++) {
		jout_begin_object(o);
		put_rule(o, r->silent.items[i].rule);
		jout_kv(o, "reason", sv_from(reason_name(r->silent.items[i].reason)));
		jout_kv(o, "words", sv_from(r->silent.items[i].words));
		jout_end_object(o);
	}
	jout_end_array(o);
	jout_key(o, "fields_never_seen");
	jout_begin_array(o);
	for (size_t i = 0; i < r->fields.n; i++) {
		const struct report_field *f = &r->fields.items[i];
		jout_begin_object(o);
		jout_kv(o, "field", f->path);
		jout_kv_bool(o, "calls_came", f->suspicious);
		jout_key(o, "rules");
		jout_begin_array(o);
		for (size_t k = 0; k < f->rules.n; k++)
			jout_string(o, report_rule_name(f->rules.items[k]));
		jout_end_array(o);
		jout_end_object(o);
	}
	jout_end_array(o);
}

static void put_slow(struct jout *o, const struct report *r)
{
	jout_key(o, "slowest");
	jout_begin_array(o);
	for (size_t i = 0; i < r->n_slow; i++) {
		jout_begin_object(o);
		put_rule(o, r->slow[i].rule);
		jout_kv_int(o, "asked", (int64_t)r->slow[i].asked);
		jout_kv_int(o, "ns", r->slow[i].ns);
		jout_end_object(o);
	}
	jout_end_array(o);
}

static void put_verdicts(struct jout *o, const struct report *r)
{
	jout_key(o, "budgets");
	jout_begin_array(o);
	for (size_t i = 0; i < r->verdicts.n; i++) {
		const struct report_verdict *v = &r->verdicts.items[i];
		jout_begin_object(o);
		jout_kv(o, "budget", v->budget->written);
		jout_key(o, "rate");
		jout_fixed(o, v->rate, 3);
		jout_kv_bool(o, "exceeded", v->exceeded);
		jout_end_object(o);
	}
	jout_end_array(o);
}

static void put_history(struct jout *o, const struct report *r)
{
	jout_key(o, "history");
	jout_begin_object(o);
	put_day(o, "first_day", r->first_day);
	put_day(o, "last_day", r->last_day);
	jout_kv(o, "timezone", sv_from(r->in.zone ? r->in.zone : "UTC"));
	jout_kv_int(o, "days_with_events", (int64_t)r->n_days_seen);
	jout_key(o, "days");
	jout_fixed(o, r->days, 2);
	jout_kv_int(o, "events", (int64_t)r->in.census->events);
	jout_kv_int(o, "events_outside", (int64_t)r->in.census->outside);
	jout_kv_int(o, "duplicates", (int64_t)r->in.duplicates);
	jout_kv_int(o, "malformed", (int64_t)r->in.malformed);
	jout_key(o, "seconds");
	jout_fixed(o, r->in.seconds, 3);
	jout_end_object(o);
}

static void put_week(struct jout *o, const struct report *r)
{
	jout_key(o, "alerts_by_weekday_and_hour");
	jout_begin_array(o);
	for (int d = 0; d < 7; d++) {
		jout_begin_array(o);
		for (int h = 0; h < 24; h++)
			jout_int(o, (int64_t)r->in.now->week[d][h]);
		jout_end_array(o);
	}
	jout_end_array(o);
}

void show_json(const struct report *r, struct buf *out)
{
	struct jout o = jout_on(out);
	jout_begin_object(&o);
	jout_kv(&o, "schema", SV("kendrawatch.backtest/1"));
	put_history(&o, r);
	jout_kv(&o, "pages_are", sv_from(r->in.page_words));
	if (r->in.base) {
		jout_key(&o, "base");
		jout_begin_object(&o);
		jout_kv(&o, "name", sv_from(r->in.base));
		if (r->in.base_revision)
			jout_kv(&o, "revision", sv_from(r->in.base_revision));
		jout_kv_int(&o, "refused", (int64_t)r->in.base_refused);
		jout_end_object(&o);
	}
	jout_key(&o, "all");
	jout_begin_object(&o);
	put_row(&o, r, &r->all);
	jout_end_object(&o);
	put_rows(&o, r);
	put_week(&o, r);
	put_lacks(&o, r);
	put_slow(&o, r);
	put_verdicts(&o, r);
	jout_kv_bool(&o, "exceeded", r->exceeded);
	jout_end_object(&o);
	buf_addc(out, '\n');
}
