// SPDX-License-Identifier: ISC
/*
 * test_apop.c - digests that let in, and those that do not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "auth/apop.h"

#define STAMP "<1896.697170952@dbc.mtview.ca.us>"

static enum scheme_result try(const char *stored, const char *stamp,
			      const char *digest)
{
	struct secret s = { .len = 0 };

	assert_true(secret_set(&s, digest, strlen(digest)));
	return apop_try(text_of(stored), text_of(stamp), &s);
}

/* The example of RFC 1939, section 7. */
static void the_digest_of_the_rfc_lets_in(void **state)
{
	static const char digest[] = "c4c9334bac560ecc979e58001b3e22fb";

	(void)state;
	assert_int_equal(try("{PLAIN}tanstaaf", STAMP, digest), SCHEME_MATCH);
	assert_int_equal(try("{CLEARTEXT}tanstaaf", STAMP, digest),
			 SCHEME_MATCH);
	assert_int_equal(try("{PLAIN.B64}dGFuc3RhYWY=", STAMP, digest),
			 SCHEME_MATCH);
	assert_int_equal(try("{PLAIN}tanstaaF", STAMP, digest),
			 SCHEME_MISMATCH);
	assert_int_equal(try("{PLAIN}tanstaaf", STAMP "x", digest),
			 SCHEME_MISMATCH);
}

static void every_other_digest_does_not(void **state)
{
	char digest[] = "c4c9334bac560ecc979e58001b3e22fb";

	(void)state;
	for (size_t i = 0; i < sizeof(digest) - 1; i++) {
		digest[i] ^= 1;
		assert_int_equal(try("{PLAIN}tanstaaf", STAMP, digest),
				 SCHEME_MISMATCH);
		digest[i] ^= 1;
	}
	for (size_t cut = 0; cut < sizeof(digest) - 1; cut++) {
		char part[sizeof(digest)] = "";

		memcpy(part, digest, cut);
		assert_int_equal(try("{PLAIN}tanstaaf", STAMP, part),
				 SCHEME_MISMATCH);
	}
	assert_int_equal(
	    try("{PLAIN}tanstaaf", STAMP, "c4c9334bac560ecc979e58001b3e22fb0"),
	    SCHEME_MISMATCH);
	assert_int_equal(
	    try("{PLAIN}tanstaaf", STAMP, "C4C9334BAC560ECC979E58001B3E22FB"),
	    SCHEME_MISMATCH);
	assert_int_equal(try("{PLAIN}tanstaaf", STAMP, "tanstaaf"),
			 SCHEME_MISMATCH);
}

/* Of these nobody knows the password. */
static void without_plain_text_nothing_does(void **state)
{
	static const char *const stored[] = {
		"",
		"*",
		"{PLAIN}",
		"{NONE}x",
		"{CRYPT}$6$a$b",
		"{SCRAM-SHA-256}4096,c2FsdA==,x,y",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(stored) / sizeof(stored[0]); i++) {
		assert_int_equal(
		    try(stored[i], STAMP, "c4c9334bac560ecc979e58001b3e22fb"),
		    SCHEME_MISMATCH);
		/* the digest of the stamp alone, or with the stored text */
		assert_int_equal(
		    try(stored[i], "", "d41d8cd98f00b204e9800998ecf8427e"),
		    SCHEME_MISMATCH);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_digest_of_the_rfc_lets_in),
		cmocka_unit_test(every_other_digest_does_not),
		cmocka_unit_test(without_plain_text_nothing_does),
	};

	if (scheme_init() < 0 || apop_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
