// SPDX-License-Identifier: ISC
/*
 * test_runner.c - a process that does what was fixed before: for many threads
 * at once, and nothing for packets that are not as they should be.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "os/fd.h"
#include "os/run.h"
#include "os/runner_impl.h"

#define THREADS 24

/* Says who it is, what it is asked, and what came along. */
static void echo(const void *arg, const struct runner_ask *ask,
		 struct runner_answer *answer)
{
	answer->len =
	    (size_t)snprintf(answer->said, answer->cap, "%s %u %ld",
			     (const char *)arg, ask->verb, (long)getpid());
	answer->status = 7;
	answer->fd = ask->fd == -1 ? -1 : fd_duplicate(ask->fd);
}

/* Until somebody writes to what came along. */
static void block(const void *arg, const struct runner_ask *ask,
		  struct runner_answer *answer)
{
	char octet;

	(void)arg;
	answer->result = read(ask->fd, &octet, 1) == 1 ? 0 : -EIO;
}

enum {
	ECHO,
	BLOCK,
	SHELL,
	TASKS
};

/* The same ones for all. */
struct fixed {
	char *argv[4];
	struct run run;
	struct runner_task tasks[TASKS];
	struct runner *runner;
};

static void fixed_init(struct fixed *f)
{
	char *const argv[] = { (char *)(uintptr_t) "sh",
			       (char *)(uintptr_t) "-c",
			       (char *)(uintptr_t) "cat; echo err >&2; exit 3",
			       NULL };

	memcpy(f->argv, argv, sizeof(argv));
	f->run = (struct run){ .argv = f->argv,
			       .input_fd = 0,
			       .hears_errors = true,
			       .is_apart = true,
			       .limit_ms = 20000,
			       .grace_ms = 1000,
			       .cap = 64 };
	f->tasks[ECHO] = (struct runner_task){ echo, "echo", 64 };
	f->tasks[BLOCK] = (struct runner_task){ block, NULL, 0 };
	f->tasks[SHELL] = runner_program(&f->run);
	assert_int_equal(runner_start(f->tasks, TASKS, &f->runner), 0);
}

static pid_t ask_pid(const struct fixed *f)
{
	struct runner_way way = { f->runner, ECHO };
	char said[65] = "";
	struct runner_answer answer = { .said = said, .cap = 64 };
	char *last;

	assert_int_equal(
	    runner_do(&way, &(struct runner_ask){ 9, -1 }, &answer), 0);
	assert_memory_equal(said, "echo 9 ", 7);
	assert_int_equal(answer.status, 7);
	assert_int_equal(answer.fd, -1);
	last = strrchr(said, ' ');
	return (pid_t)strtol(last, NULL, 10);
}

static int file_with(const char *text)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void *run_often(void *arg)
{
	struct runner_way way = { ((struct fixed *)arg)->runner, SHELL };

	for (int i = 0; i < 4; i++) {
		char text[32], want[64], said[64];
		struct run_end end;
		int fd;

		snprintf(text, sizeof(text), "text %d\n", i);
		snprintf(want, sizeof(want), "%serr\n", text);
		fd = file_with(text);
		assert_int_equal(runner_run(&way, fd, said, sizeof(said), &end),
				 0);
		assert_int_equal(WEXITSTATUS(end.status), 3);
		assert_int_equal(end.len, strlen(want));
		assert_memory_equal(said, want, end.len);
		fd_close(&fd);
	}
	return arg;
}

static void test_many_ask_at_once(void **state)
{
	pthread_t threads[THREADS];
	size_t fds = fd_count_open();
	struct fixed f;

	(void)state;
	fixed_init(&f);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, run_often, &f), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
	runner_stop(&f.runner);
	assert_null(f.runner);
	assert_int_equal(fd_count_open(), fds);
}

/* What a terminal and an end of a session send to all of a group. */
static void test_signals_are_not_for_it(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct fixed f;
	pid_t pid;

	(void)state;
	fixed_init(&f);
	pid = ask_pid(&f);
	assert_int_not_equal(pid, getpid());
	for (size_t i = 0; i < COUNT_OF(signals); i++) {
		assert_int_equal(kill(pid, signals[i]), 0);
	}
	assert_int_equal(ask_pid(&f), pid);
	runner_stop(&f.runner);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

static void test_one_that_is_killed_is_missed(void **state)
{
	struct runner_answer answer = { .cap = 0 };
	struct runner_way way;
	struct fixed f;
	int pipes[2];

	(void)state;
	fixed_init(&f);
	way = (struct runner_way){ f.runner, BLOCK };
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	if (fork() == 0) {
		(void)kill(ask_pid(&f), SIGKILL);
		_exit(0);
	}
	/* whether it was asked before or after */
	assert_int_equal(
	    runner_do(&way, &(struct runner_ask){ 0, pipes[0] }, &answer),
	    -EOWNERDEAD);
	assert_int_equal(
	    runner_do(&way, &(struct runner_ask){ 0, pipes[0] }, &answer),
	    -EOWNERDEAD);
	assert_true(wait(NULL) > 0);
	fd_close(&pipes[0]);
	fd_close(&pipes[1]);
	runner_stop(&f.runner);
}

/* -- packets */

/* A runner by hand: its socket, and its number. */
static int begin(struct fixed *f, pid_t *pid_r)
{
	int pair[2];

	fixed_init(f);
	runner_stop(&f->runner);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	*pid_r = fork();
	if (*pid_r == 0) {
		close(pair[0]);
		runner_serve(pair[1], f->tasks, TASKS);
	}
	close(pair[1]);
	return pair[0];
}

/* Sends len octets of a packet for index, with a socket of that type for the
 * answer. */
static int put(int socket, size_t len, uint32_t index, int type)
{
	struct {
		struct runner_packet_ask ask;
		char more[8];
	} packet = { { index, 0 }, "" };
	struct iovec iov = { &packet, len };
	struct parcel_fds fds = { .count = type == 0 ? 0 : 1 };
	int pair[2];

	assert_int_equal(
	    socketpair(AF_UNIX, (type == 0 ? SOCK_SEQPACKET : type), 0, pair),
	    0);
	fds.fd[0] = pair[1];
	assert_int_equal(parcel_send(socket, &iov, 1, &fds, 0), 0);
	close(pair[1]);
	return pair[0];
}

static ssize_t hear(int socket)
{
	char octets[128];
	struct iovec iov = { octets, sizeof(octets) };
	struct parcel_fds fds;

	return parcel_take(socket, &iov, 1, &fds);
}

static void expect_end(size_t len, uint32_t index, int type)
{
	struct fixed f;
	pid_t pid;
	int socket = begin(&f, &pid);
	int answer = put(socket, len, index, type);

	assert_int_equal(child_end(pid), 0);
	assert_int_equal(hear(answer), 0);
	close(answer);
	close(socket);
}

static void test_only_whole_packets_are_answered(void **state)
{
	size_t whole = sizeof(struct runner_packet_ask);
	struct fixed f;
	pid_t pid;
	int socket, answer;

	(void)state;
	for (size_t len = 1; len <= whole + 8; len++) {
		if (len != whole) {
			expect_end(len, ECHO, SOCK_SEQPACKET);
		}
	}
	expect_end(whole, TASKS, SOCK_SEQPACKET);
	expect_end(whole, UINT32_MAX, SOCK_SEQPACKET);
	expect_end(whole, ECHO, SOCK_STREAM);
	expect_end(whole, ECHO, 0);
	socket = begin(&f, &pid);
	answer = put(socket, whole, ECHO, SOCK_SEQPACKET);
	assert_true(hear(answer) >
		    (ssize_t)sizeof(struct runner_packet_answer));
	close(answer);
	close(socket);
	assert_int_equal(child_end(pid), 0);
}

/* More than can be at work are told so; and when some have ended others are
 * served again. */
static void test_no_more_than_so_many_at_once(void **state)
{
	struct runner_packet_ask ask = { BLOCK, 0 };
	struct runner_packet_answer head;
	struct iovec iov = { &ask, sizeof(ask) };
	struct iovec to = { &head, sizeof(head) };
	int answers[RUNNER_AT_ONCE_MAX + 1][2];
	struct parcel_fds fds;
	struct fixed f;
	int pipes[2];
	pid_t pid;
	int socket = begin(&f, &pid);

	(void)state;
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	for (size_t i = 0; i <= RUNNER_AT_ONCE_MAX; i++) {
		assert_int_equal(
		    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, answers[i]), 0);
		fds = (struct parcel_fds){ { answers[i][1], pipes[0] }, 2 };
		assert_int_equal(parcel_send(socket, &iov, 1, &fds, 0), 0);
		close(answers[i][1]);
	}
	assert_int_equal(
	    parcel_take(answers[RUNNER_AT_ONCE_MAX][0], &to, 1, &fds),
	    sizeof(head));
	assert_int_equal(head.result, -EAGAIN);
	for (size_t i = 0; i < RUNNER_AT_ONCE_MAX; i++) {
		assert_int_equal(write(pipes[1], "x", 1), 1);
	}
	for (size_t i = 0; i <= RUNNER_AT_ONCE_MAX; i++) {
		if (i < RUNNER_AT_ONCE_MAX) {
			assert_int_equal(
			    parcel_take(answers[i][0], &to, 1, &fds),
			    sizeof(head));
			assert_int_equal(head.result, 0);
		}
		close(answers[i][0]);
	}
	close(pipes[0]);
	close(pipes[1]);
	close(socket);
	assert_int_equal(child_end(pid), 0);
}

/* A program's input is a plain file, or nothing. */
static void test_programs_get_what_they_want(void **state)
{
	struct runner_way way;
	struct run_end end;
	struct fixed f;
	char said[64];
	int pipes[2];

	(void)state;
	fixed_init(&f);
	way = (struct runner_way){ f.runner, SHELL };
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_int_equal(runner_run(&way, pipes[0], said, 64, &end), -EINVAL);
	assert_int_equal(runner_run(&way, -1, said, 64, &end), -EINVAL);
	close(pipes[0]);
	pipes[0] = file_with("all\n");
	assert_int_equal(runner_run(&way, pipes[0], said, 64, &end), 0);
	assert_int_equal(end.len, 8);
	close(pipes[0]);
	pipes[0] = file_with("all\n");
	/* an answer that does not fit is none */
	assert_int_equal(runner_run(&way, pipes[0], said, 7, &end), -EBADMSG);
	close(pipes[0]);
	close(pipes[1]);
	runner_stop(&f.runner);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_ask_at_once),
		cmocka_unit_test(test_signals_are_not_for_it),
		cmocka_unit_test(test_one_that_is_killed_is_missed),
		cmocka_unit_test(test_only_whole_packets_are_answered),
		cmocka_unit_test(test_no_more_than_so_many_at_once),
		cmocka_unit_test(test_programs_get_what_they_want),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
