// SPDX-License-Identifier: ISC
/*
 * test_scram_source.c - SCRAM verifiers of users of each kind, and of nobody,
 * which nobody can tell apart.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "auth/limits.h"
#include "auth/scram_source.h"
#include "auth/verifiers.h"
#include "users_dir.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const uint8_t here[16] = { [10] = 0xff, 0xff, 127, 0, 0, 1 };
static const uint8_t elsewhere[16] = { [10] = 0xff, 0xff, 192, 0, 2, 1 };
static const uint8_t key[SCRAM_SOURCE_KEY_LEN] = "a key";

static struct users_dir d;
static struct passwd_file *users;
static struct scram_source *source;

static bool takes_all(const struct passwd_user *user)
{
	return verifiers_may_decoy(user);
}

static struct secret secret_of(const char *text)
{
	struct secret s = { .len = 0 };

	assert_true(secret_set(&s, text, strlen(text)));
	return s;
}

/* "{SCRAM-SHA-256}..." of a password. */
static void stored_of(const char *password, char stored_r[256])
{
	const uint8_t salt[SCRAM_SALT_LEN] = "the user's own";
	struct secret s = secret_of(password);
	struct scram_verifier v;
	char text[SCRAM_TEXT_MAX];

	assert_int_equal(
	    scram_derive(SCRAM_SHA_256, &s, 1234, salt, sizeof(salt), &v),
	    SCHEME_MATCH);
	scram_write(&v, text);
	snprintf(stored_r, 256, "{SCRAM-SHA-256}%s", text);
}

static void begin(const char *text)
{
	write_file(d.path, text);
	assert_int_equal(passwd_file_create(d.path, true, takes_all, &users),
			 0);
	source = scram_source_create(users, true, key);
	assert_non_null(source);
}

static int set_up(void **state)
{
	(void)state;
	users_dir_init(&d);
	return 0;
}

static void end(void)
{
	scram_source_destroy(&source);
	passwd_file_destroy(&users);
}

static int tear_down(void **state)
{
	(void)state;
	end();
	users_dir_finish(&d);
	return 0;
}

static struct scram_verifier find(const char *name)
{
	struct scram_verifier v = { .iterations = 0 };

	assert_true(scram_source_verifier(source, text_of(name), here,
					  SCRAM_SHA_256, &v));
	assert_int_equal(v.kind, SCRAM_SHA_256);
	return v;
}

static bool fits(const struct scram_verifier *v, const char *password)
{
	struct secret s = secret_of(password);

	return scram_verify(v, &s) == SCHEME_MATCH;
}

static bool is_same_salt(const struct scram_verifier *a,
			 const struct scram_verifier *b)
{
	return a->salt_len == b->salt_len &&
	       memcmp(a->salt, b->salt, a->salt_len) == 0;
}

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
	assert_true(scram_source_verifier(source, text_of("carol"), elsewhere,
					  SCRAM_SHA_256, &v));
	assert_false(fits(&v, "secret"));
	assert_true(is_same_salt(&v, &allowed));
	assert_int_equal(v.iterations, allowed.iterations);
}

static void kinds_have_verifiers_of_their_own(void **state)
{
	struct scram_verifier v;

	(void)state;
	begin("bob:{PLAIN}secret\n");
	assert_true(scram_source_verifier(source, text_of("bob"), here,
					  SCRAM_SHA_1, &v));
	assert_int_equal(v.kind, SCRAM_SHA_1);
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

#define THREADS 8

static void *find_often(void *arg)
{
	static const char *const names[] = { "bob", "eve", "carol", "dave" };
	uint32_t *found = arg;
	struct scram_verifier v;
	char name[16];

	for (uint32_t i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "%s%u", names[i % 4], i / 4);
		*found += scram_source_verifier(source, text_of(name), here,
						SCRAM_SHA_1, &v);
	}
	return NULL;
}

/* What cannot be made at once is not waited for. */
static void many_are_not_made_at_once(void **state)
{
	uint32_t found[THREADS] = { 0 }, all = 0;
	pthread_t threads[THREADS];

	(void)state;
	begin("bob0:{PLAIN}secret\nbob1:{PLAIN}other\n");
	for (uint32_t i = 0; i < THREADS; i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, find_often, &found[i]),
		    0);
	}
	for (uint32_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		all += found[i];
	}
	assert_in_range(all, SCRAM_MAKERS_MAX, THREADS * 8);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_has_a_verifier_gets_it),
		TEST(nobody_looks_like_him),
		TEST(whatever_is_no_name_gets_one),
		TEST(plain_text_makes_a_verifier),
		TEST(who_has_a_hash_alone_fails),
		TEST(who_may_not_log_in_fails),
		TEST(kinds_have_verifiers_of_their_own),
		TEST(passwords_in_plain_text_are_revealed),
		TEST(many_are_not_made_at_once),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
