// SPDX-License-Identifier: ISC
/*
 * renamed.h - whether a server that was told to delete messages, by a QUIT
 * whose answer was lost, has them all still under other names.
 */
#ifndef FETCH_MAIL_RENAMED_H
#define FETCH_MAIL_RENAMED_H

#include "fetch/mail/entries.h"
#include "fetch/mail/plan.h"

/*
 * True in *is_r: the unique-ids of all rows DELETE_SENT are gone, and for each
 * of these rows there is a message of as many octets among the items that have
 * no row.  A single row, or several of one text, show nothing: equal mail may
 * have come since.  Wants is_listed of the rows.  0; or -1: no memory.
 */
MUST_USE int renamed_judge(const struct entries *entries,
			   const struct plan_item *items, size_t count,
			   bool *is_r);

#endif
