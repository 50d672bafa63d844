// SPDX-License-Identifier: ISC
/*
 * test_listing.c - LIST and UIDL put together, whatever a server says.
 */
#include "mail_play.h"

static struct listing l;

static int begin_test(void **state)
{
	(void)state;
	l = (struct listing){ 0 };
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	listing_finish(&l);
	return 0;
}

static void expect(size_t i, uint32_t msn, const char *uid, uint64_t octets)
{
	assert_true(i < l.count);
	assert_int_equal(l.at[i].msn, msn);
	assert_string_equal(l.at[i].uid, uid);
	assert_int_equal(l.at[i].octets, octets);
}

static void a_plain_one(void **state)
{
	(void)state;
	list_one(&l, 1, "a", 10);
	list_one(&l, 2, "b", 20);
	list_one(&l, 7, "c", UINT64_MAX);
	list_end(&l);
	assert_int_equal(l.count, 3);
	expect(0, 1, "a", 10);
	expect(1, 2, "b", 20);
	expect(2, 7, "c", UINT64_MAX);
	assert_false(l.is_numbered);
}

static void one_is_found_by_its_number(void **state)
{
	(void)state;
	assert_null(listing_find(&l, 1));
	list_one(&l, 7, "c", 30);
	list_one(&l, 2, "b", 20);
	list_one(&l, 3, NULL, 25);
	list_end(&l);
	assert_ptr_equal(listing_find(&l, 2), &l.at[0]);
	assert_ptr_equal(listing_find(&l, 3), &l.at[1]);
	assert_ptr_equal(listing_find(&l, 7), &l.at[2]);
	assert_null(listing_find(&l, 0));
	assert_null(listing_find(&l, 4));
	assert_null(listing_find(&l, UINT32_MAX));
}

static void none(void **state)
{
	(void)state;
	list_end(&l);
	assert_int_equal(l.count, 0);
	assert_false(l.is_numbered);
}

static void any_order(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(listing_uid(&l, 3, "c", 1, &why), 0);
	list_one(&l, 2, "b", 20);
	list_one(&l, 3, NULL, 30);
	list_one(&l, 1, "a", 10);
	list_end(&l);
	assert_int_equal(l.count, 3);
	expect(0, 1, "a", 10);
	expect(1, 2, "b", 20);
	expect(2, 3, "c", 30);
}

static void twice_is_once(void **state)
{
	(void)state;
	list_one(&l, 1, "a", 10);
	list_one(&l, 1, "a", 30);
	list_one(&l, 1, "a", 20);
	list_end(&l);
	assert_int_equal(l.count, 1);
	expect(0, 1, "a", 30);
}

static void two_unique_ids_are_none(void **state)
{
	(void)state;
	list_one(&l, 1, "a", 10);
	list_one(&l, 1, "b", 10);
	list_one(&l, 1, "a", 10);
	list_one(&l, 2, "c", 10);
	list_end(&l);
	assert_int_equal(l.count, 2);
	expect(0, 1, "", 10);
	expect(1, 2, "c", 10);
}

/* They are there all the same: LIST alone does not know of them. */
static void unique_ids_of_messages_that_are_not_listed(void **state)
{
	struct why why;

	(void)state;
	list_one(&l, 2, "b", 10);
	assert_int_equal(listing_uid(&l, 4, "c", 1, &why), 0);
	assert_int_equal(listing_uid(&l, 1, "a", 1, &why), 0);
	assert_int_equal(listing_uid(&l, 3, "b", 1, &why), 0);
	assert_int_equal(listing_uid(&l, 0, "z", 1, &why), 0);
	assert_int_equal(listing_uid(&l, 4, "c", 1, &why), 0);
	list_end(&l);
	assert_int_equal(l.count, 4);
	expect(0, 1, "a", 0);
	expect(1, 2, "", 10);
	expect(2, 3, "", 0);
	expect(3, 4, "c", 0);
}

static void as_many_as_stat_said(void **state)
{
	struct why why = { 0 };

	(void)state;
	list_one(&l, 1, "a", 10);
	assert_int_equal(listing_uid(&l, 2, "b", 1, &why), 0);
	list_end(&l);
	for (l.stated = 0; l.stated <= 2; l.stated++) {
		assert_false(listing_is_short(&l, &why));
	}
	assert_int_equal(l.stated, 3);
	assert_true(listing_is_short(&l, &why));
	assert_int_equal(why.kind, WHY_PROTOCOL);
	assert_string_equal(
	    why.text, "the server says that it has 3 messages and lists 2");
}

static void number_0_is_no_message(void **state)
{
	(void)state;
	list_one(&l, 0, "a", 10);
	list_one(&l, 1, "b", 10);
	list_end(&l);
	assert_int_equal(l.count, 1);
	expect(0, 1, "b", 10);
}

static void equal_ones_are_none(void **state)
{
	(void)state;
	list_one(&l, 1, "x", 10);
	list_one(&l, 2, "only", 20);
	list_one(&l, 3, "x", 30);
	list_one(&l, 4, "y", 40);
	list_one(&l, 5, "y", 50);
	list_one(&l, 6, "x", 60);
	list_end(&l);
	expect(0, 1, "", 10);
	expect(1, 2, "only", 20);
	expect(2, 3, "", 30);
	expect(3, 4, "", 40);
	expect(4, 5, "", 50);
	expect(5, 6, "", 60);
}

static void all_the_same(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= 1000; i++) {
		list_one(&l, i, "0", i);
	}
	list_end(&l);
	for (size_t i = 0; i < 1000; i++) {
		expect(i, (uint32_t)i + 1, "", i + 1);
	}
}

static void what_cannot_be_one(void **state)
{
	static const struct {
		const char *uid;
		size_t len;
		bool is_one;
	} cases[] = {
		{ "", 0, false },        { "a b", 3, false },
		{ "a\tb", 3, false },    { "a\0b", 3, false },
		{ "a\x7f", 2, false },   { "a\r", 2, false },
		{ "\x1b[2J", 4, false }, { "!", 1, true },
		{ "~", 1, true },        { "\xc3\xbc\xff", 3, true },
		{ "'; DROP", 2, true },
	};
	char longest[RECORD_UID_MAX + 1];
	struct why why;

	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(cases); i++) {
		list_one(&l, i + 1, NULL, 1);
		assert_int_equal(
		    listing_uid(&l, i + 1, cases[i].uid, cases[i].len, &why),
		    0);
	}
	memset(longest, 'u', sizeof(longest));
	for (uint32_t i = 0; i < 2; i++) {
		list_one(&l, i + 100, NULL, 1);
		assert_int_equal(
		    listing_uid(&l, i + 100, longest, RECORD_UID_MAX + i, &why),
		    0);
	}
	list_end(&l);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(l.at[i].uid[0] != '\0', cases[i].is_one);
	}
	assert_int_equal(strlen(l.at[COUNT_OF(cases)].uid), RECORD_UID_MAX);
	expect(COUNT_OF(cases) + 1, 101, "", 1);
}

static void numbers_are_noticed(void **state)
{
	(void)state;
	list_one(&l, 1, "1", 1);
	list_one(&l, 2, "2", 1);
	list_one(&l, 10, "10", 1);
	list_end(&l);
	assert_true(l.is_numbered);
}

static void one_that_is_none_and_they_are_no_numbers(void **state)
{
	(void)state;
	list_one(&l, 1, "1", 1);
	list_one(&l, 2, "3", 1);
	list_end(&l);
	assert_false(l.is_numbered);
}

static void there_is_an_end(void **state)
{
	struct why why = { 0 };
	uint32_t i = 0;

	(void)state;
	while (listing_octets(&l, i + 1, 1, &why) == 0) {
		i++;
		assert_true(i <= FETCH_MESSAGES_MAX);
	}
	assert_int_equal(i, FETCH_MESSAGES_MAX);
	assert_int_equal(why.kind, WHY_PROTOCOL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_plain_one),
		TEST(one_is_found_by_its_number),
		TEST(none),
		TEST(any_order),
		TEST(twice_is_once),
		TEST(two_unique_ids_are_none),
		TEST(unique_ids_of_messages_that_are_not_listed),
		TEST(as_many_as_stat_said),
		TEST(number_0_is_no_message),
		TEST(equal_ones_are_none),
		TEST(all_the_same),
		TEST(what_cannot_be_one),
		TEST(numbers_are_noticed),
		TEST(one_that_is_none_and_they_are_no_numbers),
		TEST(there_is_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
