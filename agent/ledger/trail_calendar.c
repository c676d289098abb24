/* Gathering the delivery ledger into days, and putting it on a terminal. Main thread, of `kendrawatch
 * ledger`.
 */
#include "agent/ledger/trail_calendar.h"

#include <inttypes.h>

#include "base/clock.h"

#define HOUR_MS ((int64_t)3600000)
#define DAY_MS (24 * HOUR_MS)
#define MAX_DAYS 400

static const struct {
	const char *mark, *name, *meaning;
} states[] = {
#define STATE(symbol, mark, name, meaning) {mark, name, meaning},
    TRAIL_STATES(STATE)
#undef STATE
};

const char *trail_state_mark(enum trail_state s)
{
	return states[s].mark;
}

const char *trail_state_name(enum trail_state s)
{
	return states[s].name;
}

const char *trail_state_meaning(enum trail_state s)
{
	return states[s].meaning;
}

enum trail_state trail_sum_state(const struct trail_sum *s)
{
	if (s->altered > 0)
		return TRAIL_STATE_ALTERED;
	if (s->missing > 0)
		return TRAIL_STATE_MISSING;
	if (s->delivered > s->read)
		return TRAIL_STATE_WAITING;
	if (s->late > 0)
		return TRAIL_STATE_LATE;
	return s->read > 0 ? TRAIL_STATE_READ : TRAIL_STATE_NOTHING;
}

void trail_sum_words(const struct trail_sum *s, struct buf *out)
{
	const struct {
		int64_t n;
		const char *word;
	} parts[] = {{s->read, "read"}, {s->delivered - s->read - s->missing, "waiting"},
	    {s->missing, "missing"}, {s->altered, "altered"}, {s->late, "late"}};
	const char *comma = "";
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (parts[i].n <= 0)
			continue;
		buf_printf(out, "%s%" PRId64 " %s", comma, parts[i].n, parts[i].word);
		comma = ", ";
	}
	if (!*comma)
		buf_adds(out, "nothing");
}

/* --- gathering -------------------------------------------------------------------------------------- */

static void add(struct trail_sum *to, const struct trail_hour *h)
{
	to->delivered += h->delivered;
	to->read += h->read;
	to->missing += h->missing;
	to->altered += h->altered;
	to->late += h->late;
}

static struct trail_place *place_of(struct trail_calendar *c, const struct trail_hour *h)
{
	struct trail_place *last = c->places.n ? &c->places.items[c->places.n - 1] : NULL;
	if (last && sv_eq(sv_from(last->account), h->account) && sv_eq(sv_from(last->region), h->region))
		return last;
	vec_push(&c->places,
	    (struct trail_place){.account = heap_text(h->account), .region = heap_text(h->region)});
	return &c->places.items[c->places.n - 1];
}

/* Days without anything are rows too: that nothing came is what one looks for. */
static struct trail_day *day_of(struct trail_place *p, int64_t day_ms)
{
	int64_t next_ms = p->days.n ? p->days.items[p->days.n - 1].day_ms + DAY_MS : day_ms;
	if (next_ms < day_ms - MAX_DAYS * DAY_MS)
		next_ms = day_ms;
	for (; next_ms <= day_ms; next_ms += DAY_MS)
		vec_push(&p->days, (struct trail_day){.day_ms = next_ms});
	return &p->days.items[p->days.n - 1];
}

static bool take_hour(void *ctx, const struct trail_hour *h)
{
	struct trail_calendar *c = ctx;
	struct trail_place *p = place_of(c, h);
	struct trail_day *d = day_of(p, h->hour_ms / DAY_MS * DAY_MS);
	add(&d->hours[h->hour_ms / HOUR_MS % 24], h);
	add(&d->all, h);
	add(&p->all, h);
	add(&c->all, h);
	return true;
}

static bool take_log(void *ctx, const struct trail_log *l)
{
	struct trail_calendar *c = ctx;
	if (!l->missing && !l->altered)
		return true;
	c->n_troubles++;
	if (c->troubles.n < TRAIL_CALENDAR_TROUBLES)
		vec_push(
		    &c->troubles, (struct trail_trouble){heap_text(l->key), l->altered, l->delivered_ms});
	return true;
}

enum rc trail_calendar_read(struct store *s, struct trail_calendar *c, struct err *e)
{
	enum rc rc = trail_ledger_hours(s, c->since_ms / HOUR_MS * HOUR_MS, take_hour, c, e);
	if (rc == RC_OK && (c->all.missing || c->all.altered))
		rc = trail_ledger_logs(s, SV(""), c->since_ms, INT64_MAX, take_log, c, e);
	return rc;
}

void trail_calendar_fini(struct trail_calendar *c)
{
	for (size_t i = 0; i < c->places.n; i++) {
		free(c->places.items[i].account);
		free(c->places.items[i].region);
		vec_fini(&c->places.items[i].days);
	}
	for (size_t i = 0; i < c->troubles.n; i++)
		free(c->troubles.items[i].key);
	vec_fini(&c->places);
	vec_fini(&c->troubles);
}

void trail_calendar_account(const struct trail_calendar *c, const char *account, struct buf *out)
{
	const char *name = c->account_names ? map_get(c->account_names, sv_from(account)) : NULL;
	if (name)
		buf_printf(out, "%s (%s)", name, account);
	else
		buf_adds(out, account);
}

/* --- text ------------------------------------------------------------------------------------------- */

static const char *const paints[TRAIL_STATES_N] = {
    "", "\033[32m", "\033[33m", "\033[33m", "\033[1;31m", "\033[1;31m"};

static void show_mark(enum trail_state s, bool colour, struct buf *out)
{
	buf_printf(out, "%s%s%s", colour ? paints[s] : "", trail_state_mark(s),
	    colour && *paints[s] ? "\033[0m" : "");
}

static void show_day(const struct trail_day *d, bool colour, struct buf *out)
{
	char date[CLK_TEXT];
	clk_format(d->day_ms, false, date);
	buf_printf(out, "  %.10s  ", date);
	for (int h = 0; h < 24; h++) {
		buf_adds(out, h && h % 6 == 0 ? " " : "");
		show_mark(trail_sum_state(&d->hours[h]), colour, out);
	}
	buf_adds(out, "  ");
	trail_sum_words(&d->all, out);
	buf_addc(out, '\n');
}

static void show_place(
    const struct trail_calendar *c, const struct trail_place *p, bool colour, struct buf *out)
{
	buf_adds(out, colour ? "\033[1m" : "");
	trail_calendar_account(c, p->account, out);
	buf_printf(out, " %s%s\n              00     06     12     18     UTC\n", p->region,
	    colour ? "\033[0m" : "");
	for (size_t i = 0; i < p->days.n; i++)
		show_day(&p->days.items[i], colour, out);
	buf_addc(out, '\n');
}

static void show_troubles(const struct trail_calendar *c, struct buf *out)
{
	for (size_t i = 0; i < c->troubles.n; i++) {
		buf_adds(out, c->troubles.items[i].altered ? "altered  " : "missing  ");
		buf_add_printable(out, sv_from(c->troubles.items[i].key));
		buf_addc(out, '\n');
	}
	if (c->n_troubles > c->troubles.n)
		buf_printf(out,
		    "and %" PRIu64 " more: --output json has all hours, kendrawatch verify all objects\n",
		    c->n_troubles - c->troubles.n);
	if (c->troubles.n)
		buf_addc(out, '\n');
}

void trail_calendar_text(const struct trail_calendar *c, bool colour, struct buf *out)
{
	for (size_t i = 0; i < c->places.n; i++)
		show_place(c, &c->places.items[i], colour, out);
	show_troubles(c, out);
	for (int s = 1; s < TRAIL_STATES_N; s++)
		buf_printf(out, "%s%s %s", s > 1 ? "   " : "", trail_state_mark((enum trail_state)s),
		    trail_state_name((enum trail_state)s));
	buf_adds(out, "   blank: nothing\nLogs: ");
	trail_sum_words(&c->all, out);
	buf_addc(out, '\n');
}

/* --- JSON ------------------------------------------------------------------------------------------- */

static void sum_json(const struct trail_sum *s, struct jout *j)
{
	jout_kv_int(j, "delivered", s->delivered);
	jout_kv_int(j, "read", s->read);
	jout_kv_int(j, "missing", s->missing);
	jout_kv_int(j, "altered", s->altered);
	jout_kv_int(j, "late", s->late);
}

static void hours_json(const struct trail_place *p, struct jout *j)
{
	for (size_t d = 0; d < p->days.n; d++)
		for (int h = 0; h < 24; h++) {
			const struct trail_sum *s = &p->days.items[d].hours[h];
			char hour[CLK_TEXT];
			if (!s->delivered)
				continue;
			clk_format(p->days.items[d].day_ms + h * HOUR_MS, false, hour);
			jout_begin_object(j);
			jout_kv(j, "account", sv_from(p->account));
			jout_kv(j, "region", sv_from(p->region));
			jout_kv(j, "hour", sv_from(hour));
			jout_kv(j, "state", sv_from(trail_state_name(trail_sum_state(s))));
			sum_json(s, j);
			jout_end_object(j);
		}
}

void trail_calendar_json(const struct trail_calendar *c, struct jout *j)
{
	jout_begin_object(j);
	jout_kv(j, "schema", SV("kendrawatch.ledger/1"));
	jout_key(j, "all");
	jout_begin_object(j);
	sum_json(&c->all, j);
	jout_end_object(j);
	jout_key(j, "hours");
	jout_begin_array(j);
	for (size_t i = 0; i < c->places.n; i++)
		hours_json(&c->places.items[i], j);
	jout_end_array(j);
	jout_key(j, "troubles");
	jout_begin_array(j);
	for (size_t i = 0; i < c->troubles.n; i++) {
		jout_begin_object(j);
		jout_kv(j, "kind", c->troubles.items[i].altered ? SV("altered") : SV("missing"));
		jout_kv(j, "object", sv_from(c->troubles.items[i].key));
		jout_end_object(j);
	}
	jout_end_array(j);
	jout_end_object(j);
}
