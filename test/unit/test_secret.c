// SPDX-License-Identifier: ISC
/*
 * test_secret.c - secrets are held whole, wiped whole, and compared whole.
 */
#include "unit.h"

#include <string.h>

#include "base/secret.h"

static bool is_zero(const void *at, size_t len)
{
	const uint8_t *octets = at;
	size_t i = 0;

	while (i < len && octets[i] == 0) {
		i++;
	}
	return i == len;
}

static void test_every_length_is_held(void **state)
{
	uint8_t octets[SECRET_MAX + 1];
	struct secret s;

	(void)state;
	for (size_t i = 0; i < sizeof(octets); i++) {
		octets[i] = (uint8_t)(i % 255 + 1);
	}
	for (size_t len = 0; len <= SECRET_MAX; len++) {
		memset(&s, 0xa5, sizeof(s));
		assert_true(secret_set(&s, octets, len));
		assert_int_equal(s.len, len);
		assert_memory_equal(s.octets, octets, len);
		assert_true(is_zero(s.octets + len, sizeof(s.octets) - len));
	}
}

static void test_one_too_long_leaves_nothing(void **state)
{
	uint8_t octets[SECRET_MAX + 1];
	struct secret s;

	(void)state;
	memset(octets, 'x', sizeof(octets));
	assert_true(secret_set(&s, octets, SECRET_MAX));
	assert_false(secret_set(&s, octets, SECRET_MAX + 1));
	assert_true(is_zero(&s, sizeof(s)));
	assert_false(secret_set(&s, octets, SIZE_MAX));
}

static void test_a_shorter_one_shows_no_longer_one(void **state)
{
	struct secret s;

	(void)state;
	assert_true(secret_set(&s, "correct horse battery", 21));
	assert_true(secret_set(&s, "abc", 3));
	assert_true(is_zero(s.octets + 3, sizeof(s.octets) - 3));
	assert_true(secret_set(&s, NULL, 0));
	assert_true(is_zero(&s, sizeof(s)));
}

static void test_wiping_wipes_that_and_no_more(void **state)
{
	uint8_t memory[64];
	struct secret s;

	(void)state;
	assert_true(secret_set(&s, "hunter2", 7));
	secret_wipe(&s);
	assert_true(is_zero(&s, sizeof(s)));
	for (size_t len = 0; len <= 32; len++) {
		memset(memory, 0x5a, sizeof(memory));
		wipe(memory + 16, len);
		assert_true(is_zero(memory + 16, len));
		assert_int_equal(memory[15], 0x5a);
		assert_int_equal(memory[16 + len], 0x5a);
	}
	wipe(NULL, 0);
}

static void test_one_bit_anywhere_is_a_difference(void **state)
{
	uint8_t a[48], b[48];

	(void)state;
	memset(a, 0xc3, sizeof(a));
	memcpy(b, a, sizeof(b));
	for (size_t len = 0; len <= sizeof(a); len++) {
		assert_true(equal_in_constant_time(a, b, len));
	}
	for (size_t bit = 0; bit < 8 * sizeof(a); bit++) {
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(equal_in_constant_time(a, b, sizeof(a)));
		assert_false(equal_in_constant_time(b, a, sizeof(a)));
		assert_true(equal_in_constant_time(a, b, bit / 8));
		assert_false(equal_in_constant_time(a, b, bit / 8 + 1));
		b[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_true(equal_in_constant_time(NULL, NULL, 0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_length_is_held),
		cmocka_unit_test(test_one_too_long_leaves_nothing),
		cmocka_unit_test(test_a_shorter_one_shows_no_longer_one),
		cmocka_unit_test(test_wiping_wipes_that_and_no_more),
		cmocka_unit_test(test_one_bit_anywhere_is_a_difference),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
