// SPDX-License-Identifier: ISC
/*
 * haul.h - an account's mail on its way from the server's octets to where it
 * goes, and the record of it: blocking code, in the order that loses nothing
 * and doubles nothing.
 *
 * A group of messages: their octets come (haul_text), and all are synced where
 * nobody finds them; the record says FETCHED; they are delivered; that is
 * durable; the record says DELIVERED.  Only then the news is HAUL_CARRIED,
 * whereupon the loop may send DELE.  Before QUIT the record says DELETE_SENT
 * (haul_mark, haul_quitting), after its "+" DELETED (haul_over).
 * Runs in: one thread.  What comes of it goes to tell.
 */
#ifndef FETCH_RUN_HAUL_H
#define FETCH_RUN_HAUL_H

#include "base/list.h"
#include "fetch/account.h"
#include "fetch/mail/listing.h"
#include "fetch/mail/plan.h"
#include "fetch/mail/turns.h"
#include "fetch/why.h"

struct haul;

/* A message of the listing, for the loop. */
struct haul_task {
	uint32_t msn;
	enum plan_action action; /* PLAN_VERIFY only with only_looks */
	enum plan_because because;
	uint64_t octets;
	const char *uid; /* until the next haul_plan or haul_destroy */
};

static inline bool haul_task_is_new(const struct haul_task *t)
{
	return t->action == PLAN_FETCH || t->action == PLAN_LOOK ||
	       t->action == PLAN_VERIFY;
}

enum haul_news_kind {
	HAUL_OPENED,
	HAUL_PLANNED, /* tasks */
	HAUL_DECIDED, /* after haul_look: action and because are new */
	/* The message needs no more of the server: it is ours, durably; action:
	 * PLAN_KEEP or PLAN_DELETE, now. is_known: it was ours already. */
	HAUL_CARRIED,
	/* It was fetched, and its header says (because) that it is not to be
	 * delivered.  action as above. */
	HAUL_LEFT,
	HAUL_ASIDE, /* it cannot be had or delivered: why; the others go on */
	/* Not this time: why, by server or destination; the others go on. */
	HAUL_POSTPONED,
	HAUL_QUITTING, /* QUIT may be sent */
	HAUL_OVER,     /* the session's end is in the record */
	/* why: the record; or the destination, or it refused one message after
	 * the other (HAUL_REFUSALS_MAX): no more is taken */
	HAUL_FAILED,
};

struct haul_news {
	struct list link;
	enum haul_news_kind kind;
	struct haul_task task; /* of the message */
	bool is_known;
	bool is_record; /* FAILED: the record; QUIT would not be put down */
	struct haul_task *tasks; /* the news's, in the best order */
	size_t tasks_count;
	uint32_t new_count; /* PLANNED: as far as known; and LIST's octets */
	uint64_t new_octets;
	struct why why;
};

struct haul_want {
	const char *record_path;
	/* With the others of this process that write to the record
	 * (record_take_turns); NULL: there are none.  It outlives the haul. */
	struct turns *turns;
	bool retries; /* messages set aside, too */
	/* haul_plan alone: no destination, and no change of the record, which
	 * a fetch may have locked for itself. */
	bool only_looks;
	int64_t (*clock_unix)(void);
};

/* Who takes the news over (haul_news_free). */
struct haul_ear {
	void (*tell)(void *ctx, struct haul_news *news);
	void *ctx;
};

/* Record and destination are opened by haul_begin.  account outlives it.  NULL:
 * no memory. */
MUST_USE struct haul *haul_prepare(const struct account *account,
				   const struct haul_want *want);
/* The same, and they are opened at once.  NULL and *why if one cannot be. */
MUST_USE struct haul *haul_create(const struct account *account,
				  const struct haul_want *want,
				  struct why *why);
/* What is not settled is not delivered.  Takes NULL. */
void haul_destroy(struct haul **h);

/* First of all.  Opens what is not open: -> HAUL_OPENED or HAUL_FAILED (if the
 * server wants no log-in yet, too), behind
 * which nothing but haul_destroy may follow. */
void haul_begin(struct haul *h, const struct haul_ear *ear);
void haul_news_free(struct haul_news *news);

enum {
	HAUL_FIRST = 1,  /* octets of a text begin */
	HAUL_LAST = 2,   /* and end */
	HAUL_UNSURE = 4, /* with LAST: as far as can be seen (visit.h) */
};

/* The server announced so much LOGIN-DELAY; 0: none, or more than is obeyed. */
void haul_logged_in(struct haul *h, uint32_t login_delay_s);
/* A session begins: what is to be done with each message.  Takes what is in
 * *listing, which is empty then.  has_top: of the server. */
void haul_plan(struct haul *h, struct listing *listing, bool has_top);
/* Octets of the answer to TOP n 0; part: HAUL_FIRST, HAUL_LAST. */
void haul_look(struct haul *h, uint32_t msn, unsigned part, const uint8_t *at,
	       size_t len);
/* The server has no header for it: -> HAUL_DECIDED. */
void haul_unlooked(struct haul *h, uint32_t msn);
/* Octets of the message, as on the wire but without dot-stuffing. */
void haul_text(struct haul *h, uint32_t msn, unsigned part, const uint8_t *at,
	       size_t len);
/* The server does not give it: that is told when the group is settled.
 * WHY_TEMP: not now, which is not counted as a try, and told at once. */
void haul_refused(struct haul *h, uint32_t msn, const struct why *why);

/* From any thread: it is to end soon.  Texts that were not taken in whole are
 * POSTPONED from now on, and messages that wait to be delivered after
 * HAUL_STOP_MS. */
void haul_stop(struct haul *h);

/* From any thread: the destination is waited for, and may have a message. */
bool haul_is_delivering(const struct haul *h);

/* Whole messages, or refusals, wait to be settled; that is done by itself when
 * they are many, and should be when nothing else is to be done. */
bool haul_has_unsettled(const struct haul *h);
void haul_settle(struct haul *h);

/* DELE was sent; or (is_sent false) was refused. */
void haul_mark(struct haul *h, uint32_t msn, bool is_sent);
/* All DELEs were sent: -> HAUL_QUITTING. */
void haul_quitting(struct haul *h);
/*
 * The session is over: -> HAUL_OVER.  A text that is half is forgotten, whole
 * ones are settled.  why->kind WHY_NONE: QUIT was answered with "+".  broke:
 * the message that the line broke in, or 0.  is_whole: each message of the
 * listing was dealt with.
 */
void haul_over(struct haul *h, const struct why *why, uint32_t broke,
	       bool is_whole);

#endif
