// SPDX-License-Identifier: ISC
/*
 * test_escape.c - what foreign octets look like, and how wide they are.
 */
#include <locale.h>
#include <string.h>
#include <wchar.h>

#include "fetch/show/escape.h"
#include "unit.h"

static int set_up(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	return 0;
}

struct example {
	const char *octets;
	const char *shown;
	size_t columns;
};

static void nothing_unfit_is_shown(void **state)
{
	static const struct example examples[] = {
		{ "", "", 0 },
		{ "plain \\ \"text\"", "plain \\ \"text\"", 14 },
		{ "a\tb\r\nc", "a\\tb\\r\\nc", 9 },
		{ "\x1b[2J\x07\x7f\x01", "\\x1b[2J\\x07\\x7f\\x01", 19 },
		{ "\u00e9\u6f22", "\u00e9\u6f22", 3 },
		{ "\xc2\x9b"
		  "2J",
		  "\\u{9b}2J", 8 },
		{ "\u202eabc\u2066", "\\u{202e}abc\\u{2066}", 19 },
		{ "\u200e\u200f\u061c", "\\u{200e}\\u{200f}\\u{61c}", 23 },
		{ "\u200b\ufeff\u2028", "\\u{200b}\\u{feff}\\u{2028}", 24 },
		{ "\U000e0041", "\\u{e0041}", 9 },
		{ "\xff\xc3", "\\xff\\xc3", 8 },
		{ "\xc0\xaf", "\\xc0\\xaf", 8 },           /* too long */
		{ "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf", 12 }, /* too long */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80", 12 }, /* surrogate */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", 16 }, /* beyond */
		{ "\xe6\xbc", "\\xe6\\xbc", 8 },                    /* cut */
		{ "\xe6"
		  "a",
		  "\\xe6a", 5 },
		{ "\ufdd0\uffff", "\\u{fdd0}\\u{ffff}", 16 },
		{ "e\u0301", "e\u0301", 1 },
		/* marks piled up: four stay */
		{ "a\u0300\u0301\u0302\u0303\u0304\u0305"
		  "b",
		  "a\u0300\u0301\u0302\u0303"
		  "b",
		  2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(examples); i++) {
		struct text t = { 0 };

		escape_str(&t, examples[i].octets, true);
		assert_string_equal(text_of(&t), examples[i].shown);
		assert_int_equal(escape_columns(examples[i].octets, true),
				 examples[i].columns);
		text_finish(&t);
	}
}

static void a_nul_is_an_octet_too(void **state)
{
	struct text t = { 0 };

	(void)state;
	escape_put(&t, "a\0b", 3, true);
	assert_string_equal(text_of(&t), "a\\x00b");
	text_finish(&t);
}

static void without_utf8_there_is_ascii(void **state)
{
	struct text t = { 0 };

	(void)state;
	escape_str(&t, "caf\u00e9 \u6f22\u202e\xff\x1b", false);
	assert_string_equal(text_of(&t), "caf? ??\\xff\\x1b");
	text_finish(&t);
}

static const char *fit(struct text *t, const char *s, size_t columns,
		       bool is_utf8)
{
	size_t taken;

	text_reset(t);
	taken = escape_fit(t, s, columns, is_utf8);
	assert_true(taken <= columns);
	/* it is all shown: to escape it once more changes nothing */
	assert_int_equal(taken, escape_columns(text_of(t), true));
	return text_of(t);
}

static void what_is_too_long_is_cut(void **state)
{
	struct text t = { 0 };

	(void)state;
	assert_string_equal(fit(&t, "abcdefgh", 8, true), "abcdefgh");
	assert_string_equal(fit(&t, "abcdefgh", 7, true), "abcdef\u2026");
	assert_string_equal(fit(&t, "abcdefgh", 7, false), "abcd...");
	assert_string_equal(fit(&t, "abcdefgh", 3, true), "abc");
	assert_string_equal(fit(&t, "abcdefgh", 0, true), "");
	/* a wide one is not cut in two, nor is an escape */
	assert_string_equal(fit(&t, "\u6f22\u6f22\u6f22\u6f22", 6, true),
			    "\u6f22\u6f22\u2026");
	assert_string_equal(fit(&t, "a\x1b\x1b", 7, true), "a\\x1b\u2026");
	assert_string_equal(fit(&t, "\x1b\x1b", 4, true), "\u2026");
	assert_string_equal(fit(&t, "\u6f22", 1, true), "");
	text_finish(&t);
}

/* Every character, by itself: one way or the other it is shown in text that is
 * shown as it is. */
static void every_character_is_judged(void **state)
{
	struct text t = { 0 }, again = { 0 };
	char octets[8];
	mbstate_t shift;

	(void)state;
	for (int32_t code = 1; code <= 0x10ffff; code++) {
		size_t len;

		memset(&shift, 0, sizeof(shift));
		len = wcrtomb(octets, (wchar_t)code, &shift);
		if (len == (size_t)-1) {
			assert_true(code >= 0xd800 && code <= 0xdfff);
			continue;
		}
		text_reset(&t);
		text_reset(&again);
		escape_put(&t, octets, len, true);
		escape_put(&again, text_of(&t), t.len, true);
		assert_string_equal(text_of(&t), text_of(&again));
		if (t.len == len && memcmp(t.at, octets, len) == 0) {
			assert_true(wcwidth((wchar_t)code) >= 0);
		}
	}
	text_finish(&t);
	text_finish(&again);
}

static void texts_have_an_end(void **state)
{
	struct text t = { 0 };

	(void)state;
	for (int i = 0; i < 2000; i++) {
		text_fill(&t, 'x', 1000);
	}
	assert_true(t.has_failed);
	assert_true(t.len <= 1024 * 1024);
	text_str(&t, "more");
	assert_int_equal(t.at[t.len - 1], 'x');
	text_reset(&t);
	text_printf(&t, "%d", 5);
	assert_false(t.has_failed);
	assert_string_equal(text_of(&t), "5");
	text_finish(&t);
	assert_string_equal(text_of(&t), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_unfit_is_shown),
		cmocka_unit_test(a_nul_is_an_octet_too),
		cmocka_unit_test(without_utf8_there_is_ascii),
		cmocka_unit_test(what_is_too_long_is_cut),
		cmocka_unit_test(every_character_is_judged),
		cmocka_unit_test(texts_have_an_end),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
