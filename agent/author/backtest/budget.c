/* Budgets of the command line. */
#include "agent/author/backtest/budget.h"

#include <math.h>
#include <stdlib.h>

#include "base/heap.h"

static bool parse_number(struct sv s, double *out)
{
	char *text = heap_text(s), *end;
	for (size_t i = 0; i < s.len; i++)
		if ((s.ptr[i] < '0' || s.ptr[i] > '9') && s.ptr[i] != '.') {
			free(text);
			return false;
		}
	double v = strtod(text, &end);
	bool whole = s.len && !*end && isfinite(v);
	free(text);
	if (whole)
		*out = v;
	return whole;
}

enum rc budget_parse(struct sv text, struct budget *out, struct err *e)
{
	struct budget b = {.written = text};
	struct sv rest = text, left, unit = {0}, span = {0};
	sv_cut(&rest, '=', &left);
	if (!rest.ptr || !parse_number(rest, &b.max))
		return err_set(
		    e, RC_USAGE, "--budget %.*s has no number behind a \"=\": pages/week=2", SV_ARG(text));
	/* Names of rules hold no colon, but their files may. */
	size_t colon = SV_NONE;
	for (size_t i = 0; i < left.len; i++)
		if (left.ptr[i] == ':')
			colon = i;
	if (colon != SV_NONE) {
		b.rule = sv_head(left, colon);
		left = sv_skip(left, colon + 1);
	}
	sv_cut(&left, '/', &unit);
	span = left;
	b.pages = sv_eq(unit, SV("pages"));
	b.week = sv_eq(span, SV("week"));
	if ((!b.pages && !sv_eq(unit, SV("alerts"))) || (!b.week && !sv_eq(span, SV("day"))) ||
	    (b.rule.ptr && !b.rule.len))
		return err_set(e, RC_USAGE,
		    "--budget %.*s is none of pages/week=N, pages/day=N, alerts/week=N, alerts/day=N, or one "
		    "of "
		    "them behind \"RULE:\"",
		    SV_ARG(text));
	*out = b;
	return RC_OK;
}

double budget_rate(const struct budget *b, uint64_t n_alerts, uint64_t n_pages, double days)
{
	return (double)(b->pages ? n_pages : n_alerts) / days * (b->week ? 7 : 1);
}
