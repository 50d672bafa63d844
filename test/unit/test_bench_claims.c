// SPDX-License-Identifier: ISC
/*
 * test_bench_claims.c - what restante-bench finds wrong in what servers say.
 */
#include "unit.h"

#include <string.h>

#include "bench/claims.h"

static struct claims c;
static struct why why;

static int begin(void **state)
{
	(void)state;
	c = (struct claims){ .keeps_sizes = true };
	why.text[0] = '\0';
	return 0;
}

static int finish(void **state)
{
	(void)state;
	claims_finish(&c);
	return 0;
}

static struct answer_part part(const char *text)
{
	return (struct answer_part){ (const uint8_t *)text, strlen(text) };
}

static bool stat_is_good(const char *reply)
{
	return claims_stat(&c, part(reply), &why);
}

/* Lines with LF behind each. */
static bool listing_is_good(const char *lines, bool is_uidl)
{
	bool is_good = true;

	claims_listing_begin(&c);
	while (is_good && *lines != '\0') {
		size_t len = strcspn(lines, "\n");
		struct answer_part line = { (const uint8_t *)lines, len };

		is_good = is_uidl ? claims_uidl_line(&c, line, &why)
				  : claims_list_line(&c, line, &why);
		lines += len + 1;
	}
	return is_good && (is_uidl ? claims_uidl_end(&c, &why)
				   : claims_list_end(&c, &why));
}

static bool text_is_good(uint32_t msn, size_t a, size_t b)
{
	claims_text_begin(&c);
	return claims_text(&c, msn, a, &why) && claims_text(&c, msn, b, &why) &&
	       claims_text_end(&c, msn, &why);
}

#define assert_why(words) assert_non_null(strstr(why.text, (words)))

static void test_an_honest_server(void **state)
{
	(void)state;
	for (int session = 0; session < 2; session++) {
		claims_forget(&c);
		assert_true(stat_is_good("+OK 3 60 octets"));
		assert_true(listing_is_good("1 10\n2 20\n3 30 more\n", false));
		assert_true(listing_is_good("1 a\n2 b\n3 !~\n", true));
		assert_true(text_is_good(1, 10, 0));
		assert_true(text_is_good(3, 1, 29));
	}
	claims_forget(&c);
	assert_true(stat_is_good("+OK 0 0"));
	assert_true(listing_is_good("", false));
	assert_true(listing_is_good("", true));
}

static void test_stat_without_numbers(void **state)
{
	static const char *const replies[] = {
		"+OK",
		"+OK ",
		"+OK 1",
		"+OK 1 ",
		"+OK x 1",
		"+OK 1 x",
		"+OK 1x",
		"+OK -1 3",
		"+OK 1 3x",
		"+OK  1 2",
		"+OK 18446744073709551616 1",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(replies); i++) {
		assert_false(stat_is_good(replies[i]));
		assert_why("no two numbers");
	}
	assert_false(stat_is_good("+OK 18446744073709551615 1"));
	assert_why("more than this program");
}

static void test_counts_that_differ(void **state)
{
	(void)state;
	assert_true(stat_is_good("+OK 2 30"));
	assert_false(listing_is_good("1 30\n", false));
	assert_why("LIST says 1 messages, but it were 2");
	assert_false(listing_is_good("1 10\n2 20\n3 0\n", false));
	assert_why("more lines than the 2");
	assert_false(listing_is_good("1 x\n", true));
	assert_why("UIDL says 1");
	claims_forget(&c);
	assert_true(listing_is_good("1 30\n", false));
	assert_false(listing_is_good("1 x\n2 y\n", true));
	assert_why("more lines than the 1");
}

static void test_sizes_that_differ(void **state)
{
	(void)state;
	assert_true(stat_is_good("+OK 2 31"));
	assert_false(listing_is_good("1 10\n2 20\n", false));
	assert_why("sum is 30, but STAT said 31");
	assert_false(listing_is_good("1 18446744073709551615\n2 1\n", false));
	assert_why("beyond all bounds");
}

static void test_lines_that_are_none(void **state)
{
	static const struct {
		const char *line;
		bool is_uidl;
		const char *words;
	} rows[] = {
		{ "", false, "without a number" },
		{ "x 1", false, "without a number" },
		{ "1", false, "without a number" },
		{ "1 ", false, "has no size" },
		{ "1 x", false, "has no size" },
		{ "1 2x", false, "has no size" },
		{ "0 2", false, "where that of 1 is due" },
		{ "2 2", false, "where that of 1 is due" },
		{ "1 ", true, "no good unique-id" },
		{ "1 a b", true, "no good unique-id" },
		{ "1 a\x7f", true, "no good unique-id" },
		{ "1 1234567890123456789012345678901234567890123456789012345678"
		  "9012345678901",
		  true, "no good unique-id" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		claims_listing_begin(&c);
		assert_false(
		    rows[i].is_uidl
			? claims_uidl_line(&c, part(rows[i].line), &why)
			: claims_list_line(&c, part(rows[i].line), &why));
		assert_why(rows[i].words);
	}
}

static void test_messages_of_another_length(void **state)
{
	(void)state;
	assert_true(listing_is_good("1 10\n2 20\n", false));
	assert_false(text_is_good(1, 9, 0));
	assert_why("9 octets, but LIST said 10");
	assert_false(text_is_good(2, 20, 1));
	assert_why("more octets than the 20");
}

static void test_sizes_that_nobody_asked_for(void **state)
{
	(void)state;
	c.keeps_sizes = false;
	assert_true(listing_is_good("1 10\n", false));
	assert_true(text_is_good(1, 9, 0));
	assert_null(c.sizes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_an_honest_server),
		TEST(test_stat_without_numbers),
		TEST(test_counts_that_differ),
		TEST(test_sizes_that_differ),
		TEST(test_lines_that_are_none),
		TEST(test_messages_of_another_length),
		TEST(test_sizes_that_nobody_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
