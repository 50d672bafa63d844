// SPDX-License-Identifier: ISC
/*
 * listener.c - accepting connections (process.h).
 * Runs in: session.  Trusts: the kernel.
 */
#include "session/table.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/log.h"
#include "os/fd.h"

static void on_pause_over(uv_timer_t *timer)
{
	struct process *p = timer->data;

	if (!p->is_retired && !p->is_stopping && listeners_start(p) < 0) {
		process_fail("a listener cannot be watched");
	}
}

/* Out of descriptors or memory: what is there is served, and the kernel's queue
 * holds who comes. */
static void pause_accepting(struct process *p, int error)
{
	log_event_errno(LOG_WARNING, "accepting pauses", NULL, error);
	listeners_stop(p);
	uv_timer_start(&p->accept_pause, on_pause_over, SESSION_ACCEPT_PAUSE_MS,
		       0);
}

/* [accept(2)] "should detect the following errors": they are of one connection,
 * and the next one may be fine. */
static const int errors_of_one[] = {
	ECONNABORTED, EINTR,       ENETDOWN, EPROTO,
	ENOPROTOOPT,  EHOSTDOWN,   ENONET,   EHOSTUNREACH,
	EOPNOTSUPP,   ENETUNREACH, EPERM,
};

/* What passes when others end. */
static const int errors_of_plenty[] = { EMFILE, ENFILE, ENOBUFS, ENOMEM };

static bool is_among(int error, const int *errors, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (errors[i] == error) {
			return true;
		}
	}
	return false;
}

#define IS_AMONG(error, errors)                                                \
	is_among(error, errors, sizeof(errors) / sizeof((errors)[0]))

/* True: try the next. */
static bool accept_failed(struct process *p, int error)
{
	if (error == EAGAIN || IS_AMONG(error, errors_of_one)) {
		return error != EAGAIN;
	}
	if (!IS_AMONG(error, errors_of_plenty)) {
		process_fail("a listener does not listen any more");
	}
	pause_accepting(p, error);
	return false;
}

/* False when there is none, or no way to take one, for now. */
static bool accept_one(struct listener *l)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	int fd = accept4(l->fd, (struct sockaddr *)&from, &len,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		table_add(l, fd, &from);
		return true;
	}
	return accept_failed(l->process, errno);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct listener *l = poll->data;

	(void)events;
	if (status < 0) {
		process_fail("a listener failed");
	}
	for (int i = 0; i < SESSION_ACCEPTS_PER_TURN; i++) {
		if (!accept_one(l)) {
			return;
		}
	}
}

int listeners_start(struct process *p)
{
	int rc = 0;

	for (size_t i = 0; i < p->listener_count && rc == 0; i++) {
		rc =
		    uv_poll_start(&p->listeners[i].poll, UV_READABLE, on_ready);
	}
	p->accept_pause.data = p;
	return rc;
}

void listeners_stop(struct process *p)
{
	for (size_t i = 0; i < p->listener_count; i++) {
		uv_poll_stop(&p->listeners[i].poll);
	}
}

void listeners_close(struct process *p)
{
	listeners_stop(p);
	for (size_t i = 0; i < p->listener_count; i++) {
		fd_close(&p->listeners[i].fd);
	}
	p->listener_count = 0;
}
