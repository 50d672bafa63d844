// SPDX-License-Identifier: ISC
/*
 * test_scram_nobody.c - SCRAM verifiers of nobody, and of users who have none:
 * nobody can tell them apart.
 */
#include "scram_play.h"

#include <time.h>

static void nobody_looks_like_him(void **state)
{
	struct scram_verifier v, again, other;
	char stored[256], text[512];

	(void)state;
	stored_of("secret", stored);
	snprintf(text, sizeof(text), "bob:%s\n", stored);
	begin(text);
	v = find("eve");
	assert_int_equal(v.iterations, 1234);
	assert_int_equal(v.salt_len, SCRAM_SALT_LEN);
	assert_false(fits(&v, "secret"));
	again = find("eve");
	assert_true(is_same_salt(&v, &again));
	again = find("EVE"); /* as bob's is BOB's */
	assert_true(is_same_salt(&v, &again));
	other = find("eva");
	assert_false(is_same_salt(&v, &other));
	/* after a restart */
	scram_source_destroy(&source);
	source = scram_source_create(users, true, key);
	again = find("eve");
	assert_true(is_same_salt(&v, &again));
	/* but with another key */
	scram_source_destroy(&source);
	source = scram_source_create(users, true, (const uint8_t[32]){ 1 });
	again = find("eve");
	assert_false(is_same_salt(&v, &again));
}

/* Names that can be no user's, too. */
static void whatever_is_no_name_gets_one(void **state)
{
	static const char *const names[] = { "",     "a/b",      "..",
					     "a\nb", "\xff\xfe", " x" };
	struct scram_verifier v;

	(void)state;
	begin("bob:{PLAIN}secret\n");
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		v = find(names[i]);
		assert_int_equal(v.salt_len, SCRAM_SALT_LEN);
		assert_false(fits(&v, "secret"));
	}
}

static void who_has_a_hash_alone_fails(void **state)
{
	struct secret s = secret_of("secret");
	char stored[SCHEME_STORED_MAX], text[SCHEME_STORED_MAX + 16];
	struct scram_verifier v, again;

	(void)state;
	assert_int_equal(scheme_make("SHA512-CRYPT", &s, stored), SCHEME_MATCH);
	snprintf(text, sizeof(text), "bob:%s\n", stored);
	begin(text);
	v = find("bob");
	assert_int_equal(v.iterations, SCRAM_ITERATIONS_DEFAULT);
	assert_int_equal(v.salt_len, SCRAM_SALT_LEN);
	assert_false(fits(&v, "secret"));
	again = find("bob");
	assert_true(is_same_salt(&v, &again));
	v = find("eve");
	assert_int_equal(v.iterations, SCRAM_ITERATIONS_DEFAULT);
}

/* He must not hear that his password is right. */
static void who_may_not_log_in_fails(void **state)
{
	char stored[256], text[1024];
	struct scram_verifier v, allowed;

	(void)state;
	stored_of("secret", stored);
	snprintf(text, sizeof(text),
		 "bob:%s::::::nologin\n"
		 "carol:%s::::::allow_nets=127.0.0.0/8\n"
		 "dave:{PLAIN}secret::::::nologin\n",
		 stored, stored);
	begin(text);
	v = find("bob");
	assert_int_equal(v.iterations, 1234);
	assert_false(fits(&v, "secret"));
	v = find("dave");
	assert_false(fits(&v, "secret"));
	allowed = find("carol");
	assert_true(fits(&allowed, "secret"));
	v = find_from("carol", elsewhere, SCRAM_SHA_256);
	assert_false(fits(&v, "secret"));
	assert_true(is_same_salt(&v, &allowed));
	assert_int_equal(v.iterations, allowed.iterations);
}

/* Who has nothing to be tried against looks as one does who is not there. */
static void who_has_none_looks_like_nobody(void **state)
{
	static const char *const names[] = { "locked", "none", "apps", "hash",
					     "eve",    "eva",  "adam" };
	char stored[256], hash[SCHEME_STORED_MAX], text[3072];
	struct secret s = secret_of("secret");
	struct scram_verifier v, again;

	(void)state;
	stored_of("secret", stored);
	assert_int_equal(scheme_make("SHA512-CRYPT", &s, hash), SCHEME_MATCH);
	snprintf(text, sizeof(text),
		 "bob:%s\nlocked:!%s\nnone:*\nhash:%s\n"
		 "apps:::::::restante_app=telephone,0,"
		 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
		 stored, stored, hash);
	begin(text);
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		v = find(names[i]);
		assert_int_equal(v.iterations, 1234); /* bob's */
		assert_int_equal(v.salt_len, SCRAM_SALT_LEN);
		assert_memory_not_equal(v.salt, "the user's own", 14);
		assert_false(fits(&v, "secret"));
		again = find(names[i]);
		assert_true(is_same_salt(&v, &again));
		/* and bob has none of the other kind */
		v = find_from(names[i], here, SCRAM_SHA_1);
		assert_int_equal(v.iterations, SCRAM_ITERATIONS_DEFAULT);
	}
}

static uint64_t cpu_us(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t), 0);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* The least of several: nothing else runs in it. */
static uint64_t challenge_us(const char *name)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 20; i++) {
		uint64_t began = cpu_us(), took;

		(void)told(name, here, SCRAM_SHA_256);
		took = cpu_us() - began;
		least = took < least ? took : least;
	}
	return least;
}

static uint64_t keys_us(const char *name)
{
	struct scram_verifier v = told(name, here, SCRAM_SHA_256);
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 5; i++) {
		uint64_t began = cpu_us(), took;

		assert_true(scram_source_keys(source, text_of(name), here, &v));
		took = cpu_us() - began;
		least = took < least ? took : least;
	}
	return least;
}

/* However often a user has logged in. */
static void time_tells_nothing_of_plain_text(void **state)
{
	uint64_t bobs, eves;

	(void)state;
	begin("bob:{PLAIN}secret\n");
	bobs = keys_us("bob");
	eves = keys_us("eve");
	assert_in_range(eves, bobs / 2, 2 * bobs);
	/* and nothing is made to be told */
	assert_in_range(challenge_us("bob"), 0, bobs / 5);
	assert_in_range(challenge_us("eve"), 0, bobs / 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nobody_looks_like_him),
		TEST(whatever_is_no_name_gets_one),
		TEST(who_has_a_hash_alone_fails),
		TEST(who_may_not_log_in_fails),
		TEST(who_has_none_looks_like_nobody),
		TEST(time_tells_nothing_of_plain_text),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
