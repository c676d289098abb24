/* Any bytes as a record, with any paths: lines up to an empty one are the paths, the rest is scanned. All
 * units must say the same, and what the plain reader says of what it accepts. */
#include "tests/fuzz/scan_oracle.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sv rest = sv_of(data, size), line, paths[ORACLE_MAX_PATHS];
	struct oracle o;
	size_t n_paths = 0;
	struct arena a = {0};
	int64_t len;
	bool read;
	while (sv_cut(&rest, '\n', &line) && line.len)
		if (n_paths < ORACLE_MAX_PATHS && !sv_starts(line, SV("kw.")))
			paths[n_paths++] = line;
	oracle_init(&o);
	oracle_plan(&o, paths, n_paths);
	/* The second time with the keys known. In memory of its own size, so that asan sees what is read. */
	char *copy = malloc(rest.len + 1);
	for (int i = 0; i < 2 && rest.len; i++) {
		memcpy(copy + 1, rest.ptr, rest.len);
		const char *wrong = oracle_ask(&o, &a, sv_of(copy + 1, rest.len), &len, &read);
		if (wrong) {
			fprintf(stderr, "%s\n", wrong);
			abort();
		}
	}
	free(copy);
	oracle_fini(&o);
	arena_fini(&a);
	return 0;
}
