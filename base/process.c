/* Child processes. Called by providers of credentials and by commands, on their own threads; owns nothing. */
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/vec.h"

extern char **environ;

/* --- command lines --------------------------------------------------------------------------------- */

/* Takes one word off the front of `*line` into `word`; false on an open quote. */
static bool take_word(struct sv *line, struct buf *word)
{
	char quote = 0;
	size_t i = 0;
	for (; i < line->len; i++) {
		char c = line->ptr[i];
		if (!quote && (c == ' ' || c == '\t' || c == '\n'))
			break;
		if (quote ? c == quote : c == '\'' || c == '"') {
			quote = quote ? 0 : c;
			continue;
		}
		/* In double quotes a backslash is itself unless it hides a quote or another backslash. */
		if (c == '\\' && quote != '\'' && i + 1 < line->len &&
		    (!quote || line->ptr[i + 1] == '"' || line->ptr[i + 1] == '\\'))
			c = line->ptr[++i];
		buf_addc(word, c);
	}
	*line = sv_skip(*line, i);
	return !quote;
}

enum rc process_split(struct sv line, char ***out, struct err *e)
{
	VEC(char *) words = {0};
	bool closed = true;
	for (line = sv_trim(line); closed && line.len; line = sv_trim(line)) {
		struct buf word = {0};
		closed = take_word(&line, &word);
		vec_push(&words, buf_take(&word));
	}
	bool any = words.n > 0;
	vec_push(&words, NULL);
	if (closed && any) {
		*out = words.items;
		return RC_OK;
	}
	process_free_words(words.items);
	return err_set(e, RC_INPUT, any ? "a quote is not closed" : "the command is empty");
}

void process_free_words(char **words)
{
	for (char **w = words; w && *w; w++)
		free(*w);
	free(words);
}

/* --- running --------------------------------------------------------------------------------------- */

/* Starts it in a process group of its own, so that a timeout reaches its children too. */
static enum rc start(char *const *argv, int out_fd, pid_t *out_pid, struct err *e)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, defaults;
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out_fd, STDOUT_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	posix_spawnattr_setflags(
	    &attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	int bad = posix_spawnp(out_pid, argv[0], &files, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	if (!bad)
		return RC_OK;
	return err_errno(e, bad == ENOENT ? RC_NOTFOUND : RC_IO, bad, "can't run %s", argv[0]);
}

static enum rc read_all(int fd, const struct process_limits *limits, struct buf *out, struct err *e)
{
	int64_t end = clk_mono_ms() + limits->timeout_ms;
	size_t before = out->len;
	char piece[4096];
	for (;;) {
		int64_t left = end - clk_mono_ms();
		struct pollfd p = {fd, POLLIN, 0};
		int n = left > 0 ? poll(&p, 1, (int)left) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			return err_set(e, RC_RETRY, "it did not end within %lld s",
			    (long long)(limits->timeout_ms / 1000));
		ssize_t got = read(fd, piece, sizeof piece);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, RC_IO, errno, "its output can't be read");
		if (got == 0)
			return RC_OK;
		if (out->len - before + (size_t)got > limits->output_bytes)
			return err_set(e, RC_LIMIT, "it wrote more than %zu bytes", limits->output_bytes);
		buf_add(out, sv_of(piece, (size_t)got));
	}
}

static enum rc wait_for(pid_t pid, enum rc rc, struct err *e)
{
	int status;
	if (rc != RC_OK)
		kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (rc != RC_OK)
		return rc;
	if (WIFSIGNALED(status))
		return err_set(e, RC_REJECT, "it was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status))
		return err_set(e, RC_REJECT, "it ended with %d", WEXITSTATUS(status));
	return RC_OK;
}

enum rc process_run(char *const *argv, const struct process_limits *limits, struct buf *out, struct err *e)
{
	int ends[2];
	pid_t pid;
	if (pipe2(ends, O_CLOEXEC))
		return err_errno(e, RC_IO, errno, "can't make a pipe");
	enum rc rc = start(argv, ends[1], &pid, e);
	close(ends[1]);
	if (rc == RC_OK)
		rc = wait_for(pid, read_all(ends[0], limits, out, e), e);
	close(ends[0]);
	return rc;
}
