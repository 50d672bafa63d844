// SPDX-License-Identifier: ISC
/*
 * test_glob.c - patterns: as fnmatch(3) says, and never slow.
 */
#include "unit.h"

#include <fnmatch.h>
#include <string.h>

#include "fetch/mail/glob.h"

static const struct {
	const char *pattern, *text;
	bool matches;
} cases[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "a", "", false },
	{ "*", "", true },
	{ "**", "", true },
	{ "*", "anything at all", true },
	{ "abc", "abc", true },
	{ "abc", "ABC", true },
	{ "ABC", "abc", true },
	{ "abc", "abcd", false },
	{ "abc", "xabc", false },
	{ "*lottery*", "You won the Lottery!", true },
	{ "*lottery*", "You won the lot", false },
	{ "a*b*c", "a-b-b-c", true },
	{ "a*b*c", "a-b-c-d", false },
	{ "*a", "aaab", false },
	{ "*ab", "aaab", true },
	{ "?", "a", true },
	{ "?", "", false },
	{ "a?c", "abc", true },
	{ "a?c", "ac", false },
	{ "[abc]", "B", true },
	{ "[abc]", "d", false },
	{ "[a-f]*", "Eel", true },
	{ "[!a-f]*", "Eel", false },
	{ "[!a-f]*", "zoo", true },
	{ "[]]", "]", true },
	{ "[!]]", "]", false },
	{ "[!]]", "a", true },
	{ "[a-]", "-", true },
	{ "[a-]", "b", false },
	{ "*[0-9]", "order 7", true },
	{ "\\*", "*", true },
	{ "\\*", "a", false },
	{ "\\[a]", "[a]", true },
	{ "*\\?", "what?", true },
	{ "*\\?", "what", false },
};

static void as_fnmatch_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		bool matches = glob_matches(cases[i].pattern, cases[i].text);

		if (matches != cases[i].matches) {
			fail_msg("%s, %s", cases[i].pattern, cases[i].text);
		}
		assert_int_equal(
		    fnmatch(cases[i].pattern, cases[i].text, FNM_CASEFOLD) == 0,
		    matches);
	}
}

static void next(char *text, const char *alphabet)
{
	/* counts, with alphabet as its digits */
	for (; *text != '\0'; text++) {
		const char *at = strchr(alphabet, *text);

		if (at[1] != '\0') {
			*text = at[1];
			return;
		}
		*text = alphabet[0];
	}
}

/* All patterns of four, over all texts of four. */
static void as_fnmatch_says_of_all(void **state)
{
	char pattern[5] = "aaaa", text[5];

	(void)state;
	for (int i = 0; i < 6 * 6 * 6 * 6; i++) {
		memcpy(text, "aaaa", 5);
		for (int k = 0; k < 3 * 3 * 3 * 3; k++) {
			bool want = fnmatch(pattern, text, FNM_CASEFOLD) == 0;

			if (glob_matches(pattern, text) != want) {
				fail_msg("%s, %s", pattern, text);
			}
			next(text, "ab-");
		}
		next(pattern, "ab*?-B");
	}
}

static void what_fnmatch_does_not_say(void **state)
{
	(void)state;
	/* one character of UTF-8, whatever the locale */
	assert_true(glob_matches("?", "\xc3\xbc"));
	assert_true(glob_matches("gr?n", "gr\xc3\xbcn"));
	assert_true(glob_matches("[!a]", "\xe2\x82\xac"));
	assert_false(glob_matches("?", "\xc3\xbcx"));
	assert_false(glob_matches("*\xbc", "\xc3\xbc"));
	/* octets that are no character */
	assert_true(glob_matches("*\xff*", "a\xff"));
	assert_true(glob_matches("??", "\xff\xfe"));
	assert_true(glob_matches("?", "\xf0"));
	/* what is not finished stands for itself */
	assert_true(glob_matches("[ab", "[ab"));
	assert_true(glob_matches("*[re*", "a [re"));
	assert_false(glob_matches("[", "a"));
	assert_true(glob_matches("a\\", "a\\"));
	assert_true(glob_matches("[a-", "[a-"));
}

/* What takes others for ever. */
static void many_stars(void **state)
{
	static char text[20001];
	char pattern[201];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	for (size_t i = 0; i + 1 < sizeof(pattern); i++) {
		pattern[i] = i % 2 == 0 ? '*' : 'a';
	}
	pattern[sizeof(pattern) - 1] = '\0';
	assert_true(glob_matches(pattern, text));
	pattern[sizeof(pattern) - 2] = 'b';
	assert_false(glob_matches(pattern, text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_fnmatch_says),
		cmocka_unit_test(as_fnmatch_says_of_all),
		cmocka_unit_test(what_fnmatch_does_not_say),
		cmocka_unit_test(many_stars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
