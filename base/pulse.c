/* Pulses of the process's threads: a fixed table, so that whoever looks needs no lock that a stuck thread
 * might hold. Each slot is written by the thread that has it. */
#include "base/pulse.h"

#include <stdatomic.h>
#include <stddef.h>

#include "base/clock.h"

#define RESTING 0

static struct slot {
	_Atomic(const char *) name; /* NULL: free */
	_Atomic int64_t beat_ms;    /* monotonic; RESTING */
} slots[PULSE_MAX];

static _Thread_local struct slot *own;

void pulse_join(const char *name)
{
	for (size_t i = 0; i < PULSE_MAX && !own; i++) {
		const char *nobody = NULL;
		if (atomic_compare_exchange_strong(&slots[i].name, &nobody, name))
			own = &slots[i];
	}
}

void pulse_leave(void)
{
	if (!own)
		return;
	own->beat_ms = RESTING;
	own->name = NULL;
	own = NULL;
}

void pulse_beat(void)
{
	if (own)
		atomic_store_explicit(&own->beat_ms, clk_mono_ms(), memory_order_relaxed);
}

void pulse_rest(void)
{
	if (own)
		atomic_store_explicit(&own->beat_ms, RESTING, memory_order_relaxed);
}

const char *pulse_stuck(int64_t mono_ms)
{
	for (size_t i = 0; i < PULSE_MAX; i++) {
		const char *name = slots[i].name;
		int64_t beat_ms = slots[i].beat_ms;
		if (name && beat_ms != RESTING && mono_ms - beat_ms > PULSE_LIMIT_MS)
			return name;
	}
	return NULL;
}
