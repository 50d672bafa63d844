// SPDX-License-Identifier: ISC
/*
 * histogram.c - how often which time was measured (histogram.h).
 * Runs in: restante-bench.  Trusts: its caller.  Allocates: never.
 */
#include "bench/histogram.h"

#include <assert.h>
#include <stddef.h>

#define OCTAVE (1u << HISTOGRAM_BITS)

static unsigned shift_of(uint64_t value)
{
	unsigned top = 63u - (unsigned)__builtin_clzll(value | 1);

	return top < HISTOGRAM_BITS ? 0 : top - HISTOGRAM_BITS;
}

static size_t bucket_of(uint64_t value)
{
	unsigned shift = shift_of(value);

	return ((size_t)shift << HISTOGRAM_BITS) + (size_t)(value >> shift);
}

/* The middle of its values. */
static uint64_t value_of(size_t bucket)
{
	unsigned shift;
	uint64_t least;

	if (bucket < 2 * OCTAVE) {
		return bucket;
	}
	shift = (unsigned)(bucket >> HISTOGRAM_BITS) - 1;
	least = (uint64_t)(OCTAVE + bucket % OCTAVE) << shift;
	return least + (1ull << shift) / 2;
}

void histogram_add(struct histogram *h, uint64_t value)
{
	size_t bucket = bucket_of(value);

	assert(bucket < HISTOGRAM_BUCKETS);
	h->buckets[bucket]++;
	h->count++;
	if (value > h->max) {
		h->max = value;
	}
}

/* count * share / 10000, rounded up, without overflow. */
static uint64_t rank_of(uint64_t count, unsigned share)
{
	uint64_t rank =
	    count / 10000 * share + (count % 10000 * share + 9999) / 10000;

	return rank == 0 ? 1 : rank;
}

uint64_t histogram_at(const struct histogram *h, unsigned share)
{
	uint64_t rank = rank_of(h->count, share), seen = 0;

	assert(share <= 10000);
	if (rank >= h->count) {
		return h->max;
	}
	for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->buckets[i];
		if (seen >= rank) {
			uint64_t value = value_of(i);

			return value < h->max ? value : h->max;
		}
	}
	return h->max;
}
