// SPDX-License-Identifier: ISC
/*
 * test_saslprep.c - UTF-8 and SASLprep, by the examples of RFC 3629 and
 * RFC 4013, in memory that ends where the text does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "auth/saslprep.h"
#include "base/secret.h"

static char *copy_of(const char *at, size_t len)
{
	char *copy = malloc(len + !len);

	assert_non_null(copy);
	memcpy(copy, at, len);
	return copy;
}

static bool is_utf8(const char *at, size_t len)
{
	char *copy = copy_of(at, len);
	bool is = text_is_utf8((struct text){ copy, len });

	free(copy);
	return is;
}

/* Each character by the rule of RFC 3629, every value and every surrogate. */
static size_t encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static void every_character_is_judged(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x110400; c++) {
		char octets[4];
		size_t len = encode(c, octets);
		bool want = c < 0x110000 && (c < 0xd800 || c > 0xdfff);

		assert_int_equal(text_is_utf8((struct text){ octets, len }),
				 want);
	}
}

static void any_cut_within_a_character_is_none(void **state)
{
	static const char whole[] = "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80";
	static const bool sound[] = { true, false, true,  false, false,
				      true, false, false, false, true };

	(void)state;
	for (size_t len = 0; len < sizeof(whole); len++) {
		assert_int_equal(is_utf8(whole, len), sound[len]);
	}
}

static void overlong_forms_are_none(void **state)
{
	static const char *const rows[] = {
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\x80",
		"\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xf8\x88\x80",
		"\xfe",
		"\xff",
		"\xc3(",
		"\xe2\x82(",
		"\xe2(\xac",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_false(is_utf8(rows[i], strlen(rows[i])));
	}
}

/* RFC 4013, section 3. */
static void the_rfcs_examples(void **state)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
	} rows[] = {
		{ "I\xc2\xadX", "IX" },
		{ "user", "user" },
		{ "USER", "USER" },
		{ "\xc2\xaa", "a" },
		{ "\xe2\x85\xa8", "IX" },
		{ "\x07", NULL },
		{ "\xd8\xa7"
		  "1",
		  NULL },
		{ "", "" },
		{ "a\xc2\xa0"
		  "b",
		  "a b" },
		{ "o\xcc\x88", "\xc3\xb6" },
		/* younger than Unicode 3.2 */
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
		{ "\xe9t\xe9", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t in_len = strlen(rows[i].in), len = 77;
		char *in = copy_of(rows[i].in, in_len), out[16];
		bool is_done = saslprep((struct text){ in, in_len }, out,
					sizeof(out), &len);

		assert_int_equal(is_done, rows[i].out != NULL);
		if (is_done) {
			assert_int_equal(len, strlen(rows[i].out));
			assert_memory_equal(out, rows[i].out, len);
		} else {
			assert_int_equal(len, 77);
		}
		free(in);
	}
}

static void room_is_kept_to(void **state)
{
	static char text[SECRET_MAX + 1];
	char out[4] = "xxx";
	size_t len = 9;

	(void)state;
	assert_false(saslprep(text_of("abcd"), out, 3, &len));
	assert_int_equal(len, 9);
	assert_string_equal(out, "xxx");
	assert_true(saslprep(text_of("abc"), out, 3, &len));
	assert_int_equal(len, 3);
	/* a NUL, and more than any secret */
	assert_false(saslprep((struct text){ "a\0b", 3 }, out, 4, &len));
	memset(text, 'a', sizeof(text));
	assert_false(
	    saslprep((struct text){ text, sizeof(text) }, out, 4, &len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_is_judged),
		cmocka_unit_test(any_cut_within_a_character_is_none),
		cmocka_unit_test(overlong_forms_are_none),
		cmocka_unit_test(the_rfcs_examples),
		cmocka_unit_test(room_is_kept_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
