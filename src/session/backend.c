// SPDX-License-Identifier: ISC
/*
 * backend.c - the channels to auth, maildrop and key (process.h).
 * Runs in: session.  Trusts: what passes packet_check, from these three.
 */
#include "session/conn.h"

#include "os/fd.h"

/* Packets taken from a channel before connections get their turn. */
#define PACKETS_PER_TURN 64

static void watch(struct backend *b)
{
	if (source_watch(&b->source, outbox_is_empty(&b->outbox)
					 ? LOOP_READABLE
					 : LOOP_READABLE | LOOP_WRITABLE) < 0) {
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
	if (outbox_send(&b->outbox, b->source.fd, p) != CHANNEL_OK) {
		gone(b);
	}
	if (!outbox_is_empty(&b->outbox)) {
		watch(b);
	}
}

static void receive(struct backend *b)
{
	struct process *process = b->source.process;
	struct packet *p = &process->packet;
	unsigned most =
	    loop_burst_next(&b->burst, &process->loop, PACKETS_PER_TURN);

	for (unsigned i = 0; i < most; i++) {
		int rc = channel_receive_checked(b->source.fd, p, b->role,
						 ROLE_SESSION);

		if (rc == CHANNEL_AGAIN) {
			loop_burst_end(&b->burst);
			return;
		}
		if (rc != CHANNEL_OK) {
			gone(b);
		}
		answer_packet(process, p);
		fd_close(&p->fd);
	}
}

static void on_ready(struct source *source, uint32_t events)
{
	struct backend *b = LIST_OWNER(source, struct backend, source);

	if ((events & LOOP_WRITABLE) != 0) {
		if (outbox_flush(&b->outbox, source->fd) != CHANNEL_OK) {
			gone(b);
		}
		watch(b);
	}
	if ((events & ~(uint32_t)LOOP_WRITABLE) != 0) {
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
	b->role = role;
	outbox_init(&b->outbox);
	rc = source_init(&b->source, process, fd, on_ready);
	if (rc == 0) {
		watch(b);
	}
	return rc;
}
