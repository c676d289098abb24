/* How many threads can work at the same time. */
#ifndef KW_BASE_CORES_H
#define KW_BASE_CORES_H

#include <stdint.h>

/* More threads than this are asked for by mistake. */
#define CORES_MAX 64

/* Cores this process may use, from 1 to CORES_MAX: those of its affinity mask, and no more than the CPU quota
 * of its cgroup (v2 or v1) pays for, rounded up. Any thread; reads a few small files. */
unsigned cores_usable(void);

/* Of a cgroup: `quota_us` of CPU time in each `period_us`, rounded up to whole cores; 0 when that limits
 * nothing. */
unsigned cores_of_quota(int64_t quota_us, int64_t period_us);

#endif
