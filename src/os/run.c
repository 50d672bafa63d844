// SPDX-License-Identifier: ISC
/*
 * run.c - running a program, without a shell, for what it prints (run.h).
 * Runs in: restante.  Trusts: the program, which its user chose, to be no more
 * than slow or talkative.
 */
#include "os/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret.h"
#include "os/clock.h"
#include "os/fd.h"

#define GRACE_MS     1000u /* from SIGTERM to SIGKILL */
#define ASK_AGAIN_MS 10

struct run {
	pid_t pid;
	int pid_fd; /* readable when it has ended */
	int out_fd;
	uint64_t end_ms;
	uint8_t *out;
	size_t cap;
	size_t len;
};

/* Signals in the child as a program expects them. */
static int set_signals(posix_spawnattr_t *attributes)
{
	sigset_t all_default;
	sigset_t none;

	sigemptyset(&none);
	sigemptyset(&all_default);
	sigaddset(&all_default, SIGPIPE);
	sigaddset(&all_default, SIGINT);
	sigaddset(&all_default, SIGQUIT);
	sigaddset(&all_default, SIGTERM);
	sigaddset(&all_default, SIGHUP);
	sigaddset(&all_default, SIGTSTP);
	sigaddset(&all_default, SIGCHLD);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &all_default);
	return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK |
							POSIX_SPAWN_SETSIGDEF);
}

static int spawn_with(char *const *argv, posix_spawn_file_actions_t *actions,
		      posix_spawnattr_t *attributes, int out, pid_t *pid_r)
{
	int rc = posix_spawn_file_actions_addopen(actions, STDIN_FILENO,
						  "/dev/null", O_RDONLY, 0);

	if (rc == 0) {
		rc = posix_spawn_file_actions_adddup2(actions, out,
						      STDOUT_FILENO);
	}
	if (rc == 0) {
		rc = set_signals(attributes);
	}
	return rc == 0 ? posix_spawnp(pid_r, argv[0], actions, attributes, argv,
				      environ)
		       : rc;
}

/* 0, or an errno. */
static int spawn(char *const *argv, int out, pid_t *pid_r)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc != 0) {
		return rc;
	}
	rc = posix_spawnattr_init(&attributes);
	if (rc == 0) {
		rc = spawn_with(argv, &actions, &attributes, out, pid_r);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

/* 0, or an errno. */
static int start(struct run *r, char *const *argv)
{
	int pipe_fds[2];
	int rc;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0) {
		return errno;
	}
	rc = spawn(argv, pipe_fds[1], &r->pid);
	fd_close(&pipe_fds[1]);
	r->out_fd = pipe_fds[0];
	if (rc != 0) {
		fd_close(&r->out_fd);
		return rc;
	}
	r->pid_fd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	return 0;
}

/* False at the end of its output. */
static bool read_some(struct run *r)
{
	uint8_t beyond[4096];
	bool is_full = r->len == r->cap;
	ssize_t n = read(r->out_fd, is_full ? beyond : r->out + r->len,
			 is_full ? sizeof(beyond) : r->cap - r->len);

	if (n > 0 && !is_full) {
		r->len += (size_t)n;
	}
	wipe(beyond, sizeof(beyond));
	return n > 0 || (n < 0 && errno == EINTR);
}

static int time_left(uint64_t end_ms)
{
	uint64_t now_ms = clock_ms();

	return now_ms < end_ms ? (int)(end_ms - now_ms) : 0;
}

/* It is not waited for yet. */
static bool has_ended(const struct run *r)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)r->pid, &info,
		      WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == r->pid;
}

/* A kernel without pidfd_open is asked again and again. */
static int patience(const struct run *r, uint64_t end_ms)
{
	int left = time_left(end_ms);

	return r->pid_fd >= 0 || left < ASK_AGAIN_MS ? left : ASK_AGAIN_MS;
}

/* Whether there is some of its output, or its end, before anything else. */
static bool wait_for_output(const struct run *r, int wait_ms)
{
	struct pollfd waits[] = {
		{ .fd = r->out_fd, .events = POLLIN },
		{ .fd = r->pid_fd, .events = POLLIN },
	};

	return poll(waits, 2, wait_ms) > 0 && waits[0].revents != 0;
}

/* Until its output has ended, or it has, or its time.  What it left running may
 * keep the output open for ever. */
static void read_output(struct run *r)
{
	bool ended = false;

	while (time_left(r->end_ms) > 0) {
		/* asked before: what it said until then is there */
		ended = has_ended(r);
		if (wait_for_output(r, ended ? 0 : patience(r, r->end_ms))) {
			if (!read_some(r)) {
				return;
			}
		} else if (ended) {
			return;
		}
	}
}

/* Whether it has ended before that time. */
static bool wait_until(const struct run *r, uint64_t end_ms, int *status_r)
{
	for (;;) {
		struct pollfd wait = { .fd = r->pid_fd, .events = POLLIN };
		pid_t done = waitpid(r->pid, status_r, WNOHANG);

		if (done == r->pid || (done < 0 && errno != EINTR)) {
			return true;
		}
		if (time_left(end_ms) == 0) {
			return false;
		}
		(void)poll(&wait, 1, patience(r, end_ms));
	}
}

static enum run_result judge(int status, int *code_r)
{
	if (WIFSIGNALED(status)) {
		*code_r = WTERMSIG(status);
		return RUN_SIGNALLED;
	}
	*code_r = WEXITSTATUS(status);
	return *code_r == 0 ? RUN_OK : RUN_EXITED;
}

static enum run_result finish(const struct run *r, int *code_r)
{
	int status = 0;

	if (wait_until(r, r->end_ms, &status)) {
		return judge(status, code_r);
	}
	(void)kill(r->pid, SIGTERM);
	if (!wait_until(r, clock_ms() + GRACE_MS, &status)) {
		(void)kill(r->pid, SIGKILL);
		while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR) {
		}
	}
	return RUN_LATE;
}

enum run_result run_for_output(char *const *argv, uint32_t limit_ms, void *out,
			       size_t cap, size_t *len_r, int *code_r)
{
	struct run r = { .pid_fd = -1,
			 .out_fd = -1,
			 .end_ms = clock_ms() + limit_ms,
			 .out = out,
			 .cap = cap };
	enum run_result result = RUN_ERROR;

	*code_r = start(&r, argv);
	if (*code_r == 0) {
		read_output(&r);
		result = finish(&r, code_r);
	}
	fd_close(&r.pid_fd);
	fd_close(&r.out_fd);
	*len_r = r.len;
	return result;
}
