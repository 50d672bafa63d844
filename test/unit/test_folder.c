// SPDX-License-Identifier: ISC
/*
 * test_folder.c - names of folders: which may be, and how a Maildir has them.
 */
#include "unit.h"

#include <string.h>

#include "fetch/limits.h"
#include "fetch/sink/folder.h"

static void test_sound(void **state)
{
	static const char *const names[] = {
		"Lists", "a", "Lists.Linux", "B\xc3\xbcro",
		"a b",   "&", "-",           "\xf0\x9f\x93\xac"
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		assert_true(folder_is_sound(names[i]));
	}
}

static void test_unsound(void **state)
{
	static const char *const names[] = { "",
					     ".",
					     "..",
					     ".a",
					     "a.",
					     "a..b",
					     "a/b",
					     "/",
					     "a\nb",
					     "a\x7f",
					     "\x80",
					     "a\xc3",
					     "\xff",
					     "\xc0\xaf",
					     "\xe0\x80\xaf",
					     "\xed\xa0\x80",
					     "\xc2\x85",
					     "\xf4\x90\x80\x80",
					     "\xc3(" };
	char name[FETCH_FOLDER_MAX + 2];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		assert_false(folder_is_sound(names[i]));
	}
	memset(name, 'a', sizeof(name));
	name[FETCH_FOLDER_MAX] = '\0';
	assert_true(folder_is_sound(name));
	name[FETCH_FOLDER_MAX] = 'a';
	name[FETCH_FOLDER_MAX + 1] = '\0';
	assert_false(folder_is_sound(name));
}

/* The last two are the examples of RFC 3501 and RFC 2152. */
static void test_for_maildir(void **state)
{
	static const char *const rows[][2] = {
		{ "Lists", ".Lists" },
		{ "Lists.Linux", ".Lists.Linux" },
		{ "R&D", ".R&-D" },
		{ "B\xc3\xbcro", ".B&APw-ro" },
		{ "\xc3\xa4\xc3\xb6\xc3\xbc", ".&AOQA9gD8-" },
		{ "\xf0\x9f\x93\xac", ".&2D3c7A-" },
		{ "a\xc3\xbf&", ".a&AP8-&-" },
		{ "\xe5\x8f\xb0\xe5\x8c\x97", ".&U,BTFw-" },
		{ "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", ".&ZeVnLIqe-" },
	};
	char text[FOLDER_MAILDIR_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		folder_for_maildir(rows[i][0], text);
		assert_string_equal(text, rows[i][1]);
	}
}

/* The longest ones: every second character shifts. */
static void test_longest(void **state)
{
	char name[FETCH_FOLDER_MAX + 1] = "";
	char text[FOLDER_MAILDIR_MAX];

	(void)state;
	for (size_t i = 0; i + 3 <= FETCH_FOLDER_MAX; i += 3) {
		memcpy(name + i, "\xc3\xbc&", 4);
	}
	assert_true(folder_is_sound(name));
	folder_for_maildir(name, text);
	assert_true(strlen(text) < FOLDER_MAILDIR_MAX);
	memset(name, '&', FETCH_FOLDER_MAX);
	folder_for_maildir(name, text);
	assert_int_equal(strlen(text), 1 + 2 * FETCH_FOLDER_MAX);
}

static void test_beside_an_mbox(void **state)
{
	static const char *const rows[][3] = {
		{ "/a/mbox", "", "/a/mbox" },
		{ "/a/mbox", "Lists", "/a/Lists" },
		{ "/mbox", "Lists", "/Lists" },
		{ "mbox", "Lists", "Lists" },
	};
	char path[16];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(
		    folder_beside(rows[i][0], rows[i][1], path, sizeof(path)),
		    strlen(rows[i][2]));
		assert_string_equal(path, rows[i][2]);
	}
	assert_int_equal(folder_beside("/a/mbox", "Lists", path, 4), 8);
	assert_string_equal(path, "/a/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_unsound),
		cmocka_unit_test(test_beside_an_mbox),
		cmocka_unit_test(test_for_maildir),
		cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
