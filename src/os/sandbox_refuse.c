// SPDX-License-Identifier: ISC
/*
 * sandbox_refuse.c - the system calls that no program of a user's own needs
 * (sandbox_calls.h).
 * Runs in: restante, before it reads from the network.  Trusts: libseccomp.
 *
 * What would lead out of the process kills it: another program, another
 * process's memory, the kernel's own machinery, another view of the file
 * system, and what Landlock does not see: the mode and owner of files by path,
 * connecting by sending.  What a library may try, and do without, is refused as
 * by a kernel that has no such thing.
 */
#include <errno.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/sandbox_calls.h"
#include "os/sandbox_filter.h"

/* By number: newer than Debian 12's libseccomp, and the same everywhere. */
#define CALL_FCHMODAT2      452
#define CALL_SETXATTRAT     463
#define CALL_REMOVEXATTRAT  466
#define CALL_OPEN_TREE_ATTR 467
#define CALL_FILE_SETATTR   469

static const int killed[] = {
	/* other programs and processes */
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(fork),
	SCMP_SYS(vfork),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(process_madvise),
	SCMP_SYS(process_mrelease),
	SCMP_SYS(pidfd_getfd),
	SCMP_SYS(pidfd_send_signal),
	SCMP_SYS(kcmp),
	SCMP_SYS(move_pages),
	SCMP_SYS(migrate_pages),
	SCMP_SYS(tkill),
	SCMP_SYS(rt_sigqueueinfo),
	SCMP_SYS(rt_tgsigqueueinfo),
	/* other accounts */
	SCMP_SYS(setuid),
	SCMP_SYS(setgid),
	SCMP_SYS(setreuid),
	SCMP_SYS(setregid),
	SCMP_SYS(setresuid),
	SCMP_SYS(setresgid),
	SCMP_SYS(setgroups),
	SCMP_SYS(capset),
	/* another view of the file system */
	SCMP_SYS(chroot),
	SCMP_SYS(pivot_root),
	SCMP_SYS(mount),
	SCMP_SYS(umount),
	SCMP_SYS(umount2),
	SCMP_SYS(mount_setattr),
	SCMP_SYS(move_mount),
	SCMP_SYS(open_tree),
	CALL_OPEN_TREE_ATTR,
	SCMP_SYS(fsopen),
	SCMP_SYS(fsconfig),
	SCMP_SYS(fsmount),
	SCMP_SYS(fspick),
	SCMP_SYS(unshare),
	SCMP_SYS(setns),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(fanotify_init),
	SCMP_SYS(quotactl),
	SCMP_SYS(quotactl_fd),
	SCMP_SYS(swapon),
	SCMP_SYS(swapoff),
	SCMP_SYS(acct),
	/* what Landlock does not see, or not with every kernel */
	SCMP_SYS(chmod),
	SCMP_SYS(fchmodat),
	CALL_FCHMODAT2,
	SCMP_SYS(chown),
	SCMP_SYS(lchown),
	SCMP_SYS(fchownat),
	SCMP_SYS(setxattr),
	SCMP_SYS(lsetxattr),
	CALL_SETXATTRAT,
	SCMP_SYS(removexattr),
	SCMP_SYS(lremovexattr),
	CALL_REMOVEXATTRAT,
	CALL_FILE_SETATTR,
	SCMP_SYS(utime),
	SCMP_SYS(utimes),
	SCMP_SYS(futimesat),
	SCMP_SYS(truncate),
	/* the kernel's machinery */
	SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
	SCMP_SYS(keyctl),
	SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load),
	SCMP_SYS(create_module),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(personality),
	SCMP_SYS(iopl),
	SCMP_SYS(ioperm),
	SCMP_SYS(modify_ldt),
	SCMP_SYS(reboot),
	SCMP_SYS(syslog),
	SCMP_SYS(vhangup),
	SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime),
	SCMP_SYS(sethostname),
	SCMP_SYS(setdomainname),
};

/* clone3: its flags are not to be seen from here; the C library has clone. */
static const int unknown[] = {
	SCMP_SYS(clone3),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(io_uring_enter),
	SCMP_SYS(io_uring_register),
};

/* A rule that is about arguments. */
struct refusal {
	int call;
	struct scmp_arg_cmp arg;
};

/* The kernel looks at the lower half only. */
#define HALF 0xffffffffu

#define WHERE(n, op, a, b)                                                     \
	{                                                                      \
		n, op, a, b                                                    \
	}

static int refuse_list(scmp_filter_ctx ctx, uint32_t action, const int *calls,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int rc = seccomp_rule_add(ctx, action, calls[i], 0);

		/* not a call of this architecture */
		if (rc < 0 && rc != -EDOM) {
			return rc;
		}
	}
	return 0;
}

/* Signals: to threads of this process, which is how it aborts; else only the
 * question whether a process is there. */
static int refuse_arguments(scmp_filter_ctx ctx)
{
	const struct refusal refusals[] = {
		{ SCMP_SYS(kill), WHERE(1, SCMP_CMP_NE, 0, 0) },
		{ SCMP_SYS(tgkill),
		  WHERE(0, SCMP_CMP_NE, (uint64_t)getpid(), 0) },
		{ SCMP_SYS(prlimit64), WHERE(0, SCMP_CMP_NE, 0, 0) },
		{ SCMP_SYS(utimensat), WHERE(1, SCMP_CMP_NE, 0, 0) },
		{ SCMP_SYS(sendto),
		  WHERE(3, SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN) },
		{ SCMP_SYS(sendmsg),
		  WHERE(2, SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN) },
		{ SCMP_SYS(sendmmsg),
		  WHERE(3, SCMP_CMP_MASKED_EQ, MSG_FASTOPEN, MSG_FASTOPEN) },
		{ SCMP_SYS(ioctl),
		  WHERE(1, SCMP_CMP_MASKED_EQ, HALF, TIOCSTI) },
		{ SCMP_SYS(ioctl),
		  WHERE(1, SCMP_CMP_MASKED_EQ, HALF, TIOCLINUX) },
		{ SCMP_SYS(ioctl),
		  WHERE(1, SCMP_CMP_MASKED_EQ, HALF, TIOCSETD) },
	};
	int rc = 0;

	for (size_t i = 0;
	     i < sizeof(refusals) / sizeof(refusals[0]) && rc == 0; i++) {
		rc = seccomp_rule_add_array(ctx, SCMP_ACT_KILL_PROCESS,
					    refusals[i].call, 1,
					    &refusals[i].arg);
	}
	return rc;
}

/* clone makes threads and nothing else.  LeakSanitizer makes what shares all
 * memory, traces us, and is no thread of ours. */
static int refuse_processes(scmp_filter_ctx ctx)
{
	uint64_t flag = IS_SANITIZED ? CLONE_VM : CLONE_THREAD;
	int rc = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone),
				  1, SCMP_A0(SCMP_CMP_MASKED_EQ, flag, 0));

	if (rc == 0 && !IS_SANITIZED) {
		rc = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS,
				      SCMP_SYS(ptrace), 0);
	}
	return rc;
}

static int refuse_namespaces(scmp_filter_ctx ctx)
{
	static const uint64_t flags[] = { CLONE_NEWNS,   CLONE_NEWCGROUP,
					  CLONE_NEWUTS,  CLONE_NEWIPC,
					  CLONE_NEWUSER, CLONE_NEWPID,
					  CLONE_NEWNET };
	int rc = 0;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]) && rc == 0;
	     i++) {
		rc = seccomp_rule_add(
		    ctx, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), 1,
		    SCMP_A0(SCMP_CMP_MASKED_EQ, flags[i], flags[i]));
	}
	return rc;
}

/* Of sockets a mail program needs UNIX, TCP and UDP; the C library asks for
 * addresses by NETLINK_ROUTE.  MPTCP and SCTP would pass by Landlock's rules of
 * ports. */
static int refuse_families(scmp_filter_ctx ctx)
{
	uint32_t action = SCMP_ACT_ERRNO(EAFNOSUPPORT);
	int rc = seccomp_rule_add(ctx, action, SCMP_SYS(socket), 1,
				  SCMP_A0(SCMP_CMP_GT, AF_NETLINK, 0));

	for (uint64_t i = 0; i < AF_NETLINK && rc == 0; i++) {
		if (i != AF_UNIX && i != AF_INET && i != AF_INET6) {
			rc = seccomp_rule_add(ctx, action, SCMP_SYS(socket), 1,
					      SCMP_A0(SCMP_CMP_EQ, i, 0));
		}
	}
	if (rc == 0) {
		rc = seccomp_rule_add(ctx, action, SCMP_SYS(socket), 2,
				      SCMP_A0(SCMP_CMP_EQ, AF_NETLINK, 0),
				      SCMP_A2(SCMP_CMP_NE, 0, 0));
	}
	if (rc == 0) {
		rc = seccomp_rule_add(ctx, action, SCMP_SYS(socketpair), 1,
				      SCMP_A0(SCMP_CMP_NE, AF_UNIX, 0));
	}
	return rc;
}

/* By the bits of a type: SOCK_STREAM is 1, SOCK_DGRAM 2. */
static int refuse_protocols_of(scmp_filter_ctx ctx, uint64_t family)
{
	static const struct {
		uint64_t mask, type;
		enum scmp_compare op;
		uint64_t protocol;
	} rows[] = {
		{ 3, 3, SCMP_CMP_GE, 0 }, /* SOCK_RAW */
		{ 4, 4, SCMP_CMP_GE, 0 },
		{ 8, 8, SCMP_CMP_GE, 0 },
		{ 15, SOCK_STREAM, SCMP_CMP_GT, IPPROTO_TCP },
		{ 15, SOCK_DGRAM, SCMP_CMP_EQ, IPPROTO_ICMP },
		{ 15, SOCK_DGRAM, SCMP_CMP_GT, IPPROTO_UDP },
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && rc == 0; i++) {
		rc = seccomp_rule_add(
		    ctx, SCMP_ACT_ERRNO(EPROTONOSUPPORT), SCMP_SYS(socket), 3,
		    SCMP_A0(SCMP_CMP_EQ, family, 0),
		    SCMP_A1(SCMP_CMP_MASKED_EQ, rows[i].mask, rows[i].type),
		    SCMP_A2(rows[i].op, rows[i].protocol, 0));
	}
	return rc;
}

static int fill(scmp_filter_ctx ctx)
{
	static int (*const parts[])(
	    scmp_filter_ctx) = { refuse_arguments, refuse_processes,
				 refuse_namespaces, refuse_families };
	int rc = refuse_list(ctx, SCMP_ACT_KILL_PROCESS, killed,
			     sizeof(killed) / sizeof(killed[0]));

	if (rc == 0) {
		rc = refuse_list(ctx, SCMP_ACT_ERRNO(ENOSYS), unknown,
				 sizeof(unknown) / sizeof(unknown[0]));
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && rc == 0;
	     i++) {
		rc = parts[i](ctx);
	}
	if (rc == 0) {
		rc = refuse_protocols_of(ctx, AF_INET);
	}
	return rc == 0 ? refuse_protocols_of(ctx, AF_INET6) : rc;
}

int sandbox_refuse_load(void)
{
	scmp_filter_ctx ctx;
	int rc = sandbox_filter_init(&ctx, SCMP_ACT_ALLOW);

	return rc < 0 ? rc : sandbox_filter_load(ctx, fill(ctx));
}
