// SPDX-License-Identifier: ISC
/*
 * twins.h - which row is a fetched message's, by its digest: how messages are
 * known whose unique-id changed, or that have none.  One to one: two equal
 * messages in a listing need two rows to be both known.
 *
 * A row vouches for a message if it is held, not DELETED, and not claimed: by a
 * message with its unique-id that plan.h took for the row's, or by an earlier
 * twin.  A row DELETED vouches for nothing but a message with its own
 * unique-id: the same message has come back.  One that is equal but has another
 * name is new mail.
 *
 * A message that was listed while the row's unique-id was listed, too, is not
 * the row's under a new name: it is equal to it.  So the row vouches only for
 * what was listed first when its own unique-id was not (any more).
 *
 * What became of rows DELETE_SENT is judged before (renamed.h); those that stay
 * so vouch.
 */
#ifndef FETCH_MAIL_TWINS_H
#define FETCH_MAIL_TWINS_H

#include "fetch/mail/entries.h"

/* first_visit: of the message; 0: not known.  own: the row of the message's
 * unique-id, or NULL; it is preferred.  The row is claimed.  NULL: nobody
 * vouches for it. */
struct record_entry *twins_claim(struct entries *entries,
				 struct record_entry *own, int64_t first_visit,
				 const uint8_t digest[DIGEST_LEN]);

#endif
