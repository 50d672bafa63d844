// SPDX-License-Identifier: ISC
/*
 * program.c - one run of another program (program.h).
 * Runs in: a carrier thread.  Trusts: the program with what is on its input,
 * and to write less than it can.  Allocates: what posix_spawn does.
 */
#include "fetch/sink/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fetch/limits.h"
#include "os/clock.h"
#include "os/fd.h"

/* Between two looks, where the kernel tells of no end. */
#define LOOK_MS 20

/* Signals as a shell would have them, and a group of its own: a Ctrl-C at the
 * terminal is for us, who let it finish. */
static int set_attributes(posix_spawnattr_t *attr)
{
	sigset_t set;

	sigemptyset(&set);
	posix_spawnattr_setsigmask(attr, &set);
	sigfillset(&set);
	posix_spawnattr_setsigdefault(attr, &set);
	posix_spawnattr_setpgroup(attr, 0);
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK |
						  POSIX_SPAWN_SETSIGDEF |
						  POSIX_SPAWN_SETPGROUP);
}

static int set_descriptors(posix_spawn_file_actions_t *actions, int input_fd,
			   int said_fd)
{
	int rc =
	    posix_spawn_file_actions_adddup2(actions, input_fd, STDIN_FILENO);

	if (rc == 0) {
		rc = posix_spawn_file_actions_adddup2(actions, said_fd,
						      STDOUT_FILENO);
	}
	if (rc == 0) {
		rc = posix_spawn_file_actions_adddup2(actions, said_fd,
						      STDERR_FILENO);
	}
	if (rc == 0) {
		rc = posix_spawn_file_actions_addclosefrom_np(
		    actions, STDERR_FILENO + 1);
	}
	return rc;
}

/* 0, or a negative errno. */
static int spawn(const struct program *p, int said_fd, pid_t *pid_r)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int rc;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	rc = set_attributes(&attr);
	rc = rc == 0 ? set_descriptors(&actions, p->input_fd, said_fd) : rc;
	rc = rc == 0 ? posix_spawnp(pid_r, p->argv[0], &actions, &attr, p->argv,
				    p->environment)
		     : rc;
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return -rc;
}

/* What it says: the beginning is kept, the rest is read so that it does not
 * wait.  False at the end, or if nothing is there now. */
static bool hear(int *fd, struct program_end *end)
{
	uint8_t rest[4096];
	size_t room = sizeof(end->said) - end->said_len;
	uint8_t *to = room == 0 ? rest : end->said + end->said_len;
	ssize_t n = read(*fd, to, room == 0 ? sizeof(rest) : room);

	if (n < 0) {
		return errno == EINTR;
	}
	if (n == 0) {
		fd_close(fd);
		return false;
	}
	end->said_len += room == 0 ? 0 : (size_t)n;
	return true;
}

static int ms_until(uint64_t end_ms)
{
	uint64_t now_ms = clock_ms();
	uint64_t left = now_ms >= end_ms ? 0 : end_ms - now_ms;

	return left > INT32_MAX ? INT32_MAX : (int)left;
}

/* A program that runs. */
struct running {
	pid_t pid;
	int pid_fd; /* readable when it has ended; or -1: nobody tells */
	int said_fd;
	struct program_end *end;
};

/* It is not reaped by that: its number stays its own, and its group's. */
static bool has_ended(const struct running *r)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT) <
		   0 ||
	       info.si_pid != 0;
}

/*
 * Until it ends, or that time is over: 0 or -ETIMEDOUT.  Its end is its own:
 * a child that it leaves behind may keep the pipe open.
 */
static int await(struct running *r, uint64_t end_ms)
{
	for (;;) {
		struct pollfd fds[2] = { { r->pid_fd, POLLIN, 0 },
					 { r->said_fd, POLLIN, 0 } };
		int left = ms_until(end_ms);
		bool looks = r->pid_fd == -1 && left > LOOK_MS;

		(void)poll(fds, 2, looks ? LOOK_MS : left);
		if (fds[1].revents != 0) {
			(void)hear(&r->said_fd, r->end);
		}
		if (has_ended(r)) {
			return 0;
		}
		if (left == 0) {
			return -ETIMEDOUT;
		}
	}
}

/* All that it started, too. */
static void kill_group(struct running *r)
{
	(void)kill(-r->pid, SIGTERM);
	if (await(r, clock_ms() + FETCH_COMMAND_GRACE_MS) < 0) {
		(void)kill(-r->pid, SIGKILL);
		(void)await(r, UINT64_MAX);
	}
	(void)kill(-r->pid, SIGKILL);
}

static int reap(const struct running *r)
{
	pid_t rc;

	do {
		rc = waitpid(r->pid, &r->end->status, 0);
	} while (rc < 0 && errno == EINTR);
	return rc < 0 ? -errno : 0;
}

static int follow(struct running *r, uint64_t limit_ms)
{
	int rc = await(r, clock_ms() + limit_ms);
	int reaped;

	if (rc < 0) {
		kill_group(r);
	}
	while (r->said_fd != -1 && r->end->said_len < PROGRAM_SAID_MAX &&
	       hear(&r->said_fd, r->end)) {
	}
	reaped = reap(r);
	return reaped < 0 ? reaped : rc;
}

int program_run(const struct program *p, struct program_end *end_r)
{
	struct running r = { .end = end_r };
	int pipes[2];
	int rc;

	memset(end_r, 0, sizeof(*end_r));
	if (pipe2(pipes, O_CLOEXEC) < 0) {
		return -errno;
	}
	rc = fd_set_nonblocking(pipes[0], true);
	rc = rc == 0 ? spawn(p, pipes[1], &r.pid) : rc;
	fd_close(&pipes[1]);
	r.said_fd = pipes[0];
	if (rc == 0) {
		r.pid_fd = pidfd_open(r.pid, 0);
		rc = follow(&r, p->limit_ms);
		fd_close(&r.pid_fd);
	}
	fd_close(&r.said_fd);
	return rc;
}
