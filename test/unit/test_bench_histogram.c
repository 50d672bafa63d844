// SPDX-License-Identifier: ISC
/*
 * test_bench_histogram.c - restante-bench's percentiles, against all values
 * sorted.
 */
#include "unit.h"

#include <stdlib.h>

#include "bench/histogram.h"

#define VALUES 20000u

static struct histogram h;

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int empty(void **state)
{
	(void)state;
	h = (struct histogram){ 0 };
	return 0;
}

static void test_nothing_is_zero(void **state)
{
	(void)state;
	assert_int_equal(histogram_at(&h, 5000), 0);
	assert_int_equal(histogram_at(&h, 10000), 0);
}

static void test_small_values_are_exact(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 500; i++) {
		histogram_add(&h, i);
	}
	assert_int_equal(histogram_at(&h, 0), 1);
	assert_int_equal(histogram_at(&h, 5000), 250);
	assert_int_equal(histogram_at(&h, 9900), 495);
	assert_int_equal(histogram_at(&h, 9990), 500);
	assert_int_equal(histogram_at(&h, 10000), 500);
}

static void test_one_value_is_every_percentile(void **state)
{
	static const uint64_t values[] = { 0, 511, 512, 123456789, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		h = (struct histogram){ 0 };
		histogram_add(&h, values[i]);
		assert_int_equal(histogram_at(&h, 1), values[i]);
		assert_int_equal(histogram_at(&h, 9990), values[i]);
		assert_int_equal(h.max, values[i]);
	}
}

static void test_percentiles_are_right_to_one_in_a_hundred(void **state)
{
	static const unsigned shares[] = { 1, 100, 5000, 9000, 9900, 9990 };
	static uint64_t values[VALUES];
	uint64_t random = 88172645463325252u;

	(void)state;
	for (size_t i = 0; i < VALUES; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		values[i] = random >> (20 + random % 40);
		histogram_add(&h, values[i]);
	}
	qsort(values, VALUES, sizeof(values[0]), compare);
	for (size_t i = 0; i < COUNT_OF(shares); i++) {
		size_t rank = ((size_t)VALUES * shares[i] + 9999) / 10000;
		uint64_t is = histogram_at(&h, shares[i]);
		uint64_t want = values[rank - 1];
		uint64_t off = is > want ? is - want : want - is;

		assert_true(off <= want / 200);
	}
	assert_int_equal(h.max, values[VALUES - 1]);
}

static void test_bounds_of_buckets_keep_their_order(void **state)
{
	(void)state;
	for (unsigned bit = 8; bit < 64; bit++) {
		uint64_t bound = 1ull << bit;

		h = (struct histogram){ 0 };
		histogram_add(&h, bound - 1);
		histogram_add(&h, bound);
		histogram_add(&h, UINT64_MAX);
		assert_true(histogram_at(&h, 3000) < bound);
		assert_true(histogram_at(&h, 6000) >= bound);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing_is_zero, empty),
		cmocka_unit_test_setup(test_small_values_are_exact, empty),
		cmocka_unit_test(test_one_value_is_every_percentile),
		cmocka_unit_test_setup(
		    test_percentiles_are_right_to_one_in_a_hundred, empty),
		cmocka_unit_test(test_bounds_of_buckets_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
