// SPDX-License-Identifier: ISC
/*
 * attacks_on_user.c - getting from the collector at what else its user has:
 * network, processes, terminal (collector.h).  The calls are made without the C
 * library where it could know better.  The last rows of the table are no
 * attacks: what it lives from.
 */
#include "collector.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "result.h"

static int port_of(const char *arg)
{
	return (int)strtol(arg, NULL, 10);
}

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons((uint16_t)port),
				     .sin_addr.s_addr =
					 htonl(INADDR_LOOPBACK) };
}

/* -- the network */

static int connect_tcp(const char *arg)
{
	struct sockaddr_in to = loopback(port_of(arg));
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno
		      : result(connect(fd, (const void *)&to, sizeof(to)));
}

static int connect_by_sending(const char *arg)
{
	struct sockaddr_in to = loopback(port_of(arg));
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return result(syscall(SYS_sendto, fd, "x", 1,
			      MSG_FASTOPEN | MSG_NOSIGNAL, &to, sizeof(to)));
}

static int listen_tcp(const char *arg)
{
	struct sockaddr_in at = loopback(0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)arg;
	return fd < 0 ? -errno
		      : result(bind(fd, (const void *)&at, sizeof(at)));
}

/* "FAMILY TYPE PROTOCOL" */
static int open_socket(const char *arg)
{
	char *at;
	long family = strtol(arg, &at, 10);
	long type = strtol(at, &at, 10);
	long protocol = strtol(at, &at, 10);

	return result(syscall(SYS_socket, family, type, protocol));
}

/* The name of an abstract socket. */
static int connect_abstract(const char *arg)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = strlen(arg);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || len >= sizeof(to.sun_path)) {
		return -EINVAL;
	}
	memcpy(to.sun_path + 1, arg, len);
	return result(connect(
	    fd, (const void *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + len)));
}

/* -- processes */

/* A number; "parent"; or "runner", which is our only child. */
static long pid_of(const char *arg)
{
	char path[64];
	FILE *children;
	long pid = -1;

	if (strcmp(arg, "parent") == 0) {
		return getppid();
	}
	if (strcmp(arg, "runner") != 0) {
		return strtol(arg, NULL, 10);
	}
	snprintf(path, sizeof(path), "/proc/self/task/%ld/children",
		 (long)getpid());
	children = fopen(path, "r");
	if (children == NULL || fscanf(children, "%ld", &pid) != 1) {
		abort();
	}
	(void)fclose(children);
	return pid;
}

static int exec_shell(const char *arg)
{
	char *argv[] = { (char *)(uintptr_t) "/bin/sh", NULL };

	(void)arg;
	return result(syscall(SYS_execve, argv[0], argv, argv + 1));
}

static int exec_descriptor(const char *arg)
{
	char *none[] = { NULL };

	(void)arg;
	return result(syscall(SYS_execveat, 0, "", none, none, 0x1000));
}

static int clone_process(const char *arg)
{
	long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	(void)arg;
	if (pid == 0) {
		_exit(0);
	}
	return result(pid);
}

static int clone3_process(const char *arg)
{
	uint64_t args[8] = { [4] = SIGCHLD };
	long pid = syscall(SYS_clone3, args, sizeof(args));

	(void)arg;
	if (pid == 0) {
		_exit(0);
	}
	return result(pid);
}

/* A thread, but with a network of its own. */
static int clone_namespace(const char *arg)
{
	unsigned long flags = CLONE_VM | CLONE_FS | CLONE_FILES |
			      CLONE_SIGHAND | CLONE_THREAD | CLONE_NEWNET;

	(void)arg;
	return result(syscall(SYS_clone, flags, 0, 0, 0, 0));
}

static int trace(const char *arg)
{
	return result(syscall(SYS_ptrace, 16L /* attach */, pid_of(arg), 0, 0));
}

static int read_memory(const char *arg)
{
	char octets[16];
	struct iovec here = { octets, sizeof(octets) };
	struct iovec there = { (void *)0x400000, sizeof(octets) };

	return result(
	    syscall(SYS_process_vm_readv, pid_of(arg), &here, 1, &there, 1, 0));
}

static int take_descriptor(const char *arg)
{
	long fd = syscall(SYS_pidfd_open, pid_of(arg), 0);

	return fd < 0 ? result(fd) : result(syscall(SYS_pidfd_getfd, fd, 0, 0));
}

static int ask_whether_there(const char *arg)
{
	return result(syscall(SYS_kill, pid_of(arg), 0));
}

static int signal_process(const char *arg)
{
	return result(syscall(SYS_kill, pid_of(arg), SIGTERM));
}

static int signal_thread(const char *arg)
{
	long pid = pid_of(arg);

	return result(syscall(SYS_tgkill, pid, pid, SIGTERM));
}

static int signal_by_pidfd(const char *arg)
{
	long fd = syscall(SYS_pidfd_open, pid_of(arg), 0);

	return result(
	    syscall(SYS_pidfd_send_signal, fd, (long)SIGTERM, NULL, 0L));
}

static int limit_process(const char *arg)
{
	uint64_t limit[2] = { 0, 0 };

	return result(syscall(SYS_prlimit64, pid_of(arg),
			      7L /* RLIMIT_NOFILE */, limit, NULL));
}

static int type_into_terminal(const char *arg)
{
	char letter = 'x';

	(void)arg;
	return result(syscall(SYS_ioctl, 2, TIOCSTI, &letter));
}

/* The kernel takes the lower half of the number. */
static int type_into_terminal_by_half(const char *arg)
{
	char letter = 'x';

	(void)arg;
	return result(syscall(SYS_ioctl, 2, 0x100000000L | TIOCSTI, &letter));
}

/* By its number, with zeros: what is refused is refused before arguments are
 * looked at. */
static int call_number(const char *arg)
{
	return result(syscall(strtol(arg, NULL, 10), 0L, 0L, 0L, 0L, 0L, 0L));
}

/* -- what it lives from */

static int look_up_name(const char *arg)
{
	struct addrinfo *found = NULL;
	int rc = getaddrinfo(arg, "110", NULL, &found);

	if (rc == 0) {
		freeaddrinfo(found);
	}
	return rc == 0 ? 0 : -ENOENT;
}

static void *do_nothing(void *arg)
{
	return arg;
}

static int start_thread(const char *arg)
{
	pthread_t thread;
	int rc = pthread_create(&thread, NULL, do_nothing, NULL);

	(void)arg;
	return rc == 0 ? -pthread_join(thread, NULL) : -rc;
}

static int ask_whether_gone(const char *arg)
{
	(void)arg;
	return kill(INT32_MAX, 0) < 0 && errno == ESRCH ? 0 : -errno;
}

const struct collector_attack attacks_on_user[] = {
	{ "connect-tcp", connect_tcp },
	{ "connect-by-sending", connect_by_sending },
	{ "listen-tcp", listen_tcp },
	{ "socket", open_socket },
	{ "connect-abstract", connect_abstract },
	{ "exec", exec_shell },
	{ "exec-descriptor", exec_descriptor },
	{ "clone", clone_process },
	{ "clone3", clone3_process },
	{ "clone-namespace", clone_namespace },
	{ "ptrace", trace },
	{ "read-memory", read_memory },
	{ "take-descriptor", take_descriptor },
	{ "ask-whether-there", ask_whether_there },
	{ "signal", signal_process },
	{ "signal-thread", signal_thread },
	{ "signal-by-pidfd", signal_by_pidfd },
	{ "limit-process", limit_process },
	{ "terminal", type_into_terminal },
	{ "terminal-by-half", type_into_terminal_by_half },
	{ "call", call_number },
	{ "look-up-name", look_up_name },
	{ "start-thread", start_thread },
	{ "ask-whether-gone", ask_whether_gone },
};
const size_t attacks_on_user_count =
    sizeof(attacks_on_user) / sizeof(attacks_on_user[0]);
