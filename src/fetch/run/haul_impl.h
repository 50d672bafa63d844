// SPDX-License-Identifier: ISC
/*
 * haul_impl.h - what the files of haul.h share: haul.c has its life,
 * haul_plan.c and haul_over.c begin and end of a session; haul_text.c takes
 * messages in, haul_look.c headers, and haul_group.c settles them.
 */
#ifndef FETCH_RUN_HAUL_IMPL_H
#define FETCH_RUN_HAUL_IMPL_H

#include <stdatomic.h>

#include "fetch/limits.h"
#include "fetch/mail/digest.h"
#include "fetch/mail/record.h"
#include "fetch/run/haul.h"
#include "fetch/sink/sink.h"
#include "pop3/text.h"

/* A message that was taken in whole, or a row that is to be put. */
struct haul_load {
	struct plan_item *item;
	struct sink_item *out;    /* NULL: there is nothing to deliver */
	struct record_entry *row; /* &fresh, or one of the record's */
	struct record_entry fresh;
	enum haul_news_kind news;
	enum plan_action action; /* of the news */
	uint64_t octets;
	bool is_known;
	bool is_delivered;
	bool is_unsure;  /* HAUL_UNSURE */
	bool is_attempt; /* it could not be had: row counts that */
	bool is_silent;  /* no news: that was told already */
	struct why why;  /* of what failed */
};

/* What is being taken in. */
struct haul_incoming {
	struct plan_item *item; /* NULL: none, or one that nobody wants */
	struct sink_item *out;
	struct pop3_unwire unwire;
	uint64_t octets;
	/* The header, while the message's fate hangs on it; or the answer to
	 * TOP. */
	uint8_t *head;
	size_t head_len;
	bool is_judging; /* rules wait for the header: nothing is written yet */
	bool is_unsure;  /* HAUL_UNSURE */
	bool is_dropped; /* the rest is of no use */
	bool is_left;    /* not to be delivered: for its action and because */
};

struct haul {
	const struct account *account;
	struct haul_want want;
	struct haul_ear ear;
	struct record *record;
	struct record_login login; /* the last one that asked for a pause */
	struct sink *sink;
	struct digest *digest;
	/* Of the present session. */
	struct listing listing;
	struct entries entries;
	struct plan plan;
	struct plan_item **by_listing; /* as listing.at is */
	bool *is_marked;               /* of plan.items: DELE was sent */
	/* Of plan.items: rows that were made in this session; and whose are of
	 * this session at all. */
	struct record_entry **rows;
	bool *is_touched;
	/* The text that came last, if nothing came behind it that shows that it
	 * was over. */
	struct plan_item *last;
	struct haul_incoming in;
	struct haul_load loads[HAUL_GROUP_MESSAGES];
	size_t loads_count;
	uint64_t loads_octets;
	/* Messages that the destination refused for now, since it took, or
	 * judged, one. */
	unsigned refusals;
	bool has_failed;          /* and said so: nothing more is taken */
	bool has_record_failed;   /* that, too, is told once */
	uint64_t octets_max;      /* of a message with LF line ends */
	_Atomic uint64_t stop_ms; /* by clock_ms: no delivery begins then; 0 */
	_Atomic bool is_delivering; /* the sink has a group */
	/* Unique-ids of messages that a line broke in: each is to blame once,
	 * however often the line is tried anew. */
	const char *blamed[HAUL_BLAMED_MAX];
	size_t blamed_count;
	struct pool pool; /* theirs */
	uint8_t text[HAUL_TEXT_OCTETS];
	uint8_t head[HAUL_HEAD_MAX];
};

/* -- haul.c */

struct haul_task haul_task_of(const struct plan_item *item);
/* What belongs to the session's listing goes. */
void haul_end_session(struct haul *h);

/* News about item, which may be NULL; why may be, too.  Told as far as there is
 * memory: without it the process ends, which loses nothing. */
struct haul_news *haul_news_of(enum haul_news_kind kind,
			       const struct plan_item *item,
			       const struct why *why);
void haul_tell(struct haul *h, struct haul_news *news);
/* HAUL_FAILED, once: of the destination; or of the record, what was begun in
 * which is taken back. */
void haul_fail(struct haul *h, const struct why *why);
void haul_fail_record(struct haul *h, const struct why *why);
int64_t haul_now(const struct haul *h);
bool haul_is_stopping(const struct haul *h);
/* haul_stop was long ago: no more deliveries. */
bool haul_is_late(const struct haul *h);

/* -- haul_plan.c */

/* The item of that number, or NULL; and its place among the plan's. */
struct plan_item *haul_item(const struct haul *h, uint32_t msn);
size_t haul_index(const struct haul *h, const struct plan_item *item);

/* -- haul_text.c */

/* Where octets with LF line ends go. */
typedef void haul_put(struct haul *h, const uint8_t *at, size_t len);

/* A text, or a header, of that item begins; what is half is forgotten. */
void haul_text_begin(struct haul *h, struct plan_item *item);
void haul_text_take(struct haul *h, const uint8_t *at, size_t len,
		    haul_put *put);
/* The last octets that the conversion kept back. */
void haul_text_end(struct haul *h, haul_put *put);
/* As much as fits; the rest of a header that is longer is not looked at. */
size_t haul_keep_head(struct haul *h, const uint8_t *at, size_t len);
/* What is half is forgotten. */
void haul_forget_incoming(struct haul *h);

/* -- haul_group.c */

/* Room for one more; NULL: nothing more is taken. */
struct haul_load *haul_load_next(struct haul *h);
/* The group is settled if that was the last that it holds. */
void haul_load_done(struct haul *h, struct haul_load *load);
void haul_release_loads(struct haul *h);
/* The message could not be had: -> HAUL_ASIDE, or HAUL_POSTPONED, which is
 * told only if it is no news that the session is over. */
void haul_attempted(struct haul *h, struct plan_item *item,
		    const struct why *failure, bool is_over);

#endif
