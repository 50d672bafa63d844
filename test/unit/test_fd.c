// SPDX-License-Identifier: ISC
/*
 * test_fd.c - descriptors: closed once, counted, paired, limited.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "os/fd.h"

static void test_closing_forgets_and_keeps_errno(void **state)
{
	size_t before = fd_count_open();
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(fd_count_open(), before + 1);
	errno = ERANGE;
	fd_close(&fd);
	assert_int_equal(fd, -1);
	assert_int_equal(errno, ERANGE);
	assert_int_equal(fd_count_open(), before);
	fd_close(&fd); /* none: nothing happens */
	assert_int_equal(fd, -1);
	assert_int_equal(errno, ERANGE);
}

static void test_nonblocking_goes_on_and_off(void **state)
{
	int pair[2];
	char c;

	(void)state;
	assert_int_equal(fd_channel_pair(pair, 4096), 0);
	assert_int_equal(fd_set_nonblocking(pair[0], true), 0);
	assert_true((fcntl(pair[0], F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(pair[1], F_GETFL) & O_NONBLOCK) == 0);
	assert_int_equal(read(pair[0], &c, 1), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(fd_set_nonblocking(pair[0], false), 0);
	assert_true((fcntl(pair[0], F_GETFL) & O_NONBLOCK) == 0);
	fd_close(&pair[0]);
	fd_close(&pair[1]);
	assert_int_equal(fd_set_nonblocking(-1, true), -EBADF);
}

static uint8_t sent[300000];

static int write_sent(void *arg)
{
	return fd_write_all(*(int *)arg, sent, sizeof(sent)) == 0 ? 0 : 1;
}

/* A pipe takes a part of it only. */
static void test_all_is_written_in_parts(void **state)
{
	static uint8_t got[sizeof(sent)];
	size_t len = 0;
	int pipe_fds[2];
	pid_t pid;

	(void)state;
	for (size_t i = 0; i < sizeof(sent); i++) {
		sent[i] = (uint8_t)(i * 7 + i / 256);
	}
	assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
	pid = child_begin(write_sent, &pipe_fds[1]);
	fd_close(&pipe_fds[1]);
	while (len < sizeof(got)) {
		ssize_t n = read(pipe_fds[0], got + len, sizeof(got) - len);

		assert_true(n > 0);
		len += (size_t)n;
	}
	assert_memory_equal(got, sent, sizeof(sent));
	fd_close(&pipe_fds[0]);
	assert_int_equal(child_end(pid), 0);
}

static void test_what_cannot_be_written_says_why(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(fd_write_all(fd, "x", 1), -ENOSPC);
	assert_int_equal(fd_write_all(fd, "", 0), 0);
	fd_close(&fd);
	assert_int_equal(fd_write_all(fd, "x", 1), -EBADF);
}

static int option_of(int fd, int option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, SOL_SOCKET, option, &value, &len), 0);
	return value;
}

static void test_a_pair_is_close_on_exec_and_keeps_packets(void **state)
{
	char text[8];
	int pair[2];

	(void)state;
	assert_int_equal(fd_channel_pair(pair, 65536), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(fcntl(pair[i], F_GETFD), FD_CLOEXEC);
		assert_int_equal(option_of(pair[i], SO_TYPE), SOCK_SEQPACKET);
		assert_true(option_of(pair[i], SO_SNDBUF) >= 65536);
	}
	assert_int_equal(write(pair[0], "ab", 2), 2);
	assert_int_equal(write(pair[0], "c", 1), 1);
	assert_int_equal(read(pair[1], text, sizeof(text)), 2);
	assert_int_equal(read(pair[1], text, sizeof(text)), 1);
	fd_close(&pair[0]);
	assert_int_equal(read(pair[1], text, sizeof(text)), 0);
	fd_close(&pair[1]);
}

static int no_pair_without_descriptors(void *arg)
{
	struct rlimit limit = { 3, 3 };
	int pair[2] = { 77, 78 };
	int rc;

	(void)arg;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0) {
		return 2;
	}
	rc = fd_channel_pair(pair, 4096);
	return rc == -EMFILE && pair[0] == 77 && pair[1] == 78 ? 0 : 1;
}

static void test_no_pair_leaves_its_result(void **state)
{
	(void)state;
	assert_int_equal(in_child(no_pair_without_descriptors, NULL), 0);
}

static int raise_soft(void *arg)
{
	struct rlimit limit = { 64, 256 };

	(void)arg;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0) {
		return 2;
	}
	if (fd_limit_raise(128) != 128 ||
	    getrlimit(RLIMIT_NOFILE, &limit) < 0) {
		return 1;
	}
	/* the hard limit stays, so that a child may have more */
	if (limit.rlim_cur != 128 || limit.rlim_max != 256) {
		return 3;
	}
	return fd_limit_raise(100) == 128 ? 0 : 4; /* and never lowers */
}

static int raise_hard_as_user(void *arg)
{
	struct rlimit limit = { 64, 256 };

	(void)arg;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)) {
		return 2;
	}
	if (fd_limit_raise(1024) != 256 ||
	    getrlimit(RLIMIT_NOFILE, &limit) < 0) {
		return 1;
	}
	return limit.rlim_cur == 256 ? 0 : 3;
}

#define MAY_NOT 77

/* Root in a container may lack CAP_SYS_RESOURCE. */
static int raise_hard_as_root(void *arg)
{
	struct rlimit limit = { 64, 256 };
	struct rlimit higher = { 64, 257 };

	(void)arg;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0) {
		return 2;
	}
	if (setrlimit(RLIMIT_NOFILE, &higher) < 0) {
		return MAY_NOT;
	}
	return fd_limit_raise(1024) == 1024 &&
		       getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
		       limit.rlim_cur == 1024
		   ? 0
		   : 1;
}

static void test_the_limit_is_raised_as_far_as_it_may(void **state)
{
	int as_root;

	(void)state;
	assert_int_equal(in_child(raise_soft, NULL), 0);
	assert_int_equal(in_child(raise_hard_as_user, NULL), 0);
	as_root = in_child(raise_hard_as_root, NULL);
	if (as_root == MAY_NOT) {
		print_message("raising the hard limit: not as this user\n");
	} else {
		assert_int_equal(as_root, 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_closing_forgets_and_keeps_errno),
		cmocka_unit_test(test_nonblocking_goes_on_and_off),
		cmocka_unit_test(
		    test_a_pair_is_close_on_exec_and_keeps_packets),
		cmocka_unit_test(test_no_pair_leaves_its_result),
		cmocka_unit_test(test_all_is_written_in_parts),
		cmocka_unit_test(test_what_cannot_be_written_says_why),
		cmocka_unit_test(test_the_limit_is_raised_as_far_as_it_may),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
