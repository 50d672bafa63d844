// SPDX-License-Identifier: ISC
/*
 * test_renamed.c - a QUIT whose answer was lost, and then other unique-ids:
 * the same messages, or new ones?  Each test plays a whole visit.
 */
#include "twins_play.h"

static void add_sent(const char *uid, uint8_t n)
{
	add_row(uid, RECORD_DELETE_SENT, n);
	account.deletes = true;
}

static void all_are_there_under_other_names(void **state)
{
	static const struct there after[] = { { "x", 2 },
					      { "new", 3 },
					      { "y", 1 } };

	(void)state;
	add_sent("a", 1);
	add_sent("b", 2);
	VISIT(after);
	expect(3, 1, 3);
}

static void one_of_them_went(void **state)
{
	static const struct there after[] = { { "x", 2 }, { "new", 3 } };

	(void)state;
	add_sent("a", 1);
	add_sent("b", 2);
	VISIT(after);
	expect(2, 2, 2);
}

static void one_of_them_has_its_name(void **state)
{
	static const struct there after[] = { { "a", 1 }, { "x", 2 } };

	(void)state;
	add_sent("a", 1);
	add_sent("b", 2);
	VISIT(after);
	expect(2, 1, 2);
}

/* They went, and mail came that is as large. */
static void as_many_of_their_sizes(void **state)
{
	const uint8_t like_1 = 1 + OCTETS_PERIOD, like_2 = 2 + OCTETS_PERIOD;
	const struct there after[] = { { "x", like_1 }, { "y", like_2 } };

	(void)state;
	assert_int_equal(octets_of(like_1), octets_of(1));
	add_sent("a", 1);
	add_sent("b", 2);
	VISIT(after);
	expect(2, 2, 2);
}

/* An alarm that says the same each time. */
static void two_of_one_text(void **state)
{
	static const struct there after[] = { { "x", 1 }, { "y", 1 } };

	(void)state;
	add_sent("a", 1);
	add_sent("b", 1);
	VISIT(after);
	expect(2, 2, 2);
}

static void a_message_that_has_a_row_is_none_of_them(void **state)
{
	static const struct there after[] = { { "x", 1 }, { "kept", 2 } };

	(void)state;
	add_sent("a", 1);
	add_sent("b", 2);
	add_row("kept", RECORD_DELIVERED, 2);
	VISIT(after);
	assert_int_equal(delivered, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_are_there_under_other_names),
		TEST(one_of_them_went),
		TEST(one_of_them_has_its_name),
		TEST(as_many_of_their_sizes),
		TEST(two_of_one_text),
		TEST(a_message_that_has_a_row_is_none_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
