// SPDX-License-Identifier: ISC
/*
 * sizes.c - octets of messages, sorted (sizes.h).
 * Runs in: the collector's carriers.  Trusts: nothing.  Allocates: what grows
 * with the listing.
 */
#include "fetch/mail/sizes.h"

#include <stdlib.h>

bool sizes_begin(struct sizes *s, size_t most)
{
	*s = (struct sizes){ .at = calloc(most + 1, sizeof(*s->at)) };
	return s->at != NULL;
}

void sizes_add(struct sizes *s, uint64_t octets)
{
	s->at[s->count++] = octets;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void sizes_sort(struct sizes *s)
{
	qsort(s->at, s->count, sizeof(*s->at), compare);
}

void sizes_finish(struct sizes *s)
{
	free(s->at);
	*s = (struct sizes){ 0 };
}

/* The first that is not less. */
static size_t lower_bound(const struct sizes *s, uint64_t octets)
{
	size_t from = 0, until = s->count;

	while (from < until) {
		size_t middle = from + (until - from) / 2;

		if (s->at[middle] < octets) {
			from = middle + 1;
		} else {
			until = middle;
		}
	}
	return from;
}

size_t sizes_count(const struct sizes *s, uint64_t octets)
{
	size_t first = lower_bound(s, octets);

	return octets == UINT64_MAX ? s->count - first
				    : lower_bound(s, octets + 1) - first;
}

size_t sizes_common(const struct sizes *a, const struct sizes *b,
		    size_t *different_r)
{
	size_t count = 0, k = 0;
	uint64_t last = 0;

	*different_r = 0;
	for (size_t i = 0; i < a->count; i++) {
		while (k < b->count && b->at[k] < a->at[i]) {
			k++;
		}
		if (k == b->count || b->at[k] != a->at[i]) {
			continue;
		}
		*different_r += count == 0 || a->at[i] != last;
		last = a->at[i];
		count++;
		k++;
	}
	return count;
}
