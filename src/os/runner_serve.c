// SPDX-License-Identifier: ISC
/*
 * runner_serve.c - the runner (runner.h).
 * Runs in: a process of its own, a thread for each task that it does.  Trusts:
 * the tasks; nothing that it is asked.  Allocates: what a task says.
 */
#include "os/runner_impl.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/secret.h"
#include "os/fd.h"
#include "os/run.h"
#include "os/thread.h"

struct serving {
	int socket;
	const struct runner_task *tasks;
	size_t count;
	atomic_uint at_work;
};

/* Something to do, and where the answer goes. */
struct job {
	struct serving *serving;
	const struct runner_task *task;
	struct runner_ask ask;
	int answer_socket;
};

/* -- one task */

static void answer(int socket, struct runner_answer *a)
{
	struct runner_packet_answer head = { a->result, a->status };
	struct iovec iov[] = { { &head, sizeof(head) }, { a->said, a->len } };
	struct parcel_fds fds = { { a->fd, -1 }, a->fd == -1 ? 0u : 1u };

	/* who does not take it has lost it */
	(void)!parcel_send(socket, iov, 2, &fds, MSG_DONTWAIT);
}

static void refuse(struct job *job, int error)
{
	struct runner_answer a = { .result = -error, .fd = -1 };

	answer(job->answer_socket, &a);
}

static void work(struct job *job)
{
	struct runner_answer a = { .fd = -1, .cap = job->task->cap };

	a.said = malloc(a.cap + 1);
	if (a.said == NULL) {
		refuse(job, ENOMEM);
		return;
	}
	job->task->work(job->task->arg, &job->ask, &a);
	answer(job->answer_socket, &a);
	fd_close(&a.fd);
	wipe(a.said, a.cap);
	free(a.said);
}

static void finish(struct job *job)
{
	fd_close(&job->ask.fd);
	fd_close(&job->answer_socket);
	(void)atomic_fetch_sub(&job->serving->at_work, 1);
	free(job);
}

static void *run(void *arg)
{
	work(arg);
	finish(arg);
	return NULL;
}

/* -- what is asked */

/* That it speaks to who asks, and to nobody else. */
static bool is_answer_socket(int fd)
{
	int domain = 0;
	int type = 0;
	socklen_t len = sizeof(int);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 &&
	       domain == AF_UNIX &&
	       getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	       type == SOCK_SEQPACKET;
}

/* Without memory who asks sees the socket's end. */
static void begin(struct serving *s, const struct runner_packet_ask *ask,
		  struct parcel_fds *fds)
{
	struct job *job = malloc(sizeof(*job));

	if (job == NULL) {
		return;
	}
	*job = (struct job){
		.serving = s,
		.task = &s->tasks[ask->index],
		.ask = { ask->verb, fds->count == 2 ? fds->fd[1] : -1 },
		.answer_socket = fds->fd[0],
	};
	fds->count = 0;
	if (atomic_fetch_add(&s->at_work, 1) >= RUNNER_AT_ONCE_MAX ||
	    thread_start(run, job) < 0) {
		refuse(job, EAGAIN);
		finish(job);
	}
}

/* False at the end, and if nobody honest would ask so. */
static bool serve(struct serving *s)
{
	struct runner_packet_ask ask;
	struct iovec iov = { &ask, sizeof(ask) };
	struct parcel_fds fds;
	ssize_t n = parcel_take(s->socket, &iov, 1, &fds);

	if (n != (ssize_t)sizeof(ask) || ask.index >= s->count ||
	    fds.count == 0 || !is_answer_socket(fds.fd[0])) {
		return false;
	}
	begin(s, &ask, &fds);
	parcel_close_fds(&fds);
	return true;
}

/* -- the process */

/* A Ctrl-C and the end of a session are for who asks, which lets come to an end
 * what is in hand. */
static void ignore_signals(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM,
				       SIGPIPE };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		(void)signal(signals[i], SIG_IGN);
	}
}

_Noreturn void runner_serve(int socket, const struct runner_task *tasks,
			    size_t count)
{
	struct serving s = { .tasks = tasks, .count = count };

	ignore_signals();
	/* Nobody waits for the end of a pipe because of us; standard error is
	 * for what programs say. */
	s.socket = fd_keep_one(socket);
	if (s.socket < 0) {
		_exit(1);
	}
	(void)prctl(PR_SET_NAME, "restante-runner", 0, 0, 0);
	while (serve(&s)) {
	}
	_exit(0);
}

/* -- programs */

static bool is_plain_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static void run_it(const void *arg, const struct runner_ask *ask,
		   struct runner_answer *answer)
{
	struct run run = *(const struct run *)arg;
	struct run_end end;

	if (ask->verb != 0 || (run.input_fd == -1) != (ask->fd == -1) ||
	    (ask->fd != -1 && !is_plain_file(ask->fd))) {
		answer->result = -EINVAL;
		return;
	}
	run.input_fd = ask->fd;
	run.out = answer->said;
	run.cap = answer->cap;
	answer->result = run_program(&run, &end);
	answer->status = end.status;
	answer->len = end.len;
}

struct runner_task runner_program(const struct run *run)
{
	return (struct runner_task){ run_it, run, run->cap };
}
