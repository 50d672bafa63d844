// SPDX-License-Identifier: ISC
/*
 * test_run_function.c - a function in a process of its own: it is heard, has
 * nothing else of ours, and ends when it should or when we do.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "os/fd.h"
#include "os/run.h"

#define SAID_MAX 8u

static char said[SAID_MAX];
static struct run_end end;
static int code;

static enum run_result run(void (*work)(void *, int), void *arg,
			   uint64_t limit_ms)
{
	const struct run how = {
		.limit_ms = limit_ms,
		.grace_ms = 100,
		.out = said,
		.cap = sizeof(said),
	};
	size_t before = fd_count_open();
	int rc = run_function(&how, work, arg, &end);

	assert_int_equal(fd_count_open(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	return run_judge(rc, end.status, &code);
}

static void say(void *arg, int fd)
{
	assert_int_equal(fd_write_all(fd, arg, strlen(arg)), 0);
}

static void say_and_end(void *arg, int fd)
{
	say(arg, fd);
	_exit(7);
}

static void abort_it(void *arg, int fd)
{
	(void)arg;
	(void)fd;
	(void)signal(SIGABRT, SIG_DFL);
	(void)raise(SIGABRT);
}

static void test_it_is_heard(void **state)
{
	(void)state;
	assert_int_equal(run(say, "one", 20000), RUN_OK);
	assert_int_equal(end.len, 3);
	assert_memory_equal(said, "one", 3);
	assert_int_equal(run(say, "", 20000), RUN_OK);
	assert_int_equal(end.len, 0);
	/* no more than there is room for */
	assert_int_equal(run(say, "0123456789", 20000), RUN_OK);
	assert_int_equal(end.len, SAID_MAX);
	assert_memory_equal(said, "01234567", SAID_MAX);
}

static void test_its_end_is_told(void **state)
{
	(void)state;
	assert_int_equal(run(say_and_end, "two", 20000), RUN_EXITED);
	assert_int_equal(code, 7);
	assert_int_equal(run(abort_it, NULL, 20000), RUN_SIGNALLED);
	assert_int_equal(code, SIGABRT);
}

static void wait_for_ever(void *arg, int fd)
{
	(void)fd;
	(void)signal(SIGTERM, arg == NULL ? SIG_DFL : SIG_IGN);
	for (;;) {
		(void)pause();
	}
}

static void talk_for_ever(void *arg, int fd)
{
	for (;;) {
		say(arg, fd);
	}
}

static void test_it_does_not_go_on_for_ever(void **state)
{
	(void)state;
	assert_int_equal(run(wait_for_ever, NULL, 100), RUN_LATE);
	assert_true(WIFSIGNALED(end.status));
	assert_int_equal(WTERMSIG(end.status), SIGTERM);
	assert_int_equal(run(wait_for_ever, "whatever comes", 100), RUN_LATE);
	assert_int_equal(WTERMSIG(end.status), SIGKILL);
	assert_int_equal(run(talk_for_ever, "x", 100), RUN_LATE);
}

/* What it could write to a terminal, or read from one, is elsewhere. */
static void see_descriptors(void *arg, int fd)
{
	char octet;
	bool is_empty = read(STDIN_FILENO, &octet, 1) == 0;
	size_t count = fd_count_open();

	(void)arg;
	for (int i = 0; i < 3; i++) {
		is_empty = is_empty && fcntl(i, F_GETFD) == 0 &&
			   lseek(i, 0, SEEK_CUR) == 0 && isatty(i) == 0;
	}
	say(is_empty && count == 4 && fd == 3 ? "null" : "others", fd);
}

static void test_it_has_no_descriptors_of_ours(void **state)
{
	(void)state;
	assert_int_equal(run(see_descriptors, NULL, 20000), RUN_OK);
	assert_int_equal(end.len, 4);
	assert_memory_equal(said, "null", 4);
}

/* -- who asks is killed */

static void tell_pid(void *arg, int fd)
{
	(void)alarm(30); /* of SIGALRM it is no test */
	*(volatile pid_t *)arg = getpid();
	wait_for_ever(NULL, fd);
}

static int run_in_child(void *arg)
{
	return (int)run(tell_pid, arg, 60000);
}

static void test_it_ends_with_us(void **state)
{
	volatile pid_t *pid = mmap(NULL, sizeof(*pid), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t asks;
	int status;
	(void)state;

	assert_true(pid != MAP_FAILED);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	asks = child_begin(run_in_child, (void *)(uintptr_t)pid);
	while (*pid == 0) {
		(void)usleep(1000);
	}
	assert_int_equal(kill(asks, SIGKILL), 0);
	assert_int_equal(child_end(asks), KILLED_BY(SIGKILL));
	assert_int_equal(waitpid(*pid, &status, 0), *pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(munmap((void *)(uintptr_t)pid, sizeof(*pid)), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_is_heard),
		cmocka_unit_test(test_its_end_is_told),
		cmocka_unit_test(test_it_does_not_go_on_for_ever),
		cmocka_unit_test(test_it_has_no_descriptors_of_ours),
		cmocka_unit_test(test_it_ends_with_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
