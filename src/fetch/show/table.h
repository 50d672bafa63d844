// SPDX-License-Identifier: ISC
/*
 * table.h - what `restante list` and `restante check` print:
 *
 *	a terminal      columns that fit it, a heading
 *	elsewhere       fields with tabs between, octets in full, no heading
 *	is_json         an object a line (json.h)
 *
 * A line is written when it is known: nothing waits for a maildrop's last
 * message.  Strings are judged here: see escape.h.  One thread.
 */
#ifndef FETCH_SHOW_TABLE_H
#define FETCH_SHOW_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "fetch/show/report.h"

struct table_options {
	bool is_json;
	int out; /* a descriptor, usually 1; it stays the caller's */
	uint64_t (*clock_unix_ms)(void); /* NULL: os/clock.h's; for tests */
};

/* What `list` is about: it decides how wide columns are. */
struct table_list {
	const char *account;
	uint32_t count; /* messages */
	size_t
	    uid_max; /* columns of the longest unique-id; 0: there are none */
	bool has_headers; /* From and Subject are to be had */
};

struct table;

/* NULL: no memory. */
MUST_USE struct table *table_create(const struct table_options *options);
/* False: something could not be written.  Takes NULL: false. */
MUST_USE bool table_destroy(struct table **table);

/* list: the heading, then each message.  Of list account must live as long as
 * the table is about it.
 *	elsewhere: number, octets, unique-id, "new" or "known", From, Subject */
void table_list(struct table *t, const struct table_list *list);
void table_message(struct table *t, const struct report_message *m,
		   bool is_new);

struct table_check {
	const char *account;
	uint32_t messages;
	uint32_t new_count;
	uint64_t new_octets;
};

/* check: a line for each account.
 *	elsewhere: account, new, messages, octets of the new ones */
void table_check(struct table *t, const struct table_check *check);

/* account list: a line for each.
 *	elsewhere: name, user, host, port, tls, destination, "keep"/"delete"
 * destination: as conf/destination.h's destination_text has it. */
void table_account(struct table *t, const struct account *account,
		   const char *destination);

#endif
