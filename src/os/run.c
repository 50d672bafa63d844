// SPDX-License-Identifier: ISC
/*
 * run.c - running a program, without a shell, or a function in a process of its
 * own, and hearing what it says (run.h).
 * Runs in: restante's runner (runner.h), in threads; its main.  Trusts: the
 * program, which its user chose, to be no more than slow or talkative; the
 * function no more than that.
 * Allocates: what posix_spawn does.
 */
#include "os/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/secret.h"
#include "os/clock.h"
#include "os/fd.h"

#define OUTPUT_GRACE_MS 1000u /* of run_for_output */
#define LOOK_MS         20    /* where the kernel tells of no end */

/* A program that runs. */
struct running {
	const struct run *run;
	pid_t pid;
	int pid_fd; /* readable when it has ended; or -1: nobody tells */
	int out_fd; /* -1: its output has ended */
	struct run_end *end;
};

/* Signals as a shell would have them, whatever this process ignores. */
static int set_attributes(posix_spawnattr_t *attr, bool is_apart)
{
	sigset_t set;
	int group = is_apart ? POSIX_SPAWN_SETPGROUP : 0;

	sigemptyset(&set);
	posix_spawnattr_setsigmask(attr, &set);
	sigfillset(&set);
	posix_spawnattr_setsigdefault(attr, &set);
	posix_spawnattr_setpgroup(attr, 0);
	return posix_spawnattr_setflags(
	    attr,
	    (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group));
}

static int set_input(posix_spawn_file_actions_t *actions, int input_fd)
{
	return input_fd == -1
		   ? posix_spawn_file_actions_addopen(actions, STDIN_FILENO,
						      "/dev/null", O_RDONLY, 0)
		   : posix_spawn_file_actions_adddup2(actions, input_fd,
						      STDIN_FILENO);
}

static int set_descriptors(posix_spawn_file_actions_t *actions,
			   const struct run *run, int out_fd)
{
	int rc = set_input(actions, run->input_fd);

	if (rc == 0) {
		rc = posix_spawn_file_actions_adddup2(actions, out_fd,
						      STDOUT_FILENO);
	}
	if (rc == 0 && run->hears_errors) {
		rc = posix_spawn_file_actions_adddup2(actions, out_fd,
						      STDERR_FILENO);
	}
	if (rc == 0 && run->is_apart) {
		rc = posix_spawn_file_actions_addclosefrom_np(
		    actions, STDERR_FILENO + 1);
	}
	return rc;
}

/* 0, or a negative errno. */
static int spawn(const struct run *run, int out_fd, pid_t *pid_r)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int rc;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	rc = set_attributes(&attr, run->is_apart);
	rc = rc == 0 ? set_descriptors(&actions, run, out_fd) : rc;
	rc = rc == 0
		 ? posix_spawnp(pid_r, run->argv[0], &actions, &attr, run->argv,
				run->environment != NULL ? run->environment
							 : environ)
		 : rc;
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return -rc;
}

/* What it says: the beginning is kept, the rest is read so that it does not
 * wait.  False at the end, or if nothing is there now. */
static bool hear(struct running *r)
{
	uint8_t rest[4096];
	size_t room = r->run->cap - r->end->len;
	uint8_t *to = room == 0 ? rest : (uint8_t *)r->run->out + r->end->len;
	ssize_t n = read(r->out_fd, to, room == 0 ? sizeof(rest) : room);
	int error = errno;

	wipe(rest, sizeof(rest));
	if (n < 0) {
		return error == EINTR;
	}
	if (n == 0) {
		fd_close(&r->out_fd);
		return false;
	}
	r->end->len += room == 0 ? 0 : (size_t)n;
	return true;
}

static int ms_until(uint64_t end_ms)
{
	uint64_t now_ms = clock_ms();
	uint64_t left = now_ms >= end_ms ? 0 : end_ms - now_ms;

	return left > INT32_MAX ? INT32_MAX : (int)left;
}

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
					 { r->out_fd, POLLIN, 0 } };
		int left = ms_until(end_ms);
		bool looks = r->pid_fd == -1 && left > LOOK_MS;

		(void)poll(fds, 2, looks ? LOOK_MS : left);
		if (fds[1].revents != 0) {
			(void)hear(r);
		}
		if (has_ended(r)) {
			return 0;
		}
		if (left == 0) {
			return -ETIMEDOUT;
		}
	}
}

/* Apart, all that it started, too. */
static void end_it(struct running *r)
{
	pid_t whom = r->run->is_apart ? -r->pid : r->pid;

	(void)kill(whom, SIGTERM);
	if (await(r, clock_ms() + r->run->grace_ms) < 0) {
		(void)kill(whom, SIGKILL);
		(void)await(r, UINT64_MAX);
	}
	(void)kill(whom, SIGKILL);
}

static int reap(const struct running *r)
{
	pid_t rc;

	do {
		rc = waitpid(r->pid, &r->end->status, 0);
	} while (rc < 0 && errno == EINTR);
	return rc < 0 ? -errno : 0;
}

static int follow(struct running *r)
{
	int rc = await(r, clock_ms() + r->run->limit_ms);
	int reaped;

	if (rc < 0) {
		end_it(r);
	}
	while (r->out_fd != -1 && r->end->len < r->run->cap && hear(r)) {
	}
	reaped = reap(r);
	return reaped < 0 ? reaped : rc;
}

/* What is run: 0, and *pid_r; or a negative errno. */
struct start {
	int (*start)(const struct start *s, const struct run *run, int out_fd,
		     pid_t *pid_r);
	void (*work)(void *arg, int out_fd); /* of a function */
	void *arg;
};

static int start_program(const struct start *s, const struct run *run,
			 int out_fd, pid_t *pid_r)
{
	(void)s;
	return spawn(run, out_fd, pid_r);
}

/* Killed with who asked: nobody would hear it. */
static _Noreturn void be_function(const struct start *s, int out_fd,
				  pid_t parent)
{
	int fd = fd_keep_one(out_fd);

	if (fd < 0 || dup2(STDIN_FILENO, STDERR_FILENO) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent) {
		_exit(1);
	}
	s->work(s->arg, fd);
	_exit(0);
}

static int start_function(const struct start *s, const struct run *run,
			  int out_fd, pid_t *pid_r)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	(void)run;
	if (pid == 0) {
		be_function(s, out_fd, parent);
	}
	*pid_r = pid;
	return pid < 0 ? -errno : 0;
}

static int run_it(const struct start *s, const struct run *run,
		  struct run_end *end_r)
{
	struct running r = { .run = run, .end = end_r };
	int pipes[2];
	int rc;

	*end_r = (struct run_end){ 0 };
	if (pipe2(pipes, O_CLOEXEC) < 0) {
		return -errno;
	}
	rc = fd_set_nonblocking(pipes[0], true);
	rc = rc == 0 ? s->start(s, run, pipes[1], &r.pid) : rc;
	fd_close(&pipes[1]);
	r.out_fd = pipes[0];
	if (rc == 0) {
		r.pid_fd = pidfd_open(r.pid, 0);
		rc = follow(&r);
		fd_close(&r.pid_fd);
	}
	fd_close(&r.out_fd);
	return rc;
}

int run_program(const struct run *run, struct run_end *end_r)
{
	const struct start s = { .start = start_program };

	return run_it(&s, run, end_r);
}

int run_function(const struct run *run, void (*work)(void *arg, int out_fd),
		 void *arg, struct run_end *end_r)
{
	const struct start s = { start_function, work, arg };

	return run_it(&s, run, end_r);
}

static enum run_result judge_end(int status, int *code_r)
{
	if (WIFSIGNALED(status)) {
		*code_r = WTERMSIG(status);
		return RUN_SIGNALLED;
	}
	*code_r = WEXITSTATUS(status);
	return *code_r == 0 ? RUN_OK : RUN_EXITED;
}

enum run_result run_judge(int rc, int status, int *code_r)
{
	*code_r = 0;
	if (rc == -ETIMEDOUT) {
		return RUN_LATE;
	}
	if (rc == 0) {
		return judge_end(status, code_r);
	}
	*code_r = -rc;
	return RUN_ERROR;
}

/* Not apart: it may ask its user for something at the terminal, which a group
 * in the background cannot. */
struct run run_plainly(char *const *argv, uint32_t limit_ms)
{
	return (struct run){ .argv = argv,
			     .input_fd = -1,
			     .limit_ms = limit_ms,
			     .grace_ms = OUTPUT_GRACE_MS };
}

enum run_result run_for_output(char *const *argv, uint32_t limit_ms, void *out,
			       size_t cap, size_t *len_r, int *code_r)
{
	struct run run = run_plainly(argv, limit_ms);
	struct run_end end;
	int rc;

	run.out = out;
	run.cap = cap;
	rc = run_program(&run, &end);
	*len_r = end.len;
	return run_judge(rc, end.status, code_r);
}
