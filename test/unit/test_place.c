// SPDX-License-Identifier: ISC
/*
 * test_place.c - where a user stands in a users file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ctl/place.h"

static const char all[] = "# a:x\n\na@b:{PLAIN}s:1:2\r\nAb:\nc\nd:x";

static struct place found(const char *name, bool is_folding)
{
	struct place p;

	assert_true(place_find(text_of(all), text_of(name), is_folding, &p));
	return p;
}

static void expect(struct text part, const char *want)
{
	assert_true(text_equal(part, text_of(want)));
}

static struct text line_of(struct place p)
{
	return (struct text){ all + p.from, p.to - p.from };
}

static struct text stored_of(struct place p)
{
	return (struct text){ all + p.stored, p.stored_end - p.stored };
}

static void lines_and_fields_are_found(void **state)
{
	(void)state;
	expect(line_of(found("a@b", false)), "a@b:{PLAIN}s:1:2\r\n");
	expect(stored_of(found("a@b", false)), "{PLAIN}s");
	expect(line_of(found("Ab", false)), "Ab:\n");
	expect(stored_of(found("Ab", false)), "");
	assert_true(found("Ab", false).has_stored);
	expect(line_of(found("c", false)), "c\n");
	assert_false(found("c", false).has_stored);
	expect((struct text){ all, found("c", false).stored },
	       "# a:x\n\na@b:{PLAIN}s:1:2\r\nAb:\nc");
	expect(line_of(found("d", false)), "d:x");
	expect(stored_of(found("d", false)), "x");
}

static void extra_fields_stand_behind_the_seventh_colon(void **state)
{
	static const struct {
		const char *text, *extra;
		size_t missing;
	} rows[] = {
		{ "u:1:2:3:4:5:6:x=y z:1 \r\nv:", "x=y z:1 ", 0 },
		{ "u:::::::\n", "", 0 },
		{ "u:::::::", "", 0 },
		{ "u::::::\r\n", "", 1 },
		{ "u:{PLAIN}s\n", "", 6 },
		{ "u\nv:1:2:3:4:5:6:x", "", 7 },
		{ "u", "", 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text text = text_of(rows[i].text);
		struct place p;

		assert_true(place_find(text, text_of("u"), false, &p));
		expect((struct text){ text.at + p.extra, p.end - p.extra },
		       rows[i].extra);
		assert_int_equal(p.colons_missing, rows[i].missing);
	}
}

/* The file's letters may be composed otherwise than those that were typed. */
static void names_in_utf8_are_found_in_any_form(void **state)
{
	struct text text = text_of("z\xc3\xb6:1\n");
	struct place p;

	(void)state;
	assert_true(place_find(text, text_of("zo\xcc\x88"), false, &p));
	assert_true(place_find(text, text_of("Zo\xcc\x88"), true, &p));
	assert_false(place_find(text, text_of("zo"), true, &p));
}

static void only_whole_names_of_users_are_found(void **state)
{
	static const char *const names[] = { "a", "# a", "", "AB", "x", "a@" };
	struct place p = { .from = 77 };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_false(
		    place_find(text_of(all), text_of(names[i]), false, &p));
		assert_int_equal(p.from, 77);
	}
	expect(line_of(found("aB", true)), "Ab:\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_and_fields_are_found),
		cmocka_unit_test(extra_fields_stand_behind_the_seventh_colon),
		cmocka_unit_test(names_in_utf8_are_found_in_any_form),
		cmocka_unit_test(only_whole_names_of_users_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
