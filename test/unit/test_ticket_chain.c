// SPDX-License-Identifier: ISC
/*
 * test_ticket_chain.c - the chain of seeds for session tickets: it goes on with
 * the time, never back, and two copies agree.
 */
#include "unit.h"

#include <string.h>

#include "tls/ticket_chain.h"

#define HOUR_MS UINT64_C(3600000)
#define FIRST   UINT64_C(1000) /* a period */

static const uint8_t seed[TICKET_SEED_LEN] = "a seed";

static struct ticket_chain begin(void)
{
	struct ticket_chain c;

	memset(&c, 0xa5, sizeof(c));
	ticket_chain_init(&c, HOUR_MS, FIRST, seed);
	return c;
}

static struct ticket_chain begin_at(uint64_t period)
{
	struct ticket_chain c = begin();

	assert_true(ticket_chain_advance(&c, period * HOUR_MS));
	return c;
}

struct seed {
	uint8_t octets[TICKET_SEED_LEN];
};

static struct seed seed_of(const struct ticket_chain *c, enum ticket_age age)
{
	struct seed s = { { 0 } };

	assert_true(ticket_chain_seed(c, age, s.octets));
	return s;
}

static void assert_one_seed(struct seed a, struct seed b)
{
	assert_memory_equal(&a, &b, sizeof(a));
}

static void periods_follow_each_other(void **state)
{
	struct ticket_chain now = begin_at(FIRST + 5);
	struct ticket_chain next = begin_at(FIRST + 6);

	(void)state;
	assert_one_seed(seed_of(&now, TICKET_NOW),
			seed_of(&next, TICKET_BEFORE));
	assert_one_seed(seed_of(&now, TICKET_NEXT), seed_of(&next, TICKET_NOW));
	for (unsigned a = 0; a < TICKET_AGES; a++) {
		struct seed one = seed_of(&now, (enum ticket_age)a);

		for (unsigned b = 0; b < a; b++) {
			struct seed other = seed_of(&now, (enum ticket_age)b);

			assert_memory_not_equal(&one, &other, sizeof(one));
		}
	}
}

/* What is in memory then is neither an older seed nor of any use for one. */
static void what_is_past_is_gone(void **state)
{
	struct ticket_chain c = begin(), old[4];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(old); i++) {
		old[i] = c;
		assert_true(
		    ticket_chain_advance(&c, (FIRST + 1 + i) * HOUR_MS));
	}
	for (size_t i = 0; i < COUNT_OF(old); i++) {
		for (unsigned age = 0; age < TICKET_AGES; age++) {
			struct seed s = seed_of(&c, (enum ticket_age)age);

			assert_memory_not_equal(s.octets, old[i].seed,
						sizeof(s));
		}
	}
}

/* However often each was asked on the way. */
static void copies_agree(void **state)
{
	struct ticket_chain often = begin(), once = begin(), handed_on;

	(void)state;
	for (uint64_t ms = FIRST * HOUR_MS; ms < (FIRST + 50) * HOUR_MS;
	     ms += HOUR_MS / 7) {
		assert_true(ticket_chain_advance(&often, ms));
	}
	ticket_chain_init(&handed_on, HOUR_MS, often.period, often.seed);
	for (uint64_t period = FIRST + 49; period < FIRST + 60; period += 3) {
		assert_true(ticket_chain_advance(&once, period * HOUR_MS));
		assert_true(ticket_chain_advance(&often, period * HOUR_MS));
		assert_true(ticket_chain_advance(&handed_on, period * HOUR_MS));
		assert_memory_equal(&once, &often, sizeof(once));
		assert_memory_equal(&once, &handed_on, sizeof(once));
	}
}

static void within_a_period_nothing_changes(void **state)
{
	struct ticket_chain c = begin_at(FIRST + 3), before = c;

	(void)state;
	assert_int_equal(ticket_chain_end_ms(&c), (FIRST + 4) * HOUR_MS);
	assert_true(ticket_chain_advance(&c, ticket_chain_end_ms(&c) - 1));
	assert_memory_equal(&c, &before, sizeof(c));
	assert_true(ticket_chain_advance(&c, ticket_chain_end_ms(&c)));
	assert_int_equal(c.period, FIRST + 4);
	assert_memory_not_equal(c.seed, before.seed, sizeof(c.seed));
}

static void a_time_that_is_past_changes_nothing(void **state)
{
	struct ticket_chain c = begin_at(FIRST + 3), before = c;

	(void)state;
	assert_true(ticket_chain_advance(&c, (FIRST + 1) * HOUR_MS));
	assert_memory_equal(&c, &before, sizeof(c));
	assert_true(ticket_chain_advance(&c, 0));
	assert_memory_equal(&c, &before, sizeof(c));
}

/* It takes no longer, and the chain is good. */
static void a_jump_far_ahead_is_made(void **state)
{
	uint64_t far = UINT64_MAX / HOUR_MS - 2;
	struct ticket_chain c = begin_at(far), next = c;
	struct ticket_chain most = begin_at(FIRST + TICKET_STEPS_MAX);

	(void)state;
	assert_int_equal(c.period, far);
	assert_memory_not_equal(c.seed, seed, sizeof(seed));
	assert_memory_equal(c.seed, most.seed, sizeof(c.seed));
	assert_true(ticket_chain_advance(&next, (far + 1) * HOUR_MS));
	assert_one_seed(seed_of(&c, TICKET_NEXT), seed_of(&next, TICKET_NOW));
}

static void another_seed_makes_another_chain(void **state)
{
	static const uint8_t other_seed[TICKET_SEED_LEN] = "another";
	struct ticket_chain c = begin_at(FIRST + 1), other;

	(void)state;
	ticket_chain_init(&other, HOUR_MS, FIRST, other_seed);
	assert_true(ticket_chain_advance(&other, (FIRST + 1) * HOUR_MS));
	assert_memory_not_equal(c.seed, other.seed, sizeof(c.seed));
}

static void the_end_leaves_no_seed(void **state)
{
	static const struct ticket_chain none;
	struct ticket_chain c = begin();

	(void)state;
	ticket_chain_finish(&c);
	assert_memory_equal(&c, &none, sizeof(c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(periods_follow_each_other),
		cmocka_unit_test(what_is_past_is_gone),
		cmocka_unit_test(copies_agree),
		cmocka_unit_test(within_a_period_nothing_changes),
		cmocka_unit_test(a_time_that_is_past_changes_nothing),
		cmocka_unit_test(a_jump_far_ahead_is_made),
		cmocka_unit_test(another_seed_makes_another_chain),
		cmocka_unit_test(the_end_leaves_no_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
