// SPDX-License-Identifier: ISC
/*
 * test_twins.c - messages known by their digests, one to one.  Each test plays
 * whole visits (twins_play.h).
 */
#include "twins_play.h"

#include "fetch/mail/twins.h"

static void all_unique_ids_changed(void **state)
{
	static const struct there before[] = { { "a", 1 }, { "b", 2 } };
	static const struct there after[] = { { "x", 1 }, { "y", 2 } };

	(void)state;
	VISIT(before);
	expect(2, 2, 0);
	VISIT(before);
	expect(0, 0, 0);
	VISIT(after);
	expect(2, 0, 0);
	VISIT(after); /* the rows have the new names */
	expect(0, 0, 0);
	assert_int_equal(rows.count, 2);
}

static void some_unique_ids_changed(void **state)
{
	static const struct there before[] = { { "a", 1 },
					       { "b", 2 },
					       { "c", 3 } };
	static const struct there after[] = { { "b", 2 },
					      { "new", 4 },
					      { "x", 3 } };

	(void)state;
	VISIT(before);
	VISIT(after);
	expect(2, 1, 0);
	VISIT(after);
	expect(0, 0, 0);
}

/* As a server does that numbers messages by their place. */
static void unique_ids_moved_on(void **state)
{
	static const struct there before[] = { { "u1", 1 },
					       { "u2", 2 },
					       { "u3", 3 } };
	static const struct there after[] = { { "u1", 2 },
					      { "u2", 3 },
					      { "u3", 4 } };

	(void)state;
	VISIT(before);
	VISIT(after);
	expect(3, 1, 0);
	VISIT(after);
	expect(0, 0, 0);
}

static void two_that_changed_places(void **state)
{
	static const struct there before[] = { { "a", 1 }, { "b", 2 } };
	static const struct there after[] = { { "b", 1 }, { "a", 2 } };
	(void)state;
	VISIT(before);
	account.deletes = true;
	VISIT(after);
	expect(2, 0, 2);
}

static void two_equal_messages_are_two(void **state)
{
	static const struct there two[] = { { "a", 1 }, { "b", 1 } };
	static const struct there three[] = { { "x", 1 },
					      { "y", 1 },
					      { "z", 1 } };

	(void)state;
	VISIT(two);
	expect(2, 2, 0);
	VISIT(three);
	expect(3, 1, 0);
	VISIT(three);
	expect(0, 0, 0);
}

/* The visit ended behind the first, which the server deleted at once; the
 * second was listed beside it. */
static void equal_to_one_that_went_before_its_turn(void **state)
{
	static const struct there one[] = { { "b", 1 } };

	(void)state;
	add_row("a", RECORD_DELIVERED, 1);
	add_row("b", RECORD_TRIED, 1);
	rows.at[1].has_sum = false;
	rows.at[0].first_visit = rows.at[1].first_visit = 1;
	VISIT(one);
	expect(1, 1, 0);
}

static void one_that_is_there_vouches_for_no_other(void **state)
{
	static const struct there one[] = { { "a", 1 } };
	static const struct there two[] = { { "b", 1 }, { "a", 1 } };
	(void)state;
	VISIT(one);
	VISIT(two);
	expect(1, 1, 0);
}

static void without_uidl_thrice_and_kept(void **state)
{
	static const struct there two[] = { { NULL, 1 }, { NULL, 2 } };
	static const struct there more[] = {
		{ NULL, 1 }, { NULL, 2 }, { NULL, 2 }, { NULL, 3 }
	};

	(void)state;
	VISIT(two);
	expect(2, 2, 0);
	VISIT(two);
	expect(2, 0, 0);
	VISIT(more);
	expect(4, 2, 0);
	assert_int_equal(rows.count, 4);
}

static void without_uidl_thrice_and_deleted(void **state)
{
	static const struct there two[] = { { NULL, 1 }, { NULL, 2 } };
	static const struct there again[] = { { NULL, 2 }, { NULL, 3 } };

	(void)state;
	account.deletes = true;
	VISIT(two);
	expect(2, 2, 2);
	VISIT(again); /* equal to one that is DELETED: new mail */
	expect(2, 2, 2);
}

static void without_uidl_when_quit_was_not_answered(void **state)
{
	static const struct there two[] = { { NULL, 1 }, { NULL, 2 } };

	(void)state;
	add_row("", RECORD_DELETE_SENT, 1);
	add_row("", RECORD_DELETED, 2);
	account.deletes = true;
	VISIT(two);
	expect(2, 1, 2);
}

static void equal_to_a_deleted_one(void **state)
{
	static const struct there one[] = { { "b", 1 } };

	(void)state;
	add_row("a", RECORD_DELETED, 1);
	account.deletes = true;
	VISIT(one);
	expect(1, 1, 1);
}

static void equal_to_one_that_went_with_a_lost_quit(void **state)
{
	static const struct there one[] = { { "b", 1 } };

	(void)state;
	add_row("a", RECORD_DELETE_SENT, 1);
	account.deletes = true;
	VISIT(one);
	expect(1, 1, 1);
}

/* The server did not delete it, or got it back: the same name, the same
 * text. */
static void a_deleted_one_that_came_back(void **state)
{
	static const struct there one[] = { { "a", 1 } };

	(void)state;
	add_row("a", RECORD_DELETED, 1);
	VISIT(one);
	expect(1, 0, 0);
	VISIT(one);
	expect(0, 0, 0);
}

static void new_mail_with_the_name_of_a_deleted_one(void **state)
{
	static const struct there one[] = { { "a", 2 } };
	struct record_entry e = row_of("a", RECORD_DELETED, 1);

	(void)state;
	e.octets = octets_of(2); /* even of the same size */
	assert_true(entries_add(&rows, &e));
	account.deletes = true;
	VISIT(one);
	expect(1, 1, 1);
}

static void a_deleted_one_vouches_for_its_name_alone(void **state)
{
	static const struct there two[] = { { "b", 1 }, { "a", 2 } };
	(void)state;
	add_row("a", RECORD_DELETED, 1);
	VISIT(two);
	expect(2, 2, 0);
}

static void unique_ids_that_all_became_one(void **state)
{
	static const struct there before[] = { { "a", 1 }, { "b", 2 } };
	static const struct there after[] = { { "0", 1 }, { "0", 2 } };

	(void)state;
	VISIT(before);
	VISIT(after);
	expect(2, 0, 0);
	VISIT(before);
	expect(2, 0, 0);
	VISIT(before);
	expect(0, 0, 0);
}

static void not_delivered_vouches_for_nothing(void **state)
{
	static const struct there some[] = {
		{ "n1", 1 }, { "n2", 2 }, { "n3", 3 }, { "n4", 4 }
	};

	(void)state;
	add_row("a", RECORD_FETCHED, 1);
	add_row("b", RECORD_SET_ASIDE, 2);
	add_row("c", RECORD_SKIPPED, 3);
	add_row("d", RECORD_TRIED, 4);
	VISIT(some);
	expect(4, 4, 0);
}

static void very_many_equal_ones(void **state)
{
	struct digest_sum sum = sum_of(1);
	struct record_entry e = row_of("", RECORD_DELIVERED, 1);

	(void)state;
	for (size_t i = 0; i < 100000; i++) {
		assert_true(entries_add(&rows, &e));
	}
	assert_true(entries_index(&rows));
	for (size_t i = 0; i < 100000; i++) {
		assert_non_null(twins_claim(&rows, NULL, 0, sum.text));
	}
	assert_null(twins_claim(&rows, NULL, 0, sum.text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_unique_ids_changed),
		TEST(some_unique_ids_changed),
		TEST(unique_ids_moved_on),
		TEST(two_that_changed_places),
		TEST(two_equal_messages_are_two),
		TEST(equal_to_one_that_went_before_its_turn),
		TEST(one_that_is_there_vouches_for_no_other),
		TEST(without_uidl_thrice_and_kept),
		TEST(without_uidl_thrice_and_deleted),
		TEST(without_uidl_when_quit_was_not_answered),
		TEST(equal_to_a_deleted_one),
		TEST(equal_to_one_that_went_with_a_lost_quit),
		TEST(a_deleted_one_that_came_back),
		TEST(new_mail_with_the_name_of_a_deleted_one),
		TEST(a_deleted_one_vouches_for_its_name_alone),
		TEST(unique_ids_that_all_became_one),
		TEST(not_delivered_vouches_for_nothing),
		TEST(very_many_equal_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
