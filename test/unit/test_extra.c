// SPDX-License-Identifier: ISC
/*
 * test_extra.c - extra fields that go and come, and those that stay.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "ctl/extra.h"

#define assert_is(x, s)                                                        \
	assert_true(text_equal((struct text){ (x).at, (x).len }, text_of(s)))

static void fields_of_a_key_are_removed(void **state)
{
	static const struct {
		const char *before, *after;
		size_t count;
	} rows[] = {
		{ "", "", 0 },
		{ "k", "", 1 },
		{ "k=v", "", 1 },
		{ "k=v k=w", "", 2 },
		{ "a k=v", "a", 1 },
		{ "k=v a", "a", 1 },
		{ "a k=v b", "a b", 1 },
		{ "a  k=v  b", "a   b", 1 },
		{ " k=v ", " ", 1 },
		{ "a k k k b", "a b", 3 },
		{ "kk=v k2 a=k  ", "kk=v k2 a=k  ", 0 },
		{ "a=k=v", "a=k=v", 0 },
	};
	struct extra x;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		extra_init(&x, text_of(rows[i].before));
		assert_int_equal(extra_remove(&x, "k"), rows[i].count);
		assert_is(x, rows[i].after);
		assert_false(x.is_full);
		extra_finish(&x);
	}
}

static void an_app_password_goes_by_its_name(void **state)
{
	struct extra x;

	(void)state;
	extra_init(&x, text_of("restante_app=a,1,2,h x restante_app=ab,1 "
			       "restante_app=a, restante_app=a app=a,"));
	assert_int_equal(extra_remove_app(&x, text_of("a")), 2);
	assert_is(x, "x restante_app=ab,1 restante_app=a app=a,");
	assert_int_equal(extra_remove_app(&x, text_of("b")), 0);
	assert_int_equal(extra_remove_app(&x, text_of("ab")), 1);
	assert_is(x, "x restante_app=a app=a,");
}

static void what_is_added_has_a_blank_before(void **state)
{
	struct extra x;

	(void)state;
	extra_init(&x, text_of(""));
	extra_add(&x, "a=b");
	assert_is(x, "a=b");
	extra_add(&x, "c");
	assert_is(x, "a=b c");
	extra_init(&x, text_of("a "));
	extra_add(&x, "c");
	assert_is(x, "a c");
}

static void there_is_room_for_a_line(void **state)
{
	static char old[PASSWD_LINE_MAX + 1];
	static struct extra x;

	(void)state;
	memset(old, 'x', sizeof(old));
	extra_init(&x, (struct text){ old, PASSWD_LINE_MAX - 2 });
	extra_add(&x, "yz");
	assert_true(x.is_full);
	assert_int_equal(x.len, PASSWD_LINE_MAX - 2);
	extra_init(&x, (struct text){ old, PASSWD_LINE_MAX - 2 });
	extra_add(&x, "y");
	assert_false(x.is_full);
	assert_int_equal(x.len, PASSWD_LINE_MAX);
	assert_int_equal(extra_remove(&x, "y"), 1);
	assert_int_equal(x.len, PASSWD_LINE_MAX - 2);
	extra_init(&x, (struct text){ old, PASSWD_LINE_MAX + 1 });
	assert_true(x.is_full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_of_a_key_are_removed),
		cmocka_unit_test(an_app_password_goes_by_its_name),
		cmocka_unit_test(what_is_added_has_a_blank_before),
		cmocka_unit_test(there_is_room_for_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
