/* Gives each file of the files and folders named on the command line to a fuzz target, once: how the ordinary
 * test run replays the corpora without libFuzzer. Fails when it finds no file. */
#include <stdio.h>

#include "base/file.h"

#define MAX_FILE_BYTES ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool replay(const char *path)
{
	struct buf b = {0};
	struct err e = {0};
	bool ok = file_read(path, MAX_FILE_BYTES, &b, &e) == RC_OK;
	if (ok)
		LLVMFuzzerTestOneInput((const uint8_t *)(b.ptr ? b.ptr : ""), b.len);
	else
		printf("%s\n", e.text);
	buf_fini(&b);
	return ok;
}

int main(int argc, char **argv)
{
	struct file_list files = {0};
	struct err e = {0};
	bool ok = true;
	for (int i = 1; i < argc; i++) {
		if (file_walk(argv[i], &files, NULL, NULL, &e) != RC_OK) {
			printf("%s\n", e.text);
			ok = false;
		}
	}
	for (size_t i = 0; i < files.paths.n; i++)
		ok = replay(files.paths.items[i]) && ok;
	printf("%zu files replayed\n", files.paths.n);
	ok = ok && files.paths.n > 0;
	file_list_fini(&files);
	return ok ? 0 : 1;
}
