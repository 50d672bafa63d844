// SPDX-License-Identifier: ISC
/*
 * test_attempts.c - a message that cannot be had is set aside, and comes back
 * when it can.
 */
#include "record_play.h"

#include "fetch/mail/attempts.h"

static struct listing l;
static struct account account;
static struct plan plan;

static int begin(void **state)
{
	l = (struct listing){ 0 };
	plan = (struct plan){ 0 };
	return begin_test(state);
}

static void forget_plan(void)
{
	plan_finish(&plan);
	listing_finish(&l);
}

static int end(void **state)
{
	forget_plan();
	return end_test(state);
}

/* A new session with one message. */
static struct plan_item *visit(const char *uid, uint64_t octets, bool retries)
{
	struct plan_policy policy = { .account = &account,
				      .retries = retries,
				      .now_unix = NOW };

	forget_plan();
	list_one(&l, 1, uid, octets);
	list_end(&l);
	load(&l);
	assert_ok(plan_make(&l, &rows, &policy, &plan, &why));
	return &plan.items[0];
}

static bool count(struct plan_item *item, enum why_kind kind)
{
	struct record_entry fresh;
	struct record_entry *row;
	struct why failure;

	why_set(&failure, kind, "the line broke");
	row = attempts_count(&plan, item, &failure, &fresh);
	put(row);
	row->reason = NULL;
	return item->action == PLAN_SET_ASIDE;
}

static void three_in_a_row(const char *uid)
{
	struct plan_item *item = visit(uid, 50, false);

	assert_null(item->row);
	assert_false(count(item, WHY_NETWORK));
	item = visit(uid, 50, false);
	assert_int_equal(item->action, PLAN_FETCH);
	assert_int_equal(item->row->stage, RECORD_TRIED);
	assert_int_equal(item->row->tries, 1);
	assert_false(count(item, WHY_NETWORK));
	item = visit(uid, 50, false);
	assert_true(count(item, WHY_NETWORK));
	assert_int_equal(item->action, PLAN_SET_ASIDE);
	item = visit(uid, 50, false);
	assert_int_equal(item->action, PLAN_SET_ASIDE);
	assert_int_equal(item->row->stage, RECORD_SET_ASIDE);
	assert_string_equal(item->row->reason, "the line broke");
	assert_int_equal(rows.count, 1);
}

static void with_a_unique_id(void **state)
{
	struct plan_item *item;

	(void)state;
	three_in_a_row("u");
	item = visit("u", 50, true);
	assert_int_equal(item->action, PLAN_FETCH);
	assert_true(count(item, WHY_NETWORK));
	assert_int_equal(visit("u", 50, false)->action, PLAN_SET_ASIDE);
	assert_int_equal(visit("u", 51, false)->action, PLAN_FETCH);
	assert_int_equal(visit("v", 50, false)->action, PLAN_FETCH);
}

static void without_one(void **state)
{
	(void)state;
	three_in_a_row(NULL);
	assert_int_equal(visit(NULL, 51, false)->action, PLAN_FETCH);
	assert_int_equal(visit(NULL, 50, true)->action, PLAN_FETCH);
}

static void what_will_never_do(void **state)
{
	(void)state;
	assert_true(count(visit("u", 50, false), WHY_MESSAGE));
	assert_int_equal(visit("u", 50, false)->action, PLAN_SET_ASIDE);
}

static void another_one_begins_anew(void **state)
{
	struct plan_item *item;

	(void)state;
	assert_false(count(visit("u", 50, false), WHY_NETWORK));
	assert_false(count(visit("u", 50, false), WHY_NETWORK));
	assert_false(count(visit("u", 60, false), WHY_NETWORK));
	item = visit("u", 60, false);
	assert_int_equal(item->row->tries, 1);
	assert_int_equal(item->row->octets, 60);
}

/* What vouches for a message that we hold goes on to do so. */
static void a_row_that_is_held(void **state)
{
	struct record_entry e = row_of("u", RECORD_DELIVERED, 1);
	struct plan_item *item;

	(void)state;
	put(&e);
	for (unsigned i = 1; i <= FETCH_TRIES_MAX; i++) {
		item = visit("u", 5, false);
		assert_int_equal(item->action, PLAN_FETCH);
		assert_int_equal(count(item, WHY_NETWORK),
				 i == FETCH_TRIES_MAX);
	}
	item = visit("u", 5, false);
	assert_int_equal(item->action, PLAN_SET_ASIDE);
	assert_int_equal(item->row->stage, RECORD_DELIVERED);
	assert_true(item->row->has_sum);
	assert_int_equal(item->row->octets, octets_of(1));
	assert_string_equal(item->row->reason, "the line broke");
	assert_int_equal(visit("u", octets_of(1), false)->action, PLAN_KEEP);
}

static void what_was_had_counts_anew(void **state)
{
	struct digest_sum sum = sum_of(1);
	struct plan_item *item;
	struct record_entry e;

	(void)state;
	assert_false(count(visit("u", 50, false), WHY_NETWORK));
	item = visit("u", 50, false);
	assert_null(plan_claim(&plan, &rows, item, &sum));
	plan_entry(item, &e);
	assert_int_equal(e.tries, 0);
	e.stage = RECORD_DELIVERED;
	e.has_sum = true;
	e.sum = sum;
	put(&e);
	item = visit("u", 50, false);
	assert_int_equal(item->action, PLAN_KEEP);
	assert_int_equal(rows.count, 1);
	assert_int_equal(item->row->tries, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(with_a_unique_id),   TEST(without_one),
		TEST(what_will_never_do), TEST(another_one_begins_anew),
		TEST(a_row_that_is_held), TEST(what_was_had_counts_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
