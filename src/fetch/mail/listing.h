// SPDX-License-Identifier: ISC
/*
 * listing.h - what LIST and UIDL said, put together.  Nothing that a server
 * says is trusted: lines may come in any order, or twice; at the end every
 * message that one of them names is in it once, by number, and a unique-id
 * stands with it only if it can be one.
 *
 * A unique-id counts as none if it is empty, longer than RECORD_UID_MAX, has
 * octets that no unique-id may have (blanks, controls), was given twice for one
 * message and not the same, or is that of another message of the listing, too:
 * some servers give all messages the same.  Such messages are known by their
 * digests alone.
 */
#ifndef FETCH_MAIL_LISTING_H
#define FETCH_MAIL_LISTING_H

#include <stddef.h>
#include <stdint.h>

#include "fetch/mail/pool.h"
#include "fetch/why.h"

struct listing_message {
	uint32_t msn;
	uint64_t octets; /* 0: not known, as where UIDL alone names it */
	const char *uid; /* "": none */
};

struct listing_uid {
	uint32_t msn;
	const char *uid;
};

/* All zero is one that begins. */
struct listing {
	struct listing_message *at; /* by msn, from listing_end on */
	size_t count, cap;
	uint32_t stated; /* as many as STAT said; 0: it did not */
	/* Every unique-id is its message's number: then it names a place in the
	 * maildrop rather than a message. */
	bool is_numbered;
	/* of listing.c alone */
	struct listing_uid *uids;
	size_t uids_count, uids_cap;
	struct pool pool;
};

/* A line of LIST (that of a message 0 says nothing).  0; or -1: no memory
 * (WHY_INTERNAL), or more than FETCH_MESSAGES_MAX (WHY_PROTOCOL). */
MUST_USE int listing_octets(struct listing *l, uint32_t msn, uint64_t octets,
			    struct why *why);

/* A line of UIDL; uid is copied.  The same. */
MUST_USE int listing_uid(struct listing *l, uint32_t msn, const void *uid,
			 size_t len, struct why *why);

/* No more lines: puts it in order.  0, or -1 as above. */
MUST_USE int listing_end(struct listing *l, struct why *why);

/* Once it is in order: the message of that number, or NULL. */
const struct listing_message *listing_find(const struct listing *l,
					   uint32_t msn);

/* Behind the end: whether there are fewer than STAT said.  Then what is not in
 * it need not be gone, and *why (WHY_PROTOCOL) says so. */
bool listing_is_short(const struct listing *l, struct why *why);

void listing_finish(struct listing *l);

#endif
