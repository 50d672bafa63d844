// SPDX-License-Identifier: ISC
/*
 * attempts.h - messages that cannot be had: whatever ends the connection, or is
 * refused, or fails, three times in a row is set aside with its reason, so that
 * what is behind it comes.  It stays on the server, and --retry tries again.
 */
#ifndef FETCH_MAIL_ATTEMPTS_H
#define FETCH_MAIL_ATTEMPTS_H

#include "fetch/mail/plan.h"
#include "fetch/mail/record.h"

/*
 * One more, in a transaction of its own: item is the message that was on its
 * way.  failure: WHY_MESSAGE sets it aside at once (it will never do); any
 * other one counts.  Returns 1 if it is set aside now, 0 if not yet, -1 and
 * *why if the record fails.
 */
MUST_USE int attempts_count(struct record *r, const struct plan *plan,
			    struct plan_item *item, const struct why *failure,
			    struct why *why);

#endif
