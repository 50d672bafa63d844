// SPDX-License-Identifier: ISC
/*
 * test_human.c - numbers as people read them, and how failures are told.
 */
#include <string.h>
#include <sysexits.h>

#include "fetch/show/exit.h"
#include "fetch/show/human.h"
#include "fetch/show/tell.h"
#include "unit.h"

struct number {
	uint64_t n;
	const char *text;
};

static void octets_have_three_digits(void **state)
{
	static const struct number numbers[] = {
		{ 0, "0 B" },
		{ 999, "999 B" },
		{ 1000, "1.0 kB" },
		{ 1049, "1.0 kB" },
		{ 1050, "1.1 kB" },
		{ 9949, "9.9 kB" },
		{ 9950, "10 kB" },
		{ 999499, "999 kB" },
		{ 999500, "1.0 MB" },
		{ 3400000, "3.4 MB" },
		{ 4294967296, "4.3 GB" },
		{ UINT64_MAX, "18 EB" },
	};
	char text[HUMAN_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(numbers); i++) {
		human_octets(numbers[i].n, text);
		assert_string_equal(text, numbers[i].text);
	}
	/* the columns that lists and rows have for them */
	for (uint64_t n = 1; n < UINT64_MAX / 3; n += 1 + n / 50) {
		human_octets(n, text);
		assert_true(strlen(text) <= 6);
	}
}

static void shares_have_one_unit(void **state)
{
	char text[HUMAN_MAX];

	(void)state;
	human_share(1234567, 5600000, text);
	assert_string_equal(text, "1.2/5.6 MB");
	human_share(2000000, 45600000, text);
	assert_string_equal(text, " 2/46 MB");
	human_share(0, 0, text);
	assert_string_equal(text, "0/0 B");
	human_share(UINT64_MAX, UINT64_MAX, text);
	assert_string_equal(text, "18/18 EB");
}

static void times_are_short(void **state)
{
	static const struct number lefts[] = {
		{ 0, "0:00" },
		{ 27, "0:27" },
		{ 723, "12:03" },
		{ 3600, "1:00:00" },
		{ 18723, "5:12:03" },
		{ 86400, "1 d 0 h" },
		{ UINT64_MAX, "213503982334601 d 7 h" },
	};
	static const struct number spans[] = {
		{ 0, "0.0 s" },          { 345, "0.3 s" },
		{ 9999, "9.9 s" },       { 27000, "27 s" },
		{ 303000, "5 min 3 s" }, { 7500000, "2 h 5 min" },
	};
	char text[HUMAN_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lefts); i++) {
		human_left(lefts[i].n, text);
		assert_string_equal(text, lefts[i].text);
	}
	for (size_t i = 0; i < COUNT_OF(spans); i++) {
		human_span(spans[i].n, text);
		assert_string_equal(text, spans[i].text);
	}
	human_time(1795665906789, text);
	assert_string_equal(text, "2026-11-26T04:05:06.789Z");
	human_time(UINT64_MAX, text);
	assert_true(strlen(text) < HUMAN_MAX);
}

static void each_kind_has_its_code_and_words(void **state)
{
	static const int codes[] = {
		[WHY_NONE] = EX_OK,           [WHY_TEMP] = EX_TEMPFAIL,
		[WHY_MESSAGE] = EX_CANTCREAT, [WHY_NETWORK] = EX_UNAVAILABLE,
		[WHY_TLS] = EX_PROTOCOL,      [WHY_LOGIN] = EX_NOPERM,
		[WHY_PROTOCOL] = EX_PROTOCOL, [WHY_DELIVERY] = EX_CANTCREAT,
		[WHY_CONFIG] = EX_CONFIG,     [WHY_INTERNAL] = EX_OSERR,
		[WHY_LATER] = EX_TEMPFAIL,
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(codes); i++) {
		assert_int_equal(exit_of((enum why_kind)i), codes[i]);
		assert_true(tell_kind((enum why_kind)i)[0] != 0);
		assert_int_equal(tell_remedy((enum why_kind)i)[0] != 0,
				 i != WHY_NONE);
	}
}

/* Who said it was let us in: port and tls are right. */
static void a_broken_session_is_no_wrong_port(void **state)
{
	(void)state;
	assert_null(strstr(tell_remedy(WHY_PROTOCOL), "port"));
	assert_non_null(strstr(tell_remedy(WHY_PROTOCOL), "next fetch"));
}

static void a_better_remedy_stands_for_the_usual_one(void **state)
{
	struct text t = { 0 };
	struct why why = { WHY_TEMP, "the maildrop is in use" };

	(void)state;
	tell_failure(&t, "work", &why, true);
	assert_string_equal(text_of(&t), "work: the maildrop is in use; "
					 "the next fetch tries again");
	text_reset(&t);
	why = (struct why){ WHY_TEMP, "in use; end the other program" };
	tell_failure(&t, NULL, &why, true);
	assert_string_equal(text_of(&t), "in use; end the other program");
	assert_false(tell_has_remedy("the server said \"a; b\""));
	assert_false(tell_has_remedy("the server said \"a\\\"; b\""));
	assert_true(tell_has_remedy("the server said \"a\"; go"));
	assert_int_equal(tell_what_len("no \"a;\\\"\"; go; on"), 9);
	assert_int_equal(tell_what_len("no \\"), 4);
	assert_int_equal(tell_what_len(""), 0);
	text_reset(&t);
	why = (struct why){ WHY_NONE, "" };
	tell_failure(&t, "a\x1b", &why, true);
	assert_string_equal(text_of(&t), "a\\x1b: it failed");
	text_finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(octets_have_three_digits),
		cmocka_unit_test(shares_have_one_unit),
		cmocka_unit_test(times_are_short),
		cmocka_unit_test(each_kind_has_its_code_and_words),
		cmocka_unit_test(a_better_remedy_stands_for_the_usual_one),
		cmocka_unit_test(a_broken_session_is_no_wrong_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
