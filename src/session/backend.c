// SPDX-License-Identifier: ISC
/*
 * backend.c - the channels to auth, maildrop and key (process.h).
 * Runs in: session.  Trusts: what passes packet_check, from these three.
 */
#include "session/conn.h"

#include "os/fd.h"

/* Packets taken from a channel before connections get their turn. */
#define PACKETS_PER_TURN 64

static void on_ready(uv_poll_t *poll, int status, int events);

static void watch(struct backend *b)
{
	b->wants_write = !outbox_is_empty(&b->outbox);
	if (uv_poll_start(&b->poll,
			  UV_READABLE | (b->wants_write ? UV_WRITABLE : 0),
			  on_ready) < 0) {
		process_fail("a channel cannot be watched");
	}
}

static void gone(const struct backend *b)
{
	static const char *const texts[ROLE_COUNT] = {
		[ROLE_AUTH] = "auth is gone",
		[ROLE_MAILDROP] = "maildrop is gone",
		[ROLE_KEY] = "key is gone",
	};

	process_fail(texts[b->role]);
}

void backend_send(struct backend *b, struct packet *p)
{
	if (outbox_send(&b->outbox, b->fd, p) != CHANNEL_OK) {
		gone(b);
	}
	if (!outbox_is_empty(&b->outbox) && !b->wants_write) {
		watch(b);
	}
}

static void receive(struct backend *b)
{
	struct packet *p = &b->process->packet;

	for (int i = 0; i < PACKETS_PER_TURN; i++) {
		int rc =
		    channel_receive_checked(b->fd, p, b->role, ROLE_SESSION);

		if (rc == CHANNEL_AGAIN) {
			return;
		}
		if (rc != CHANNEL_OK) {
			gone(b);
		}
		answer_packet(b->process, p);
		fd_close(&p->fd);
	}
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct backend *b = poll->data;

	if (status < 0) {
		gone(b);
	}
	if ((events & UV_WRITABLE) != 0) {
		if (outbox_flush(&b->outbox, b->fd) != CHANNEL_OK) {
			gone(b);
		}
		if (outbox_is_empty(&b->outbox)) {
			watch(b);
		}
	}
	if ((events & UV_READABLE) != 0) {
		receive(b);
	}
}

int backend_init(struct backend *b, struct process *process, enum role role,
		 int fd)
{
	int rc = fd_set_nonblocking(fd, true);

	if (rc < 0) {
		return rc;
	}
	b->process = process;
	b->role = role;
	b->fd = fd;
	outbox_init(&b->outbox);
	b->poll.data = b;
	rc = uv_poll_init(&process->loop, &b->poll, fd);
	if (rc == 0) {
		watch(b);
	}
	return rc;
}
