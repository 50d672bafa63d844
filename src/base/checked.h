// SPDX-License-Identifier: ISC
/*
 * checked.h - sums and products of sizes that say when they overflow.
 */
#ifndef BASE_CHECKED_H
#define BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE __attribute__((warn_unused_result))

/* False, and *sum_r untouched, if a + b does not fit. */
MUST_USE static inline bool checked_add(size_t a, size_t b, size_t *sum_r)
{
	size_t sum;

	if (__builtin_add_overflow(a, b, &sum)) {
		return false;
	}
	*sum_r = sum;
	return true;
}

/* False, and *product_r untouched, if a * b does not fit. */
MUST_USE static inline bool checked_mul(size_t a, size_t b, size_t *product_r)
{
	size_t product;

	if (__builtin_mul_overflow(a, b, &product)) {
		return false;
	}
	*product_r = product;
	return true;
}

#endif
