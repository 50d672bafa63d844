// SPDX-License-Identifier: ISC
/*
 * sizes.h - octets of messages, as LIST says them, to be counted and compared.
 */
#ifndef FETCH_MAIL_SIZES_H
#define FETCH_MAIL_SIZES_H

#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

/* All zero is empty. */
struct sizes {
	uint64_t *at;
	size_t count;
};

/* Room for that many.  False: no memory. */
MUST_USE bool sizes_begin(struct sizes *s, size_t most);
void sizes_add(struct sizes *s, uint64_t octets);
/* Behind the last add; before it is counted or compared. */
void sizes_sort(struct sizes *s);
void sizes_finish(struct sizes *s);

/* How many are of as many octets. */
size_t sizes_count(const struct sizes *s, uint64_t octets);

/* What both have, one to one; and of how many different sizes that is. */
size_t sizes_common(const struct sizes *a, const struct sizes *b,
		    size_t *different_r);

#endif
