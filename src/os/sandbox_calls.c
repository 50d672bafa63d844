// SPDX-License-Identifier: ISC
/*
 * sandbox_calls.c - the system calls of each role (sandbox_calls.h).
 * Runs in: each role, the last thing before it serves.  Trusts: libseccomp.
 *
 * A call that is not listed kills the process.  A few are refused with an error
 * instead, since the C library has another way when it gets one.
 */
#include "os/sandbox_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "os/sandbox_filter.h"

/* Memory, time, ending; what every process does. */
static const int calls_common[] = {
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(getrandom),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(close),
	SCMP_SYS(recvmsg),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(sched_yield),
	SCMP_SYS(membarrier),
	SCMP_SYS(clock_nanosleep),
};

/* Connections and descriptors that others opened. */
static const int calls_session[] = {
	SCMP_SYS(accept4),   SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_ctl), SCMP_SYS(recvfrom),   SCMP_SYS(pread64),
	SCMP_SYS(sendfile),  SCMP_SYS(lseek),
};

/* Threads, and dropping channels, which every role that has threads does.  In
 * session, shutdown could turn a listener, which the
 * master hands on, into a socket that does not listen. */
static const int calls_threads[] = {
	SCMP_SYS(shutdown),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_getparam),
	SCMP_SYS(sched_getscheduler),
	SCMP_SYS(sched_setscheduler),
};

/* Reading the users file, and noting when app passwords are used. */
static const int calls_auth[] = {
	SCMP_SYS(openat), SCMP_SYS(lseek),     SCMP_SYS(pread64),
	SCMP_SYS(statx),  SCMP_SYS(utimensat),
};

/* Looking at files: it takes a path, which Landlock does not see. */
static const int calls_look[] = {
	SCMP_SYS(fstat),
	SCMP_SYS(newfstatat),
};

/* Mail below the mail root, and the cache. */
static const int calls_maildrop[] = {
	SCMP_SYS(openat),       SCMP_SYS(openat2),    SCMP_SYS(getdents64),
	SCMP_SYS(unlinkat),     SCMP_SYS(unlink),     SCMP_SYS(flock),
	SCMP_SYS(lseek),        SCMP_SYS(pread64),    SCMP_SYS(pwrite64),
	SCMP_SYS(pwritev),      SCMP_SYS(pwritev2),   SCMP_SYS(fsync),
	SCMP_SYS(fdatasync),    SCMP_SYS(msync),      SCMP_SYS(ftruncate),
	SCMP_SYS(memfd_create), SCMP_SYS(statx),      SCMP_SYS(fadvise64),
	SCMP_SYS(setfsuid),     SCMP_SYS(setfsgid),   SCMP_SYS(renameat),
	SCMP_SYS(renameat2),    SCMP_SYS(rename),     SCMP_SYS(mkdirat),
	SCMP_SYS(faccessat),    SCMP_SYS(faccessat2), SCMP_SYS(fstatfs),
	SCMP_SYS(readahead),
};

/* The length of the identity, which each session process is told. */
static const int calls_key[] = {
	SCMP_SYS(lseek),
};

/* What the sanitizers' runtime does beside; they are for tests only. */
static const int calls_sanitizer[] = {
	SCMP_SYS(fstat),       SCMP_SYS(newfstatat),
	SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigaction),
	SCMP_SYS(getrusage),   SCMP_SYS(prlimit64),
	SCMP_SYS(getrlimit),   SCMP_SYS(mmap),
	SCMP_SYS(mprotect),    SCMP_SYS(sched_getaffinity),
	SCMP_SYS(nanosleep),   SCMP_SYS(lseek),
	SCMP_SYS(getuid),      SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),        SCMP_SYS(dup2),
};

#if IS_SANITIZED
/* It would have to trace the process, which is not dumpable. */
const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

struct call_list {
	const int *calls;
	size_t count;
};

#define LIST(a)                                                                \
	{                                                                      \
		a, sizeof(a) / sizeof((a)[0])                                  \
	}

/* By enum sandbox_calls; the rows end in an empty list. */
static const struct call_list roles[][3] = {
	[SANDBOX_SESSION] = { LIST(calls_session) },
	[SANDBOX_AUTH] = { LIST(calls_auth), LIST(calls_look),
			   LIST(calls_threads) },
	[SANDBOX_MAILDROP] = { LIST(calls_maildrop), LIST(calls_look),
			       LIST(calls_threads) },
	[SANDBOX_KEY] = { LIST(calls_key), LIST(calls_threads) },
};

static int allow_list(scmp_filter_ctx ctx, const struct call_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		int rc =
		    seccomp_rule_add(ctx, SCMP_ACT_ALLOW, list->calls[i], 0);

		/* already there, or not a call of this architecture */
		if (rc < 0 && rc != -EEXIST && rc != -EDOM) {
			return rc;
		}
	}
	return 0;
}

/* Memory may never become executable. */
static int allow_memory(scmp_filter_ctx ctx)
{
	struct scmp_arg_cmp not_exec =
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	int rc =
	    seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, not_exec);

	if (rc < 0) {
		return rc;
	}
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				not_exec);
}

/* fcntl: flags, seals and copies of a descriptor; locks for LMDB. */
static int allow_fcntl(scmp_filter_ctx ctx, bool with_locks)
{
	static const unsigned commands[] = {
		F_GETFD,     F_SETFD,         F_GETFL, F_SETFL,  F_ADD_SEALS,
		F_GET_SEALS, F_DUPFD_CLOEXEC, F_SETLK, F_SETLKW, F_GETLK
	};
	size_t count = sizeof(commands) / sizeof(commands[0]);

	for (size_t i = 0; i < count - (with_locks ? 0 : 3); i++) {
		int rc =
		    seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
				     SCMP_A1(SCMP_CMP_EQ, commands[i], 0));

		if (rc < 0) {
			return rc;
		}
	}
	return 0;
}

/* A channel's time limit for sending, and no other option. */
static int allow_send_limit(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2,
				SCMP_A1(SCMP_CMP_EQ, SOL_SOCKET, 0),
				SCMP_A2(SCMP_CMP_EQ, SO_SNDTIMEO, 0));
}

/* The C library handles two signals of its own from the first thread on. */
static int allow_thread_signals(scmp_filter_ctx ctx)
{
	static const unsigned signals[] = { 32, 33 }; /* SIGCANCEL, SIGSETXID */
	int rc = 0;

	for (size_t i = 0; i < 2 && rc == 0; i++) {
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW,
				      SCMP_SYS(rt_sigaction), 1,
				      SCMP_A0(SCMP_CMP_EQ, signals[i], 0));
	}
	return rc;
}

/*
 * Sending, but to nobody else than whom the socket is connected to: with
 * MSG_FASTOPEN, or an address, sending would be connecting.
 */
static int allow_sending(scmp_filter_ctx ctx, enum sandbox_calls role)
{
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), 1,
				  SCMP_A2(SCMP_CMP_EQ, MSG_NOSIGNAL, 0));

	if (rc < 0 || role != SANDBOX_SESSION) {
		return rc;
	}
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 2,
				SCMP_A3(SCMP_CMP_EQ, MSG_NOSIGNAL, 0),
				SCMP_A4(SCMP_CMP_EQ, 0, 0));
}

/* ioctl: what a client has taken of its output is asked so.  Nothing else. */
static int allow_ioctl(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				SCMP_A1(SCMP_CMP_EQ, SIOCOUTQ, 0));
}

/*
 * clone only makes threads; of its flags the filter can see, clone3's not, so
 * that one is refused and the C library falls back.
 */
static int allow_threads(scmp_filter_ctx ctx)
{
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				  SCMP_A0(SCMP_CMP_MASKED_EQ,
					  CLONE_THREAD | CLONE_VM,
					  CLONE_THREAD | CLONE_VM));

	if (rc < 0) {
		return rc;
	}
	return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3),
				0);
}

/* Threads that verify passwords or read large maildrops stand back for the
 * others (os/thread.h), and may not change anybody else. */
static int allow_standing_back(scmp_filter_ctx ctx)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(setpriority), 2,
				SCMP_A0(SCMP_CMP_EQ, PRIO_PROCESS, 0),
				SCMP_A1(SCMP_CMP_EQ, 0, 0));
}

/* What ipc/service.h needs: threads, and a limit on sending. */
static int allow_service(scmp_filter_ctx ctx)
{
	int rc = allow_threads(ctx);

	if (rc == 0) {
		rc = allow_thread_signals(ctx);
	}
	return rc < 0 ? rc : allow_send_limit(ctx);
}

/* A sanitizer that reports asks for a terminal and tries to open files: an
 * error is answer enough, and without it the report would be lost. */
static int allow_sanitizer(scmp_filter_ctx ctx, enum sandbox_calls role)
{
	static const struct call_list list = LIST(calls_sanitizer);
	int rc = allow_list(ctx, &list);

	if (rc == 0) {
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOTTY),
				      SCMP_SYS(ioctl), 1,
				      SCMP_A1(SCMP_CMP_EQ, TCGETS, 0));
	}
	if (rc == 0 && role == SANDBOX_SESSION) {
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES),
				      SCMP_SYS(openat), 0);
	}
	if (rc == 0) {
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES),
				      SCMP_SYS(readlink), 0);
	}
	return rc;
}

static int fill(scmp_filter_ctx ctx, enum sandbox_calls role)
{
	static const struct call_list common = LIST(calls_common);
	int rc = allow_list(ctx, &common);

	for (size_t i = 0; i < 3 && rc == 0 && roles[role][i].calls; i++) {
		rc = allow_list(ctx, &roles[role][i]);
	}
	if (rc == 0 && !IS_SANITIZED) {
		rc = allow_memory(ctx);
	}
	if (rc == 0) {
		rc = allow_fcntl(ctx, role == SANDBOX_MAILDROP);
	}
	if (rc == 0) {
		rc = allow_sending(ctx, role);
	}
	if (rc == 0) {
		rc = role == SANDBOX_SESSION ? allow_ioctl(ctx)
					     : allow_service(ctx);
	}
	if (rc == 0 && (role == SANDBOX_AUTH || role == SANDBOX_MAILDROP)) {
		rc = allow_standing_back(ctx);
	}
	if (rc == 0 && IS_SANITIZED) {
		rc = allow_sanitizer(ctx, role);
	}
	return rc;
}

int sandbox_calls_load(enum sandbox_calls calls)
{
	scmp_filter_ctx ctx;
	int rc = sandbox_filter_init(&ctx, SCMP_ACT_KILL_PROCESS);

	return rc < 0 ? rc : sandbox_filter_load(ctx, fill(ctx, calls));
}
