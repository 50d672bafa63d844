// SPDX-License-Identifier: ISC
/*
 * record.h - what is known of an account's messages: a row of SQLite for each,
 * by account and unique-id, with its stage.  Blocking; a struct record is one
 * thread's.
 *
 * The rows of one visit are loaded at once (record_load), judged in memory
 * (plan.h, twins.h), changed there, and put back one by one; all changes are
 * made in a transaction and are durable when record_commit is through.  A
 * failure rolls the transaction back; then memory and record differ, and the
 * visit has to end (or to load again).
 *
 * A unique-id is that of one row of the account at most: a row that is put with
 * that of another one takes it away from that, which from then on is known by
 * its digest alone.
 *
 * Rows are never removed while their message may still be on the server.  They
 * go FETCH_RECORD_KEPT_DAYS after the message went (record_prune).
 *
 * Failures: WHY_TEMP: somebody else has it, or the disk is full; WHY_CONFIG:
 * no place for a record, or one of a newer restante; WHY_INTERNAL: damaged, or
 * the disk fails.  A damaged record is left as it is and said to be so: to go
 * on without it would fetch everything twice.  Only record_set_aside, when the
 * user says so, gives it another name.
 */
#ifndef FETCH_MAIL_RECORD_H
#define FETCH_MAIL_RECORD_H

#include <stdint.h>

#include "fetch/mail/entries.h"
#include "fetch/mail/turns.h"
#include "fetch/mail/listing.h"
#include "fetch/why.h"

struct record;

/*
 * path: of the database, made if missing (0600, its folders 0700).  key: which
 * account, "user@host".  The account is locked against every other
 * record_open of the same key, in this process or another, until record_close
 * or the end of the process: WHY_TEMP if somebody has it.  All this: 0; or -1
 * and *why.
 */
MUST_USE int record_open(const char *path, const char *key,
			 struct record **record_r, struct why *why);
/* The same without that lock, so that nobody waits for a fetch: to look at
 * rows, none of which may be put, and for what was shown (below). */
MUST_USE int record_open_shared(const char *path, const char *key,
				struct record **record_r, struct why *why);
void record_close(struct record **record);

/*
 * Who writes to the same record in this process takes turns: record_begin waits
 * for one, however long the others' disk takes, and has it until the
 * transaction's end.  SQLite's own waiting is for other processes, at chance,
 * and ends (FETCH_RECORD_BUSY_MS), then for all who wait.  turns outlives the
 * record.
 */
void record_take_turns(struct record *r, struct turns *turns);
/* -1, and *why: another program has it. */
int record_not_ours(const char *path, struct why *why);

/*
 * Appends the account's rows to *entries (all zero, or finished): all but those
 * DELETED, and of these the ones whose unique-id is in the listing again.  Then
 * indexes it.  listing may be NULL: then none DELETED.
 */
MUST_USE int record_load(struct record *r, const struct listing *listing,
			 struct entries *entries, struct why *why);

MUST_USE int record_begin(struct record *r, struct why *why);
/* Durable when it returns 0.  On -1 nothing since the begin is. */
MUST_USE int record_commit(struct record *r, struct why *why);
/* Harmless without a transaction. */
void record_rollback(struct record *r);

/* Within a transaction: inserts *e, if its id is 0, and sets that; or updates
 * the row of that id with all that is in *e. */
MUST_USE int record_put(struct record *r, struct record_entry *e,
			struct why *why);
/* Within a transaction: the row goes. */
MUST_USE int record_forget(struct record *r, int64_t id, struct why *why);

/*
 * Within a transaction, at the end of a visit: notes which of the rows stand
 * for no message of its listing (neither is_claimed nor is_listed) since when;
 * what was DELETE_SENT and is gone is DELETED.  Messages that were not dealt
 * with may be those of any row, under another name: undealt is the first_visit
 * of the youngest of them (INT64_MAX: of one it is not known; 0: there are
 * none).  So only rows are noted whose unique-id was listed beside all of them:
 * they are those of others (twins.h).
 */
MUST_USE int record_note_gone(struct record *r, struct entries *entries,
			      int64_t undealt, int64_t now_unix,
			      struct why *why);

/* Within a transaction: removes rows of messages that went long ago. */
MUST_USE int record_prune(struct record *r, int64_t now_unix, struct why *why);

/* The last log-in that was told to record_put_login, and how long the server
 * wants to have peace behind it; all zero: none was. */
struct record_login {
	int64_t last_unix;
	uint32_t delay_s;
};

MUST_USE int record_login(struct record *r, struct record_login *login_r,
			  struct why *why);
/* In a transaction of its own. */
MUST_USE int record_put_login(struct record *r,
			      const struct record_login *login,
			      struct why *why);

/*
 * The listing that a person saw last: which unique-id stood at which number, so
 * that the numbers go on meaning these messages.
 */
enum record_shown_by {
	RECORD_SHOWN_NOT,
	RECORD_SHOWN_BY_LIST, /* all of it */
	RECORD_SHOWN_BY_SHOW, /* a message of it */
};

struct record_shown {
	enum record_shown_by by; /* NOT: the rest is zero */
	bool is_old;             /* FETCH_SHOWN_S, or from the future */
	uint32_t count;          /* of its messages */
};

/* Instead of the one before, in a transaction of its own.  One with more than
 * FETCH_SHOWN_MAX messages is not remembered: then there is none. */
MUST_USE int record_put_shown(struct record *r, const struct listing *l,
			      enum record_shown_by by, int64_t now_unix,
			      struct why *why);
MUST_USE int record_shown(struct record *r, int64_t now_unix,
			  struct record_shown *shown_r, struct why *why);
/* 1 and what stood at that number; its unique-id, which may be "", is in pool.
 * 0: nothing did; or -1. */
MUST_USE int record_shown_message(struct record *r, uint32_t msn,
				  struct pool *pool,
				  struct listing_message *message_r,
				  struct why *why);

/*
 * On the user's word only: renames the database at path, with what belongs to
 * it, to path with ".damaged-" and the time behind it, which is written to
 * name_r.  WHY_TEMP if a restante has it open.
 */
MUST_USE int record_set_aside(const char *path, int64_t now_unix, char *name_r,
			      size_t name_cap, struct why *why);

#endif
