// SPDX-License-Identifier: ISC
/*
 * test_utf8.c - characters: every one is written and read again, what is none
 * is not read; and what is not to be shown.
 */
#include "unit.h"

#include <string.h>

#include "base/utf8.h"

static bool is_surrogate(uint32_t point)
{
	return point >= 0xd800 && point <= 0xdfff;
}

static size_t octets_of(uint32_t point)
{
	return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

/* Cut anywhere it is none, and nothing behind the cut is looked at. */
static void expect_no_part(const uint8_t *octets, size_t len)
{
	uint32_t point = 7;

	for (size_t cut = 1; cut < len; cut++) {
		assert_int_equal(utf8_take(octets, cut, &point), 0);
	}
	assert_int_equal(point, 7);
}

static void test_every_character_is_read_as_it_was_written(void **state)
{
	(void)state;
	for (uint32_t point = 0; point <= 0x10ffff; point++) {
		uint8_t octets[UTF8_OCTETS_MAX + 1];
		uint32_t read = 0;
		size_t len = utf8_put(point, octets);

		octets[len] = 0x80;
		assert_int_equal(len, octets_of(point));
		assert_int_equal(utf8_announced(octets[0]), len);
		if (is_surrogate(point)) {
			assert_int_equal(utf8_take(octets, len, &read), 0);
			continue;
		}
		assert_int_equal(utf8_take(octets, len + 1, &read), len);
		assert_int_equal(read, point);
		expect_no_part(octets, len);
	}
}

static void test_what_is_no_character_is_not_read(void **state)
{
	static const char *const wrong[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc3(",
		"\xe0\x9f\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80",
		"\xe2\x82",
		"\xe2(\xa1",
		"\xf4\x90\x80\x80",
		"\xff",
		"\xf5\x80\x80\x80",
	};
	uint32_t point = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(utf8_take((const uint8_t *)wrong[i],
					   strlen(wrong[i]), &point),
				 0);
	}
	assert_int_equal(point, 7);
}

static void test_what_is_not_to_be_shown(void **state)
{
	static const uint32_t unfit[] = { 0,      0x1b,    0x7f,    0x9b,
					  0xad,   0x61c,   0x115f,  0x180e,
					  0x200b, 0x200e,  0x2028,  0x202e,
					  0x2066, 0xfdd0,  0xfeff,  0xfff9,
					  0xffff, 0x1fffe, 0xe0041, 0x10ffff,
					  0x180b, 0x180f,  0xe0100 };
	static const uint32_t hidden[] = { 0x200c, 0x200d, 0xe000, 0xf8ff,
					   0xfffc };
	static const uint32_t shown[] = { ' ',    '~',    0xa0,    0xe4,
					  0x20ac, 0xfffd, 0x1f4ec, 0x20000,
					  0x34f,  0xfe00, 0xfe0f };

	(void)state;
	for (size_t i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++) {
		assert_true(utf8_is_unfit(unfit[i]));
		assert_true(utf8_is_hidden(unfit[i]));
	}
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		assert_false(utf8_is_unfit(hidden[i]));
		assert_true(utf8_is_hidden(hidden[i]));
	}
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		assert_false(utf8_is_hidden(shown[i]));
	}
	assert_true(utf8_is_control(0x1f) && utf8_is_control(0x7f));
	assert_true(utf8_is_control(0x80) && utf8_is_control(0x9f));
	assert_false(utf8_is_control(' ') || utf8_is_control(0xa0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_every_character_is_read_as_it_was_written),
		cmocka_unit_test(test_what_is_no_character_is_not_read),
		cmocka_unit_test(test_what_is_not_to_be_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
