// SPDX-License-Identifier: ISC
/*
 * nameless.h - failures of messages without unique-id, to be known by their
 * size.
 */
#ifndef FETCH_MAIL_NAMELESS_H
#define FETCH_MAIL_NAMELESS_H

#include "fetch/limits.h"
#include "fetch/mail/entries.h"

struct nameless {
	struct record_entry *at[FETCH_NAMELESS_FAILURES_MAX];
	size_t count;
};

void nameless_init(struct nameless *n, struct entries *entries);

/* One to one, too: each failure is that of one message.  The wrong one of two
 * that have as many octets waits for --retry; it is not lost. */
struct record_entry *nameless_take(struct nameless *n, uint64_t octets);

#endif
