// SPDX-License-Identifier: ISC
/*
 * test_tickets.c - the keys of session tickets, as time goes on.
 */
#include "unit.h"

#include <string.h>

#include "key/tickets.h"

#define HOUR 3600u
#define NOON (int64_t)1800000000

static const uint8_t seed[TICKETS_SEED_LEN] = "a seed";

static struct packet_ticket_keys at(int64_t now_unix)
{
	struct packet_ticket_keys keys;

	memset(&keys, 0, sizeof(keys));
	assert_true(tickets_fill(seed, HOUR, now_unix, &keys));
	return keys;
}

static bool is_same(const struct ticket_key *a, const struct ticket_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Whoever is a time ahead, or behind, opens the other's tickets. */
static void test_times_follow_each_other(void **state)
{
	struct packet_ticket_keys now = at(NOON), next = at(NOON + HOUR);

	(void)state;
	assert_true(is_same(&now.key[2], &next.key[0]));
	assert_true(is_same(&now.key[0], &next.key[1]));
	assert_false(is_same(&now.key[0], &next.key[0]));
	assert_false(is_same(&now.key[1], &next.key[1]));
}

static void test_one_time_has_one_key(void **state)
{
	struct packet_ticket_keys first = at(NOON);
	struct packet_ticket_keys last = at((int64_t)first.until_unix - 1);

	(void)state;
	assert_memory_equal(&first, &last, sizeof(first));
	assert_true(first.until_unix > (uint64_t)NOON);
	assert_true(first.until_unix <= (uint64_t)NOON + HOUR);
	assert_false(
	    is_same(&first.key[0], &at((int64_t)first.until_unix).key[0]));
}

static void test_nothing_is_of_two_uses(void **state)
{
	struct packet_ticket_keys keys = at(NOON);

	(void)state;
	for (size_t i = 0; i < PACKET_TICKET_KEYS; i++) {
		const struct ticket_key *k = &keys.key[i];

		assert_memory_not_equal(k->cipher, k->mac, sizeof(k->mac));
		assert_memory_not_equal(k->cipher, k->name, sizeof(k->name));
		assert_memory_not_equal(k->mac, k->name, sizeof(k->name));
	}
}

static void test_another_seed_makes_others(void **state)
{
	static const uint8_t other[TICKETS_SEED_LEN] = "another";
	struct packet_ticket_keys keys = at(NOON), others;

	(void)state;
	assert_true(tickets_fill(other, HOUR, NOON, &others));
	assert_false(is_same(&keys.key[0], &others.key[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times_follow_each_other),
		cmocka_unit_test(test_one_time_has_one_key),
		cmocka_unit_test(test_nothing_is_of_two_uses),
		cmocka_unit_test(test_another_seed_makes_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
