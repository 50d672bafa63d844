// SPDX-License-Identifier: ISC
/*
 * test_renamed.c - a QUIT whose answer was lost, and then other unique-ids:
 * the same messages, or new ones?  Each test plays whole visits.
 */
#include "twins_play.h"

#include "fetch/limits.h"

/* Messages "a", "b" and so on, of texts 1, 2, ... */
static void add_sent(unsigned count)
{
	for (unsigned n = 1; n <= count; n++) {
		const char uid[] = { (char)('a' + (int)n - 1), '\0' };

		add_row(uid, RECORD_DELETE_SENT, (uint8_t)n);
	}
	account.deletes = true;
}

static void all_are_there_under_other_names(void **state)
{
	static const struct there after[] = {
		{ "x", 2 }, { "new", 5 }, { "y", 1 }, { "z", 4 }, { "w", 3 }
	};

	(void)state;
	add_sent(4);
	VISIT(after);
	expect(5, 1, 5);
}

static void in_the_visit_behind_it_they_are_known_still(void **state)
{
	static const struct there first[] = {
		{ "x", 2 }, { "y", 1 }, { "z", 4 }, { "w", 3 }
	};
	static const struct there then[] = { { "x2", 2 },
					     { "new", 5 },
					     { "w2", 3 } };

	(void)state;
	add_sent(4);
	account.deletes = false;
	VISIT(first);
	expect(4, 0, 0);
	VISIT(then);
	expect(3, 1, 0);
}

static void one_of_them_went(void **state)
{
	static const struct there four[] = {
		{ "x", 2 }, { "y", 1 }, { "z", 3 }, { "new", 6 }
	};
	static const struct there five[] = {
		{ "x", 2 }, { "y", 1 }, { "z", 3 }, { "w", 5 }, { "new", 6 }
	};

	(void)state;
	add_sent(4);
	VISIT(four); /* three sizes */
	expect(4, 4, 4);
	end_test(state);
	add_sent(5);
	VISIT(five);
	expect(5, 1, 5);
}

static void most_of_them_went(void **state)
{
	static const struct there after[] = {
		{ "x", 1 }, { "y", 2 }, { "z", 3 }, { "w", 4 }
	};

	(void)state;
	add_sent(8);
	VISIT(after);
	expect(4, 4, 4);
}

static void one_of_them_has_its_name(void **state)
{
	static const struct there after[] = {
		{ "a", 1 }, { "x", 2 }, { "y", 3 }, { "z", 4 }
	};

	(void)state;
	add_sent(4);
	VISIT(after);
	expect(4, 3, 4);
}

/* All went; of what comes one is as it was, and the others are as large. */
static void three_sizes_are_chance(void **state)
{
	static const struct there after[] = {
		{ "x", 1 },
		{ "y", 2 + OCTETS_PERIOD },
		{ "z", 3 + OCTETS_PERIOD },
		{ "w", 3 + OCTETS_PERIOD },
	};

	(void)state;
	assert_int_equal(octets_of(2 + OCTETS_PERIOD), octets_of(2));
	assert_int_equal(FETCH_RENAMED_SIZES, 4);
	add_sent(3);
	add_row("d", RECORD_DELETE_SENT, 3 + OCTETS_PERIOD);
	VISIT(after);
	expect(4, 4, 4);
}

static void of_messages_that_have_rows_none_is_one(void **state)
{
	static const struct there after[] = {
		{ "x", 1 }, { "y", 2 }, { "z", 3 }, { "kept", 4 }
	};

	(void)state;
	add_sent(4);
	add_row("kept", RECORD_DELIVERED, 4);
	VISIT(after);
	assert_int_equal(delivered, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_are_there_under_other_names),
		TEST(in_the_visit_behind_it_they_are_known_still),
		TEST(one_of_them_went),
		TEST(most_of_them_went),
		TEST(one_of_them_has_its_name),
		TEST(three_sizes_are_chance),
		TEST(of_messages_that_have_rows_none_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
