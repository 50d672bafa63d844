// SPDX-License-Identifier: ISC
/*
 * report.h - what the collector says while it works: the events of accounts in,
 * and out of it what a terminal, a log or a script has use for:
 *
 *	a terminal      a row for each account under way, drawn anew in place at
 *	                most ten times a second, and above these a line for each
 *	                account that is finished and for each problem
 *	elsewhere       a line for each account that brought mail, on standard
 *	                output; failures on standard error
 *	is_json         an object a line and event on standard output, and
 *	                nothing else; schema: json.h
 *
 * Messages on standard output (is_mail_on_output) move all of it to standard
 * error.  TERM=dumb and no TERM are "elsewhere"; NO_COLOR is obeyed; the locale
 * (LC_CTYPE, which main has set) says whether there is UTF-8.
 *
 * Strings are judged here: whatever octets a server put into them reach no
 * terminal but escaped (escape.h).  All functions may be called from any
 * thread; a report_account by one thread at a time or several.  They do not
 * wait for a terminal that was stopped with Ctrl-S; they do wait for a pipe
 * that is full.
 *
 * No signal is needed: a size that changed is seen at the next row that is
 * drawn, and the cursor rests, visible, at the start of the line below the
 * rows, so that a process killed at any moment leaves a usable terminal.
 */
#ifndef FETCH_SHOW_REPORT_H
#define FETCH_SHOW_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "fetch/account.h"
#include "fetch/why.h"

enum report_level {
	REPORT_QUIET, /* -q: failures, and messages set aside */
	REPORT_NORMAL,
	REPORT_VERBOSE, /* -v: each step and each message, too */
};

struct report_options {
	enum report_level level;
	bool is_json;
	bool is_mail_on_output;
	bool is_watching; /* visits that brought nothing are not told */
	bool tells_each;  /* on a terminal of each message, as with -v */
	bool tells_notes; /* with REPORT_QUIET, too */
	int out;          /* descriptors, usually 1 */
	int err;          /* and 2; they stay the caller's */
	/* NULL: os/clock.h's; for tests. */
	uint64_t (*clock_ms)(void);
	uint64_t (*clock_unix_ms)(void);
};

struct report;
struct report_account;

/* NULL: no memory.  Environment and terminal are looked at here, once. */
MUST_USE struct report *report_create(const struct report_options *options);
/* What is not written is, rows go away, and accounts under way are forgotten.
 * Takes NULL. */
void report_destroy(struct report **report);

/* A visit to an account begins.  Never NULL: without memory what is told about
 * it goes nowhere but into the exit code.  name is copied. */
struct report_account *report_begin(struct report *report, const char *name);

void report_connecting(struct report_account *a, const char *host,
		       uint16_t port, enum account_tls tls);
/* mechanism: "SCRAM-SHA-256", "USER", ...; or NULL. */
void report_logged_in(struct report_account *a, const char *user,
		      const char *mechanism);

struct report_listing {
	uint32_t count;      /* messages in the maildrop */
	uint32_t new_count;  /* of them to be looked at in this visit */
	uint64_t new_octets; /* as LIST says */
};

/* Of each session of the visit: in batches, what a later one finds new comes on
 * top of what is finished. */
void report_listed(struct report_account *a, const struct report_listing *l);

/* Behind report_listed: so many are there that earlier visits set aside. */
void report_aside(struct report_account *a, uint32_t count);

struct report_message {
	uint32_t number;     /* in its session; 0: unknown */
	uint64_t octets;     /* as LIST says */
	const char *uid;     /* as the server says; NULL or "": none */
	const char *from;    /* decoded, UTF-8 (mail/header.h); NULL: unknown */
	const char *subject; /* the same */
};

/* The text of a message begins to come, and octets of it came.  Messages that
 * are asked for at once come one after the other. */
void report_message_begun(struct report_account *a,
			  const struct report_message *m);
void report_octets(struct report_account *a, uint64_t octets);

enum report_outcome {
	REPORT_DELIVERED, /* durably */
	REPORT_KNOWN,     /* delivered once already, under another unique-id */
	REPORT_SKIPPED,   /* by a rule */
	REPORT_TOO_LARGE,
	REPORT_TOO_OLD,
	REPORT_SET_ASIDE, /* why: cannot be delivered */
	REPORT_DELETED, /* on the server, confirmed; besides one of the above */
	/* why: cannot be had or delivered for now, and is new next time. */
	REPORT_POSTPONED,
	/* why: DELE was refused; besides one of the first. */
	REPORT_UNDELETED,
};

/* What came of a message.  why: of a SET_ASIDE, POSTPONED or UNDELETED; else
 * it may be NULL. */
void report_message(struct report_account *a, enum report_outcome outcome,
		    const struct report_message *m, const struct why *why);

/* Whether more is told of a message than that it is counted. */
bool report_tells_messages(const struct report *report);

/* The visit is over.  *a is gone. */
void report_done(struct report_account **a);
/* The same, because of why.  What was delivered until then is told, too. */
void report_failed(struct report_account **a, const struct why *why);
/* The same, because it was to end (Ctrl-C): no failure. */
void report_interrupted(struct report_account **a);

/* Something that a person should know and that is no failure.  account may be
 * NULL. */
void report_note(struct report *report, const char *account, const char *text);
/* The same for who wants to know all of it: with -v only. */
void report_remark(struct report *report, const char *account,
		   const char *text);
/* watch: no visit to the account before then.  To be said after each: on a
 * terminal its row says so until report_begin, elsewhere a line with -v. */
void report_waits(struct report *report, const char *account,
		  int64_t until_unix);
/* Ctrl-C: from now on the rows say that the end is near. */
void report_stopping(struct report *report);
/* Behind it: the account's destination is waited for, and that may be long.
 * With -q, too: somebody waits. */
void report_lingers(struct report *report, const char *account);

/* To be called about ten times a second while there are accounts under way; it
 * does nothing when there is nothing to draw. */
void report_tick(struct report *report);
/* Of the account that failed first, by exit.h; 0: none did. */
int report_exit_code(struct report *report);
/* Whether something could not be written (a full disk, a closed pipe). */
bool report_is_broken(struct report *report);

#endif
