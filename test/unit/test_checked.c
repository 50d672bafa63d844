// SPDX-License-Identifier: ISC
/*
 * test_checked.c - sums and products at the edge of what fits.
 */
#include "unit.h"

#include "base/checked.h"

static const size_t edges[] = {
	0,
	1,
	2,
	3,
	UINT32_MAX - 1ull,
	UINT32_MAX,
	UINT32_MAX + 1ull,
	SIZE_MAX / 3,
	SIZE_MAX / 2,
	SIZE_MAX / 2 + 1,
	SIZE_MAX - 2,
	SIZE_MAX - 1,
	SIZE_MAX,
};

/* The judge is a division or a subtraction, which cannot overflow. */
static void judge(size_t a, size_t b)
{
	bool sum_fits = a <= SIZE_MAX - b;
	bool product_fits = b == 0 || a <= SIZE_MAX / b;
	size_t sum = 77, product = 78;

	assert_int_equal(checked_add(a, b, &sum), sum_fits);
	assert_true(sum == (sum_fits ? a + b : 77));
	assert_int_equal(checked_mul(a, b, &product), product_fits);
	assert_true(product == (product_fits ? a * b : 78));
}

static void test_every_pair_of_edges(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(edges); i++) {
		for (size_t j = 0; j < COUNT_OF(edges); j++) {
			judge(edges[i], edges[j]);
		}
	}
}

static void test_the_result_may_be_an_argument(void **state)
{
	size_t n = 40;

	(void)state;
	assert_true(checked_add(n, 2, &n));
	assert_int_equal(n, 42);
	assert_true(checked_mul(n, n, &n));
	assert_int_equal(n, 1764);
	assert_false(checked_mul(n, SIZE_MAX, &n));
	assert_int_equal(n, 1764);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_pair_of_edges),
		cmocka_unit_test(test_the_result_may_be_an_argument),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
