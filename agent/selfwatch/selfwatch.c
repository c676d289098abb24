/* The thread of the self-watch. Wakes every second; what it does by the minute goes by the wall clock, the
 * heartbeat by the monotonic one. */
#include "agent/selfwatch/selfwatch.h"

#include <pthread.h>
#include <stdlib.h>

#include "agent/selfwatch/checks.h"
#include "agent/selfwatch/feeds.h"
#include "agent/selfwatch/heartbeat.h"
#include "agent/selfwatch/memory.h"
#include "alerts/state.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/wake.h"

#define MINUTE_MS 60000
/* Tests move the clock by minutes and don't want to wait for it. */
#ifdef KW_TEST
#define PACE_MS 20
#else
#define PACE_MS 1000
#endif
#define KEEP_MINUTES 10
/* The analyst commits at once; a state that takes longer is not writable, or hangs. */
#define COMMIT_MS 30000
#define HEARTBEAT_FAILING_MS (15 * MINUTE_MS)
#define RHYTHM_PREFIX "rhythm/"
#define WAITING_KEY "rules_waiting"
#define PULSE_KEY "pulse"

struct selfwatch {
	struct selfwatch_setup setup;
	struct feeds *feeds; /* NULL: watch.feeds is off */
	struct checks checks;
	struct heartbeat *heartbeat; /* NULL: none is configured */
	struct store *reader;
	struct wake stop;
	pthread_t thread;
	bool started;
	_Atomic bool stopping;
	int64_t minute;   /* wall clock: of the last look */
	int64_t asked_ms; /* monotonic: when the analyst was asked to commit something for a beat; 0: it was
			     not */
	int64_t kept_waiting_ms;
};

static void restore(void *ctx, struct sv key, struct sv value)
{
	struct selfwatch *w = ctx;
	feeds_restore(w->feeds, sv_skip(key, sizeof RHYTHM_PREFIX - 1), value);
}

static void restore_waiting(void *ctx, struct sv key, struct sv value)
{
	struct selfwatch *w = ctx;
	(void)key;
	sv_int(value, 0, INT64_MAX, &w->checks.waiting_since_ms);
	w->kept_waiting_ms = w->checks.waiting_since_ms;
}

static void make_feeds(struct selfwatch *w)
{
	const struct options *o = &w->setup.config->watch;
	if (!options_number(o, "feeds"))
		return;
	w->feeds = feeds_new(
	    &(struct rhythm_options){options_number(o, "learn"), options_number(o, "least_silence"), 1});
	for (size_t i = 0; i < w->setup.n_sources; i++)
		if (!w->setup.sources[i]->type->once)
			feeds_add(w->feeds, w->setup.sources[i]->setup.name);
}

enum rc selfwatch_new(const struct selfwatch_setup *setup, struct selfwatch **out, struct err *e)
{
	struct selfwatch *w = heap_zero(1, sizeof *w);
	w->setup = *setup;
	w->stop = (struct wake)WAKE_CLOSED;
	make_feeds(w);
	enum rc rc = state_open(setup->state_folder, STORE_READ, &w->reader, e);
	if (rc == RC_OK)
		rc = wake_open(&w->stop, e);
	if (rc == RC_OK && w->feeds)
		rc = memory_read(w->reader, SV(RHYTHM_PREFIX), restore, w, e);
	if (rc == RC_OK)
		rc = memory_read(w->reader, SV(WAITING_KEY), restore_waiting, w, e);
	if (rc != RC_OK) {
		selfwatch_free(w);
		return rc;
	}
	w->heartbeat = heartbeat_new(&setup->config->heartbeat, setup->agent);
	*out = w;
	return RC_OK;
}

void selfwatch_free(struct selfwatch *w)
{
	if (!w)
		return;
	heartbeat_free(w->heartbeat);
	feeds_free(w->feeds);
	store_close(w->reader);
	wake_close(&w->stop);
	free(w);
}

void selfwatch_arrived(struct selfwatch *w, const struct stretch *s)
{
	if (w->feeds)
		feeds_arrived(w->feeds, s, clk_now_ms());
}

/* --- each minute ---------------------------------------------------------------------------------- */

static void tell_feed(void *ctx, enum self_kind kind, const char *summary, const char *detail)
{
	struct selfwatch *w = ctx;
	if (kind != SELF_FEED_BACK)
		log_warn("a feed is not as usual", "what=\"%s\"", summary);
	self_tell(w->setup.analyst, kind, summary, detail);
}

static void keep_rhythm(void *ctx, struct sv key, struct sv value)
{
	struct selfwatch *w = ctx;
	struct buf whole = {0};
	buf_printf(&whole, RHYTHM_PREFIX "%.*s", SV_ARG(key));
	analyst_remember(w->setup.analyst, buf_sv(&whole), value);
	buf_fini(&whole);
}

static void remember_number(struct selfwatch *w, struct sv key, int64_t n)
{
	struct buf text = {0};
	buf_printf(&text, "%lld", (long long)n);
	analyst_remember(w->setup.analyst, key, buf_sv(&text));
	buf_fini(&text);
}

void selfwatch_keep(struct selfwatch *w)
{
	if (!w)
		return;
	if (w->feeds)
		feeds_keep(w->feeds, keep_rhythm, w);
	if (w->kept_waiting_ms != w->checks.waiting_since_ms)
		remember_number(w, SV(WAITING_KEY), w->checks.waiting_since_ms);
	w->kept_waiting_ms = w->checks.waiting_since_ms;
}

static int64_t quiet_ms(const struct selfwatch *w)
{
	struct feeds_state state = w->feeds ? feeds_state(w->feeds) : (struct feeds_state){0};
	return state.last_ms ? clk_now_ms() - state.last_ms : -1;
}

static void set_gauges(const struct selfwatch *w)
{
	struct feeds_state state = w->feeds ? feeds_state(w->feeds) : (struct feeds_state){0};
	metric_set(METRIC_FEEDS, state.n);
	metric_set(METRIC_FEEDS_SILENT, state.silent);
}

static void look(struct selfwatch *w, int64_t wall_ms, int64_t mono_ms)
{
	checks_look(&w->checks, &w->setup, w->reader, wall_ms, mono_ms);
	if (w->feeds)
		feeds_look(w->feeds, wall_ms, tell_feed, w);
	set_gauges(w);
	int64_t failing_ms = w->heartbeat ? heartbeat_failing_ms(w->heartbeat) : 0;
	if (failing_ms && mono_ms - failing_ms >= HEARTBEAT_FAILING_MS) {
		char day[CLK_TEXT];
		clk_format(wall_ms, false, day);
		day[10] = 0;
		self_tell(w->setup.analyst, SELF_HEARTBEAT_FAILING,
		    "The heartbeat has not been taken for 15 min; the log says why. Whoever waits for it "
		    "takes this "
		    "agent for dead.",
		    day);
	}
	if (w->minute % KEEP_MINUTES == 0)
		selfwatch_keep(w);
}

/* --- heartbeat ------------------------------------------------------------------------------------ */

/* A beat says that the state can be written: something is written first. */
static void beat(struct selfwatch *w, int64_t mono_ms)
{
	const char *needs = options_text(&w->setup.config->heartbeat, "needs");
	if (!heartbeat_due(w->heartbeat, mono_ms))
		return;
	if (!w->asked_ms) {
		w->asked_ms = mono_ms;
		remember_number(w, SV(PULSE_KEY), clk_now_ms());
	}
	struct analyst_vitals analyst;
	analyst_look(w->setup.analyst, &analyst);
	bool committed = analyst.committed_ms >= w->asked_ms, alive = strcmp(needs, "alive") == 0;
	if (!committed && !alive && mono_ms - w->asked_ms < COMMIT_MS)
		return;
	w->asked_ms = 0;
	const char *why_not = !committed && !alive ? "the state can't be written"
						   : checks_why_not(&w->checks, &w->setup, needs, mono_ms);
	heartbeat_beat(w->heartbeat, mono_ms, why_not, quiet_ms(w));
}

static void *run(void *ctx)
{
	struct selfwatch *w = ctx;
	while (!w->stopping) {
		int64_t wall_ms = clk_now_ms(), mono_ms = clk_mono_ms();
		if (wall_ms / MINUTE_MS != w->minute) {
			w->minute = wall_ms / MINUTE_MS;
			look(w, wall_ms, mono_ms);
		}
		if (w->heartbeat) {
			beat(w, mono_ms);
			heartbeat_wait(w->heartbeat, PACE_MS);
		} else {
			wake_rung(&w->stop, PACE_MS);
		}
	}
	return NULL;
}

enum rc selfwatch_start(struct selfwatch *w, struct err *e)
{
	int bad = pthread_create(&w->thread, NULL, run, w);
	w->started = !bad;
	return bad ? err_errno(e, RC_IO, bad, "can't start a thread") : RC_OK;
}

void selfwatch_stop(struct selfwatch *w)
{
	if (!w || !w->started)
		return;
	w->stopping = true;
	wake_ring(&w->stop);
	if (w->heartbeat)
		heartbeat_wake(w->heartbeat);
	pthread_join(w->thread, NULL);
	w->started = false;
}
