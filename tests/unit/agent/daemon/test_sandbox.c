/* Inside the sandbox: what is denied, and what must go on working. In a child, since there is no way back. */
#include "agent/daemon/sandbox.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process.h"

static bool denied(long call)
{
	errno = 0;
	return syscall(call, 0, 0, 0, 0, 0, 0) == -1 && errno == EPERM;
}

static void *nothing(void *arg)
{
	return arg;
}

/* 0, or the number of the look that failed. */
static int look_from_inside(void)
{
	static const long calls[] = {SYS_ptrace, SYS_mount, SYS_bpf, SYS_kexec_load, SYS_init_module,
	    SYS_keyctl, SYS_perf_event_open, SYS_userfaultfd, SYS_process_vm_readv, SYS_reboot, SYS_swapon,
	    SYS_setuid, SYS_unshare, SYS_setns, SYS_io_uring_setup, SYS_pivot_root, SYS_open_by_handle_at};
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (!denied(calls[i]))
			return 10 + (int)i;
	errno = 0;
	if (syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) != -1 || errno != EPERM)
		return 1;
	/* Threads, children and programs still work. */
	pthread_t t;
	if (pthread_create(&t, NULL, nothing, NULL) != 0 || pthread_join(t, NULL) != 0)
		return 2;
	struct buf out = {0};
	struct process_limits limits = {10000, 100};
	char *argv[] = {(char[]){"echo"}, (char[]){"hello"}, NULL};
	if (process_run(argv, &limits, &out, NULL) != RC_OK || !sv_eq(buf_sv(&out), SV("hello\n")))
		return 3;
	buf_fini(&out);
	/* The children are inside too. */
	pid_t child = fork();
	if (child == 0)
		_exit(denied(SYS_ptrace) ? 0 : 1);
	int status;
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		return 4;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 5;
}

static void the_filter_denies_and_allows(void **state)
{
	(void)state;
	pid_t child = fork();
	if (child == 0) {
		struct err e = {0};
		enum rc rc = sandbox_enter(&e);
		_exit(rc == RC_OK ? look_from_inside() : rc == RC_NOTFOUND ? 100 : 101);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 100)
		skip(); /* a sanitizer's build, or a machine without a filter */
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void limits(void **state)
{
	(void)state;
	struct rlimit core, files;
	sandbox_limits();
	assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
	assert_int_equal(core.rlim_max, 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	assert_true(files.rlim_cur >= 8192 || files.rlim_cur == files.rlim_max);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_filter_denies_and_allows),
	    cmocka_unit_test(limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
