// SPDX-License-Identifier: ISC
/*
 * record.h - what is known of an account's messages: a row of SQLite for each,
 * by unique-id, with its stage.  Blocking; one connection a thread.  Every
 * change is in a transaction; after record_commit it is durable.
 */
#ifndef FETCH_RECORD_H
#define FETCH_RECORD_H

#include <stdint.h>

#include "fetch/why.h"

#define RECORD_UID_MAX    512u
#define RECORD_DIGEST_LEN 32u
#define RECORD_PLACE_MAX  512u

enum record_stage {
	RECORD_FETCHED = 1, /* about to be delivered to place */
	RECORD_DELIVERED,
	RECORD_DELETE_SENT, /* DELE was answered, or may have been */
	RECORD_DELETED,     /* QUIT was answered with + */
	RECORD_SET_ASIDE,   /* cannot be delivered: reason */
	RECORD_SKIPPED,     /* by a rule; stays */
};

struct record_entry {
	/* The server's unique-id; of a server without UIDL, or a message without
	 * one: "" (then found by digest and occurrence). */
	char uid[RECORD_UID_MAX + 1];
	enum record_stage stage;
	bool has_digest;
	uint8_t digest[RECORD_DIGEST_LEN];
	uint64_t octets;        /* as LIST said */
	char place[RECORD_PLACE_MAX];
	char reason[WHY_MAX];   /* SET_ASIDE */
	int64_t delivered_unix; /* 0: not */
	uint32_t tries;         /* that ended the connection or failed */
};

struct record;

/* path: of the database, made if missing (0600, its folder 0700).  key: which
 * account, "user@host".  Locked against another restante that collects the same
 * account: WHY_TEMP. */
MUST_USE int record_open(const char *path, const char *key,
			 struct record **record_r, struct why *why);
void record_close(struct record **record);
/* ... begin, put (insert or update by uid), find by uid, gone (unique-ids that
 * are no longer in the listing), twins (rows with this digest whose unique-id is
 * not in the listing and which are not DELETED), commit, rollback, prune. */

#endif
