// SPDX-License-Identifier: ISC
/*
 * report_impl.h - what the parts of report.h share: report.c counts and locks,
 * report_lines.c, report_rows.c and report_json.c say it.  All of it is called
 * with the report's lock held.
 */
#ifndef FETCH_SHOW_REPORT_IMPL_H
#define FETCH_SHOW_REPORT_IMPL_H

#include <pthread.h>

#include "base/list.h"
#include "fetch/limits.h"
#include "fetch/show/report.h"
#include "fetch/show/terminal.h"
#include "fetch/show/text.h"

#define REPORT_OUTCOMES (REPORT_UNDELETED + 1)

enum report_form {
	FORM_ROWS,
	FORM_LINES,
	FORM_JSON
};

enum report_step {
	STEP_WAITING, /* watch: until the next visit */
	STEP_BEGUN,
	STEP_CONNECTING,
	STEP_LOGGED_IN,
	STEP_LISTED,
};

enum report_end {
	END_DONE,
	END_FAILED,
	END_INTERRUPTED
};

/* Octets a second, smoothed over some seconds. */
struct report_pace {
	uint64_t begun_ms; /* 0: nothing came yet */
	uint64_t seen_ms;
	uint64_t seen_octets;
	uint64_t octets_per_s;
	uint64_t grown_ms; /* when something came last */
};

struct report_account {
	struct list link;
	struct report *report;
	char *name;
	enum report_step step;
	/* And port: "pop.example.org, port 995"; WAITING: a time of day. */
	struct text host;
	uint64_t begun_ms;
	struct report_listing listing;
	uint32_t outcomes[REPORT_OUTCOMES]; /* the last two: of this session */
	uint32_t too_large;        /* that stay, of this session's listing */
	uint32_t aside;            /* all that are set aside, now */
	uint64_t delivered_octets; /* as LIST says */
	uint64_t octets;           /* that came */
	/* How far it is by LIST's sizes: messages behind us, and the one that
	 * is coming, of which so much came. */
	uint64_t passed_octets;
	uint64_t coming_octets;
	uint64_t came_octets;
	struct report_pace pace;
	uint64_t progress_ms; /* JSON: when it was told last */
};

/* watch: how many messages of an account stay because they are too large, as it
 * was told last. */
struct report_told {
	struct list link;
	uint32_t too_large;
	char name[];
};

struct report {
	pthread_mutex_t lock;
	struct report_options options;
	enum report_form form;
	struct terminal where; /* what is usual */
	struct terminal problems;
	struct list accounts;
	struct list told;             /* struct report_told */
	struct report_account nobody; /* where there is no memory for another */
	struct text line;             /* in the making */
	struct text pending;          /* lines for above the rows */
	struct text frame;
	size_t drawn_columns[SHOW_ROWS_MAX + 1]; /* of each row that is there */
	size_t drawn_count;
	size_t drawn_width; /* of the terminal then */
	uint64_t drawn_ms;  /* 0: never */
	uint64_t seen_ms;   /* when it could have been drawn last */
	bool is_stopping;
	bool is_broken;
	int stuck_fd; /* nobody reads it, and we are to end; or -1 */
	int exit_code;
};

enum line_kind {
	LINE_USUAL,
	LINE_NOTE,    /* nothing failed, but it should be seen */
	LINE_PROBLEM, /* with -q, too */
};

/* -- report.c */

void report_write(struct report *r, int fd, const struct text *t);

/* -- report_account.c */

/* At the end of the list.  NULL: no memory. */
struct report_account *report_account_new(struct report *r, const char *name);
/* Takes the report's nobody, of which only the texts are freed. */
void report_account_free(struct report_account *a);
/* The row that says when the next visit is; there may be none. */
void report_account_forget(struct report *r, const char *name);
/* Whether a person knows how many of its messages are too large; and from now
 * on he does. */
bool report_account_is_told(const struct report_account *a);
void report_account_tell(const struct report_account *a);
void report_account_forget_told(struct report *r);

/* -- report_count.c */

void count_listing(struct report_account *a, const struct report_listing *l);
void count_begun(struct report_account *a, const struct report_message *m);
void count_message(struct report_account *a, enum report_outcome outcome,
		   const struct report_message *m);
/* Messages that need nothing more. */
uint32_t count_finished(const struct report_account *a);
/* How far it is by LIST's sizes; at most listing.new_octets. */
uint64_t count_position(const struct report_account *a);

/* -- report_lines.c: for a terminal and elsewhere */

/* What is in r->line, behind the account's name; to where it belongs. */
void lines_emit(struct report *r, enum line_kind kind, const char *account);
void lines_connecting(struct report_account *a);
void lines_logged_in(struct report_account *a, const char *user,
		     const char *mechanism);
void lines_listed(struct report_account *a);
void lines_message(struct report_account *a, enum report_outcome outcome,
		   const struct report_message *m, const struct why *why);
/* why: of END_FAILED. */
void lines_end(struct report_account *a, enum report_end how,
	       const struct why *why, uint64_t now_ms);
void lines_waits(struct report *r, const char *account,
		 const char *time_of_day);

/* -- report_rows.c */

void rows_draw(struct report *r, uint64_t now_ms);
/* The rows away; what was to stand above them stays. */
void rows_remove(struct report *r);

/* -- report_pace.c */

void pace_update(struct report_account *a, uint64_t now_ms);
/* Seconds until all of it is there; false: who knows. */
bool pace_left(const struct report_account *a, uint64_t *seconds_r);
bool pace_is_stalled(const struct report_account *a, uint64_t now_ms);

/* -- report_json.c */

void json_connecting(struct report_account *a, const char *host, uint16_t port,
		     enum account_tls tls);
void json_logged_in(struct report_account *a, const char *user,
		    const char *mechanism);
void json_listed(struct report_account *a);
void json_message_begun(struct report_account *a,
			const struct report_message *m);
void json_message(struct report_account *a, enum report_outcome outcome,
		  const struct report_message *m, const struct why *why);
void json_progress(struct report_account *a, uint64_t now_ms);
/* why: of END_FAILED. */
void json_end(struct report_account *a, enum report_end how,
	      const struct why *why, uint64_t now_ms);
void json_note(struct report *r, const char *account, const char *text);
void json_waits(struct report *r, const char *account, int64_t until_unix);

#endif
