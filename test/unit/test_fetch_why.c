// SPDX-License-Identifier: ISC
/*
 * test_fetch_why.c - why.c: sentences, and the words of others in them.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fetch/why.h"

static struct why why;

static void quotes(const char *octets, size_t len, const char *want)
{
	why_set(&why, WHY_TEMP, "x");
	why_octets(&why, octets, len);
	assert_string_equal(why.text, want);
}

static void test_a_sentence(void **state)
{
	(void)state;
	why_set(&why, WHY_NETWORK, "%s: port %d", "pop.test", 995);
	assert_int_equal(why.kind, WHY_NETWORK);
	assert_string_equal(why.text, "pop.test: port 995");
	why_add(&why, " (%s)", "really");
	assert_string_equal(why.text, "pop.test: port 995 (really)");
	assert_int_equal(why.kind, WHY_NETWORK);
	why_errno(&why, WHY_INTERNAL, ENOENT, "%s", "the record");
	assert_int_equal(why.kind, WHY_INTERNAL);
	assert_string_equal(why.text, "the record: No such file or directory");
	why_errno(&why, WHY_INTERNAL, 99999, "it");
	assert_string_equal(why.text, "it: unknown error");
}

static void test_the_words_of_others_are_quoted(void **state)
{
	(void)state;
	quotes("", 0, "x \"\"");
	quotes("busy", 4, "x \"busy\"");
	quotes("a\"b\\c", 5, "x \"a\\\"b\\\\c\"");
	quotes("a\0\r\n\x1b[2J", 8, "x \"a\\x00\\x0d\\x0a\\x1b[2J\"");
	quotes("\x7f", 1, "x \"\\x7f\"");
	quotes("gr\xc3\xbc\xc3\x9f", 6, "x \"gr\xc3\xbc\xc3\x9f\"");
	quotes("\xf0\x9f\x93\xac", 4, "x \"\xf0\x9f\x93\xac\"");
}

static void test_no_octets_turn_the_terminal_round(void **state)
{
	(void)state;
	quotes("\xc2\x9b", 2, "x \"\\xc2\\x9b\"");          /* CSI */
	quotes("\xe2\x80\xae", 3, "x \"\\xe2\\x80\\xae\""); /* RLO */
	quotes("\xe2\x80\xa8", 3, "x \"\\xe2\\x80\\xa8\""); /* line end */
	quotes("\xc0\xaf", 2, "x \"\\xc0\\xaf\"");          /* overlong */
	quotes("\xe0\x80\xaf", 3, "x \"\\xe0\\x80\\xaf\"");
	quotes("\xf0\x80\x80\xaf", 4, "x \"\\xf0\\x80\\x80\\xaf\"");
	quotes("\xed\xa0\x80", 3, "x \"\\xed\\xa0\\x80\""); /* surrogate */
	quotes("\xf4\x90\x80\x80", 4, "x \"\\xf4\\x90\\x80\\x80\"");
	quotes("\xc3", 1, "x \"\\xc3\"");
	quotes("\xe2\x82", 2, "x \"\\xe2\\x82\"");
	quotes("\xc3(", 2, "x \"\\xc3(\"");
	quotes("\xff\xfe", 2, "x \"\\xff\\xfe\"");
}

static void test_formats_are_cleaned_too(void **state)
{
	(void)state;
	why_set(&why, WHY_TLS, "%s",
		"a\nb\x1b"
		"c\xffz\xc3\xbc");
	assert_string_equal(why.text, "a?b?c?z\xc3\xbc");
}

/* Whatever is cut, the text is whole characters, and a quote is closed. */
static void test_every_length_is_cut_well(void **state)
{
	char long_text[WHY_MAX * 2];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(long_text); i += 2) {
		memcpy(long_text + i, "\xc3\xbc", 2);
	}
	for (size_t before = 0; before < WHY_MAX + 4; before++) {
		size_t len;

		why_set(&why, WHY_TEMP, "%.*s", (int)before, long_text);
		why_octets(&why, long_text, sizeof(long_text));
		len = strnlen(why.text, sizeof(why.text));
		assert_true(len < sizeof(why.text));
		if (before < 400) {
			assert_string_equal(why.text + len - 4, "...\"");
			assert_int_equal((uint8_t)why.text[len - 5], 0xbc);
		}
	}
	why_set(&why, WHY_TEMP, "%.*s", WHY_MAX, long_text);
	assert_int_equal(strlen(why.text), WHY_MAX - 2);
	assert_int_equal((uint8_t)why.text[WHY_MAX - 3], 0xbc);
}

/* What another process says is looked at with it. */
static void test_what_may_be_shown(void **state)
{
	static const char *const sound[] = {
		"", "x", "two words", "gr\xc3\xbc\xc3\x9f", "\xf0\x9f\x93\xac",
	};
	static const char *const wild[] = {
		"\x1b[2J",   "a\nb",         "a\tb",         "\x7f",
		"x\xc2\x9b", "\xe2\x80\xae", "\xc0\xaf",     "\xed\xa0\x80",
		"x\xff",     "x\xc3",        "\xef\xbf\xbd",
	};
	(void)state;

	for (size_t i = 0; i < COUNT_OF(sound); i++) {
		size_t len = strlen(sound[i]);

		assert_true(why_may_be_shown(sound[i], len + 1));
		assert_false(why_may_be_shown(sound[i], len));
	}
	for (size_t i = 0; i < COUNT_OF(wild); i++) {
		assert_false(why_may_be_shown(wild[i], strlen(wild[i]) + 1));
		why_set(&why, WHY_TEMP, "%s", wild[i]);
		why_octets(&why, wild[i], strlen(wild[i]));
		assert_true(why_may_be_shown(why.text, sizeof(why.text)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_sentence),
		cmocka_unit_test(test_the_words_of_others_are_quoted),
		cmocka_unit_test(test_no_octets_turn_the_terminal_round),
		cmocka_unit_test(test_formats_are_cleaned_too),
		cmocka_unit_test(test_every_length_is_cut_well),
		cmocka_unit_test(test_what_may_be_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
