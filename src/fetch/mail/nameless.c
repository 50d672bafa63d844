// SPDX-License-Identifier: ISC
/*
 * nameless.c - failures of messages without unique-id (nameless.h).
 * Runs in: the collector's carriers.  Trusts: the record.  Allocates: never.
 */
#include "fetch/mail/nameless.h"

void nameless_init(struct nameless *n, struct entries *entries)
{
	n->count = 0;
	for (size_t i = 0; i < entries->count; i++) {
		struct record_entry *e = &entries->at[i];

		if (n->count < FETCH_NAMELESS_FAILURES_MAX &&
		    e->uid[0] == '\0' && !e->has_sum &&
		    (e->stage == RECORD_TRIED ||
		     e->stage == RECORD_SET_ASIDE)) {
			n->at[n->count++] = e;
		}
	}
}

struct record_entry *nameless_take(struct nameless *n, uint64_t octets)
{
	for (size_t i = 0; i < n->count; i++) {
		struct record_entry *e = n->at[i];

		if (e->octets == octets) {
			n->at[i] = n->at[--n->count];
			return e;
		}
	}
	return NULL;
}
