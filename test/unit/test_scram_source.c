// SPDX-License-Identifier: ISC
/*
 * test_scram_source.c - SCRAM verifiers of users of each kind.
 */
#include "scram_play.h"

static void who_has_a_verifier_gets_it(void **state)
{
	char stored[256], text[512];
	struct scram_verifier v;

	(void)state;
	stored_of("secret", stored);
	snprintf(text, sizeof(text), "bob:%s\n", stored);
	begin(text);
	v = find("bob");
	assert_int_equal(v.iterations, 1234);
	assert_memory_equal(v.salt, "the user's own", 14);
	assert_true(fits(&v, "secret"));
	v = find("BOB");
	assert_true(fits(&v, "secret"));
}

static void plain_text_makes_a_verifier(void **state)
{
	struct scram_verifier v, again;

	(void)state;
	begin("bob:{PLAIN}secret\n");
	v = find("bob");
	assert_int_equal(v.iterations, SCRAM_ITERATIONS_MADE);
	assert_true(fits(&v, "secret"));
	again = find("Bob");
	assert_memory_equal(&v, &again, sizeof(v));
	replace_users(&d, "bob:{PLAIN}other-secret\n");
	again = find("bob");
	assert_true(fits(&again, "other-secret"));
	assert_false(fits(&again, "secret"));
	assert_true(is_same_salt(&v, &again));
	/* nobody here looks so, and lasts as long */
	v = find("eve");
	assert_int_equal(v.iterations, SCRAM_ITERATIONS_MADE);
	assert_false(fits(&v, "other-secret"));
	again = find("eve");
	assert_true(is_same_salt(&v, &again));
}

static void kinds_have_verifiers_of_their_own(void **state)
{
	struct scram_verifier v;

	(void)state;
	begin("bob:{PLAIN}secret\n");
	v = find_from("bob", here, SCRAM_SHA_1);
	assert_true(fits(&v, "secret"));
	v = find("bob");
	assert_true(fits(&v, "secret"));
}

static void assert_password(const char *name, const uint8_t address[16],
			    const char *want)
{
	struct secret s = { .len = 0 }, t = { .len = 0 };

	scram_source_password(source, text_of(name), address, &s);
	if (want != NULL) {
		assert_string_equal((const char *)s.octets, want);
		return;
	}
	scram_source_password(source, text_of(name), address, &t);
	assert_int_equal(s.len, 32);
	assert_string_not_equal((const char *)s.octets, (const char *)t.octets);
}

static void passwords_in_plain_text_are_revealed(void **state)
{
	(void)state;
	begin("bob:{PLAIN}secret\n"
	      "carol:{PLAIN}secret::::::allow_nets=127.0.0.1\n"
	      "dave:{PLAIN}secret::::::nologin\n"
	      "erin:!\n");
	assert_password("bob", elsewhere, "secret");
	assert_password("carol", here, "secret");
	assert_password("carol", elsewhere, NULL);
	assert_password("dave", here, NULL);
	assert_password("erin", here, NULL);
	assert_password("eve", here, NULL);
}

static void keys_of_a_verifier_that_was_changed_fit_nothing(void **state)
{
	char stored[256], text[512];
	struct scram_verifier v;

	(void)state;
	begin("bob:{PLAIN}secret\n");
	v = told("bob", here, SCRAM_SHA_256);
	stored_of("secret", stored);
	snprintf(text, sizeof(text), "bob:%s\n", stored);
	replace_users(&d, text);
	assert_true(scram_source_keys(source, text_of("bob"), here, &v));
	assert_int_equal(v.iterations, SCRAM_ITERATIONS_MADE);
	assert_false(fits(&v, "secret"));
	v = find("bob");
	assert_true(fits(&v, "secret"));
}

/* No client can say it; but it looks as others do. */
static void a_password_that_cannot_be_said_fits_nothing(void **state)
{
	struct scram_verifier v;

	(void)state;
	begin("bob:{PLAIN}a\x7f"
	      "b\n");
	v = find("bob");
	assert_int_equal(v.iterations, SCRAM_ITERATIONS_MADE);
	assert_false(fits(&v, "x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_has_a_verifier_gets_it),
		TEST(plain_text_makes_a_verifier),
		TEST(kinds_have_verifiers_of_their_own),
		TEST(passwords_in_plain_text_are_revealed),
		TEST(keys_of_a_verifier_that_was_changed_fit_nothing),
		TEST(a_password_that_cannot_be_said_fits_nothing),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
