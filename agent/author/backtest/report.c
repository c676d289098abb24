/* The arithmetic of a backtest. Main thread, after reading. */
#include "agent/author/backtest/report.h"

#include "agent/author/backtest/figure.h"
#include "agent/author/backtest/lacks.h"

static const struct noise_rule nothing;

const char *report_change_name(enum report_change c)
{
	switch (c) {
	case REPORT_SAME: return "same";
	case REPORT_ADDED: return "added";
	case REPORT_REMOVED: return "removed";
	case REPORT_MORE: return "more";
	case REPORT_LESS: return "less";
	case REPORT_OTHER: return "other";
	}
	return "";
}

struct sv report_rule_name(const struct rule *r)
{
	if (r->name.len)
		return r->name;
	return r->title.len ? r->title : r->key;
}

/* --- days ------------------------------------------------------------------------------------------ */

static void count_days(struct report *r, const struct census *c)
{
	struct calendar calendar = {.zone = r->in.zone};
	for (size_t q = 0; q < CENSUS_QUARTERS; q++) {
		if (!c->quarters[q])
			continue;
		int64_t t_ms = c->plan->from_ms + (int64_t)q * CENSUS_QUARTER_MS;
		r->events[calendar_at(&calendar, t_ms).day - r->first_day] += c->quarters[q];
	}
	for (size_t i = 0; i < r->n_days; i++)
		r->n_days_seen += r->events[i] > 0;
}

static bool find_days(struct report *r)
{
	const struct census *c = r->in.census;
	struct calendar calendar = {.zone = r->in.zone};
	size_t first = 0, last = CENSUS_QUARTERS;
	while (first < CENSUS_QUARTERS && !c->quarters[first])
		first++;
	if (first == CENSUS_QUARTERS)
		return false;
	while (!c->quarters[last - 1])
		last--;
	r->first_day = calendar_at(&calendar, c->plan->from_ms + (int64_t)first * CENSUS_QUARTER_MS).day;
	r->last_day = calendar_at(&calendar, c->plan->from_ms + (int64_t)(last - 1) * CENSUS_QUARTER_MS).day;
	r->n_days = (size_t)(r->last_day - r->first_day) + 1;
	r->events = heap_zero(r->n_days, sizeof *r->events);
	count_days(r, c);
	double days = (double)(last - first) / 96 - (double)(r->n_days - r->n_days_seen);
	r->days = days > 1 ? days : 1;
	return true;
}

void report_days(const struct report *r, const struct noise_rule *t, enum report_count what, uint32_t *out)
{
	memset(out, 0, r->n_days * sizeof *out);
	for (size_t i = 0; i < t->days.n; i++) {
		const struct noise_day *d = &t->days.items[i];
		if (d->day >= r->first_day && d->day <= r->last_day)
			out[d->day - r->first_day] = what == REPORT_PAGES    ? d->pages
						     : what == REPORT_ALERTS ? d->alerts
									     : d->matches;
	}
}

/* --- rows ------------------------------------------------------------------------------------------ */

/* Pages in a week to come; bursts are judged by the days with events. */
static struct forecast pages_of(const struct report *r, const struct noise_rule *t, uint32_t *days)
{
	size_t n = 0;
	report_days(r, t, REPORT_PAGES, days);
	for (size_t i = 0; i < r->n_days; i++)
		if (r->events[i])
			days[n++] = days[i];
	return forecast_week(t->pages, r->days, forecast_burst(days, n));
}

static void alerts_of(const struct report *r, struct report_row *row, uint32_t *days)
{
	size_t n = 0;
	report_days(r, row->now, REPORT_ALERTS, days);
	for (size_t i = 0; i < r->n_days; i++) {
		if (days[i] > row->worst) {
			row->worst = days[i];
			row->worst_day = r->first_day + (int32_t)i;
		}
		if (r->events[i])
			days[n++] = days[i];
	}
	row->median = forecast_median(days, n);
}

static enum report_change change_of(const struct report *r, const struct report_row *row)
{
	const struct compare_rule *c = row->compared;
	if (!c)
		return REPORT_SAME;
	if (!c->before)
		return REPORT_ADDED;
	if (!c->now)
		return REPORT_REMOVED;
	if (row->now->alerts != row->before->alerts)
		return row->now->alerts > row->before->alerts ? REPORT_MORE : REPORT_LESS;
	if (row->now->pages != row->before->pages)
		return row->now->pages > row->before->pages ? REPORT_MORE : REPORT_LESS;
	bool same = r->in.compare->overflowed ? row->now->matches == row->before->matches
					      : c->n_both == c->n_now && c->n_both == c->n_before;
	return same ? REPORT_SAME : REPORT_OTHER;
}

static void fill_row(struct report *r, struct report_row *row, uint32_t *days)
{
	row->per_day = (double)row->now->alerts / r->days;
	row->per_day_before = (double)row->before->alerts / r->days;
	row->pages = pages_of(r, row->now, days);
	row->pages_before = pages_of(r, row->before, days);
	alerts_of(r, row, days);
	row->peak_hour = noise_peak_hour(row->now);
	if (row->now->matches)
		row->folded = 1 - (double)row->now->alerts / (double)row->now->matches;
	row->change = change_of(r, row);
}

static void add_row(struct report *r, const struct compare_rule *c, uint32_t *days)
{
	struct report_row row = {.rule = c->now ? c->now : c->before,
	    .now = c->now ? &r->in.now->rules[c->now->index] : &nothing,
	    .before = c->before ? &r->in.before->rules[c->before->index] : &nothing,
	    .compared = r->in.compare ? c : NULL};
	if (!row.now->matches && !row.before->matches)
		return;
	fill_row(r, &row, days);
	vec_push(&r->rows, row);
}

static int by_pages(const void *a, const void *b)
{
	const struct report_row *x = a, *y = b;
	if (x->now->pages != y->now->pages)
		return x->now->pages > y->now->pages ? -1 : 1;
	if (x->rule->level != y->rule->level)
		return x->rule->level > y->rule->level ? -1 : 1;
	if (x->now->alerts != y->now->alerts)
		return x->now->alerts > y->now->alerts ? -1 : 1;
	return sv_cmp(report_rule_name(x->rule), report_rule_name(y->rule));
}

static void fill_rows(struct report *r)
{
	uint32_t *days = heap_zero(r->n_days, sizeof *days);
	const struct ruleset *set = r->in.rules;
	if (r->in.compare)
		for (size_t i = 0; i < r->in.compare->rules.n; i++)
			add_row(r, &r->in.compare->rules.items[i], days);
	for (size_t i = 0; !r->in.compare && i < set->rules.n; i++)
		add_row(r, &(struct compare_rule){.now = set->rules.items[i]}, days);
	if (r->rows.n)
		qsort(r->rows.items, r->rows.n, sizeof *r->rows.items, by_pages);
	r->all = (struct report_row){
	    .now = &r->in.now->all, .before = r->in.before ? &r->in.before->all : &nothing};
	fill_row(r, &r->all, days);
	free(days);
}

/* --- cost ------------------------------------------------------------------------------------------ */

static void find_slow(struct report *r)
{
	const struct ruleset *set = r->in.rules;
	for (size_t i = 0; i < set->rules.n; i++) {
		const struct census_rule *c = &r->in.census->rules[i];
		r->n_asked += c->asked;
		r->asked_ns += c->ns;
		size_t at = r->n_slow;
		while (at && r->slow[at - 1].ns < c->ns)
			at--;
		if (!c->asked || at == REPORT_SLOW)
			continue;
		r->n_slow += r->n_slow < REPORT_SLOW;
		memmove(&r->slow[at + 1], &r->slow[at], (r->n_slow - at - 1) * sizeof *r->slow);
		r->slow[at] = (struct report_slow){set->rules.items[i], c->asked, c->ns, 0};
	}
	for (size_t i = 0; i < r->n_slow; i++)
		r->slow[i].share = r->asked_ns ? (double)r->slow[i].ns / (double)r->asked_ns : 0;
}

/* --- budgets --------------------------------------------------------------------------------------- */

static enum rc judge(struct report *r, const struct budget *b, struct err *e)
{
	struct report_verdict v = {.budget = b};
	const struct noise_rule *t = &r->in.now->all;
	if (b->rule.ptr) {
		v.rule = ruleset_find(r->in.rules, b->rule);
		if (!v.rule)
			return err_set(e, RC_USAGE, "--budget %.*s: there is no rule \"%.*s\"",
			    SV_ARG(b->written), SV_ARG(b->rule));
		t = &r->in.now->rules[v.rule->index];
	}
	v.rate = budget_rate(b, t->alerts, t->pages, r->days);
	v.exceeded = v.rate > b->max;
	r->exceeded |= v.exceeded;
	vec_push(&r->verdicts, v);
	return RC_OK;
}

void report_spenders(const struct report *r, const struct budget *b, size_t n, struct buf *out)
{
	const struct report_row *last = NULL;
	for (size_t k = 0; k < n; k++) {
		const struct report_row *best = NULL;
		double best_rate = 0;
		for (size_t i = 0; i < r->rows.n; i++) {
			const struct report_row *row = &r->rows.items[i];
			double rate = budget_rate(b, row->now->alerts, row->now->pages, r->days);
			double limit =
			    last ? budget_rate(b, last->now->alerts, last->now->pages, r->days) : rate;
			if (rate > best_rate && (rate < limit || (rate == limit && (!last || row > last)))) {
				best = row;
				best_rate = rate;
			}
		}
		if (!best)
			return;
		char rate[FIGURE_TEXT];
		figure_rate(best_rate, rate);
		buf_adds(out, k ? ", " : "");
		buf_add_printable(out, report_rule_name(best->rule));
		buf_printf(out, " %s", rate);
		last = best;
	}
}

/* --- all of it ------------------------------------------------------------------------------------- */

enum rc report_make(const struct report_input *in, struct report *out, struct err *e)
{
	*out = (struct report){.in = *in};
	if (!find_days(out))
		return err_set(e, RC_INPUT,
		    "no event lies in the time asked for (%llu outside of it, or without a time)",
		    (unsigned long long)in->census->outside);
	fill_rows(out);
	lacks_find(out);
	find_slow(out);
	enum rc rc = RC_OK;
	for (size_t i = 0; i < in->n_budgets && rc == RC_OK; i++)
		rc = judge(out, &in->budgets[i], e);
	if (in->now->all.actors)
		top_sort(in->now->all.actors);
	for (size_t i = 0; i < in->rules->rules.n; i++)
		if (in->now->rules[i].actors)
			top_sort(in->now->rules[i].actors);
	return rc;
}

void report_fini(struct report *r)
{
	for (size_t i = 0; i < r->silent.n; i++)
		free(r->silent.items[i].words);
	for (size_t i = 0; i < r->fields.n; i++)
		vec_fini(&r->fields.items[i].rules);
	vec_fini(&r->rows);
	vec_fini(&r->silent);
	vec_fini(&r->fields);
	vec_fini(&r->verdicts);
	free(r->events);
}
