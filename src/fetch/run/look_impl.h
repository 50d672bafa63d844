// SPDX-License-Identifier: ISC
/*
 * look_impl.h - what the files of look.h share: look.c has the visit,
 * look_list.c rows of list and check, look_show.c messages.
 */
#ifndef FETCH_RUN_LOOK_IMPL_H
#define FETCH_RUN_LOOK_IMPL_H

#include "fetch/limits.h"
#include "fetch/run/haul.h"
#include "fetch/run/look.h"
#include "fetch/run/visit.h"
#include "pop3/text.h"

struct look {
	const struct look_options *options;
	struct account *account;
	struct report_account *report;
	struct haul *haul; /* LIST, CHECK: for the plan */
	struct haul_news *news;
	uv_loop_t *loop;
	struct visit *visit;
	struct why why; /* of the end, if it is no good one */
	size_t next;    /* task, or number, to be asked for */
	uint32_t count; /* messages there */
	bool has_listing;
	bool has_quit;
	bool has_top;
	bool has_fetched; /* RETR or TOP was answered */
	bool is_terminal;
	struct pop3_unwire unwire;
	size_t head_len;
	uint64_t head_octets; /* that came */
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
/* Octets of the answer to TOP, and its end. */
void look_head(struct look *l, const uint8_t *at, size_t len);
void look_head_end(struct look *l, uint32_t msn, bool is_ok);
/* A row without TOP. */
void look_row(struct look *l, const struct haul_task *task);

/* -- look_show.c */

void look_text(struct look *l, struct pop3_slice in);
void look_text_end(struct look *l);

#endif
