/* The progress line of scan. Main thread. */
#include "agent/command/progress.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"

#define EVERY_MS 100
#define BAR 24

struct progress progress_new(bool wanted)
{
	int64_t now = clk_mono_ms();
	return (struct progress){.on = wanted && log_on_terminal(), .begun_ms = now, .shown_ms = now};
}

static void human_bytes(uint64_t n, char *out, size_t size)
{
	static const char *const units[] = {"B", "KB", "MB", "GB", "TB"};
	double v = (double)n;
	size_t u = 0;
	for (; v >= 1000 && u < 4; u++)
		v /= 1000;
	snprintf(out, size, "%.*f %s", u ? 1 : 0, v, units[u]);
}

void progress_show(struct progress *p, uint64_t done, uint64_t total, uint64_t events, uint64_t alerts)
{
	int64_t now = clk_mono_ms();
	if (!p->on || now - p->shown_ms < EVERY_MS)
		return;
	p->shown_ms = now;
	p->visible = true;
	double seconds = (double)(now - p->begun_ms) / 1000, share = total ? (double)done / (double)total : 0;
	char bytes[24], of[24], left[32] = "", bar[BAR + 1];
	human_bytes(done, bytes, sizeof bytes);
	human_bytes(total, of, sizeof of);
	if (share > 0.01 && share <= 1)
		snprintf(left, sizeof left, "  %.0f s left", seconds / share - seconds);
	for (int i = 0; i < BAR; i++)
		bar[i] = i < (int)(share * BAR) ? '#' : '.';
	bar[BAR] = 0;
	log_tell("\r\033[K[%s] %s%s%s  %.0f events/s  %llu alerts%s", bar, bytes, total ? " of " : "",
	    total ? of : "", seconds > 0 ? (double)events / seconds : 0, (unsigned long long)alerts, left);
}

void progress_clear(struct progress *p)
{
	if (p->visible)
		log_tell("\r\033[K");
	p->visible = false;
}
