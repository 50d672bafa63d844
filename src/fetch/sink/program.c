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

/*
 * Until it ends, or that time is over: 0 or -ETIMEDOUT.  Its end is its own:
 * a child that it leaves behind may keep the pipe open.
 */
static int await(int pid_fd, int *said_fd, uint64_t end_ms,
		 struct program_end *end)
{
	for (;;) {
		struct pollfd fds[2] = { { pid_fd, POLLIN, 0 },
					 { *said_fd, POLLIN, 0 } };
		int ms = ms_until(end_ms);
		int n = poll(fds, 2, ms);

		if (n > 0 && fds[1].revents != 0) {
			(void)hear(said_fd, end);
		}
		if (n > 0 && fds[0].revents != 0) {
			return 0;
		}
		if (ms == 0) {
			return -ETIMEDOUT;
		}
	}
}

/* All that it started, too. */
static void kill_group(pid_t pid, int pid_fd, int *said_fd,
		       struct program_end *end)
{
	(void)kill(-pid, SIGTERM);
	if (await(pid_fd, said_fd, clock_ms() + FETCH_COMMAND_GRACE_MS, end) <
	    0) {
		(void)kill(-pid, SIGKILL);
		(void)await(pid_fd, said_fd, UINT64_MAX, end);
	}
	(void)kill(-pid, SIGKILL);
}

static int reap(pid_t pid, struct program_end *end)
{
	pid_t rc;

	do {
		rc = waitpid(pid, &end->status, 0);
	} while (rc < 0 && errno == EINTR);
	return rc < 0 ? -errno : 0;
}

/* Its end is seen, and it is not yet gone: its group is still its own. */
static int follow(const struct program *p, pid_t pid, int *said_fd,
		  struct program_end *end)
{
	int pid_fd = pidfd_open(pid, 0);
	int rc;

	if (pid_fd < 0) {
		rc = -errno;
		(void)kill(-pid, SIGKILL);
		(void)reap(pid, end);
		return rc;
	}
	rc = await(pid_fd, said_fd, clock_ms() + p->limit_ms, end);
	if (rc < 0) {
		kill_group(pid, pid_fd, said_fd, end);
	}
	while (*said_fd != -1 && end->said_len < sizeof(end->said) &&
	       hear(said_fd, end)) {
	}
	fd_close(&pid_fd);
	if (reap(pid, end) < 0) {
		return -ECHILD;
	}
	return rc;
}

int program_run(const struct program *p, struct program_end *end_r)
{
	int pipes[2];
	pid_t pid;
	int rc;

	memset(end_r, 0, sizeof(*end_r));
	if (pipe2(pipes, O_CLOEXEC) < 0) {
		return -errno;
	}
	rc = fd_set_nonblocking(pipes[0], true);
	rc = rc == 0 ? spawn(p, pipes[1], &pid) : rc;
	fd_close(&pipes[1]);
	if (rc == 0) {
		rc = follow(p, pid, &pipes[0], end_r);
	}
	fd_close(&pipes[0]);
	return rc;
}
