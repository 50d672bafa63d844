// SPDX-License-Identifier: ISC
/*
 * packet.h - all that one role may say to another.  A packet is a fixed
 * structure with a bounded tail, and at most one descriptor; packet_check says
 * whether what came may come from that sender in that form.  Nothing in the
 * structures is padding: all of it is declared, and zero where unused.
 *
 *   session -> auth      LOGIN, KNOWN, SASL_BEGIN, SASL_STEP, SASL_CANCEL
 *   auth -> session      REFUSED, KNOWN_ANSWER, SASL_CHALLENGE
 *   auth -> maildrop     GRANT
 *   maildrop -> session  OPENED, LISTING, MESSAGE, TEXTS, COMMITTED
 *   session -> maildrop  GET_LISTING, FETCH, MARK, COMMIT, CLOSE
 *   session -> key       SIGN, GET_TICKET_KEYS
 *   key -> session       IDENTITY, TICKET_KEY_SET, SIGNATURE
 *   master -> any role   SETTINGS, CHANNEL, START, RETIRE
 *   master -> key, auth  FILE
 *   master -> session    LISTENER, COUNTERS, SERVE
 *   any role -> master   READY
 */
#ifndef IPC_PACKET_H
#define IPC_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"
#include "ipc/packet_key.h"
#include "ipc/packet_login.h"
#include "ipc/settings.h"

/* The tail is struct session_settings, auth_settings, maildrop_settings or
 * key_settings. */
struct packet_settings {
	struct packet_head head;
};

/* With a descriptor: the channel to a role.  id names the session process at
 * its far end, or both ends' session process; 0 for auth <-> maildrop. */
struct packet_channel {
	struct packet_head head;
	uint32_t role; /* enum role at the far end */
	uint32_t id;
};

/* With a descriptor: a listening socket. */
struct packet_listener {
	struct packet_head head;
	uint32_t kind; /* enum listener_kind */
	uint32_t zero;
};

enum listener_kind {
	LISTENER_PLAIN,
	LISTENER_TLS, /* from the first octet on */
	LISTENER_KIND_COUNT
};

/* COUNTERS (with a descriptor: shared memory, see ipc/counters.h), START,
 * READY, GET_TICKET_KEYS, SERVE (take connections from now on), RETIRE (finish
 * what runs, take no more). */
struct packet_bare {
	struct packet_head head;
};

/* With a descriptor, open for reading: a file that the role may read once. */
struct packet_file {
	struct packet_head head;
	uint32_t kind; /* enum file_kind */
	uint32_t idx;  /* from 0; of a certificate and its key the same */
};

enum file_kind {
	FILE_CERTIFICATE, /* PEM, the server's own first (key) */
	FILE_PRIVATE_KEY, /* PEM (key) */
	FILE_CLIENT_CA,   /* PEM, one or more (key, auth) */
	FILE_GUARD,       /* auth/guard.h; open for writing too (auth) */
	FILE_KIND_COUNT
};

/*
 * A maildrop was opened and locked, or could not be.  handle means something on
 * this channel only.  The tail is the snapshot (ipc/snapshot.h) if listing_len
 * is not 0, else GET_LISTING brings it, unless count is 0; then the user's
 * name, as in GRANT.
 */
struct packet_opened {
	struct packet_head head;
	uint64_t conn;
	uint64_t handle;
	uint64_t octets;
	uint32_t count;
	uint32_t status; /* enum packet_status; not OK: the rest is 0 */
	uint32_t listing_len;
	uint32_t user_len;
};

/* GET_LISTING. */
struct packet_handle {
	struct packet_head head;
	uint64_t conn;
	uint64_t handle;
};

/* Remove nothing. */
struct packet_close {
	struct packet_head head;
	uint64_t conn;
	uint64_t handle;
	uint32_t is_broken; /* 0 or 1: a message was not what was listed */
	uint32_t zero;
};

/* With a descriptor, if status is OK: a sealed memfd of len octets that holds
 * the snapshot. */
struct packet_listing {
	struct packet_head head;
	uint64_t conn;
	uint64_t len;
	uint32_t status;
	uint32_t zero;
};

/* Message idx, and, if that costs little, those behind it: count messages at
 * most, 1 to PACKET_TEXTS_MAX, all of which there must be.  MESSAGE or TEXTS
 * answers. */
struct packet_fetch {
	struct packet_head head;
	uint64_t conn;
	uint64_t handle;
	uint32_t idx;
	uint32_t count;
};

/* With a descriptor, if status is OK: the stored text, open for reading at its
 * begin, of stored octets (it has not grown or shrunk since the snapshot). */
struct packet_message {
	struct packet_head head;
	uint64_t conn;
	uint64_t stored;
	uint32_t idx;
	uint32_t status;
};

/*
 * Message idx, which is small, and maybe some of those behind it, count in all:
 * the tail is their stored texts in a row, each behind its length (32 bits, at
 * most PACKET_TEXT_MAX).  None has grown or shrunk since the snapshot.
 */
struct packet_texts {
	struct packet_head head;
	uint64_t conn;
	uint32_t idx;
	uint32_t count; /* 1 to PACKET_TEXTS_MAX */
};

/* The tail is a bitmap: bit b of octet o, least first, marks message
 * first + 8 * o + b.  first is a multiple of 8. */
struct packet_mark {
	struct packet_head head;
	uint64_t conn;
	uint64_t handle;
	uint32_t first;
	uint32_t octets; /* of the tail: 1 to PACKET_MARK_OCTETS_MAX */
};

/*
 * Remove what was marked, then close.  marked is how many messages the MARK
 * packets of this handle have marked: other threads may still be at work on
 * them, so the receiver waits until it has as many; more, or too few for long,
 * is a fault of the sender.
 */
struct packet_commit {
	struct packet_head head;
	uint64_t conn;
	uint64_t handle;
	uint32_t marked;
	uint32_t zero;
};

/* The maildrop is closed and unlocked. */
struct packet_committed {
	struct packet_head head;
	uint64_t conn;
	uint32_t removed; /* what had vanished before counts as removed */
	uint32_t stayed;
};

/* A packet as it was received, or is to be sent. */
struct packet {
	size_t len;
	int fd; /* that came with it, or goes with it; -1 is none */
	union {
		struct packet_head head;
		struct packet_settings settings;
		struct packet_channel channel;
		struct packet_listener listener;
		struct packet_bare bare;
		struct packet_file file;
		struct packet_login login;
		struct packet_sasl_begin sasl_begin;
		struct packet_sasl_step sasl_step;
		struct packet_sasl_cancel sasl_cancel;
		struct packet_sasl_challenge sasl_challenge;
		struct packet_known known;
		struct packet_known_answer known_answer;
		struct packet_refused refused;
		struct packet_grant grant;
		struct packet_opened opened;
		struct packet_handle handle;
		struct packet_close close;
		struct packet_listing listing;
		struct packet_fetch fetch;
		struct packet_message message;
		struct packet_texts texts;
		struct packet_mark mark;
		struct packet_commit commit;
		struct packet_committed committed;
		struct packet_identity identity;
		struct packet_ticket_keys ticket_keys;
		struct packet_sign sign;
		struct packet_signature signature;
		uint8_t octets[PACKET_MAX];
	} as;
};

/* Begins a packet of that type: its fixed part zeroed, no tail, no fd. */
void packet_init(struct packet *p, enum packet_type type);

/* Appends to the tail.  False if it does not fit into PACKET_MAX. */
MUST_USE bool packet_put(struct packet *p, const void *at, size_t len);

/* The tail: what stands behind the fixed part. */
const uint8_t *packet_tail(const struct packet *p);
size_t packet_tail_len(const struct packet *p);

/*
 * Whether p is sound: a type that from may say to to, of a length that fits
 * type, tail and the lengths in it, with a descriptor if and only if its type
 * (and status) has one, numbers of enums in range, zeros zero.  It does not
 * know handles, counts or states.
 */
MUST_USE bool packet_check(const struct packet *p, enum role from,
			   enum role to);

/* One of the texts of TEXTS. */
struct packet_text {
	const uint8_t *at;
	uint32_t len;
};

/* Takes the first of the texts that stand in *len octets at *at, and moves both
 * behind it.  False, and nothing is moved, if they do not begin with one. */
MUST_USE bool packet_take_text(const uint8_t **at, size_t *len,
			       struct packet_text *text_r);

/* A packet type's name, for logs; "?" for none. */
const char *packet_name(uint32_t type);

#endif
