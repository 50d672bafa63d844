// SPDX-License-Identifier: ISC
/*
 * haul.h - an account's mail on its way from the server's octets to where it
 * goes, and the record of it: blocking code, in the order that loses nothing and
 * doubles nothing.
 *
 * A group of messages: their octets come (haul_text), all are synced where nobody
 * finds them; the record says FETCHED; they are delivered; they are durable; the
 * record says DELIVERED.  Only then the news says HAUL_CARRIED, whereupon the loop
 * may send DELE.  Before QUIT the record says DELETE_SENT (haul_deleting), after
 * its + DELETED.
 *
 * Runs in: the carrier's thread, alone.  What came of it goes to tell.
 */
#ifndef FETCH_HAUL_H
#define FETCH_HAUL_H

#include "base/list.h"
#include "fetch/account.h"
#include "fetch/mail/plan.h"
#include "fetch/mail/listing.h"
#include "fetch/why.h"

struct haul;

enum haul_news_kind {
	HAUL_PLAN,     /* plan, for JOB_PLAN */
	HAUL_DECISION, /* of msn, that was looked at: action */
	/* msn is ours, durably (or was already: is_twin): may_delete tells
	 * whether the account wants it off the server. */
	HAUL_CARRIED,
	HAUL_ASIDE,    /* msn cannot be delivered: why; the others go on */
	HAUL_DELETING, /* QUIT may be sent */
	HAUL_DONE,     /* the session's end is in the record */
	HAUL_FAILED,   /* why: the destination or the record: take no more */
};

struct haul_news {
	struct list link;
	enum haul_news_kind kind;
	uint32_t msn;
	bool is_twin;
	bool may_delete;
	enum plan_action action;
	uint64_t octets; /* CARRIED: of the text */
	struct plan *plan;
	struct why why;
};

struct haul_want {
	const char *record_path;
	bool retries_aside; /* messages set aside, too */
	int64_t now_unix;
};

/* Opens record and destination.  NULL and *why if one cannot be. */
struct haul *haul_create(const struct account *account,
			 const struct haul_want *want, struct why *why);
void haul_destroy(struct haul **h);

/* First of all, in the thread: to whom news goes, which takes it over. */
void haul_begin(struct haul *h, void (*tell)(void *ctx, struct haul_news *news),
		void *ctx);
void haul_news_free(struct haul_news **news);

void haul_plan(struct haul *h, const struct listing *listing);
/* Octets as the wire has them, less dot-stuffing; text: TEXT_FIRST, TEXT_LAST. */
void haul_look(struct haul *h, uint32_t msn, unsigned text, const uint8_t *at,
	       size_t len);
void haul_text(struct haul *h, uint32_t msn, unsigned text, const uint8_t *at,
	       size_t len);
void haul_refused(struct haul *h, uint32_t msn, const struct why *why);
bool haul_has_unsettled(const struct haul *h);
void haul_settle(struct haul *h);
void haul_deleting(struct haul *h);
void haul_deleted(struct haul *h, bool is_ok);
void haul_cut(struct haul *h);

#endif
