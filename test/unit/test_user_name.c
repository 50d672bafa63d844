// SPDX-License-Identifier: ISC
/*
 * test_user_name.c - what may be a user's name, and its parts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "auth/user_name.h"

#define LONGEST 255

static void good_names_pass(void **state)
{
	static const char *const names[] = {
		"a",
		"alice",
		"Alice.Smith",
		"alice@example.com",
		".profile",
		"a..b",
		"...a",
		"a@b@c",
		"O'Brien",
		"j\xc3\xb6rg",
		"a b",
		"~root",
		"jo\xcc\x88rg",
		"\xd7\x90\xd7\x91",
		"\xf0\x9f\x98\x80",
		"%u",
		"-rf",
		"a%2fb",
		"\\x",
		"$(id)@x",
		"a@.b",
		"*",
		"x#y",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_null(user_name_fault(text_of(names[i])));
	}
}

static void hostile_names_do_not(void **state)
{
	static const char *const names[] = {
		"",     ".",    "..",     "...",    "@",     "@x",
		"x@",   ".@x",  "..@x",   "x@.",    "x@..",  "a/b",
		"/",    "../a", "a/../b", "/etc",   "a@b/c", "a:b",
		"a\nb", "a\rb", "a\tb",   "a\x7f",  "\x01",  " a",
		"a ",   " ",    "#a",     "a@b/..", "..@..", "a\033[2Jb",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_non_null(user_name_fault(text_of(names[i])));
	}
}

/* What SASLprep prohibits, what is no UTF-8, and what it would make a path
 * of. */
static void hostile_names_in_utf8_do_not(void **state)
{
	static const char *const names[] = {
		"j\xf6rg",
		"a\xc3",
		"\xc0\xae\xc0\xae",
		"\xed\xa0\x80",
		"\xf4\x90\x80\x80",
		"a\xc2\x85",
		"a\xe2\x80\xae"
		"b",
		"a\xe2\x80\xa8"
		"b",
		"\xd7\x90"
		"a",
		"a\xef\xbc\x8f"
		"b",
		"\xef\xbc\x8e",
		"\xef\xbc\x8e\xef\xbc\x8e",
		"a\xef\xbc\x9a"
		"b",
		"\xe2\x80\xa5",
		"\xef\xbc\x83"
		"a",
		"a@\xef\xbc\x8e",
		"\xef\xbc\xa0"
		"x",
		"\xc2\xad",
		"\xc2\xa0"
		"a",
		"a\xe3\x80\x80",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (user_name_fault(text_of(names[i])) == NULL) {
			print_error("row %zu\n", i);
		}
		assert_non_null(user_name_fault(text_of(names[i])));
	}
}

static void a_name_has_one_form(void **state)
{
	static const struct {
		const char *a, *b;
		bool is_folding, is_equal;
	} rows[] = {
		{ "ann", "ann", false, true },
		{ "ann", "Ann", false, false },
		{ "ann", "Ann", true, true },
		{ "j\xc3\xb6rg", "jo\xcc\x88rg", false, true },
		{ "J\xc3\xb6rg", "jo\xcc\x88RG", true, true },
		{ "J\xc3\xb6rg", "jo\xcc\x88RG", false, false },
		{ "j\xc3\xb6rg", "jorg", true, false },
		/* a wide a, which is an a; a Cyrillic one, which is not */
		{ "\xef\xbd\x81nn", "ann", false, true },
		{ "\xd0\xb0nn", "ann", true, false },
		/* no UTF-8: its own octets */
		{ "j\xf6rg", "j\xf6rg", true, true },
		{ "j\xf6rg", "j\xc3\xb6rg", true, false },
		{ "", "", true, true },
		{ "", "a", true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(user_name_equal(text_of(rows[i].a),
						 text_of(rows[i].b),
						 rows[i].is_folding),
				 rows[i].is_equal);
	}
}

/* An octet more than a form may have, before or after SASLprep. */
static void a_name_that_is_too_long_has_no_form(void **state)
{
	char name[LONGEST + 1];
	struct user_name_form form;

	(void)state;
	memset(name, 'n', sizeof(name));
	user_name_form((struct text){ name, LONGEST + 1 }, true, &form);
	assert_int_equal(form.len, 0);
	user_name_form((struct text){ name, LONGEST }, true, &form);
	assert_int_equal(form.len, LONGEST);
	/* one character of three octets that becomes 33 */
	memcpy(name, "\xef\xb7\xba", 3);
	memset(name + 3, 0xd9, LONGEST - 3);
	for (size_t i = 4; i < LONGEST; i += 2) {
		name[i] = (char)0x84;
	}
	assert_non_null(user_name_fault((struct text){ name, LONGEST }));
}

static void nul_is_a_control_octet(void **state)
{
	(void)state;
	assert_non_null(user_name_fault((struct text){ "a\0b", 3 }));
	assert_non_null(user_name_fault((struct text){ "\0", 1 }));
}

static void length_is_limited(void **state)
{
	char name[LONGEST + 1];

	(void)state;
	memset(name, 'n', sizeof(name));
	assert_null(user_name_fault((struct text){ name, LONGEST }));
	assert_non_null(user_name_fault((struct text){ name, LONGEST + 1 }));
}

static void every_octet_is_judged_alone(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		char name[3] = { 'a', (char)c, 'b' };
		bool bad = c < 0x20 || c >= 0x7f || c == '/' || c == ':';

		assert_int_equal(
		    bad, user_name_fault((struct text){ name, 3 }) != NULL);
	}
}

static void parts_are_cut_at_the_first_at(void **state)
{
	struct text name = text_of("a@b@c");

	(void)state;
	assert_true(text_equal(user_name_local(name), text_of("a")));
	assert_true(text_equal(user_name_domain(name), text_of("b@c")));
	assert_true(text_equal(user_name_local(text_of("a")), text_of("a")));
	assert_int_equal(user_name_domain(text_of("a")).len, 0);
}

static void only_ascii_is_lowered(void **state)
{
	char name[] = "AZaz[@\xc3\x84";

	(void)state;
	user_name_lower(name, strlen(name));
	assert_string_equal(name, "azaz[@\xc3\x84");
	assert_true(text_equal_fold(text_of("ABC"), text_of("abc")));
	assert_false(text_equal_fold(text_of("ABC"), text_of("abd")));
	assert_false(text_equal_fold(text_of("ab"), text_of("abc")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_names_pass),
		cmocka_unit_test(hostile_names_do_not),
		cmocka_unit_test(hostile_names_in_utf8_do_not),
		cmocka_unit_test(a_name_has_one_form),
		cmocka_unit_test(a_name_that_is_too_long_has_no_form),
		cmocka_unit_test(nul_is_a_control_octet),
		cmocka_unit_test(length_is_limited),
		cmocka_unit_test(every_octet_is_judged_alone),
		cmocka_unit_test(parts_are_cut_at_the_first_at),
		cmocka_unit_test(only_ascii_is_lowered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
