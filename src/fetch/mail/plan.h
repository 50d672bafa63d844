// SPDX-License-Identifier: ISC
/*
 * plan.h - what is to be done with each message of a listing, given the rows
 * that the record has, and the account's policy.  Pure: no file, no clock.
 *
 * WHAT A ROW PROVES.  A message is deleted on the server only if we hold it.
 * Proof is one of:
 *
 *   1. its digest, of the text that was fetched just now, is that of a row that
 *      is held (twins.h);
 *   2. its unique-id is that of a row DELIVERED, and LIST says of it exactly
 *      what it said of the row's;
 *   3. its unique-id is that of any row that is held, its size can be the
 *      row's, and its header, by TOP, has the digest of the row's; of a row
 *      that is not DELIVERED the text, too, must have as many octets as LIST
 *      says now.
 *
 * 2 trusts that the server gives no unique-id anew while the message is there,
 * which RFC 1939, section 7, promises.  It promises no more than that: once the
 * message is deleted its unique-id may come back with another one.  Hence 3,
 * and not 2, for rows DELETE_SENT (an answer to QUIT that never came may have
 * been +OK) and DELETED (the message came back: new mail with an old name, or a
 * server that does not delete what it says it deletes).
 * Some servers break the promise: theirs is the message's number, or what
 * another client left.  So:
 *
 *   - Where there is TOP, 3 is demanded before anything is deleted: 2 is for
 *     what is to stay, and for servers without TOP.
 *   - Where every unique-id is its message's number, 3 is demanded of all rows.
 *   - "Its size can be the row's": as LIST said; or what it says now and what
 *     it said then both lie between the octets of the text with LF line ends
 *     and those with CRLF, as with servers that count either way.  Any other
 *     size is another message's until its digest shows otherwise: it is
 *     fetched, and 1 decides.
 *   - A row stands for one message of a listing at most (is_claimed), by
 *     whichever proof.
 *   - A rule that says "delete" does so without proof: the user's own word.
 *
 * What is left: somebody else deletes a message that we keep there, and the
 * server gives its unique-id to a new one that has as many octets (2): it is
 * not fetched, and without TOP it is deleted in the end.  RFC
 * 1939 allows it; no server that counts unique-ids upwards or makes them of the
 * text does it.
 *
 * A message that is taken for a new one and is none costs a download: its
 * digest keeps it from being delivered twice.  So every doubt ends in FETCH.
 */
#ifndef FETCH_MAIL_PLAN_H
#define FETCH_MAIL_PLAN_H

#include <stdint.h>

#include "fetch/account.h"
#include "fetch/mail/entries.h"
#include "fetch/mail/listing.h"

enum plan_action {
	PLAN_FETCH,  /* RETR; then plan_claim says whether it is new */
	PLAN_DELETE, /* we hold it, and the policy says so; or a rule does */
	PLAN_KEEP,   /* nothing is to be done */
	PLAN_TOO_LARGE,
	PLAN_SET_ASIDE, /* it failed before: row->reason; the user may say
	                 * --retry */
	PLAN_LOOK,      /* TOP n 0, then plan_looked */
	/* The row is FETCHED: whether it was delivered is to be found out, and
	 * the row changed, before the plan by which mail is fetched. */
	PLAN_VERIFY,
};

enum plan_because {
	PLAN_NEW,       /* there is no row that could be its */
	PLAN_CHANGED,   /* there is one, but for a message of another size */
	PLAN_UNSURE,    /* there is one, that proves nothing without a look */
	PLAN_HELD,      /* we have it */
	PLAN_BY_RULE,   /* skipped or deleted */
	PLAN_TOO_OLD,   /* newer_days */
	PLAN_SIZE,      /* size_max */
	PLAN_FAILED,    /* tries */
	PLAN_SAID,      /* --retry */
	PLAN_UNFINISHED /* FETCHED */
};

struct plan_item {
	uint32_t msn;
	enum plan_action action;
	enum plan_because because;
	/* LOOK, FETCH: rules and age are yet to be judged, by the header. */
	bool is_unruled;
	uint64_t octets;
	const char *uid;     /* the listing's */
	int64_t first_visit; /* of the unique-id: record_entry's */
	struct record_entry
	    *row;        /* of that unique-id (without one: of a failure
				   * of that size), or NULL */
	bool is_changed; /* row is not as the record has it any more: put it */
	const struct rule *rule; /* that matched, or NULL */
	const char *folder;      /* its folder, or NULL */
	int64_t sent_unix;       /* Date, once the header was seen; or 0 */
};

struct plan_policy {
	const struct account *account;
	bool retries; /* --retry: what was set aside, too */
	bool has_top; /* the server has TOP */
	int64_t now_unix;
};

/* All zero is none. */
struct plan {
	struct plan_policy policy;
	bool is_numbered;
	int64_t visit; /* this one, by record_entry's count */
	/* Each message once, in the order in which they are best dealt with:
	 * those that failed before come last. */
	struct plan_item *items;
	size_t count;
	size_t new_count; /* FETCH or LOOK, and none that is held, as far as
	                * known */
};

/*
 * Listing, entries and account must outlive the plan; entries it points into,
 * and marks as claimed.  0; or -1: no memory (WHY_INTERNAL).
 */
MUST_USE int plan_make(const struct listing *listing, struct entries *entries,
		       const struct plan_policy *policy, struct plan *plan_r,
		       struct why *why);
void plan_finish(struct plan *plan);

/*
 * After TOP: judges proof, rules and age; item->action is then FETCH, DELETE,
 * KEEP or TOO_LARGE.  header: the answer's octets, unstuffed, with LF or CRLF;
 * at NULL: there was none, or the server has no TOP after all: FETCH, still
 * unruled. head: of the same text (digest_sum), or NULL if there was none.
 */
void plan_looked(const struct plan *plan, struct plan_item *item,
		 const uint8_t *header, size_t len,
		 const uint8_t head[DIGEST_HEAD_LEN]);

/* Judges rules and age of a message that was fetched unruled: action is then
 * FETCH (to be delivered, to folder), KEEP (not to be delivered) or DELETE. */
void plan_rule(const struct plan *plan, struct plan_item *item,
	       const uint8_t *header, size_t len);

/*
 * The row that is the fetched message's: we hold it already, and need not
 * deliver it; or NULL: it is new.  The row is claimed, and has the item's
 * unique-id and octets now: put it.
 */
struct record_entry *plan_claim(const struct plan *plan,
				struct entries *entries, struct plan_item *item,
				const struct digest_sum *sum);

/* Begins the row of a message that is not held: with its unique-id, octets and,
 * if there is one to write over, its id; stage, sum, place and times are the
 * caller's to set. */
void plan_entry(const struct plan_item *item, struct record_entry *entry_r);

/* The whole row of a message that is to be KEPT by a rule or for its age, so
 * that it is not looked at next time.  False: it needs none. */
bool plan_skipped(const struct plan *plan, const struct plan_item *item,
		  struct record_entry *entry_r);

/* Whether the row's text has as many octets as LIST says: is all of it. */
bool plan_is_whole(const struct record_entry *row, uint64_t octets);

/* Whether a message that we hold is to be deleted now. */
bool plan_may_delete(const struct plan_policy *policy, int64_t delivered_unix);

#endif
