// SPDX-License-Identifier: ISC
/*
 * test_plan.c - what is done with a message, given its row and the policy.
 */
#include "plan_play.h"

static void a_new_one(void **state)
{
	(void)state;
	assert_plan(plan_one("u", 5, NULL), PLAN_FETCH, PLAN_NEW);
	assert_int_equal(plan.new_count, 1);
	assert_null(plan.items[0].row);
	assert_false(plan.items[0].is_unruled);
	assert_plan(plan_one(NULL, 5, NULL), PLAN_FETCH, PLAN_NEW);
}

static void each_stage_kept(void **state)
{
	(void)state;
	assert_plan(plan_row(RECORD_FETCHED), PLAN_VERIFY, PLAN_UNFINISHED);
	assert_plan(plan_row(RECORD_DELIVERED), PLAN_KEEP, PLAN_HELD);
	assert_int_equal(plan.new_count, 0);
	assert_plan(plan_row(RECORD_DELETE_SENT), PLAN_LOOK, PLAN_UNSURE);
	assert_int_equal(plan.new_count, 0);
	assert_plan(plan_row(RECORD_DELETED), PLAN_LOOK, PLAN_UNSURE);
	assert_plan(plan_row(RECORD_SET_ASIDE), PLAN_SET_ASIDE, PLAN_FAILED);
	assert_plan(plan_row(RECORD_TRIED), PLAN_FETCH, PLAN_NEW);
	/* by no rule that there still is */
	assert_plan(plan_row(RECORD_SKIPPED), PLAN_FETCH, PLAN_NEW);
}

static void each_stage_deleted(void **state)
{
	(void)state;
	account.deletes = true;
	assert_plan(plan_row(RECORD_FETCHED), PLAN_VERIFY, PLAN_UNFINISHED);
	/* another visit: by name and size alone nothing is deleted */
	assert_plan(plan_row(RECORD_DELIVERED), PLAN_LOOK, PLAN_UNSURE);
	assert_false(plan.items[0].row->is_claimed);
	assert_plan(plan_row(RECORD_DELETE_SENT), PLAN_LOOK, PLAN_UNSURE);
	assert_false(plan.items[0].row->is_claimed);
	assert_plan(plan_row(RECORD_DELETED), PLAN_LOOK, PLAN_UNSURE);
	assert_plan(plan_row(RECORD_SET_ASIDE), PLAN_SET_ASIDE, PLAN_FAILED);
	assert_plan(plan_row(RECORD_TRIED), PLAN_FETCH, PLAN_NEW);
	policy.has_top = false;
	assert_plan(plan_row(RECORD_DELIVERED), PLAN_DELETE, PLAN_HELD);
	assert_true(plan.items[0].row->is_claimed);
	assert_plan(plan_row(RECORD_DELETE_SENT), PLAN_FETCH, PLAN_UNSURE);
	assert_plan(plan_row(RECORD_DELETED), PLAN_FETCH, PLAN_UNSURE);
}

static void a_row_without_digest_proves_nothing(void **state)
{
	static const enum record_stage stages[] = { RECORD_DELIVERED,
						    RECORD_DELETE_SENT,
						    RECORD_DELETED };

	(void)state;
	account.deletes = true;
	for (size_t i = 0; i < COUNT_OF(stages); i++) {
		struct record_entry e = row_of("u", stages[i], 1);

		e.has_sum = false;
		assert_plan(plan_one("u", octets_of(1), &e), PLAN_FETCH,
			    PLAN_NEW);
	}
}

static void a_stage_that_is_none(void **state)
{
	(void)state;
	account.deletes = true;
	assert_int_equal(plan_row((enum record_stage)0)->action, PLAN_FETCH);
	assert_int_equal(plan_row((enum record_stage)99)->action, PLAN_FETCH);
}

/* sum_of(1) has 1001 octets in 20 lines: 1021 with CRLF. */
static void sizes(void **state)
{
	static const struct {
		uint64_t then, now;
		enum plan_action action;
	} cases[] = {
		{ 1021, 1021, PLAN_KEEP },     { 1001, 1001, PLAN_KEEP },
		{ 1021, 1001, PLAN_LOOK },     { 1001, 1021, PLAN_LOOK },
		{ 1010, 1001, PLAN_LOOK },     { 1021, 1022, PLAN_FETCH },
		{ 1021, 1000, PLAN_FETCH },    { 1021, 0, PLAN_FETCH },
		{ 5, 1021, PLAN_FETCH },       { 5, 5, PLAN_KEEP },
		{ 1021, 1 << 30, PLAN_FETCH },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct record_entry e = row_of("u", RECORD_DELIVERED, 1);

		e.octets = cases[i].then;
		assert_int_equal(plan_one("u", cases[i].now, &e)->action,
				 cases[i].action);
	}
}

static void after_some_days(void **state)
{
	static const struct {
		uint32_t days;
		int64_t delivered;
		enum plan_action action;
	} cases[] = {
		{ 0, NOW, PLAN_DELETE },
		{ 0, NOW + 1000, PLAN_DELETE },
		{ 1, NOW, PLAN_KEEP },
		{ 1, NOW - DAY + 1, PLAN_KEEP },
		{ 1, NOW - DAY, PLAN_DELETE },
		{ 14, NOW - 14 * DAY + 1, PLAN_KEEP },
		{ 14, NOW - 14 * DAY, PLAN_DELETE },
		{ 14, NOW + 100 * DAY, PLAN_KEEP },
		{ UINT32_MAX, 0, PLAN_KEEP },
		{ 1, INT64_MIN, PLAN_KEEP },
		{ 1, INT64_MAX, PLAN_KEEP },
	};

	(void)state;
	account.deletes = true;
	policy.has_top = false;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct record_entry e = row_of("u", RECORD_DELIVERED, 1);

		account.delete_days = cases[i].days;
		e.delivered_unix = cases[i].delivered;
		assert_int_equal(plan_one("u", octets_of(1), &e)->action,
				 cases[i].action);
	}
}

static void too_large(void **state)
{
	(void)state;
	account.size_max = 1000;
	assert_plan(plan_one("u", 1000, NULL), PLAN_FETCH, PLAN_NEW);
	assert_plan(plan_one("u", 1001, NULL), PLAN_TOO_LARGE, PLAN_SIZE);
	assert_int_equal(plan.new_count, 0);
	assert_plan(plan_row(RECORD_DELIVERED), PLAN_KEEP, PLAN_HELD);
	/* a look is cheap, and may show that it is held */
	assert_plan(plan_row(RECORD_DELETE_SENT), PLAN_LOOK, PLAN_UNSURE);
	policy.has_top = false;
	assert_plan(plan_row(RECORD_DELETE_SENT), PLAN_TOO_LARGE, PLAN_SIZE);
	account.size_max = 0;
	assert_plan(plan_one("u", FETCH_MESSAGE_OCTETS_MAX + 1, NULL),
		    PLAN_TOO_LARGE, PLAN_SIZE);
	assert_plan(plan_one("u", UINT64_MAX, NULL), PLAN_TOO_LARGE, PLAN_SIZE);
}

static void what_the_user_says(void **state)
{
	(void)state;
	account.deletes = true;
	policy.retries = true;
	assert_plan(plan_row(RECORD_SET_ASIDE), PLAN_FETCH, PLAN_SAID);
	assert_plan(plan_row(RECORD_DELIVERED), PLAN_LOOK, PLAN_UNSURE);
	assert_plan(plan_row(RECORD_FETCHED), PLAN_VERIFY, PLAN_UNFINISHED);
}

static void tries(void **state)
{
	struct record_entry e = row_of("u", RECORD_TRIED, 1);

	(void)state;
	e.has_sum = false;
	e.tries = FETCH_TRIES_MAX - 1;
	assert_plan(plan_one("u", e.octets, &e), PLAN_FETCH, PLAN_NEW);
	e.tries = FETCH_TRIES_MAX;
	assert_plan(plan_one("u", e.octets, &e), PLAN_SET_ASIDE, PLAN_FAILED);
	/* a day later, and a bit before */
	e.changed_unix = NOW - FETCH_ASIDE_RETRY_S;
	assert_plan(plan_one("u", e.octets, &e), PLAN_FETCH, PLAN_NEW);
	e.stage = RECORD_SET_ASIDE;
	assert_plan(plan_one("u", e.octets, &e), PLAN_FETCH, PLAN_SAID);
	e.changed_unix += 1;
	assert_plan(plan_one("u", e.octets, &e), PLAN_SET_ASIDE, PLAN_FAILED);
	e.stage = RECORD_TRIED;
	/* another message under the name of one that failed */
	assert_plan(plan_one("u", e.octets + 1, &e), PLAN_FETCH, PLAN_CHANGED);
	e.stage = RECORD_SET_ASIDE;
	assert_plan(plan_one("u", e.octets + 1, &e), PLAN_FETCH, PLAN_CHANGED);
	/* one that is held, and fails when it is fetched to see */
	e = row_of("u", RECORD_DELETE_SENT, 1);
	e.tries = FETCH_TRIES_MAX;
	assert_plan(plan_one("u", e.octets, &e), PLAN_SET_ASIDE, PLAN_FAILED);
	assert_plan(plan_one("u", 5, &e), PLAN_SET_ASIDE, PLAN_FAILED);
	policy.retries = true;
	assert_plan(plan_one("u", 5, &e), PLAN_FETCH, PLAN_CHANGED);
}

static void those_that_failed_come_last(void **state)
{
	struct record_entry e = row_of("b", RECORD_TRIED, 1);
	static const uint32_t want[] = { 1, 3, 5, 2, 4 };

	(void)state;
	e.has_sum = false;
	e.tries = 1;
	add_row(&e);
	e.uid = "d";
	add_row(&e);
	list_one(&l, 1, "a", 1);
	list_one(&l, 2, "b", e.octets);
	list_one(&l, 3, "c", 1);
	list_one(&l, 4, "d", e.octets);
	list_one(&l, 5, "e", 1);
	make();
	for (size_t i = 0; i < plan.count; i++) {
		assert_int_equal(plan.items[i].msn, want[i]);
	}
}

static void numbered_ones_prove_nothing(void **state)
{
	struct record_entry e = row_of("7", RECORD_DELIVERED, 1);

	(void)state;
	account.deletes = true;
	assert_plan(plan_one("7", e.octets, &e), PLAN_LOOK, PLAN_UNSURE);
	account.deletes = false;
	assert_plan(plan_one("7", e.octets, &e), PLAN_LOOK, PLAN_UNSURE);
	policy.has_top = false;
	assert_plan(plan_one("7", e.octets, &e), PLAN_FETCH, PLAN_UNSURE);
}

static void nameless_failures(void **state)
{
	struct record_entry e = { .uid = "",
				  .stage = RECORD_SET_ASIDE,
				  .changed_unix = NOW - 60,
				  .octets = 50,
				  .tries = FETCH_TRIES_MAX };

	(void)state;
	add_row(&e);
	list_one(&l, 1, NULL, 60);
	list_one(&l, 2, NULL, 50);
	list_one(&l, 3, NULL, 50);
	make();
	assert_int_equal(plan.items[0].msn, 1);
	assert_plan(&plan.items[0], PLAN_FETCH, PLAN_NEW);
	assert_int_equal(plan.items[1].msn, 3);
	assert_plan(&plan.items[1], PLAN_FETCH, PLAN_NEW);
	assert_int_equal(plan.items[2].msn, 2);
	assert_plan(&plan.items[2], PLAN_SET_ASIDE, PLAN_FAILED);
	assert_true(rows.at[0].is_listed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_one),
		TEST(each_stage_kept),
		TEST(each_stage_deleted),
		TEST(a_row_without_digest_proves_nothing),
		TEST(a_stage_that_is_none),
		TEST(sizes),
		TEST(after_some_days),
		TEST(too_large),
		TEST(what_the_user_says),
		TEST(tries),
		TEST(those_that_failed_come_last),
		TEST(numbered_ones_prove_nothing),
		TEST(nameless_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
