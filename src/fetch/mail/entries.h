// SPDX-License-Identifier: ISC
/*
 * entries.h - rows of the record in memory, to be found by unique-id and by
 * digest.  What they are is said in record.h.
 */
#ifndef FETCH_MAIL_ENTRIES_H
#define FETCH_MAIL_ENTRIES_H

#include "fetch/mail/digest.h"
#include "fetch/mail/pool.h"

#define RECORD_UID_MAX   512u
#define RECORD_PLACE_MAX 512u

/* In the database by these numbers: they never change. */
enum record_stage {
	RECORD_FETCHED = 1, /* about to be delivered to place */
	RECORD_DELIVERED,
	RECORD_DELETE_SENT, /* DELE was answered, or may have been */
	RECORD_DELETED,     /* QUIT was answered with +, or it is gone */
	RECORD_SET_ASIDE,   /* cannot be had or delivered: reason */
	RECORD_SKIPPED,     /* by a rule or its age; stays */
	/* In vain, tries times, and to be tried again; 0 times: it was listed,
	 * and its turn has not come. */
	RECORD_TRIED,
	/* As DELIVERED, but it may be the text of another message, or not all
	 * of it: nothing is deleted by it before it is proved. */
	RECORD_DOUBTED,
};

/* All zero is one to begin with.  The strings are somebody else's; NULL is the
 * same as "". */
struct record_entry {
	int64_t id; /* of the row; 0: not in the record yet */
	/* The server's unique-id; "": a message without one. */
	const char *uid;
	enum record_stage stage;
	bool has_sum; /* sum is known: the whole text was here */
	struct digest_sum sum;
	uint64_t octets;        /* as LIST said */
	const char *place;      /* FETCHED */
	const char *reason;     /* SET_ASIDE, TRIED */
	int64_t changed_unix;   /* stage */
	int64_t delivered_unix; /* 0: not */
	int64_t gone_unix;      /* not in the listing since then; 0: it is */
	int64_t sent_unix;      /* SKIPPED for its age: its Date; else 0 */
	int64_t rule;           /* SKIPPED by this one: rule_mark; else 0 */
	/* Of a row with a unique-id: the visit that found it listed first, and
	 * the first of those that do not list it any more.  0: not known; and
	 * none. */
	int64_t first_visit, missed_visit;
	/* Of a row DELETE_SENT without a unique-id: how many messages had as
	 * many octets, itself among them, in the listing of that session.  0:
	 * not known. */
	uint64_t alike;
	uint32_t tries; /* in a row, that ended the connection or failed */
	/* Not in the record.  It stands for a message of the present listing,
	 * and so for no other one; and: its unique-id is in that listing. */
	bool is_claimed;
	bool is_listed;
	bool is_judged; /* stage was changed by renamed.h, and not put yet */
};

/* All zero is an empty one. */
struct entries {
	struct record_entry *at;
	size_t count, cap;
	struct pool pool; /* their strings */
	uint32_t *by_uid; /* those with a unique-id, in its order */
	size_t by_uid_count;
	uint32_t *by_digest; /* those with a digest, in its order */
	size_t by_digest_count;
	/* For the first of each run of equal digests in by_digest: how many at
	 * its beginning are known to be no twin of anything any more. */
	uint32_t *spent;
};

/* A copy of *e with its strings.  Entries may move: pointers to them are good
 * from entries_index on.  False: no memory. */
MUST_USE bool entries_add(struct entries *es, const struct record_entry *e);

/* After the last add.  False: no memory. */
MUST_USE bool entries_index(struct entries *es);

/* By a unique-id that is not "", among those added before the last index. */
struct record_entry *entries_find(const struct entries *es, const char *uid);

void entries_finish(struct entries *es);

/* We have this message, whole and durable, or had it. */
bool record_is_held(const struct record_entry *e);

#endif
