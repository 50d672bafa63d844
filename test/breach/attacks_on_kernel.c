// SPDX-License-Identifier: ISC
/*
 * attacks_on_kernel.c - getting out of the process by system calls (attack.h).
 * The calls are made without the C library where it could know better.
 */
#include "attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "result.h"

#define DESCRIPTORS_TRIED 256

/* By number: libc's headers of Debian 12 name them all but this one. */
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

static int open_path(struct conn *c, const char *arg)
{
	(void)c;
	return result(syscall(SYS_openat, AT_FDCWD, arg, O_RDONLY));
}

static int open_old(struct conn *c, const char *arg)
{
	(void)c;
	return result(syscall(SYS_open, arg, O_RDONLY));
}

/* Up to the root from whatever descriptor is a way: ".." from a directory, the
 * magic links of /proc. */
static int open_from_descriptors(struct conn *c, const char *arg)
{
	int rc = -EBADF;

	(void)c;
	for (int fd = 0; fd < DESCRIPTORS_TRIED && rc < 0; fd++) {
		char path[1200];

		snprintf(path, sizeof(path), "../../../../../../..%s", arg);
		rc = result(syscall(SYS_openat, fd, path, O_RDONLY));
		if (rc < 0) {
			snprintf(path, sizeof(path), "/proc/self/fd/%d/../%s",
				 fd, arg);
			rc = result(
			    syscall(SYS_openat, AT_FDCWD, path, O_RDONLY));
		}
	}
	return rc;
}

static int open_with_openat2(struct conn *c, const char *arg)
{
	struct open_how how = { .flags = O_RDONLY };

	(void)c;
	return result(syscall(SYS_openat2, AT_FDCWD, arg, &how, sizeof(how)));
}

static int open_by_handle(struct conn *c, const char *arg)
{
	char handle[128] = { 0 };

	(void)c, (void)arg;
	return result(
	    syscall(SYS_open_by_handle_at, AT_FDCWD, handle, O_RDONLY));
}

static int make_file(struct conn *c, const char *arg)
{
	(void)c;
	return result(
	    syscall(SYS_openat, AT_FDCWD, arg, O_WRONLY | O_CREAT, 0600));
}

static int remove_file(struct conn *c, const char *arg)
{
	(void)c;
	return result(syscall(SYS_unlink, arg));
}

static int rename_file(struct conn *c, const char *arg)
{
	(void)c;
	return result(syscall(SYS_rename, arg, "/tmp/taken"));
}

static int list_directory(struct conn *c, const char *arg)
{
	(void)c;
	return result(
	    syscall(SYS_openat, AT_FDCWD, arg, O_RDONLY | O_DIRECTORY));
}

/* Is there such a file?  How large is it? */
static int look_at_file(struct conn *c, const char *arg)
{
	struct stat st;

	(void)c;
	return result(syscall(SYS_newfstatat, AT_FDCWD, arg, &st, 0));
}

static int connect_tcp(struct conn *c, const char *arg)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(25),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	long fd = syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);

	(void)c, (void)arg;
	return fd < 0 ? result(fd)
		      : result(syscall(SYS_connect, fd, &to, sizeof(to)));
}

/* A socket that is there already, turned to somebody else. */
static int connect_own_socket(struct conn *c, const char *arg)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(25),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	(void)arg;
	return result(syscall(SYS_connect, c->fd, &to, sizeof(to)));
}

/* Sending that connects: a listener that was shut down is a fresh socket. */
static int connect_by_sendto(struct conn *c, const char *arg)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(25),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = c->process->listeners[0].source.fd;

	(void)arg;
	return result(syscall(SYS_sendto, fd, "x", 1,
			      MSG_FASTOPEN | MSG_NOSIGNAL, &to, sizeof(to)));
}

static int connect_by_sendmsg(struct conn *c, const char *arg)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(25),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct iovec iov = { &to, 1 };
	struct msghdr msg = { .msg_name = &to,
			      .msg_namelen = sizeof(to),
			      .msg_iov = &iov,
			      .msg_iovlen = 1 };
	int fd = c->process->listeners[0].source.fd;

	(void)arg;
	return result(
	    syscall(SYS_sendmsg, fd, &msg, MSG_FASTOPEN | MSG_NOSIGNAL));
}

static int shut_listener(struct conn *c, const char *arg)
{
	int fd = c->process->listeners[0].source.fd;

	(void)arg;
	return result(syscall(SYS_shutdown, fd, SHUT_RD));
}

static int socket_unix(struct conn *c, const char *arg)
{
	(void)c, (void)arg;
	return result(syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0));
}

static int socket_pair(struct conn *c, const char *arg)
{
	int pair[2];

	(void)c, (void)arg;
	return result(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair));
}

static int listen_port(struct conn *c, const char *arg)
{
	(void)arg;
	return result(syscall(SYS_listen, c->fd, 1));
}

static int fork_process(struct conn *c, const char *arg)
{
	(void)c, (void)arg;
	return result(syscall(SYS_fork));
}

static int clone_process(struct conn *c, const char *arg)
{
	(void)c, (void)arg;
	return result(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static int clone3_process(struct conn *c, const char *arg)
{
	uint64_t args[8] = { [4] = SIGCHLD };

	(void)c, (void)arg;
	return result(syscall(SYS_clone3, args, sizeof(args)));
}

static int exec_shell(struct conn *c, const char *arg)
{
	char *argv[] = { (char *)(uintptr_t) "/bin/sh", NULL };

	(void)c, (void)arg;
	return result(syscall(SYS_execve, argv[0], argv, argv + 1));
}

static int exec_descriptor(struct conn *c, const char *arg)
{
	char *none[] = { NULL };

	(void)arg;
	return result(syscall(SYS_execveat, c->fd, "", none, none, 0x1000));
}

static int trace_sibling(struct conn *c, const char *arg)
{
	(void)c;
	return result(
	    syscall(SYS_ptrace, 16L /* attach */, strtol(arg, NULL, 10), 0, 0));
}

static int read_sibling(struct conn *c, const char *arg)
{
	char octets[16];
	struct iovec here = { octets, sizeof(octets) };
	struct iovec there = { (void *)0x400000, sizeof(octets) };

	(void)c;
	return result(syscall(SYS_process_vm_readv, strtol(arg, NULL, 10),
			      &here, 1, &there, 1, 0));
}

static int signal_sibling(struct conn *c, const char *arg)
{
	(void)c;
	return result(syscall(SYS_kill, strtol(arg, NULL, 10), 0));
}

static int signal_sibling_thread(struct conn *c, const char *arg)
{
	long pid = strtol(arg, NULL, 10);

	(void)c;
	return result(syscall(SYS_tgkill, pid, pid, 0));
}

static int take_descriptor(struct conn *c, const char *arg)
{
	long pid = strtol(arg, NULL, 10);
	long fd = syscall(SYS_pidfd_open, pid, 0);

	(void)c;
	return fd < 0 ? result(fd) : result(syscall(SYS_pidfd_getfd, fd, 3, 0));
}

static int become_root(struct conn *c, const char *arg)
{
	(void)c, (void)arg;
	return result(syscall(SYS_setuid, 0));
}

static int new_namespace(struct conn *c, const char *arg)
{
	(void)c, (void)arg;
	return result(syscall(SYS_unshare, 0x10000000L /* user */));
}

static int leave_jail(struct conn *c, const char *arg)
{
	(void)c, (void)arg;
	return result(syscall(SYS_chroot, "../../.."));
}

static int use_io_uring(struct conn *c, const char *arg)
{
	char params[256] = { 0 };

	(void)c, (void)arg;
	return result(syscall(SYS_io_uring_setup, 8L, params));
}

static int load_bpf(struct conn *c, const char *arg)
{
	char attr[128] = { 0 };

	(void)c, (void)arg;
	return result(syscall(SYS_bpf, 0L, attr, sizeof(attr)));
}

static int make_code(struct conn *c, const char *arg)
{
	void *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)c, (void)arg;
	return at == MAP_FAILED ? -errno : 0;
}

static int turn_data_into_code(struct conn *c, const char *arg)
{
	static uint8_t page[8192] __attribute__((aligned(4096)));

	(void)c, (void)arg;
	return result(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

static int type_into_terminal(struct conn *c, const char *arg)
{
	char letter = 'x';

	(void)c, (void)arg;
	return result(syscall(SYS_ioctl, 2, 0x5412L /* TIOCSTI */, &letter));
}

const struct attack attacks_on_kernel[] = {
	{ "open", open_path },
	{ "open-old", open_old },
	{ "open-from-descriptors", open_from_descriptors },
	{ "open-openat2", open_with_openat2 },
	{ "open-by-handle", open_by_handle },
	{ "make-file", make_file },
	{ "remove-file", remove_file },
	{ "rename-file", rename_file },
	{ "list-directory", list_directory },
	{ "look-at-file", look_at_file },
	{ "connect-tcp", connect_tcp },
	{ "connect-own-socket", connect_own_socket },
	{ "connect-by-sendto", connect_by_sendto },
	{ "connect-by-sendmsg", connect_by_sendmsg },
	{ "shut-listener", shut_listener },
	{ "socket-unix", socket_unix },
	{ "socket-pair", socket_pair },
	{ "listen", listen_port },
	{ "fork", fork_process },
	{ "clone", clone_process },
	{ "clone3", clone3_process },
	{ "exec", exec_shell },
	{ "exec-descriptor", exec_descriptor },
	{ "ptrace", trace_sibling },
	{ "read-memory", read_sibling },
	{ "signal", signal_sibling },
	{ "signal-thread", signal_sibling_thread },
	{ "take-descriptor", take_descriptor },
	{ "setuid", become_root },
	{ "unshare", new_namespace },
	{ "chroot", leave_jail },
	{ "io-uring", use_io_uring },
	{ "bpf", load_bpf },
	{ "mmap-exec", make_code },
	{ "mprotect-exec", turn_data_into_code },
	{ "terminal", type_into_terminal },
};
const size_t attacks_on_kernel_count =
    sizeof(attacks_on_kernel) / sizeof(attacks_on_kernel[0]);
