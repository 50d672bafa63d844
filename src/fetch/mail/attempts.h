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
 * One more: item is the message that was on its way.  failure: WHY_MESSAGE sets
 * it aside at once (it will never do); any other one counts.  Returns the row
 * that the record is to have of it, the message's own or *fresh; its reason is
 * failure's text, and is to be NULL when it has been put.  item->action is
 * PLAN_SET_ASIDE if that is so now.
 */
MUST_USE struct record_entry *attempts_count(const struct plan *plan,
					     struct plan_item *item,
					     const struct why *failure,
					     struct record_entry *fresh);

#endif
