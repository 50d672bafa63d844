// SPDX-License-Identifier: ISC
/*
 * plan_play.h - plans of one message, for tests.
 */
#ifndef TEST_PLAN_PLAY_H
#define TEST_PLAN_PLAY_H

#include "mail_play.h"

static struct listing l;
static struct entries rows;
static struct account account;
static struct plan_policy policy;
static struct plan plan;

UNUSED static int begin_test(void **state)
{
	(void)state;
	l = (struct listing){ 0 };
	rows = (struct entries){ 0 };
	account = (struct account){ 0 };
	policy = (struct plan_policy){ .account = &account,
				       .has_top = true,
				       .now_unix = NOW };
	plan = (struct plan){ 0 };
	return 0;
}

UNUSED static int end_test(void **state)
{
	(void)state;
	plan_finish(&plan);
	entries_finish(&rows);
	listing_finish(&l);
	return 0;
}

UNUSED static void add_row(const struct record_entry *e)
{
	assert_true(entries_add(&rows, e));
}

UNUSED static void make(void)
{
	struct why why;

	list_end(&l);
	assert_true(entries_index(&rows));
	assert_int_equal(plan_make(&l, &rows, &policy, &plan, &why), 0);
	assert_int_equal(plan.count, l.count);
}

/* Of a listing of one message, and a row or none. */
UNUSED static struct plan_item *plan_one(const char *uid, uint64_t octets,
					 const struct record_entry *row)
{
	end_test(NULL);
	l = (struct listing){ 0 };
	rows = (struct entries){ 0 };
	list_one(&l, 7, uid, octets);
	if (row != NULL) {
		add_row(row);
	}
	make();
	return &plan.items[0];
}

UNUSED static struct plan_item *plan_row(enum record_stage stage)
{
	struct record_entry e = row_of("u", stage, 1);

	return plan_one("u", octets_of(1), &e);
}

#define assert_plan(item, a, b)                                                \
	do {                                                                   \
		assert_int_equal((item)->action, (a));                         \
		assert_int_equal((item)->because, (b));                        \
	} while (0)

#endif
