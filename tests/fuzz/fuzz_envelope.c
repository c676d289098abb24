/* Messages of a queue, whatever they hold. */
#include "agent/source/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct envelope x = {0};
	envelope_read(sv_of(data, size), &x);
	if (!x.n_unknown && !x.objects.n && !x.n_events && !x.n_ignored)
		abort();
	if ((x.n_unknown > 0) != (x.looks_like[0] != 0))
		abort();
	envelope_fini(&x);
	return 0;
}
