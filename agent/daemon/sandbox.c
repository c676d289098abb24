/* The agent's own sandbox, for where no service manager makes one. The filter is written by hand in classic
 * BPF: it is a plain list, and libseccomp would be a library for that alone. Main thread, at the start of
 * `run`. */
#include "agent/daemon/sandbox.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WANTED_FILES 8192

#if defined __has_feature
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#elif defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#if defined __x86_64__
#define ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#endif

void sandbox_limits(void)
{
	struct rlimit files;
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < WANTED_FILES) {
		files.rlim_cur = files.rlim_max < WANTED_FILES ? files.rlim_max : WANTED_FILES;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

#ifdef ARCH
/* Every call here exists on all machines that have a filter, but for those below the #ifdef. */
static const int denied[] = {
    /* other processes */
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kcmp,
    SYS_pidfd_getfd,
    /* the file system's shape, and the way around its permissions */
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    SYS_swapon,
    SYS_swapoff,
    SYS_quotactl,
    SYS_acct,
    SYS_name_to_handle_at,
    SYS_open_by_handle_at,
    SYS_fanotify_init,
    SYS_mknodat,
    /* who we are, and namespaces */
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setgroups,
    SYS_setfsuid,
    SYS_setfsgid,
    SYS_capset,
    SYS_unshare,
    SYS_setns,
    SYS_personality,
    /* the machine */
    SYS_reboot,
    SYS_kexec_load,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_clock_adjtime,
    SYS_adjtimex,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_syslog,
    SYS_vhangup,
    SYS_nfsservctl,
    SYS_lookup_dcookie,
    /* doors into the kernel that faults have come through, and that nothing here uses */
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_add_key,
    SYS_request_key,
    SYS_keyctl,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
#ifdef SYS_mount_setattr
    SYS_mount_setattr,
#endif
#ifdef SYS_quotactl_fd
    SYS_quotactl_fd,
#endif
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef __x86_64__
    SYS_mknod,
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
    SYS_uselib,
    SYS_ustat,
    SYS_sysfs,
    SYS__sysctl,
#endif
};
#define N_DENIED (sizeof denied / sizeof *denied)

#define NAMESPACES                                                                                 \
	(CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | \
	    CLONE_NEWCGROUP)
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, field))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))
/* Skips `n` instructions unless it is equal. */
#define UNLESS(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, (n))
#define DENY RETURN(SECCOMP_RET_ERRNO | EPERM)

static enum rc set_filter(struct err *e)
{
	static const struct sock_filter head[] = {
	    /* Calls of another architecture have other numbers: none is needed. */
	    LOAD(arch),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
	    DENY,
	    LOAD(nr),
#ifdef __x86_64__
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
	    DENY, /* x32 */
#endif
	    /* Its flags are behind a pointer: as if there were none, and the C library takes clone. */
	    UNLESS(SYS_clone3, 1),
	    RETURN(SECCOMP_RET_ERRNO | ENOSYS),
	};
	static const struct sock_filter tail[] = {
	    UNLESS(SYS_clone, 3),
	    LOAD(args[0]),
	    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (uint32_t)NAMESPACES, 0, 1),
	    DENY,
	    RETURN(SECCOMP_RET_ALLOW),
	};
	struct sock_filter code[sizeof head / sizeof *head + 2 * N_DENIED + sizeof tail / sizeof *tail];
	unsigned short n = 0;
	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		code[n++] = head[i];
	for (size_t i = 0; i < N_DENIED; i++) {
		code[n++] = (struct sock_filter)UNLESS(denied[i], 1);
		code[n++] = (struct sock_filter)DENY;
	}
	for (size_t i = 0; i < sizeof tail / sizeof *tail; i++)
		code[n++] = tail[i];
	struct sock_fprog program = {n, code};
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
		return err_errno(e, RC_IO, errno, "the kernel takes no system call filter");
	return RC_OK;
}
#else
static enum rc set_filter(struct err *e)
{
	return err_set(e, RC_NOTFOUND, "no system call filter was written for this kind of machine");
}
#endif

enum rc sandbox_enter(struct err *e)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_errno(e, RC_IO, errno, "the kernel refuses PR_SET_NO_NEW_PRIVS");
	/* The leak check of a sanitizer traces its own process. */
	if (SANITIZED)
		return err_set(e, RC_NOTFOUND, "a sanitizer's build has no system call filter");
	return set_filter(e);
}
