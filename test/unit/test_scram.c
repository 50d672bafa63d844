// SPDX-License-Identifier: ISC
/*
 * test_scram.c - SCRAM verifiers: those of the RFCs' examples, whose keys were
 * computed apart from this code, and texts that are none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/scram.h"

/* RFC 7677, section 3, and RFC 5802, section 5: the user "user" with the
 * password "pencil"; Dovecot keeps such. */
static const char sha_256[] = "4096,W22ZaJ0SNY7soEsUEjb6gQ==,"
			      "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,"
			      "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
static const char sha_1[] = "4096,QSXCR+Q6sek8bf92,"
			    "6dlGYMOdZcOPutkcNY8U2g7vK9Y=,"
			    "D+CSWLOshSulAsxiupA+qs2/fTE=";

static const struct example {
	enum scram_kind kind;
	const char *text;
} examples[] = {
	{ SCRAM_SHA_256, sha_256 },
	{ SCRAM_SHA_1, sha_1 },
};

#define EXAMPLE_COUNT (sizeof(examples) / sizeof(examples[0]))

static struct secret secret_of(const char *octets)
{
	struct secret s = { .len = 0 };

	assert_true(secret_set(&s, octets, strlen(octets)));
	return s;
}

static struct scram_verifier parsed(enum scram_kind kind, const char *text)
{
	struct scram_verifier v;

	assert_true(scram_parse(kind, text_of(text), &v));
	return v;
}

static void the_rfcs_examples_verify(void **state)
{
	struct secret right = secret_of("pencil"), wrong = secret_of("pencik");

	(void)state;
	for (size_t i = 0; i < EXAMPLE_COUNT; i++) {
		struct scram_verifier v =
		    parsed(examples[i].kind, examples[i].text);

		assert_int_equal(v.iterations, 4096);
		assert_int_equal(scram_verify(&v, &right), SCHEME_MATCH);
		assert_int_equal(scram_verify(&v, &wrong), SCHEME_MISMATCH);
	}
}

static void the_rfcs_examples_are_derived(void **state)
{
	struct secret secret = secret_of("pencil");
	char text[SCRAM_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < EXAMPLE_COUNT; i++) {
		struct scram_verifier v =
		    parsed(examples[i].kind, examples[i].text);
		struct scram_verifier got;

		assert_int_equal(scram_derive(v.kind, &secret, v.iterations,
					      v.salt, v.salt_len, &got),
				 SCHEME_MATCH);
		scram_write(&got, text);
		assert_string_equal(text, examples[i].text);
	}
}

/* One octet of the keys that is another is another password. */
static void each_octet_of_the_keys_counts(void **state)
{
	struct secret secret = secret_of("pencil");

	(void)state;
	for (size_t i = 0; i < EXAMPLE_COUNT; i++) {
		struct scram_verifier v =
		    parsed(examples[i].kind, examples[i].text);

		for (size_t at = 0; at < scram_key_len(v.kind); at++) {
			v.stored_key[at] ^= 1;
			assert_int_equal(scram_verify(&v, &secret),
					 SCHEME_MISMATCH);
			v.stored_key[at] ^= 1;
			v.server_key[at] ^= 0x80;
			assert_int_equal(scram_verify(&v, &secret),
					 SCHEME_MISMATCH);
			v.server_key[at] ^= 0x80;
		}
		assert_int_equal(scram_verify(&v, &secret), SCHEME_MATCH);
	}
}

static void new_ones_verify_and_differ(void **state)
{
	struct secret secret = secret_of("p\xc3\xa4ss"),
		      other = secret_of("pass");
	struct scram_verifier v, again;
	char text[SCRAM_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < EXAMPLE_COUNT; i++) {
		enum scram_kind kind = examples[i].kind;

		assert_int_equal(scram_make(kind, &secret, &v), SCHEME_MATCH);
		assert_int_equal(v.iterations, SCRAM_ITERATIONS_DEFAULT);
		assert_int_equal(v.salt_len, SCRAM_SALT_LEN);
		scram_write(&v, text);
		again = parsed(kind, text);
		assert_memory_equal(&v, &again, sizeof(v));
		assert_int_equal(scram_verify(&v, &secret), SCHEME_MATCH);
		assert_int_equal(scram_verify(&v, &other), SCHEME_MISMATCH);
		assert_int_equal(scram_make(kind, &secret, &again),
				 SCHEME_MATCH);
		assert_memory_not_equal(v.salt, again.salt, v.salt_len);
	}
}

/* RFC 5802: Normalize(password) is SASLprep. */
static void secrets_are_prepared(void **state)
{
	/* a soft hyphen goes, a Roman nine becomes two letters */
	struct secret typed = secret_of("I\xc2\xadX"), meant = secret_of("IX");
	struct secret nine = secret_of("\xe2\x85\xa8");
	struct scram_verifier v;

	(void)state;
	assert_int_equal(scram_make(SCRAM_SHA_256, &typed, &v), SCHEME_MATCH);
	assert_int_equal(scram_verify(&v, &meant), SCHEME_MATCH);
	assert_int_equal(scram_verify(&v, &nine), SCHEME_MATCH);
}

static void what_cannot_be_prepared_matches_nothing(void **state)
{
	static const struct secret rows[] = {
		{ 0, { 0 } },
		{ 3, { 'a', 0, 'b' } },
		{ 7, { 'p', 'e', 'n', 'c', 'i', 'l', 0 } },
		{ 2, { 0xe9, 't' } },
		{ 1, { 7 } },
	};
	struct scram_verifier v = parsed(SCRAM_SHA_256, sha_256), before = v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(scram_verify(&v, &rows[i]), SCHEME_MISMATCH);
		assert_int_equal(scram_make(SCRAM_SHA_256, &rows[i], &v),
				 SCHEME_ESECRET);
		assert_memory_equal(&v, &before, sizeof(v));
	}
}

static void texts_that_are_none(void **state)
{
	static const char *const rows[] = {
		"",
		",",
		",,,",
		"4096",
		"4096,,,",
		"0,QSXCR+Q6sek8bf92,6dlGYMOdZcOPutkcNY8U2g7vK9Y=,"
		"D+CSWLOshSulAsxiupA+qs2/fTE=",
		"04096,QSXCR+Q6sek8bf92,6dlGYMOdZcOPutkcNY8U2g7vK9Y=,"
		"D+CSWLOshSulAsxiupA+qs2/fTE=",
		"-1,QSXCR+Q6sek8bf92,6dlGYMOdZcOPutkcNY8U2g7vK9Y=,"
		"D+CSWLOshSulAsxiupA+qs2/fTE=",
		"1000001,QSXCR+Q6sek8bf92,6dlGYMOdZcOPutkcNY8U2g7vK9Y=,"
		"D+CSWLOshSulAsxiupA+qs2/fTE=",
		"4294971392,QSXCR+Q6sek8bf92,6dlGYMOdZcOPutkcNY8U2g7vK9Y=,"
		"D+CSWLOshSulAsxiupA+qs2/fTE=",
		"4096,,6dlGYMOdZcOPutkcNY8U2g7vK9Y=,"
		"D+CSWLOshSulAsxiupA+qs2/fTE=",
		"4096,QSXCR+Q6sek8bf9,6dlGYMOdZcOPutkcNY8U2g7vK9Y=,"
		"D+CSWLOshSulAsxiupA+qs2/fTE=",
		"4096,QSXCR+Q6sek8bf92,6dlGYMOdZcOPutkcNY8U2g7vK9Y,"
		"D+CSWLOshSulAsxiupA+qs2/fTE=",
		"4096,QSXCR+Q6sek8bf92,6dlGYMOdZcOPutkcNY8U2g7vK9Y=",
		"4096,QSXCR+Q6sek8bf92,6dlGYMOdZcOPutkcNY8U2g7vK9Y=,"
		"D+CSWLOshSulAsxiupA+qs2/fTE=,",
		"4096,QSXCR+Q6sek8bf92,6dlGYMOdZcOPutkcNY8U2g7vK9Y=,"
		"D+CSWLOshSulAsxiupA+qs2/fTE= ",
		"4096,QSXCR+Q6sek8bf92,QSXCR+Q6sek8bf92,QSXCR+Q6sek8bf92",
		sha_256, /* of the other kind */
	};
	struct scram_verifier v = parsed(SCRAM_SHA_1, sha_1), before = v;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_false(scram_parse(SCRAM_SHA_1, text_of(rows[i]), &v));
		assert_memory_equal(&v, &before, sizeof(v));
	}
	assert_false(scram_parse(SCRAM_SHA_256, text_of(sha_1), &v));
}

static void limits_are_inclusive(void **state)
{
	static const char keys[] = "6dlGYMOdZcOPutkcNY8U2g7vK9Y=,"
				   "D+CSWLOshSulAsxiupA+qs2/fTE=";
	char text[256], salt[88];
	struct scram_verifier v;

	(void)state;
	/* 64 octets of salt, and 65 */
	memset(salt, 'A', sizeof(salt));
	snprintf(text, sizeof(text), "1000000,%.86s==,%s", salt, keys);
	v = parsed(SCRAM_SHA_1, text);
	assert_int_equal(v.salt_len, SCRAM_SALT_MAX);
	assert_int_equal(v.iterations, SCRAM_ITERATIONS_MAX);
	snprintf(text, sizeof(text), "1000000,%.87s=,%s", salt, keys);
	assert_false(scram_parse(SCRAM_SHA_1, text_of(text), &v));
}

/* In memory that ends where the text does. */
static void any_cut_is_refused(void **state)
{
	struct scram_verifier v;

	(void)state;
	for (size_t i = 0; i < EXAMPLE_COUNT; i++) {
		const char *whole = examples[i].text;

		for (size_t len = 0; len < strlen(whole); len++) {
			char *copy = malloc(len + !len);

			assert_non_null(copy);
			memcpy(copy, whole, len);
			assert_false(scram_parse(
			    examples[i].kind, (struct text){ copy, len }, &v));
			free(copy);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rfcs_examples_verify),
		cmocka_unit_test(the_rfcs_examples_are_derived),
		cmocka_unit_test(each_octet_of_the_keys_counts),
		cmocka_unit_test(new_ones_verify_and_differ),
		cmocka_unit_test(secrets_are_prepared),
		cmocka_unit_test(what_cannot_be_prepared_matches_nothing),
		cmocka_unit_test(texts_that_are_none),
		cmocka_unit_test(limits_are_inclusive),
		cmocka_unit_test(any_cut_is_refused),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
