// SPDX-License-Identifier: ISC
/*
 * test_sandbox.c - each role confined, in a process of its own: which paths it
 * reaches, and that what it lives from works.  test_sandbox_calls.c has what
 * kills it.
 */
#include "confined.h"

#include <pthread.h>
#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>

/* --- what is refused --- */

static bool is_denied(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);
	int error = errno;

	if (fd >= 0) {
		close(fd);
	}
	errno = error;
	return fd < 0 && (error == EACCES || error == EXDEV);
}

static bool opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0) {
		close(fd);
	}
	return fd >= 0;
}

static int maildrop_paths(void *arg)
{
	char text[8];
	int fd;

	(void)arg;
	if (confine(SANDBOX_MAILDROP) < 0) {
		return 2;
	}
	/* the mail: read and unlink, no more */
	WANT(opens(mail, O_RDONLY | O_DIRECTORY));
	fd = open(below(mail, "new/1"), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	WANT(fd >= 0 && read(fd, text, sizeof(text)) == 4);
	WANT(is_denied(below(mail, "new/1"), O_WRONLY));
	WANT(is_denied(below(mail, "new/1"), O_RDWR));
	WANT(is_denied(below(mail, "new/1"), O_RDONLY | O_TRUNC));
	WANT(is_denied(below(mail, "new/3"), O_WRONLY | O_CREAT));
	WANT(mkdirat(AT_FDCWD, below(mail, "cur"), 0700) < 0);
	WANT(rename(below(mail, "new/1"), below(mail, "new/9")) < 0);
	WANT(rename(below(mail, "new/1"), below(cache, "stolen")) < 0);
	WANT(unlinkat(AT_FDCWD, below(mail, "new"), AT_REMOVEDIR) < 0);
	WANT(unlink(below(mail, "new/2")) == 0);
	WANT(ftruncate(fd, 0) < 0); /* opened to read */
	/* the cache: all that a file needs */
	WANT(opens(below(cache, "old"), O_RDWR));
	WANT(opens(below(cache, "data"), O_RDWR | O_CREAT));
	WANT(rename(below(cache, "data"), below(cache, "marker")) == 0);
	WANT(unlink(below(cache, "marker")) == 0);
	WANT(mkdirat(AT_FDCWD, below(cache, "dir"), 0700) < 0);
	/* and nowhere else */
	WANT(is_denied(outside, O_RDONLY));
	WANT(is_denied(below(mail, "../outside"), O_RDONLY));
	WANT(is_denied(below(mail, "new/../../outside"), O_RDONLY));
	WANT(is_denied(below(mail, "link"), O_RDONLY));
	WANT(is_denied(root, O_RDONLY | O_DIRECTORY));
	WANT(is_denied("/etc/passwd", O_RDONLY));
	WANT(is_denied("/proc/self/status", O_RDONLY));
	WANT(is_denied("/dev/null", O_RDWR));
	WANT(unlink(outside) < 0);
	return 0;
}

static int auth_paths(void *arg)
{
	(void)arg;
	if (confine(SANDBOX_AUTH) < 0) {
		return 2;
	}
	WANT(opens(below(cache, "old"), O_RDONLY));
	WANT(opens(cache, O_RDONLY | O_DIRECTORY));
	WANT(is_denied(below(cache, "old"), O_WRONLY));
	WANT(is_denied(below(cache, "new"), O_WRONLY | O_CREAT));
	WANT(is_denied(below(cache, "../mail/new/1"), O_RDONLY));
	WANT(is_denied(below(mail, "new/1"), O_RDONLY));
	WANT(is_denied("/etc/passwd", O_RDONLY));
	return 0;
}

static void test_paths(void **state)
{
	(void)state;
	if (!has_landlock()) {
		print_message("no Landlock here: skipped\n");
		return;
	}
	assert_int_equal(in_child(maildrop_paths, NULL), 0);
	write_file(below(mail, "new/2"));
	assert_int_equal(in_child(auth_paths, NULL), 0);
	/* nothing was made, moved or cut */
	assert_int_equal(access(below(mail, "new/3"), F_OK), -1);
	assert_int_equal(access(below(cache, "stolen"), F_OK), -1);
	assert_int_equal(access(outside, F_OK), 0);
}

/* --- what works --- */

static int session_works(void *arg)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct msghdr msg = { .msg_iov = NULL };
	int pair[2], ep, file, waiting;
	off_t off = 0;
	char text[8];
	void *memory;

	(void)arg;
	file = open(outside, O_RDONLY | O_CLOEXEC);
	ep = epoll_create1(EPOLL_CLOEXEC);
	WANT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	WANT(file >= 0 && ep >= 0 && confine(SANDBOX_SESSION) == 0);
	WANT(epoll_ctl(ep, EPOLL_CTL_ADD, pair[1], &ev) == 0);
	WANT(ioctl(pair[0], SIOCOUTQ, &waiting) == 0 && waiting == 0);
	WANT(send(pair[0], "ab", 2, MSG_NOSIGNAL) == 2);
	WANT(epoll_wait(ep, &ev, 1, 1000) == 1);
	WANT(recv(pair[1], text, sizeof(text), 0) == 2);
	WANT(sendfile(pair[0], file, &off, 4) == 4);
	WANT(pread(file, text, 4, 0) == 4);
	WANT(recvmsg(pair[0], &msg, MSG_DONTWAIT) <= 0);
	memory = mmap(NULL, 4, PROT_READ, MAP_PRIVATE, file, 0);
	WANT(memory != MAP_FAILED && munmap(memory, 4) == 0);
	free(malloc(1u << 20));
	WANT(accept4(pair[0], NULL, NULL, 0) < 0 && errno == EINVAL);
	WANT(close(pair[0]) == 0);
	return 0;
}

static void *say_hello(void *arg)
{
	*(bool *)arg = true;
	return NULL;
}

static int threads_work(void *arg)
{
	struct timeval limit = { 1, 0 };
	bool is_said = false;
	pthread_t thread;
	int pair[2];

	WANT(fd_channel_pair(pair, 4096) == 0);
	WANT(confine(*(enum sandbox_calls *)arg) == 0);
	WANT(pthread_create(&thread, NULL, say_hello, &is_said) == 0);
	WANT(pthread_join(thread, NULL) == 0 && is_said);
	WANT(setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &limit,
			sizeof(limit)) == 0);
	return 0;
}

static int maildrop_works(void *arg)
{
	int dir, memory;

	(void)arg;
	WANT(confine(SANDBOX_MAILDROP) == 0);
	dir = open(below(mail, "new"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	WANT(dir >= 0 && flock(dir, LOCK_EX | LOCK_NB) == 0);
	memory = memfd_create("listing", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	WANT(memory >= 0 && ftruncate(memory, 4096) == 0);
	WANT(fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) == 0);
	return 0;
}

static void test_what_roles_live_from_works(void **state)
{
	enum sandbox_calls auth = SANDBOX_AUTH, maildrop = SANDBOX_MAILDROP;

	(void)state;
	assert_int_equal(in_child(session_works, NULL), 0);
	assert_int_equal(in_child(threads_work, &auth), 0);
	assert_int_equal(in_child(threads_work, &maildrop), 0);
	assert_int_equal(in_child(maildrop_works, NULL), 0);
}

/* --- the process --- */

/* Asked by the parent, since the child may not ask any more. */
static int confine_and_wait(void *arg)
{
	int *pair = arg;
	int fd = pair[1];
	char c = 'c';

	fd_close(&pair[0]);
	if (confine(SANDBOX_SESSION) < 0 || write(fd, &c, 1) != 1) {
		return 2;
	}
	return read(fd, &c, 1) == 0 ? 0 : 3;
}

static bool has_line(const char *text, const char *line)
{
	return strstr(text, line) != NULL;
}

static void read_proc(pid_t pid, const char *name, char *text, size_t cap)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	n = read(fd, text, cap - 1);
	assert_true(n > 0);
	text[n] = '\0';
	close(fd);
}

static void test_no_new_privileges_no_core_not_dumpable(void **state)
{
	char text[8192];
	struct stat st;
	int pair[2];
	pid_t pid;
	char c;

	(void)state;
	assert_int_equal(fd_channel_pair(pair, 4096), 0);
	pid = child_begin(confine_and_wait, pair);
	close(pair[1]);
	assert_int_equal(read(pair[0], &c, 1), 1);
	read_proc(pid, "status", text, sizeof(text));
	assert_true(has_line(text, "NoNewPrivs:\t1\n"));
	assert_true(has_line(text, "Seccomp:\t2\n"));
	assert_true(has_line(text, "Seccomp_filters:\t1\n"));
	read_proc(pid, "limits", text, sizeof(text));
	assert_true(has_line(text, "Max core file size        0        "
				   "            0        "));
	/* what belongs to a process that is not dumpable is root's */
	snprintf(text, sizeof(text), "/proc/%ld/maps", (long)pid);
	assert_int_equal(stat(text, &st), 0);
	assert_int_equal(st.st_uid, 0);
	close(pair[0]);
	assert_int_equal(child_end(pid), 0);
}

static int confine_with_missing_path(void *arg)
{
	struct sandbox_path path = { "/no/such/path/here", SANDBOX_READ };

	(void)arg;
	if (freopen("/dev/null", "w", stderr) == NULL) {
		return 2;
	}
	return sandbox_confine(SANDBOX_AUTH, &path, 1, false) == -ENOENT ? 0
									 : 1;
}

static int confine_strictly(void *arg)
{
	(void)arg;
	return sandbox_confine(SANDBOX_SESSION, NULL, 0, true) == 0 ? 0 : 1;
}

static void test_a_path_must_exist(void **state)
{
	(void)state;
	if (has_landlock()) {
		assert_int_equal(in_child(confine_with_missing_path, NULL), 0);
		assert_int_equal(in_child(confine_strictly, NULL), 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_what_roles_live_from_works),
		cmocka_unit_test(test_no_new_privileges_no_core_not_dumpable),
		cmocka_unit_test(test_a_path_must_exist),
	};
	return cmocka_run_group_tests(tests, make_files, remove_files);
}
