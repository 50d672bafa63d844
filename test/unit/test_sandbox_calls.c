// SPDX-License-Identifier: ISC
/*
 * test_sandbox_calls.c - each role confined, in a process of its own: a call
 * that it does not need kills it.
 *
 * A sanitizer's runtime needs a few calls that no role needs; the filter has
 * them in such builds only, so those rows are left out there.
 */
#include "confined.h"

#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

static int execute(void)
{
	char *none[] = { NULL };

	return execve("/bin/true", none, none);
}

static int do_open(void)
{
	return open(outside, O_RDONLY | O_CLOEXEC);
}

static int do_open_old(void)
{
	return (int)syscall(SYS_open, outside, O_RDONLY);
}

static int do_fork(void)
{
	return (int)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0);
}

static int do_old_fork(void)
{
	return (int)syscall(SYS_vfork);
}

static int do_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0);
}

static int do_socketpair(void)
{
	int pair[2];

	return socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
}

static int do_connect(void)
{
	return (int)syscall(SYS_connect, -1, NULL, 0);
}

static int do_bind(void)
{
	return (int)syscall(SYS_bind, -1, NULL, 0);
}

static int do_listen(void)
{
	return listen(-1, 1);
}

static int do_ptrace(void)
{
	return (int)syscall(SYS_ptrace, 16, getppid(), 0, 0);
}

static int do_kill(void)
{
	return (int)syscall(SYS_kill, getpid(), 0);
}

static int do_tgkill(void)
{
	return (int)syscall(SYS_tgkill, 1, 1, 0);
}

static int do_vm_read(void)
{
	return (int)syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0);
}

static int do_pidfd(void)
{
	return (int)syscall(SYS_pidfd_open, 1, 0);
}

static int do_setuid(void)
{
	return (int)syscall(SYS_setuid, 0);
}

static int do_chroot(void)
{
	return (int)syscall(SYS_chroot, "/");
}

static int do_chmod(void)
{
	return (int)syscall(SYS_fchmodat, AT_FDCWD, outside, 0777);
}

static int do_link(void)
{
	return (int)syscall(SYS_linkat, AT_FDCWD, outside, AT_FDCWD,
			    below(mail, "stolen"), 0);
}

static int do_symlink(void)
{
	return (int)syscall(SYS_symlinkat, outside, AT_FDCWD,
			    below(mail, "stolen"));
}

static int do_mount(void)
{
	return (int)syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, NULL);
}

static int do_unshare(void)
{
	return (int)syscall(SYS_unshare, 0x10000000);
}

static int do_bpf(void)
{
	return (int)syscall(SYS_bpf, 0, NULL, 0);
}

static int do_io_uring(void)
{
	return (int)syscall(SYS_io_uring_setup, 1, NULL);
}

static int do_userfault(void)
{
	return (int)syscall(SYS_userfaultfd, 0);
}

static int do_prctl(void)
{
	return (int)syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
}

static int do_exec_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

static int do_ioctl(void)
{
	return (int)syscall(SYS_ioctl, 0, TIOCSTI, "x");
}

static int do_setsockopt(void)
{
	int one = 1;

	return setsockopt(0, SOL_SOCKET, SO_DEBUG, &one, sizeof(one));
}

static int do_dup(void)
{
	return (int)syscall(SYS_dup, 0);
}

static int do_renice_another(void)
{
	return setpriority(PRIO_PROCESS, (id_t)getppid(), 5);
}

static int do_unlink(void)
{
	return (int)syscall(SYS_unlinkat, AT_FDCWD, below(mail, "new/1"), 0);
}

static int do_setfsuid(void)
{
	return (int)syscall(SYS_setfsuid, 0);
}

static int do_own_owner(void)
{
	return fcntl(0, F_SETOWN, 1);
}

#if defined(__x86_64__)
/* The calls of 32 bits have other numbers: 20 is getpid there, and allowed here
 * as another call. */
static int do_32_bits(void)
{
	int rc;

	__asm__ __volatile__("int $0x80" : "=a"(rc) : "a"(20) : "memory");
	return rc;
}

static void *do_32_bits_in_thread(void *arg)
{
	(void)arg;
	(void)do_32_bits();
	return NULL;
}

/* The process dies of it, not the thread alone. */
static int do_32_bits_beside(void)
{
	pthread_t thread;
	int rc = pthread_create(&thread, NULL, do_32_bits_in_thread, NULL);

	return rc == 0 ? pthread_join(thread, NULL) : rc;
}
#endif

#define S (1u << SANDBOX_SESSION)
#define A (1u << SANDBOX_AUTH)
#define D (1u << SANDBOX_MAILDROP)

static const struct {
	const char *name;
	int (*call)(void);
	unsigned roles; /* killed */
	bool sanitizer_allows;
} forbidden[] = {
	{ "open", do_open, S, true },
	{ "open of old", do_open_old, S | A | D, false },
	{ "exec", execute, S | A | D, false },
	{ "fork", do_fork, S | A | D, false },
	{ "vfork", do_old_fork, S | A | D, false },
	{ "socket", do_socket, S | A | D, false },
	{ "socketpair", do_socketpair, S | A | D, false },
	{ "connect", do_connect, S | A | D, false },
	{ "bind", do_bind, S | A | D, false },
	{ "listen", do_listen, S | A | D, false },
	{ "ptrace", do_ptrace, S | A | D, false },
	{ "kill", do_kill, S | A | D, false },
	{ "tgkill", do_tgkill, S | A | D, false },
	{ "process_vm_readv", do_vm_read, S | A | D, false },
	{ "pidfd_open", do_pidfd, S | A | D, false },
	{ "setuid", do_setuid, S | A | D, false },
	{ "chroot", do_chroot, S | A | D, false },
	{ "chmod", do_chmod, S | A | D, false },
	{ "link", do_link, S | A | D, false },
	{ "symlink", do_symlink, S | A | D, false },
	{ "mount", do_mount, S | A | D, false },
	{ "unshare", do_unshare, S | A | D, false },
	{ "bpf", do_bpf, S | A | D, false },
	{ "io_uring", do_io_uring, S | A | D, false },
	{ "userfaultfd", do_userfault, S | A | D, false },
	{ "prctl", do_prctl, S | A | D, false },
	{ "executable memory", do_exec_memory, S | A | D, true },
	{ "ioctl", do_ioctl, S | A | D, false },
	{ "setsockopt", do_setsockopt, S | A | D, false },
	{ "dup", do_dup, S | A | D, false },
	{ "setpriority", do_renice_another, S | A | D, false },
	{ "fcntl F_SETOWN", do_own_owner, S | A | D, false },
	{ "unlink", do_unlink, S | A, false },
	{ "setfsuid", do_setfsuid, S | A, false },
#if defined(__x86_64__)
	{ "a call of 32 bits", do_32_bits, S | A | D, false },
	{ "the same of a thread", do_32_bits_beside, A | D, false },
#endif
};

struct attempt {
	enum sandbox_calls role;
	int (*call)(void);
};

static int attempt(void *arg)
{
	const struct attempt *a = arg;

	if (confine(a->role) < 0) {
		return 2;
	}
	(void)a->call();
	return 0;
}

static void test_forbidden_calls_kill(void **state)
{
	static const enum sandbox_calls roles[] = { SANDBOX_SESSION,
						    SANDBOX_AUTH,
						    SANDBOX_MAILDROP };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
		if (IS_SANITIZED && forbidden[i].sanitizer_allows) {
			continue;
		}
		for (size_t j = 0; j < COUNT_OF(roles); j++) {
			struct attempt a = { roles[j], forbidden[i].call };
			int end;

			if ((forbidden[i].roles & 1u << roles[j]) == 0) {
				continue;
			}
			end = in_child(attempt, &a);
			if (end != KILLED_BY(SIGSYS)) {
				print_error("role %d, %s: %d\n", (int)roles[j],
					    forbidden[i].name, end);
			}
			assert_int_equal(end, KILLED_BY(SIGSYS));
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forbidden_calls_kill),
	};
	return cmocka_run_group_tests(tests, make_files, remove_files);
}
