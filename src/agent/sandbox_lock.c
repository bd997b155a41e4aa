/* sandbox_lock.c - the inner two walls: Landlock says which files, seccomp which system calls.
 *
 * The view has nothing to hide any more when these come; they stand for the case that the view has a hole. */
#include "agent/sandbox_priv.h"

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- Landlock --- */

/* As of ABI 6; older headers do not know them all, older kernels take a shorter structure. */
typedef struct ruleset { uint64_t fs, net, scoped; } ruleset;
#define FS_ALL(abi) ((1ULL << ((abi) >= 5 ? 16 : (abi) >= 3 ? 15 : (abi) >= 2 ? 14 : 13)) - 1)
#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_RUN (FS_READ | LANDLOCK_ACCESS_FS_EXECUTE)
#define FS_TRUNCATE (1ULL << 14)
#define FS_SCRATCH (FS_RUN | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM | \
	(1ULL << 13) | FS_TRUNCATE)

static const struct { const char *path; uint64_t access; } RULES[] = {
	{ "/usr", FS_RUN }, { "/bin", FS_RUN }, { "/sbin", FS_RUN }, { "/lib", FS_RUN }, { "/lib32", FS_RUN }, { "/lib64", FS_RUN },
	{ "/etc", FS_READ }, { CC_SANDBOX_EVIDENCE, FS_READ }, { CC_SANDBOX_SCRATCH, FS_SCRATCH },
	{ "/dev/null", LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE }, { "/dev/zero", LANDLOCK_ACCESS_FS_READ_FILE },
	{ "/dev/urandom", LANDLOCK_ACCESS_FS_READ_FILE }, { "/dev/random", LANDLOCK_ACCESS_FS_READ_FILE },
};

static bool allow(int rules, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr at = { .allowed_access = access };
	at.parent_fd = (int)syscall(SYS_openat, AT_FDCWD, path, 010000000 /* O_PATH */ | O_CLOEXEC, 0);
	if (at.parent_fd < 0)
		return errno == ENOENT; /* what is not there needs no rule */
	bool ok = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &at, 0) == 0;
	close(at.parent_fd);
	return ok;
}

const char *sandbox_lock_files(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1U /* which version? */);
	if (abi < 1)
		return "this kernel has no Landlock";
	ruleset r = { .fs = FS_ALL(abi), .net = abi >= 4 ? 3 : 0, .scoped = abi >= 6 ? 3 : 0 };
	size_t size = abi >= 6 ? sizeof r : abi >= 4 ? offsetof(ruleset, scoped) : offsetof(ruleset, net);
	int rules = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
	if (rules < 0)
		return "Landlock";
	for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++)
		if (!allow(rules, RULES[i].path, RULES[i].access & r.fs))
			return RULES[i].path;
	if (syscall(SYS_landlock_restrict_self, rules, 0) != 0)
		return "Landlock";
	close(rules);
	return NULL;
}

/* --- seccomp --- */

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

enum { NEWEST_KNOWN = 462 };     /* calls that came later are not there */

/* Nothing that reads a table needs these. Sockets of any kind, other processes, the kernel's keys, programs and modules, mounts
 * and namespaces, memory that no limit counts, and the two machines that run calls out of the filter's sight. */
static const int DENIED[] = {
	SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp,
	SYS_pidfd_getfd, SYS_process_madvise, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_bpf, SYS_perf_event_open, SYS_init_module,
	SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns,
	SYS_open_tree, SYS_move_mount, SYS_fsopen, SYS_fsmount, SYS_fsconfig, SYS_fspick, SYS_mount_setattr, SYS_open_by_handle_at,
	SYS_name_to_handle_at, SYS_memfd_create, SYS_memfd_secret, SYS_shmget, SYS_shmat, SYS_msgget, SYS_semget, SYS_mq_open, SYS_userfaultfd,
	SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_acct, SYS_swapon, SYS_swapoff, SYS_quotactl, SYS_syslog, SYS_settimeofday,
	SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname, SYS_setdomainname, SYS_vhangup, SYS_fanotify_init, SYS_lookup_dcookie,
	SYS_nfsservctl, SYS_personality, SYS_vmsplice, SYS_mknodat,
#ifdef SYS_mknod
	SYS_mknod,
#endif
#ifdef SYS_kexec_file_load
	SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
	SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
};

enum { DENIED_COUNT = sizeof DENIED / sizeof DENIED[0], NAMESPACES = 0x7E020000 /* every CLONE_NEW* that clone() takes */ };

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE(error) RETURN(SECCOMP_RET_ERRNO | (error))

const char *sandbox_lock_calls(void)
{
#ifdef ARCH
	const struct sock_filter head[] = {
		LOAD(arch), IS(ARCH, 1, 0), RETURN(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, NEWEST_KNOWN, 0, 1), REFUSE(ENOSYS), /* the x32 calls, too */
		IS(SYS_clone3, 0, 1), REFUSE(ENOSYS), /* its flags cannot be looked at; the C library falls back */
		IS(SYS_clone, 0, 4), LOAD(args[0]), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 0, 1), REFUSE(EPERM), RETURN(SECCOMP_RET_ALLOW),
	};
	enum { HEAD = sizeof head / sizeof head[0] };
	struct sock_filter code[HEAD + 2 * DENIED_COUNT + 1];
	size_t n = 0;
	for (size_t i = 0; i < HEAD; i++)
		code[n++] = head[i];
	for (size_t i = 0; i < DENIED_COUNT; i++) {
		code[n++] = (struct sock_filter)IS((uint32_t)DENIED[i], 0, 1);
		code[n++] = (struct sock_filter)REFUSE(EPERM);
	}
	code[n++] = (struct sock_filter)RETURN(SECCOMP_RET_ALLOW);
	struct sock_fprog program = { .len = (unsigned short)n, .filter = code };
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
		return "this kernel takes no seccomp filter";
	return NULL;
#else
	errno = ENOSYS;
	return "seccomp is not written for this processor";
#endif
}

#endif
