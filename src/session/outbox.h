// SPDX-License-Identifier: ISC
/*
 * outbox.h - packets to another role, which may have no room for them now: then
 * they wait here in order.  Nothing in session ever blocks on a channel.
 */
#ifndef SESSION_OUTBOX_H
#define SESSION_OUTBOX_H

#include "ipc/channel.h"

struct outbox_entry;

struct outbox {
	struct outbox_entry *first;
	struct outbox_entry **last;
};

void outbox_init(struct outbox *o);

/* Wipes and frees what waits. */
void outbox_finish(struct outbox *o);

static inline bool outbox_is_empty(const struct outbox *o)
{
	return o->first == NULL;
}

/*
 * Sends p (which has no descriptor) over fd, or keeps a copy behind those that
 * wait.  CHANNEL_OK; CHANNEL_EOF if the role is gone or there is no memory:
 * this process cannot go on then.
 */
MUST_USE int outbox_send(struct outbox *o, int fd, struct packet *p);

/* Sends what waits, as far as there is room.  CHANNEL_OK or CHANNEL_EOF. */
MUST_USE int outbox_flush(struct outbox *o, int fd);

#endif
