// SPDX-License-Identifier: ISC
/*
 * maildir_sort.c - sorting names (maildir_name.h), by merging.  The C library's
 * qsort asks the system how much memory there is, which the sandbox forbids.
 * Runs in: maildrop.  Trusts: its caller.  Allocates: never.
 */
#include <string.h>

#include "store/maildir_name.h"

#define RUN 8u /* so few are sorted faster by insertion */

static void insert_run(const struct maildir_names *names,
		       struct maildir_name *at, size_t count,
		       maildir_order_fn *order)
{
	for (size_t i = 1; i < count; i++) {
		struct maildir_name name = at[i];
		size_t to = i;

		while (to > 0 && order(names, &name, &at[to - 1]) < 0) {
			at[to] = at[to - 1];
			to--;
		}
		at[to] = name;
	}
}

/* The sorted left and right half of at are merged into out; two that are in
 * order already, as most are in a Maildir that was copied, are just moved. */
static void merge(const struct maildir_names *names,
		  const struct maildir_name *at, size_t left, size_t count,
		  struct maildir_name *out, maildir_order_fn *order)
{
	size_t l = 0;
	size_t r = left;

	if (left == count || order(names, &at[left - 1], &at[left]) <= 0) {
		memcpy(out, at, count * sizeof(*at));
		return;
	}
	for (size_t n = 0; n < count; n++) {
		bool is_left = r == count ||
			       (l < left && order(names, &at[l], &at[r]) <= 0);

		out[n] = is_left ? at[l++] : at[r++];
	}
}

static size_t at_most(size_t n, size_t max)
{
	return n < max ? n : max;
}

void maildir_sort(const struct maildir_names *names, struct maildir_name *at,
		  struct maildir_name *spare, size_t count,
		  maildir_order_fn *order)
{
	struct maildir_name *from = at;
	struct maildir_name *to = spare;

	for (size_t i = 0; i < count; i += RUN) {
		insert_run(names, at + i, at_most(RUN, count - i), order);
	}
	for (size_t run = RUN; run < count; run *= 2) {
		struct maildir_name *swap = from;

		for (size_t i = 0; i < count; i += 2 * run) {
			merge(names, from + i, at_most(run, count - i),
			      at_most(2 * run, count - i), to + i, order);
		}
		from = to;
		to = swap;
	}
	if (from != at) {
		memcpy(at, from, count * sizeof(*at));
	}
}
