// SPDX-License-Identifier: ISC
/*
 * test_words.c - values as a person reads them.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "fetch/mail/words.h"
#include "fetch/mail/words_charset.h"
#include "guard.h"

static const struct {
	const char *text, *want;
} cases[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ " a  b ", " a  b " },
	/* [rfc2047/8] its own examples */
	{ "=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>",
	  "Keith Moore <moore@cs.utk.edu>" },
	{ "=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@dkuug.dk>",
	  "Keld J\xc3\xb8rn Simonsen <keld@dkuug.dk>" },
	{ "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= "
	  "=?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
	  "If you can read this you understand the example." },
	{ "(=?ISO-8859-1?Q?a?=)", "(a)" },
	{ "(=?ISO-8859-1?Q?a?= b)", "(a b)" },
	{ "(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)" },
	{ "(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)" },
	{ "(=?ISO-8859-1?Q?a_b?=)", "(a b)" },
	{ "(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)" },
	/* without the blank that there must be */
	{ "=?utf-8?q?a?==?utf-8?q?b?=", "ab" },
	{ "x=?utf-8?q?a?=y", "xay" },
	/* a character in two words */
	{ "=?utf-8?B?w7zD?= =?utf-8?B?vA==?=", "\xc3\xbc\xc3\xbc" },
	{ "=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "\xc3\xbc" },
	/* [rfc2231/5] with a language */
	{ "=?utf-8*en?q?a?=", "a" },
	/* charsets */
	{ "=?iso-8859-15?q?=A4?= =?utf-8?q?=C3=BC?=", "\xe2\x82\xac\xc3\xbc" },
	{ "=?utf-8?q?=E2=82=AC?=", "\xe2\x82\xac" },
	{ "=?iso-8859-15?q?=A4?=", "\xe2\x82\xac" },
	{ "=?windows-1252?q?=80?=", "\xe2\x82\xac" },
	{ "=?koi8-r?B?8NLJ18XU?=",
	  "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82" },
	{ "=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "\xe6\x97\xa5\xe6\x9c\xac" },
	{ "=?GB2312?B?1tDOxA==?=", "\xe4\xb8\xad\xe6\x96\x87" },
	/* what cannot be read is shown as that */
	{ "=?utf-8?q?a=FFb?=", "a\xef\xbf\xbd"
			       "b" },
	{ "=?iso-2022-jp?q?a=FFb?=", "a\xef\xbf\xbd"
				     "b" },
	/* not known, or broken: as it stands */
	{ "=?x-nobody?q?a?=", "=?x-nobody?q?a?=" },
	{ "=?../../tmp/x?q?a?=", "=?../../tmp/x?q?a?=" },
	{ "=?utf-8//TRANSLIT?q?a?=", "=?utf-8//TRANSLIT?q?a?=" },
	{ "=?utf-8?x?a?=", "=?utf-8?x?a?=" },
	{ "=?utf-8?q?a", "=?utf-8?q?a" },
	{ "=?utf-8?q", "=?utf-8?q" },
	{ "=?utf-8", "=?utf-8" },
	{ "=?", "=?" },
	{ "=", "=" },
	{ "=?"
	  "?q?a?=",
	  "=?"
	  "?q?a?=" },
	{ "=?utf-8?q?"
	  "?=",
	  "" },
	{ "=?utf-8?q?=4?=", "=4" },
	{ "=?utf-8?q?=zz?=", "=zz" },
	{ "=?utf-8?b?!!YQ==?=", "a" },
	{ "=?utf-8?b?Y?=", "" },
	/* without encoding */
	{ "gr\xc3\xbcn", "gr\xc3\xbcn" },
	{ "gr\xfcn", "gr\xc3\xbcn" },
	/* nothing that commands a terminal, or turns writing round */
	{ "a\x1b[31mb", "a[31mb" },
	{ "a\tb", "a b" },
	{ "a\x7f\x01"
	  "b",
	  "ab" },
	{ "a\xc2\x9b"
	  "b",
	  "ab" },
	{ "a\xe2\x80\xae"
	  "b",
	  "ab" },
	{ "=?utf-8?q?a=1B[31mb=0D=0A=00c?=", "a[31mbc" },
	{ "=?utf-8?q?a=E2=80=AEb?=", "ab" },
	{ "=?iso-8859-1?q?=9B?=", "\xe2\x80\xba" }, /* windows-1252's */
};

static void all_cases(void **state)
{
	char to[256];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		words_decode(cases[i].text, to, sizeof(to));
		if (strcmp(to, cases[i].want) != 0) {
			fail_msg("%zu, %s: %s", i, cases[i].text, to);
		}
	}
}

static bool may_be_shown(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++) {
		if (at[i] < ' ' || at[i] == 0x7f) {
			return false;
		}
	}
	return charset_is_utf8(at, len);
}

/* At any room, and of any cut: whole characters, and no octet too far. */
static void any_room_and_cut(void **state)
{
	struct guard g;
	char text[256];

	(void)state;
	guard_init(&g, 256);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		for (size_t n = 0; n <= strlen(cases[i].text); n++) {
			size_t cap = 1 + (n * 7 + i) % 40;
			char *to = (char *)guard_tail(&g, cap);

			snprintf(text, sizeof(text), "%.*s", (int)n,
				 cases[i].text);
			words_decode(text, to, cap);
			assert_true(strlen(to) < cap);
			assert_true(may_be_shown(to));
		}
	}
	guard_finish(&g);
}

/* Each of the list is there, and reads ASCII as it is. */
static void every_charset(void **state)
{
	static const char *const names[] = {
		"iso-8859-2",   "ISO-8859-5",     "iso-8859-8-i",
		"windows-1251", "windows-1258",   "koi8-u",
		"gbk",          "gb18030",        "big5",
		"euc-jp",       "shift_jis",      "iso-2022-jp",
		"euc-kr",       "ks_c_5601-1987", "tis-620",
		"us-ascii",
	};
	char text[100], to[100];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		snprintf(text, sizeof(text), "=?%s?q?Hello!?=", names[i]);
		words_decode(text, to, sizeof(to));
		assert_string_equal(to, "Hello!");
	}
}

static void endless_words(void **state)
{
	static char text[200001], to[200001];

	(void)state;
	for (size_t i = 0; i + 20 < sizeof(text); i += 16) {
		memcpy(text + i, "=?utf-8?q?aaaa?=", 16);
	}
	words_decode(text, to, sizeof(to));
	assert_true(may_be_shown(to));
	memset(text, '=', sizeof(text) - 1);
	words_decode(text, to, sizeof(to));
	assert_int_equal(strlen(to), sizeof(text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_cases),
		cmocka_unit_test(any_room_and_cut),
		cmocka_unit_test(every_charset),
		cmocka_unit_test(endless_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
