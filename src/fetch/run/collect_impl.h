// SPDX-License-Identifier: ISC
/*
 * collect_impl.h - what the files of collect.h share: collect.c has its life
 * and its visits, collect_ask.c what is asked of a server and what becomes of
 * the answers, collect_news.c what the carrier says.
 */
#ifndef FETCH_RUN_COLLECT_IMPL_H
#define FETCH_RUN_COLLECT_IMPL_H

#include "fetch/limits.h"
#include "fetch/run/carrier.h"
#include "fetch/run/collect.h"
#include "fetch/run/visit.h"

/* Messages that wait for the same command. */
struct collect_queue {
	struct haul_task *at;
	size_t count, cap;
	size_t next;     /* to be sent */
	size_t answered; /* of those sent: answers come in their order */
};

struct collect {
	struct collect_options options;
	struct report_account *report;
	struct block_pool *pool;
	struct carrier *carrier;
	struct visit *visit;
	uv_timer_t timer; /* to begin, and to stop */
	struct why why;   /* of the end */
	uint32_t login_delay_s;
	uint32_t batch;  /* messages of a session; 0: all */
	unsigned breaks; /* sessions that broke, one after the other */
	bool is_stopping;
	bool is_lingering; /* and that was told */
	bool is_opened;    /* record and destination */
	bool is_ending;    /* nothing more than the thread's end is awaited */
	/* Of the present session. */
	struct collect_queue looks, fetches, deletes;
	size_t pending; /* TOP or RETR sent, and no news of it yet */
	size_t fetched; /* RETR sent, but of what turned out not to be new */
	size_t carried; /* news of it: ours */
	size_t brought; /* and new */
	size_t undelivered; /* RETR sent, and it is not ours */
	/* What server or destination does not give or take for now. */
	struct why postponed;
	/* Messages that STAT counts are not listed; or WHY_NONE. */
	struct why unlisted;
	/* How it refused DELE first, and how often it did. */
	struct why undeleted;
	unsigned undeleted_count;
	unsigned postponed_count;
	bool is_planned;
	bool is_closed; /* no more is taken: stopped, or it failed */
	bool is_text_begun;
	uint64_t text_octets; /* of the text in hand */
	bool asked_quitting;  /* JOB_QUITTING was put */
	bool may_quit;
	bool has_quit;
	bool is_over;  /* on_end of the visit came; HAUL_OVER is awaited */
	bool was_quit; /* with "+" */
	bool has_more; /* left for another session: a batch was full */
};

/* -- collect.c */

/* No memory for what a listing needs: the process ends, which loses nothing. */
void collect_queue_put(struct collect_queue *q, const struct haul_task *task);
/* The visit ends here, as if the line had dropped. */
void collect_cut(struct collect *c, const struct why *why, uint32_t broke);
/* The carrier is no more. */
void collect_ended(struct collect *c);
void collect_after_session(struct collect *c);
/* Record and destination are there, or (c->why) are not to be had. */
void collect_opened(struct collect *c);
void collect_not_opened(struct collect *c);
struct report_message collect_message(const struct haul_task *task);

/* -- collect_ask.c */

extern const struct visit_owner collect_visit_owner;

/* -- collect_news.c */

extern const struct carrier_owner collect_carrier_owner;

#endif
