// SPDX-License-Identifier: ISC
/*
 * guard.h - memory between two pages that nobody may touch: one octet too far,
 * read or written, ends the test, with and without a sanitizer.
 */
#ifndef TEST_GUARD_H
#define TEST_GUARD_H

#include "pop3/base.h"

struct guard {
	uint8_t *at; /* the first octet behind the front page */
	size_t cap;  /* a whole number of pages */
};

/* Room for at least cap octets.  Ends the program if there is no memory. */
void guard_init(struct guard *g, size_t cap);
void guard_finish(struct guard *g);

/* The len octets that end at the back page; len <= g->cap. */
uint8_t *guard_tail(const struct guard *g, size_t len);

/* A copy of s that ends at the back page, or one that begins behind the front
 * page.  Each is good until the next. */
struct pop3_slice guard_copy(const struct guard *g, struct pop3_slice s);
struct pop3_slice guard_copy_front(const struct guard *g, struct pop3_slice s);

#endif
