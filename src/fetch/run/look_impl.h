// SPDX-License-Identifier: ISC
/*
 * look_impl.h - what the files of look.h share: look.c has the visit,
 * look_list.c rows of list and check, look_numbers.c which messages show and
 * delete mean, look_head.c their From and Subject, look_show.c their text.
 */
#ifndef FETCH_RUN_LOOK_IMPL_H
#define FETCH_RUN_LOOK_IMPL_H

#include "fetch/limits.h"
#include "fetch/mail/header.h"
#include "fetch/run/haul.h"
#include "fetch/run/look.h"
#include "fetch/run/visit.h"
#include "pop3/text.h"

/* A message that show or delete is about. */
struct look_target {
	uint32_t number; /* as the user says it */
	uint32_t msn;    /* where it stands now; 0: not found yet */
	uint64_t octets;
	const char *uid;              /* the listing's */
	struct listing_message shown; /* what was shown at the number */
	char *from, *subject;         /* DELETE: from malloc, or NULL */
};

/* "" and false: there is none, or it is not to be had. */
struct look_head {
	char from[HEADER_VALUE_MAX], subject[HEADER_VALUE_MAX];
	bool has_from, has_subject;
};

struct look {
	const struct look_options *options;
	struct account *account;
	struct report_account *report;
	struct haul *haul; /* LIST, CHECK: for the plan */
	struct haul_news *news;
	uv_loop_t *loop;
	struct visit *visit;
	struct why why; /* of the end, if it is no good one */
	/* LIST, CHECK: what they tell is not all that STAT counts. */
	struct why unlisted;
	/* Task, or target, to be asked for. */
	size_t next;
	/* LIST: its strings are the haul's; SHOW, DELETE. */
	struct listing listing;
	/* SHOW, DELETE. */
	struct pool pool;     /* strings of what was shown */
	uint32_t shown_count; /* of messages in what was shown */
	struct look_target *targets;
	size_t targets_count;
	bool asks_heads;    /* DELETE: TOP before it */
	bool is_head_asked; /* the next target's */
	size_t heads_count; /* that were answered */
	uint32_t count;     /* messages there */
	bool has_quit;
	bool has_top;
	bool has_fetched; /* RETR or TOP was answered */
	bool is_terminal;
	struct pop3_unwire unwire;
	uint64_t text_octets; /* of the answer that comes */
	size_t head_len;      /* of them, kept in head */
	uint8_t head[LOOK_HEAD_MAX];
	uint8_t text[LOOK_TEXT_OCTETS];
};

/* -- look.c */

/* The first failure is the one that is told. */
void look_fail(struct look *l, const struct why *why);

/* The visit is over. */
void look_end(struct look *l);

/* -- look_list.c */

/* What is new, by the record; then list's heading, or check's line. */
void look_list_begin(struct look *l, struct listing *listing);
void look_check(struct look *l, struct listing *listing);
/* TOP was answered. */
void look_row_headed(struct look *l, uint32_t msn,
		     const struct look_head *head);
/* A row without TOP. */
void look_row(struct look *l, const struct haul_task *task);

/* -- look_numbers.c */

/* Takes what is in *listing.  The targets; or look_fail. */
void look_numbers(struct look *l, struct listing *listing);
void look_numbers_finish(struct look *l);
/* What is about to be shown. */
void look_remember(struct look *l);

/* -- look_head.c */

/* Octets of the answer to TOP, and its end. */
void look_head(struct look *l, const uint8_t *at, size_t len);
void look_head_end(struct look *l, bool is_ok, struct look_head *head_r);

/* -- look_show.c */

void look_text(struct look *l, struct pop3_slice in);
void look_text_end(struct look *l);

#endif
