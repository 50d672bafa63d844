// SPDX-License-Identifier: ISC
/*
 * ahead.h - small messages that came beside the one that was asked for, because
 * the client is about to ask for them.  They stand in the packet that brought
 * them as long as one turn lasts; then what is left is copied, for a short time
 * and within a limit of the process.  What was read is sent, even if another
 * program removes the message meanwhile: it was there when the client was about
 * to ask.  The message under way stays as long as its client takes; it is no
 * longer ahead, and not within that limit.
 */
#ifndef SESSION_AHEAD_H
#define SESSION_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

struct conn;
struct packet;
struct process;

/* Texts, of messages in a row. */
struct ahead {
	const uint8_t *at; /* the first, behind its length (ipc/packet.h) */
	uint8_t *memory;   /* they are in; NULL: in the packet */
	uint64_t kept_ms;  /* since when, if in memory */
	uint32_t counted;  /* of memory, in the limit of the process */
	uint32_t len;      /* in octets */
	uint32_t idx;      /* of the first */
	uint32_t count;
};

/* What the client has asked for behind a message, as far as it is there. */
enum ahead_next {
	AHEAD_UNKNOWN,
	AHEAD_FOLLOWS, /* the message behind it */
	AHEAD_OTHER,   /* another one */
};

/* How many messages from idx on to ask for at once. */
uint32_t ahead_wanted(const struct conn *c, uint32_t idx, enum ahead_next next);

/* Lends it the texts of a TEXTS, sound and an answer to what was asked, until
 * ahead_keep. */
void ahead_lend(struct conn *c, const struct packet *p);

/* The turn is over: copies what is lent, or the message under way alone, or
 * drops it.  False if there is no memory for a message that is under way. */
MUST_USE bool ahead_keep(struct conn *c);

/* Drops those in front of message idx.  Whether that one is there; if not, all
 * are dropped. */
bool ahead_seek(struct conn *c, uint32_t idx);

/* The text in front, which there must be; until the next call. */
const uint8_t *ahead_text(const struct conn *c, uint32_t *len_r);

void ahead_drop(struct conn *c);

/* Drops what has been kept too long; of a message under way, what is behind
 * it. */
void ahead_tick(struct process *p);

#endif
