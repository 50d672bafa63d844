// SPDX-License-Identifier: ISC
/*
 * scram_play.h - a users file, and the SCRAM verifiers that names get.
 */
#ifndef TEST_SCRAM_PLAY_H
#define TEST_SCRAM_PLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "auth/limits.h"
#include "auth/scram_source.h"
#include "auth/verifiers.h"
#include "users_dir.h"

static const uint8_t here[16] = { [10] = 0xff, 0xff, 127, 0, 0, 1 };
static const uint8_t elsewhere[16] = { [10] = 0xff, 0xff, 192, 0, 2, 1 };
static const uint8_t key[SCRAM_SOURCE_KEY_LEN] = "a key";

static struct users_dir d;
static struct passwd_file *users;
static struct scram_source *source;

static inline struct secret secret_of(const char *text)
{
	struct secret s = { .len = 0 };

	assert_true(secret_set(&s, text, strlen(text)));
	return s;
}

/* "{SCRAM-SHA-256}..." of a password. */
static inline void stored_of(const char *password, char stored_r[256])
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

static inline void begin(const char *text)
{
	static const struct passwd_options options = {
		.key = "users",
		.is_folding = true,
		.is_decoy = verifiers_may_decoy
	};

	write_file(d.path, text);
	assert_int_equal(passwd_file_create(d.path, &options, &users), 0);
	source = scram_source_create(users, true, key);
	assert_non_null(source);
}

static inline int set_up(void **state)
{
	(void)state;
	users_dir_init(&d);
	return 0;
}

static inline void end(void)
{
	scram_source_destroy(&source);
	passwd_file_destroy(&users);
}

static inline int tear_down(void **state)
{
	(void)state;
	end();
	users_dir_finish(&d);
	return 0;
}

static inline struct scram_verifier
told(const char *name, const uint8_t *address, enum scram_kind kind)
{
	static const uint8_t none[SCRAM_KEY_MAX];
	struct scram_verifier v;

	scram_source_challenge(source, text_of(name), address, kind, &v);
	assert_int_equal(v.kind, kind);
	assert_memory_equal(v.stored_key, none, sizeof(none));
	assert_memory_equal(v.server_key, none, sizeof(none));
	return v;
}

static inline struct scram_verifier
find_from(const char *name, const uint8_t *address, enum scram_kind kind)
{
	struct scram_verifier v = told(name, address, kind);

	assert_true(scram_source_keys(source, text_of(name), address, &v));
	return v;
}

static inline struct scram_verifier find(const char *name)
{
	return find_from(name, here, SCRAM_SHA_256);
}

static inline bool fits(const struct scram_verifier *v, const char *password)
{
	struct secret s = secret_of(password);

	return scram_verify(v, &s) == SCHEME_MATCH;
}

static inline bool is_same_salt(const struct scram_verifier *a,
				const struct scram_verifier *b)
{
	return a->salt_len == b->salt_len &&
	       memcmp(a->salt, b->salt, a->salt_len) == 0;
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define TEST(name)      cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
