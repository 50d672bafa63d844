// SPDX-License-Identifier: ISC
/*
 * renamed.h - what became of messages that QUIT should have deleted, if its
 * answer was lost, or said that not all went, and no unique-id tells.
 */
#ifndef FETCH_MAIL_RENAMED_H
#define FETCH_MAIL_RENAMED_H

#include "fetch/mail/entries.h"
#include "fetch/mail/plan.h"

/*
 * Rows DELETE_SENT whose unique-id is not listed are DELETED from now on; or
 * DOUBTED, so that they vouch for what has another name now (twins.h), if most
 * of them seem to be there: for more than half there is one of as many octets
 * among the items without a row, and these are of FETCH_RENAMED_SIZES different
 * sizes at least.  Fewer show nothing: new mail may be as large, and equal mail
 * comes again.
 *
 * Rows DELETE_SENT without a unique-id are DELETED if fewer messages are of
 * their size than when DELE was sent (alike): some went, and of equal ones
 * nobody knows which.
 *
 * Such rows are is_judged: put them.  Wants is_listed of the rows.  0; or -1:
 * no memory.
 */
MUST_USE int renamed_settle(struct entries *entries,
			    const struct plan_item *items, size_t count,
			    int64_t now_unix);

#endif
