// SPDX-License-Identifier: ISC
/*
 * outbox.c - packets that wait for room (outbox.h).
 * Runs in: session.  Trusts: its caller.  Allocates: a copy of each packet that
 * waits; a connection has one request under way, so they are bounded by the
 * number of connections.
 */
#include "session/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

struct outbox_entry {
	struct outbox_entry *next;
	size_t len;
	uint8_t octets[];
};

void outbox_init(struct outbox *o)
{
	o->first = NULL;
	o->last = &o->first;
}

static void remove_first(struct outbox *o)
{
	struct outbox_entry *entry = o->first;

	o->first = entry->next;
	if (o->first == NULL) {
		o->last = &o->first;
	}
	wipe(entry->octets, entry->len);
	free(entry);
}

void outbox_finish(struct outbox *o)
{
	while (o->first != NULL) {
		remove_first(o);
	}
}

static int keep(struct outbox *o, const struct packet *p)
{
	struct outbox_entry *entry = malloc(sizeof(*entry) + p->len);

	if (entry == NULL) {
		return CHANNEL_EOF;
	}
	entry->next = NULL;
	entry->len = p->len;
	memcpy(entry->octets, p->as.octets, p->len);
	*o->last = entry;
	o->last = &entry->next;
	return CHANNEL_OK;
}

int outbox_send(struct outbox *o, int fd, struct packet *p)
{
	int rc = CHANNEL_AGAIN;

	if (outbox_is_empty(o)) {
		rc = channel_send(fd, p);
	}
	return rc == CHANNEL_AGAIN ? keep(o, p) : rc;
}

int outbox_flush(struct outbox *o, int fd)
{
	struct packet p;
	int rc = CHANNEL_OK;

	while (o->first != NULL && rc == CHANNEL_OK) {
		p.len = o->first->len;
		p.fd = -1;
		memcpy(p.as.octets, o->first->octets, p.len);
		rc = channel_send(fd, &p);
		if (rc == CHANNEL_OK) {
			remove_first(o);
		}
		wipe(p.as.octets, p.len);
	}
	return rc == CHANNEL_AGAIN ? CHANNEL_OK : rc;
}
