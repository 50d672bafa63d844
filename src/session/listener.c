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

static int watch_all(struct process *p, uint32_t events)
{
	int rc = 0;

	for (size_t i = 0; i < p->listener_count && rc == 0; i++) {
		rc = source_watch(&p->listeners[i].source, events);
	}
	return rc;
}

void listeners_tick(struct process *p)
{
	if (p->accept_ms == 0 || p->loop.now_ms < p->accept_ms) {
		return;
	}
	p->accept_ms = 0;
	if (listeners_start(p) < 0) {
		process_fail("a listener cannot be watched");
	}
}

/* Out of descriptors or memory: what is there is served, and the kernel's queue
 * holds who comes. */
static void pause_accepting(struct process *p, int error)
{
	log_event_errno(LOG_WARNING, "accepting pauses", NULL, error);
	(void)!watch_all(p, 0);
	p->accept_ms = p->loop.now_ms + SESSION_ACCEPT_PAUSE_MS;
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
	int fd = accept4(l->source.fd, (struct sockaddr *)&from, &len,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		table_add(l, fd, &from);
		return true;
	}
	return accept_failed(l->source.process, errno);
}

void listener_on_ready(struct source *source, uint32_t events)
{
	struct listener *l = LIST_OWNER(source, struct listener, source);
	unsigned most = loop_burst_next(&l->burst, &source->process->loop,
					SESSION_ACCEPTS_PER_TURN);

	(void)events;
	for (unsigned i = 0; i < most; i++) {
		if (!accept_one(l)) {
			loop_burst_end(&l->burst);
			return;
		}
	}
}

int listeners_start(struct process *p)
{
	return watch_all(p, LOOP_READABLE);
}

void listeners_close(struct process *p)
{
	p->accept_ms = 0;
	for (size_t i = 0; i < p->listener_count; i++) {
		(void)!source_watch(&p->listeners[i].source, 0);
		fd_close(&p->listeners[i].source.fd);
	}
	p->listener_count = 0;
}
