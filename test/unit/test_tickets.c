// SPDX-License-Identifier: ISC
/*
 * test_tickets.c - the keys of session tickets, as time goes on.
 */
#include "unit.h"

#include <pthread.h>
#include <string.h>

#include "key/tickets.h"

#define HOUR_S  3600u
#define HOUR_MS (HOUR_S * UINT64_C(1000))
#define FIRST   UINT64_C(1000)
#define NOON    ((FIRST + 5) * HOUR_MS + 1)

static void begin_with(struct tickets *t, const char *seed)
{
	struct key_settings settings = { .ticket_period = FIRST,
					 .ticket_s = HOUR_S };
	uint8_t none[TICKET_SEED_LEN] = { 0 };

	memcpy(settings.ticket_seed, seed, strlen(seed));
	tickets_init(t, &settings);
	assert_memory_equal(settings.ticket_seed, none, sizeof(none));
}

static struct packet_ticket_keys ask(struct tickets *t, uint64_t now_ms)
{
	struct packet_ticket_keys keys;

	memset(&keys, 0, sizeof(keys));
	assert_true(tickets_fill(t, now_ms, &keys));
	return keys;
}

/* From a chain of its own, that has been asked nothing yet. */
static struct packet_ticket_keys at(uint64_t now_ms)
{
	struct packet_ticket_keys keys;
	struct tickets t;

	begin_with(&t, "a seed");
	keys = ask(&t, now_ms);
	pthread_mutex_destroy(&t.lock);
	return keys;
}

static bool is_same(const struct ticket_key *a, const struct ticket_key *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Whoever is a period ahead, or behind, opens the other's tickets. */
static void test_periods_follow_each_other(void **state)
{
	struct packet_ticket_keys now = at(NOON), next = at(NOON + HOUR_MS);

	(void)state;
	assert_true(is_same(&now.key[2], &next.key[0]));
	assert_true(is_same(&now.key[0], &next.key[1]));
	assert_false(is_same(&now.key[0], &next.key[0]));
	assert_false(is_same(&now.key[1], &next.key[1]));
}

/* Not from the one who has gone on: he does not know them any more. */
static void test_keys_that_are_past_are_not_made_again(void **state)
{
	struct packet_ticket_keys then, again;
	struct tickets t;

	(void)state;
	begin_with(&t, "a seed");
	then = ask(&t, NOON);
	(void)ask(&t, NOON + 3 * HOUR_MS);
	again = ask(&t, NOON);
	for (size_t i = 0; i < PACKET_TICKET_KEYS; i++) {
		for (size_t j = 0; j < PACKET_TICKET_KEYS; j++) {
			assert_false(is_same(&then.key[i], &again.key[j]));
		}
	}
	pthread_mutex_destroy(&t.lock);
}

static void test_one_period_has_one_key(void **state)
{
	struct packet_ticket_keys first = at(NOON);
	struct packet_ticket_keys last = at(first.until_ms - 1);

	(void)state;
	assert_memory_equal(&first, &last, sizeof(first));
	assert_true(first.until_ms > NOON);
	assert_true(first.until_ms <= NOON + HOUR_MS);
	assert_false(is_same(&first.key[0], &at(first.until_ms).key[0]));
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
	struct packet_ticket_keys keys = at(NOON), others;
	struct tickets t;

	(void)state;
	begin_with(&t, "another");
	others = ask(&t, NOON);
	assert_false(is_same(&keys.key[0], &others.key[0]));
	pthread_mutex_destroy(&t.lock);
}

static void test_what_nobody_asks_for_is_forgotten(void **state)
{
	struct packet_ticket_keys want = at(NOON + 3 * HOUR_MS), have;
	struct tickets t;

	(void)state;
	begin_with(&t, "a seed");
	assert_int_equal(tickets_forget(&t, NOON + 3 * HOUR_MS), HOUR_MS - 1);
	assert_int_equal(t.chain.period, NOON / HOUR_MS + 3);
	have = ask(&t, NOON + 3 * HOUR_MS);
	assert_memory_equal(&have, &want, sizeof(have));
	/* it is asked again when there is something to do, and not before */
	assert_int_equal(tickets_forget(&t, want.until_ms - 5000), 5000);
	assert_int_equal(tickets_forget(&t, want.until_ms - 5), 1000);
	assert_int_equal(tickets_forget(&t, want.until_ms), HOUR_MS);
	pthread_mutex_destroy(&t.lock);
}

#define PERIODS 500u

static void *ask_often(void *arg)
{
	static const struct packet_ticket_keys none;

	for (uint64_t i = 0; i < PERIODS; i++) {
		struct packet_ticket_keys keys = none;

		if (!tickets_fill(arg, NOON + i * HOUR_MS, &keys)) {
			return arg;
		}
	}
	return NULL;
}

static void test_threads_go_on_together(void **state)
{
	struct packet_ticket_keys want = at(NOON + PERIODS * HOUR_MS), have;
	pthread_t threads[4];
	struct tickets t;
	void *failed;

	(void)state;
	begin_with(&t, "a seed");
	for (size_t i = 0; i < COUNT_OF(threads); i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, ask_often, &t), 0);
	}
	for (size_t i = 0; i < COUNT_OF(threads); i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	have = ask(&t, NOON + PERIODS * HOUR_MS);
	assert_memory_equal(&have, &want, sizeof(have));
	pthread_mutex_destroy(&t.lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_periods_follow_each_other),
		cmocka_unit_test(test_keys_that_are_past_are_not_made_again),
		cmocka_unit_test(test_one_period_has_one_key),
		cmocka_unit_test(test_nothing_is_of_two_uses),
		cmocka_unit_test(test_another_seed_makes_others),
		cmocka_unit_test(test_what_nobody_asks_for_is_forgotten),
		cmocka_unit_test(test_threads_go_on_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
