/* A child process that reads a repository. Main thread. The repository may be anybody's: nothing that its
 * configuration names is run. */
#include "agent/author/backtest/git.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/heap.h"

extern char **environ;

#define MAX_ARGS 32
#define MAX_ENVIRONMENT 1000
#define READ_BYTES 65536

static const char *const before_args[] = {"git", "--no-pager", "--no-replace-objects", "--literal-pathspecs",
    "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.allow=never", "-C"};
#define N_BEFORE (sizeof before_args / sizeof *before_args)

/* Ours, less every GIT_ variable: inside a hook they would lead to another repository. */
static void environment(char *out[MAX_ENVIRONMENT])
{
	static char optional_locks[] = "GIT_OPTIONAL_LOCKS=0", prompt[] = "GIT_TERMINAL_PROMPT=0",
		    lazy[] = "GIT_NO_LAZY_FETCH=1", locale[] = "LC_ALL=C";
	size_t n = 0;
	for (size_t i = 0; environ[i] && n < MAX_ENVIRONMENT - 5; i++)
		if (strncmp(environ[i], "GIT_", 4) != 0 && strncmp(environ[i], "LC_ALL=", 7) != 0)
			out[n++] = environ[i];
	out[n++] = optional_locks;
	out[n++] = prompt;
	out[n++] = lazy;
	out[n++] = locale;
	out[n] = NULL;
}

static int memory_file(struct sv bytes)
{
	int fd = memfd_create("kendrawatch-git", MFD_CLOEXEC);
	size_t done = 0;
	while (fd >= 0 && done < bytes.len) {
		ssize_t n = write(fd, bytes.ptr + done, bytes.len - done);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

static int spawn(const char *folder, const char *const *args, int in, int out, int said, pid_t *pid)
{
	const char *argv[MAX_ARGS];
	char *env[MAX_ENVIRONMENT];
	size_t n = 0;
	for (; n < N_BEFORE; n++)
		argv[n] = before_args[n];
	argv[n++] = folder;
	for (size_t i = 0; args[i] && n < MAX_ARGS - 1; i++)
		argv[n++] = args[i];
	argv[n] = NULL;
	environment(env);
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_adddup2(&actions, said, 2);
	int errnum = posix_spawnp(pid, "git", &actions, NULL, (char *const *)(uintptr_t)argv, env);
	posix_spawn_file_actions_destroy(&actions);
	return errnum;
}

static bool drain(int fd, struct buf *out)
{
	for (;;) {
		if (!buf_room(out, READ_BYTES))
			return false;
		ssize_t n = read(fd, out->ptr + out->len, READ_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		out->len += (size_t)n;
		out->ptr[out->len] = 0;
	}
}

/* The first line of what it said, for a person. */
static void first_words(int fd, struct buf *out)
{
	struct buf said = {.limit = 2 * READ_BYTES};
	struct sv rest, line = {0};
	lseek(fd, 0, SEEK_SET);
	drain(fd, &said);
	rest = buf_sv(&said);
	sv_cut(&rest, '\n', &line);
	buf_add_printable(out, sv_head(line, 300));
	buf_fini(&said);
}

static enum rc judge(int status, int said, bool whole, struct err *e)
{
	if (!whole)
		return err_set(e, RC_LIMIT, "git prints more than is taken");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return RC_OK;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return err_set(e, RC_IO, "git can't be run: is it installed?");
	struct buf words = {0};
	first_words(said, &words);
	err_set(e, RC_NOTFOUND, "%s", words.len ? words.ptr : "git failed");
	buf_fini(&words);
	return RC_NOTFOUND;
}

enum rc git_run(const char *folder, const char *const *args, struct sv input, struct buf *out, struct err *e)
{
	int pipe_fds[2], in = memory_file(input), said = memory_file((struct sv){0}), status = 0;
	enum rc rc;
	pid_t pid;
	if (in < 0 || said < 0 || pipe2(pipe_fds, O_CLOEXEC) != 0) {
		rc = err_errno(e, RC_IO, errno, "git can't be run");
		goto close_files;
	}
	int errnum = spawn(folder, args, in, pipe_fds[1], said, &pid);
	close(pipe_fds[1]);
	if (errnum) {
		rc = err_errno(e, RC_IO, errnum, "git can't be run");
		goto close_pipe;
	}
	bool whole = drain(pipe_fds[0], out);
	/* It ends by itself when nobody reads any more. */
	close(pipe_fds[0]);
	pipe_fds[0] = -1;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	rc = judge(status, said, whole, e);
close_pipe:
	if (pipe_fds[0] >= 0)
		close(pipe_fds[0]);
close_files:
	if (in >= 0)
		close(in);
	if (said >= 0)
		close(said);
	return rc;
}
