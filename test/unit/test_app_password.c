// SPDX-License-Identifier: ISC
/*
 * test_app_password.c - app passwords: their fields, their letters, and what
 * may be typed for them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "auth/app_password.h"
#include "auth/limits.h"
#include "auth/scheme.h"

#define HASH "0123456789012345678901234567890123456789-_A"

static bool hash_of(const char *user, const char *typed,
		    char hash[APP_PASSWORD_HASH_LEN + 1])
{
	struct secret s = { .len = 0 };

	assert_true(secret_set(&s, typed, strlen(typed)));
	return app_password_hash(text_of(user), &s, hash);
}

static void new_ones_look_as_they_should(void **state)
{
	char text[APP_PASSWORD_TEXT_MAX], again[APP_PASSWORD_TEXT_MAX];
	unsigned seen[256] = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		app_password_generate(text);
		assert_int_equal(strlen(text), APP_PASSWORD_TEXT_MAX - 1);
		for (size_t at = 0; text[at] != '\0'; at++) {
			assert_int_equal(text[at] == '-', at % 5 == 4);
			seen[(uint8_t)text[at]]++;
		}
		app_password_generate(again);
		assert_string_not_equal(text, again);
	}
	assert_int_equal(seen['-'], 4000);
	assert_int_equal(seen['l'] + seen['o'] + seen['0'] + seen['1'], 0);
	/* 20,000 letters of 32 kinds: about 625 of each */
	for (const char *c = "abcdefghijkmnpqrstuvwxyz23456789"; *c; c++) {
		assert_in_range(seen[(uint8_t)*c], 450, 800);
	}
}

static void it_does_not_matter_how_it_is_typed(void **state)
{
	static const char *const forms[] = {
		"abcdefghijkmnpqrstuv",
		"ABCD-EFGH-IJKM-NPQR-STUV",
		"abcd efgh ijkm npqr stuv",
		" Abcd-efgh ijkmnpqr---stuv ",
	};
	static const char *const others[] = {
		"",
		"abcd-efgh-ijkm-npqr-stu",
		"abcd-efgh-ijkm-npqr-stuvw",
		"abcd-efgh-ijkm-npqr-stu0",
		"abcd-efgh-ijkm-npqr-stul",
		"abcd_efgh-ijkm-npqr-stuv",
		"abcd\tefgh-ijkm-npqr-stuv",
		"abcd-efgh-ijkm-npqr-st\xc3\xbc",
		"--------------------",
	};
	char want[APP_PASSWORD_HASH_LEN + 1], got[sizeof(want)] = "untouched";

	(void)state;
	assert_true(hash_of("u", "abcd-efgh-ijkm-npqr-stuv", want));
	assert_int_equal(strlen(want), APP_PASSWORD_HASH_LEN);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_false(hash_of("u", others[i], got));
		assert_string_equal(got, "untouched");
	}
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		assert_true(hash_of("u", forms[i], got));
		assert_string_equal(got, want);
	}
}

/* What stands in users files must stay good. */
static void the_hash_is_what_it_was(void **state)
{
	char hash[APP_PASSWORD_HASH_LEN + 1];

	(void)state;
	assert_true(hash_of("alice", "abcd-efgh-ijkm-npqr-stuv", hash));
	/* as Python's hashlib.blake2b makes it */
	assert_string_equal(hash,
			    "f_lBADmd6B6vLAxTrbgAHMch7KOpBRbGRXqBUMKJk9I");
}

static void each_user_has_another_hash(void **state)
{
	char a[APP_PASSWORD_HASH_LEN + 1], b[sizeof(a)];

	(void)state;
	assert_true(hash_of("alice", "abcd-efgh-ijkm-npqr-stuv", a));
	assert_true(hash_of("alicf", "abcd-efgh-ijkm-npqr-stuv", b));
	assert_string_not_equal(a, b);
	assert_true(hash_of("alice", "abcd-efgh-ijkm-npqr-stuw", b));
	assert_string_not_equal(a, b);
}

static void fields_are_written_as_they_are_read(void **state)
{
	struct app_password app = { .name = text_of("My-phone_2.0@x+y"),
				    .made_unix = 1764000000,
				    .expires_unix = 999999999999999999,
				    .hash = text_of(HASH) };
	char field[APP_PASSWORD_FIELD_MAX], name[APP_NAME_MAX];
	struct app_password got;

	(void)state;
	app_password_write(&app, field);
	assert_string_equal(field, "restante_app=My-phone_2.0@x+y,1764000000,"
				   "999999999999999999," HASH);
	memset(name, 'n', sizeof(name));
	app.name = (struct text){ name, sizeof(name) };
	app.made_unix = app.expires_unix;
	app_password_write(&app, field);
	assert_true(app_password_parse(text_of(strchr(field, '=') + 1), &got));
	assert_true(text_equal(got.name, app.name));
	assert_true(text_equal(got.hash, app.hash));
	assert_int_equal(got.made_unix, app.made_unix);
	assert_int_equal(got.expires_unix, app.expires_unix);
}

static void malformed_fields_are_none(void **state)
{
	static const char *const rows[] = {
		"",
		",",
		"a",
		"a,1",
		"a,1,0",
		"a,1,0,",
		"a,1,0," HASH "x",
		"a,1,0,123456789012345678901234567890123456789012",
		"a,1,0,x," HASH,
		",1,0," HASH,
		"a,,0," HASH,
		"a,1,," HASH,
		"a,-1,0," HASH,
		"a,1,0x," HASH,
		"a,1,+0," HASH,
		"a,1,1234567890123456789," HASH,
		"a/b,1,0," HASH,
		"a\x7f,1,0," HASH,
		"a\xc3\xa4,1,0," HASH,
		"a:b,1,0," HASH,
		"..=,1,0," HASH,
		"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
		"nnn,1,0," HASH,
	};
	struct app_password app = { .made_unix = 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_false(app_password_parse(text_of(rows[i]), &app));
		assert_int_equal(app.made_unix, 7);
	}
}

static void any_cut_of_a_field_is_safe(void **state)
{
	static const char whole[] = "phone,1764000000,0," HASH;
	struct app_password app;

	(void)state;
	for (size_t len = 0; len < sizeof(whole); len++) {
		char *copy = malloc(len + !len);

		assert_non_null(copy);
		memcpy(copy, whole, len);
		assert_int_equal(
		    app_password_parse((struct text){ copy, len }, &app),
		    len == strlen(whole));
		free(copy);
	}
}

static void bad_ones_are_passed_over(void **state)
{
	struct text rest = text_of(
	    "x=y restante_app=a,1,0," HASH " restante_app=b restante_app "
	    "restante_apps=c,1,0," HASH " restante_app=d,1,2," HASH " nologin");
	struct app_password app;

	(void)state;
	assert_true(app_password_next(&rest, &app));
	assert_true(text_equal(app.name, text_of("a")));
	assert_true(app_password_next(&rest, &app));
	assert_true(text_equal(app.name, text_of("d")));
	assert_int_equal(app.expires_unix, 2);
	assert_false(app_password_next(&rest, &app));
	assert_int_equal(rest.len, 0);
}

static void it_expires_on_the_second(void **state)
{
	struct app_password app = { .expires_unix = 100 };

	(void)state;
	assert_false(app_password_is_expired(&app, 99));
	assert_true(app_password_is_expired(&app, 100));
	app.expires_unix = 0;
	assert_false(app_password_is_expired(&app, INT64_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_ones_look_as_they_should),
		cmocka_unit_test(it_does_not_matter_how_it_is_typed),
		cmocka_unit_test(the_hash_is_what_it_was),
		cmocka_unit_test(each_user_has_another_hash),
		cmocka_unit_test(fields_are_written_as_they_are_read),
		cmocka_unit_test(malformed_fields_are_none),
		cmocka_unit_test(any_cut_of_a_field_is_safe),
		cmocka_unit_test(bad_ones_are_passed_over),
		cmocka_unit_test(it_expires_on_the_second),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
