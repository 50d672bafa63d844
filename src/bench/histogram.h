// SPDX-License-Identifier: ISC
/*
 * histogram.h - how often which time was measured: buckets that grow with the
 * value, 256 to each power of two, so that a percentile is right to 0.4 %.
 * What is below 512 is exact.
 */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BITS    8
#define HISTOGRAM_BUCKETS ((64 - HISTOGRAM_BITS + 1) << HISTOGRAM_BITS)

/* All zero is an empty one. */
struct histogram {
	uint64_t count;
	uint64_t max; /* exactly */
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *h, uint64_t value);

/* The least value that share of 10,000 of the values do not exceed: 9990 is
 * p99.9, 10000 the maximum.  0 if there are no values. */
uint64_t histogram_at(const struct histogram *h, unsigned share);

#endif
