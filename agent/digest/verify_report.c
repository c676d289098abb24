/* What verification found, on paper. */
#include "agent/digest/verify.h"

#include <inttypes.h>

#include "base/clock.h"

#define RED "\033[31m"
#define YELLOW "\033[33m"
#define GREEN "\033[32m"
#define BOLD "\033[1m"
#define OFF "\033[0m"

static bool fails(const struct verify *v, enum flaw_kind k)
{
	return flaw_grade(k) == FLAW_BAD && !v->allowed[k];
}

/* --- text ------------------------------------------------------------------------------------------- */

/* `2026-11-24 03:00` */
static void minute(int64_t ms, char out[CLK_TEXT])
{
	clk_format(ms, false, out);
	out[10] = ' ';
	out[16] = 0;
}

static void show_flaw(const struct verify *v, const struct flaw *f, bool colour, struct buf *out)
{
	const char *paint = !colour ? "" : fails(v, f->kind) ? RED : YELLOW;
	buf_printf(out, "  %s%s%s%s  ", paint, flaw_name(f->kind), colour ? OFF : "",
	    flaw_grade(f->kind) == FLAW_BAD && v->allowed[f->kind] ? " (allowed)" : "");
	buf_add_printable(out, sv_from(f->object));
	buf_adds(out, "\n      ");
	buf_add_printable(out, sv_from(f->reason));
	buf_addc(out, '\n');
}

static void show_trail(const struct verify *v, const struct verify_trail *t, bool colour, struct buf *out)
{
	char from[CLK_TEXT], to[CLK_TEXT];
	bool failed = false;
	for (size_t i = 0; i < t->flaws.all.n; i++)
		failed |= fails(v, t->flaws.all.items[i].kind);
	buf_printf(out, "%s%s%s %s%.*s %.*s%s  trail %.*s", colour ? (failed ? RED : GREEN) : "",
	    failed ? "FAILED" : "fine  ", colour ? OFF : "", colour ? BOLD : "", SV_ARG(t->account),
	    SV_ARG(t->region), colour ? OFF : "", SV_ARG(t->trail));
	if (!sv_eq(t->home_region, t->region))
		buf_printf(out, " of %.*s", SV_ARG(t->home_region));
	if (t->from_ms <= t->to_ms) {
		minute(t->from_ms, from);
		minute(t->to_ms, to);
		buf_printf(out, "  %s to %s UTC", from, to);
	}
	buf_printf(out, "\n  digests %" PRIu64 " of %" PRIu64 " valid", t->valid_digests, t->digests);
	if (t->backfills)
		buf_printf(out, " (%" PRIu64 " of them made later)", t->backfills);
	buf_printf(out, ", logs %" PRIu64 " of %" PRIu64 " as delivered\n", t->valid_logs, t->logs);
	for (size_t i = 0; i < t->flaws.all.n; i++)
		show_flaw(v, &t->flaws.all.items[i], colour, out);
}

static void show_meanings(const struct verify *v, struct buf *out)
{
	bool met[FLAW_KINDS] = {false}, any = false;
	for (size_t i = 0; i < v->trails.n; i++)
		for (size_t k = 0; k < v->trails.items[i].flaws.all.n; k++)
			any |= met[v->trails.items[i].flaws.all.items[k].kind] = true;
	if (any)
		buf_adds(out, "\n");
	for (int k = 0; k < FLAW_KINDS; k++)
		if (met[k])
			buf_printf(out, "%s: %s\n    %s\n", flaw_name((enum flaw_kind)k),
			    flaw_meaning((enum flaw_kind)k), flaw_remedy((enum flaw_kind)k));
}

void verify_text(const struct verify *v, const char *place, bool colour, struct buf *out)
{
	uint64_t failures = verify_failures(v), logs = 0, valid = 0;
	for (size_t i = 0; i < v->trails.n; i++) {
		show_trail(v, &v->trails.items[i], colour, out);
		logs += v->trails.items[i].logs;
		valid += v->trails.items[i].valid_logs;
	}
	show_meanings(v, out);
	buf_adds(out, "\n");
	buf_add_printable(out, sv_from(place));
	if (failures)
		buf_printf(out, ": %s%" PRIu64 " finding%s%s; ", colour ? RED : "", failures,
		    failures == 1 ? "" : "s", colour ? OFF : "");
	else
		buf_printf(out, ": %snothing was altered, nothing is missing%s; ", colour ? GREEN : "",
		    colour ? OFF : "");
	buf_printf(out, "%" PRIu64 " of %" PRIu64 " logs as CloudTrail delivered them", valid, logs);
	if (v->unproven_logs)
		buf_printf(out, ", %" PRIu64 " more in hours without a valid digest: nothing proves them",
		    v->unproven_logs);
	buf_adds(out, "\n");
}

/* --- JSON ------------------------------------------------------------------------------------------- */

static void time_or_null(struct jout *j, const char *key, int64_t ms)
{
	char text[CLK_TEXT];
	jout_key(j, key);
	if (ms == INT64_MIN || ms == INT64_MAX) {
		jout_null(j);
		return;
	}
	clk_format(ms, false, text);
	jout_string(j, sv_from(text));
}

static void trail_json(const struct verify *v, const struct verify_trail *t, struct jout *j)
{
	jout_begin_object(j);
	jout_kv(j, "account", t->account);
	jout_kv(j, "region", t->region);
	jout_kv(j, "trail", t->trail);
	jout_kv(j, "home_region", t->home_region);
	time_or_null(j, "from", t->from_ms);
	time_or_null(j, "to", t->to_ms);
	jout_kv_int(j, "digests", (int64_t)t->digests);
	jout_kv_int(j, "valid_digests", (int64_t)t->valid_digests);
	jout_kv_int(j, "backfill_digests", (int64_t)t->backfills);
	jout_kv_int(j, "logs", (int64_t)t->logs);
	jout_kv_int(j, "valid_logs", (int64_t)t->valid_logs);
	jout_key(j, "findings");
	jout_begin_array(j);
	for (size_t i = 0; i < t->flaws.all.n; i++) {
		const struct flaw *f = &t->flaws.all.items[i];
		jout_begin_object(j);
		jout_kv(j, "kind", sv_from(flaw_name(f->kind)));
		jout_kv_bool(j, "fails", fails(v, f->kind));
		jout_kv(j, "object", sv_from(f->object));
		time_or_null(j, "time", f->time_ms);
		jout_kv(j, "reason", sv_from(f->reason));
		jout_kv(j, "meaning", sv_from(flaw_meaning(f->kind)));
		jout_end_object(j);
	}
	jout_end_array(j);
	jout_end_object(j);
}

void verify_json(const struct verify *v, const char *place, struct jout *j)
{
	jout_begin_object(j);
	jout_kv(j, "schema", SV("kendrawatch.verify/1"));
	jout_kv(j, "place", sv_from(place));
	jout_kv_bool(j, "valid", verify_failures(v) == 0);
	jout_kv_int(j, "failures", (int64_t)verify_failures(v));
	jout_kv_int(j, "unproven_logs", (int64_t)v->unproven_logs);
	jout_key(j, "trails");
	jout_begin_array(j);
	for (size_t i = 0; i < v->trails.n; i++)
		trail_json(v, &v->trails.items[i], j);
	jout_end_array(j);
	jout_end_object(j);
}
