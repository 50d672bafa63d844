// SPDX-License-Identifier: ISC
/*
 * test_candidate.c - what a secret may have been meant to be, and in what
 * order; and that what is ASCII is taken at its word.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "auth/candidate.h"

static void candidates_of(const void *at, size_t len, struct candidates *c)
{
	struct secret s;

	assert_true(secret_set(&s, at, len));
	candidates_init(c, &s);
	assert_int_equal(c->secret[0].len, len);
	assert_memory_equal(c->secret[0].octets, at, len);
}

static void candidates_in_their_order(void **state)
{
	static const struct {
		const char *typed;
		const char *more[CANDIDATES_MAX];
	} rows[] = {
		{ "", { NULL } },
		{ "secret", { NULL } },
		{ "with\ttab", { NULL } },
		{ "IX", { NULL } },
		/* composed: SASLprep changes nothing; then latin-1 */
		{ "\xc3\xb6", { "\xf6" } },
		{ "a\xc3\xbf\xc2\xa1", { "a\xff\xa1" } },
		/* decomposed: SASLprep; no latin-1 has that */
		{ "o\xcc\x88", { "\xc3\xb6" } },
		{ "\xe2\x82\xac", { NULL } },
		/* a soft hyphen: both */
		{ "a\xc2\xad", { "a", "a\xad" } },
		/* no UTF-8: from latin-1, and that through SASLprep */
		{ "\xe9t\xe9", { "\xc3\xa9t\xc3\xa9" } },
		{ "a\xad", { "a\xc2\xad", "a" } },
		/* what SASLprep prohibits stays as it is */
		{ "a\xc2\x85", { "a\x85" } },
		{ "a\x85", { "a\xc2\x85" } },
		{ "\xd7\x90"
		  "a",
		  { NULL } },
	};
	struct candidates c;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t more = 0;

		candidates_of(rows[i].typed, strlen(rows[i].typed), &c);
		for (; rows[i].more[more] != NULL; more++) {
			const char *want = rows[i].more[more];
			const struct secret *got = &c.secret[more + 1];

			assert_true(more + 1 < c.count);
			assert_int_equal(got->len, strlen(want));
			assert_memory_equal(got->octets, want, got->len + 1);
		}
		assert_int_equal(c.count, more + 1);
		candidates_finish(&c);
	}
}

static void a_nul_is_an_octet(void **state)
{
	struct candidates c;

	(void)state;
	candidates_of("\xe9\0x", 3, &c);
	assert_int_equal(c.count, 2);
	assert_int_equal(c.secret[1].len, 4);
	assert_memory_equal(c.secret[1].octets, "\xc3\xa9\0x", 4);
	candidates_finish(&c);
	candidates_of("\xc3\xa9\0x", 4, &c);
	assert_int_equal(c.count, 2);
	assert_memory_equal(c.secret[1].octets, "\xe9\0x", 4);
	candidates_finish(&c);
}

/* What grows beyond a secret's limit is no candidate. */
static void length_is_limited(void **state)
{
	static uint8_t octets[SECRET_MAX];
	struct candidates c;

	(void)state;
	memset(octets, 0xe9, sizeof(octets));
	candidates_of(octets, SECRET_MAX / 2, &c);
	assert_int_equal(c.count, 2);
	assert_int_equal(c.secret[1].len, SECRET_MAX);
	candidates_finish(&c);
	candidates_of(octets, SECRET_MAX / 2 + 1, &c);
	assert_int_equal(c.count, 1);
	candidates_finish(&c);
	candidates_of(octets, SECRET_MAX, &c);
	assert_int_equal(c.count, 1);
	candidates_finish(&c);
}

static void nothing_stays_behind(void **state)
{
	static const struct secret empty;
	struct candidates c;

	(void)state;
	candidates_of("a\xad", 2, &c);
	assert_int_equal(c.count, 3);
	candidates_finish(&c);
	for (size_t i = 0; i < CANDIDATES_MAX; i++) {
		assert_memory_equal(&c.secret[i], &empty, sizeof(empty));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(candidates_in_their_order),
		cmocka_unit_test(a_nul_is_an_octet),
		cmocka_unit_test(length_is_limited),
		cmocka_unit_test(nothing_stays_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
