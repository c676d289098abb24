/* Usable cores. Called once at a start. A container's quota is looked for where a container sees its own
 * cgroup, at the root of the mounted tree; elsewhere there is no such file, and the mask decides. */
#include "base/cores.h"

#include <sched.h>

#include "base/file.h"

#define FILE_BYTES 256

unsigned cores_of_quota(int64_t quota_us, int64_t period_us)
{
	if (quota_us <= 0 || period_us <= 0)
		return 0;
	int64_t n = quota_us / period_us + (quota_us % period_us != 0);
	return n > CORES_MAX ? CORES_MAX : (unsigned)n;
}

/* The numbers in a file, blanks between; -1 for what is none ("max"). False when there is no such file. */
static bool read_numbers(const char *path, int64_t *out, size_t n)
{
	struct buf text = {0};
	bool there = file_read(path, FILE_BYTES, &text, NULL) == RC_OK;
	struct sv rest = buf_sv(&text), word;
	if (rest.len && rest.ptr[rest.len - 1] == '\n')
		rest.len--;
	for (size_t i = 0; there && i < n; i++)
		if (!sv_cut(&rest, ' ', &word) || !sv_int(word, 0, INT64_MAX, &out[i]))
			out[i] = -1;
	buf_fini(&text);
	return there;
}

static unsigned quota(void)
{
	int64_t v[2] = {-1, -1};
	if (!read_numbers("/sys/fs/cgroup/cpu.max", v, 2) &&
	    read_numbers("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", &v[0], 1))
		read_numbers("/sys/fs/cgroup/cpu/cpu.cfs_period_us", &v[1], 1);
	return cores_of_quota(v[0], v[1]);
}

unsigned cores_usable(void)
{
	cpu_set_t set;
	unsigned n = sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
	unsigned paid = quota();
	if (paid && paid < n)
		n = paid;
	return n < 1 ? 1 : n > CORES_MAX ? CORES_MAX : n;
}
