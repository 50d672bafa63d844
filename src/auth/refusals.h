// SPDX-License-Identifier: ISC
/*
 * refusals.h - log lines of log-ins that were not granted.  A flood of those
 * that were not looked at (STATUS_GUESSING, STATUS_BUSY) or are no log-ins at
 * all (STATUS_EXCHANGE) leaves one line a minute for each address and kind,
 * with a count.
 *
 * The line, which pkg/fail2ban reads, is
 *
 *   login failed address=ADDRESS why="..." [times=N] user=...
 *
 * where what a client can choose comes last, escaped: nothing in it can be
 * taken for an address, or push the address over the end of the line.  A
 * refusal that is no sign of guessing from there is "login refused" instead:
 * so too that of whoever comes as a user whom others have guessed at.
 */
#ifndef AUTH_REFUSALS_H
#define AUTH_REFUSALS_H

#include "auth/login.h"

struct refusals;

/* NULL if there is no memory. */
MUST_USE struct refusals *refusals_create(void);
void refusals_destroy(struct refusals **refusals);

/* Logs a refusal, or counts it.  Any thread may call it. */
void refusals_log(struct refusals *refusals,
		  const struct login_request *request,
		  const struct login_answer *answer, uint64_t now_ms);

/* Logs what has been counted and not logged. */
void refusals_flush(struct refusals *refusals);

#endif
