// SPDX-License-Identifier: ISC
/*
 * memdrop.h - a maildrop in memory that outlives sessions: what was committed
 * in one is gone in the next.
 */
#ifndef TEST_MEMDROP_H
#define TEST_MEMDROP_H

#include "pop3/pop3.h"

struct memdrop_message {
	uint8_t *text;
	size_t len;
	char uid[POP3_UID_MAX + 1];
	uint64_t octets; /* on the wire */
	bool is_gone;    /* a commit removed it */
	bool is_stuck;   /* no commit can remove it */
	bool is_missing; /* it cannot be opened */
};

struct memdrop {
	struct memdrop_message *messages;
	uint32_t count;
};

/* Copies text.  uid must have 1 to POP3_UID_MAX octets. */
struct memdrop_message *memdrop_add(struct memdrop *drop, const char *uid,
				    struct pop3_slice text);
void memdrop_finish(struct memdrop *drop);

/* What a session sees: the messages that were there when it began. */
struct memdrop_snapshot {
	struct memdrop *drop;
	uint32_t *at; /* into drop->messages */
	bool *marked;
	uint32_t count;
	uint64_t octets;
	bool has_no_memory; /* marking fails */
};

void memdrop_snapshot_init(struct memdrop_snapshot *sn, struct memdrop *drop);
void memdrop_snapshot_finish(struct memdrop_snapshot *sn);

struct memdrop_message *memdrop_get(const struct memdrop_snapshot *sn,
				    uint32_t idx);

/* Removes what is marked. */
void memdrop_commit(struct memdrop_snapshot *sn, uint32_t *removed_r,
		    uint32_t *stayed_r);

/* Their ctx is a snapshot. */
extern const struct pop3_maildrop_ops memdrop_ops;

#endif
