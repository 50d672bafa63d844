// SPDX-License-Identifier: ISC
/*
 * runner.c - starting a runner, and asking it (runner.h).
 * Runs in: restante, its carrier threads too.  Trusts: the runner.
 * Allocates: its hold of it.
 */
#include "os/runner.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/fd.h"
#include "os/run.h"
#include "os/runner_impl.h"

struct runner {
	pid_t pid;
	int socket;
};

static int start(struct runner *r, const struct runner_task *tasks,
		 size_t count)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		return -errno;
	}
	r->pid = fork();
	if (r->pid == 0) {
		fd_close(&pair[0]);
		runner_serve(pair[1], tasks, count);
	}
	fd_close(&pair[1]);
	r->socket = pair[0];
	if (r->pid < 0) {
		int rc = -errno;

		fd_close(&r->socket);
		return rc;
	}
	return 0;
}

int runner_start(const struct runner_task *tasks, size_t count,
		 struct runner **runner_r)
{
	struct runner *r = malloc(sizeof(*r));
	int rc = r == NULL ? -ENOMEM : start(r, tasks, count);

	if (rc < 0) {
		free(r);
		return rc;
	}
	*runner_r = r;
	return 0;
}

void runner_stop(struct runner **runner)
{
	struct runner *r = *runner;
	pid_t rc;

	if (r == NULL) {
		return;
	}
	fd_close(&r->socket);
	do {
		rc = waitpid(r->pid, NULL, 0);
	} while (rc < 0 && errno == EINTR);
	free(r);
	*runner = NULL;
}

/* Takes what is answered on a socket that only the runner has, too: if it ends
 * the runner did. */
static int hear(int socket, struct runner_answer *answer)
{
	struct runner_packet_answer head;
	struct iovec iov[] = { { &head, sizeof(head) },
			       { answer->said, answer->cap } };
	struct parcel_fds fds;
	ssize_t n = parcel_take(socket, iov, 2, &fds);

	if (n <= 0) {
		return n == 0 ? -EOWNERDEAD : (int)n;
	}
	if ((size_t)n < sizeof(head) || fds.count > 1) {
		parcel_close_fds(&fds);
		return -EBADMSG;
	}
	answer->result = head.result;
	answer->status = head.status;
	answer->len = (size_t)n - sizeof(head);
	answer->fd = fds.count == 1 ? fds.fd[0] : -1;
	return head.result;
}

int runner_do(const struct runner_way *way, const struct runner_ask *ask,
	      struct runner_answer *answer)
{
	struct runner_packet_ask packet = { way->index, ask->verb };
	struct iovec iov = { &packet, sizeof(packet) };
	struct parcel_fds fds = { { -1, ask->fd }, ask->fd == -1 ? 1u : 2u };
	int pair[2];
	int rc;

	answer->result = 0;
	answer->status = 0;
	answer->len = 0;
	answer->fd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		return -errno;
	}
	fds.fd[0] = pair[1];
	rc = parcel_send(way->runner->socket, &iov, 1, &fds, 0);
	fd_close(&pair[1]);
	rc = rc == 0 ? hear(pair[0], answer) : rc == -EPIPE ? -EOWNERDEAD : rc;
	fd_close(&pair[0]);
	return rc;
}

int runner_run(const struct runner_way *way, int input_fd, void *out,
	       size_t cap, struct run_end *end_r)
{
	struct runner_ask ask = { .fd = input_fd };
	struct runner_answer answer = { .said = out, .cap = cap };
	int rc = runner_do(way, &ask, &answer);

	fd_close(&answer.fd);
	*end_r = (struct run_end){ .status = answer.status, .len = answer.len };
	return rc;
}
