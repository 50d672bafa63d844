// SPDX-License-Identifier: ISC
/*
 * app_password.c - passwords for one device or program (app_password.h).
 * Runs in: auth, restantectl.  Trusts: nothing in the file.  Allocates: never.
 */
#include "auth/app_password.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "auth/limits.h"
#include "os/random.h"

#define LETTERS 20u /* of five bits each */
#define GROUP   4u

static_assert(APP_PASSWORD_TEXT_MAX == LETTERS + LETTERS / GROUP, "it fits");
static_assert(
    APP_PASSWORD_HASH_LEN + 1 ==
	sodium_base64_ENCODED_LEN(crypto_generichash_BYTES,
				  sodium_base64_VARIANT_URLSAFE_NO_PADDING),
    "a hash is so long");
static_assert(APP_PASSWORD_FIELD_MAX > sizeof(PASSWD_APP "=,,,") +
					   APP_NAME_MAX + 20 + 20 +
					   APP_PASSWORD_HASH_LEN,
	      "any field fits");

/* No l and o, 0 and 1: nobody can mistake one for another. */
static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";

static_assert(sizeof(alphabet) == 33, "five bits a letter");

/* --- the field --- */

static bool is_name_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("._@+-", c) != NULL);
}

const char *app_password_name_fault(struct text name)
{
	if (name.len == 0) {
		return "is empty";
	}
	if (name.len > APP_NAME_MAX) {
		return "is longer than 64 octets";
	}
	for (size_t i = 0; i < name.len; i++) {
		if (!is_name_letter(name.at[i])) {
			return "has something else in it than letters, digits "
			       "and . _ @ + -";
		}
	}
	return NULL;
}

/* Up to the next comma, which goes too. */
static bool next_part(struct text *in, struct text *part_r)
{
	const char *comma = in->len == 0 ? NULL : memchr(in->at, ',', in->len);

	if (comma == NULL) {
		return false;
	}
	*part_r = (struct text){ in->at, (size_t)(comma - in->at) };
	in->at += part_r->len + 1;
	in->len -= part_r->len + 1;
	return true;
}

static bool parse_time(struct text part, int64_t *unix_r)
{
	int64_t n = 0;

	if (part.len == 0 || part.len > 18) {
		return false;
	}
	for (size_t i = 0; i < part.len; i++) {
		if (part.at[i] < '0' || part.at[i] > '9') {
			return false;
		}
		n = n * 10 + (part.at[i] - '0');
	}
	*unix_r = n;
	return true;
}

bool app_password_parse(struct text value, struct app_password *app_r)
{
	struct app_password app;
	struct text made, expires;

	if (!next_part(&value, &app.name) || !next_part(&value, &made) ||
	    !next_part(&value, &expires) ||
	    app_password_name_fault(app.name) != NULL ||
	    !parse_time(made, &app.made_unix) ||
	    !parse_time(expires, &app.expires_unix) ||
	    value.len != APP_PASSWORD_HASH_LEN) {
		return false;
	}
	app.hash = value;
	*app_r = app;
	return true;
}

bool app_password_next(struct text *rest, struct app_password *app_r)
{
	struct passwd_extra e;

	while (passwd_next_extra(rest, &e)) {
		if (text_equal(e.key, text_of(PASSWD_APP)) &&
		    app_password_parse(e.value, app_r)) {
			return true;
		}
	}
	return false;
}

void app_password_write(const struct app_password *app,
			char field_r[APP_PASSWORD_FIELD_MAX])
{
	snprintf(field_r, APP_PASSWORD_FIELD_MAX,
		 PASSWD_APP "=%.*s,%" PRId64 ",%" PRId64 ",%.*s",
		 (int)app->name.len, app->name.at, app->made_unix,
		 app->expires_unix, (int)app->hash.len, app->hash.at);
}

bool app_password_is_expired(const struct app_password *app, int64_t now_unix)
{
	return app->expires_unix != 0 && now_unix >= app->expires_unix;
}

/* --- the secret --- */

void app_password_generate(char text_r[APP_PASSWORD_TEXT_MAX])
{
	uint8_t random[LETTERS];
	size_t len = 0;

	random_fill(random, sizeof(random));
	for (size_t i = 0; i < LETTERS; i++) {
		if (i != 0 && i % GROUP == 0) {
			text_r[len++] = '-';
		}
		text_r[len++] = alphabet[random[i] % 32];
	}
	text_r[len] = '\0';
	wipe(random, sizeof(random));
}

/* The letters alone.  False if there are others, or not as many. */
static bool letters_of(const struct secret *typed, char letters_r[LETTERS])
{
	size_t len = 0;

	for (size_t i = 0; i < typed->len; i++) {
		char c = (char)typed->octets[i];

		if (c == ' ' || c == '-') {
			continue;
		}
		user_name_lower(&c, 1);
		if (len == LETTERS || c == '\0' ||
		    strchr(alphabet, c) == NULL) {
			return false;
		}
		letters_r[len++] = c;
	}
	return len == LETTERS;
}

bool app_password_hash(struct text user, const struct secret *typed,
		       char hash_r[APP_PASSWORD_HASH_LEN + 1])
{
	static const uint8_t domain[] = "restante app password";
	uint8_t hash[crypto_generichash_BYTES];
	crypto_generichash_state state;
	char letters[LETTERS];

	if (!letters_of(typed, letters)) {
		wipe(letters, sizeof(letters));
		return false;
	}
	/* the user, of any length, is last: no two lists of parts look alike */
	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	crypto_generichash_update(&state, domain, sizeof(domain));
	crypto_generichash_update(&state, (const uint8_t *)letters, LETTERS);
	crypto_generichash_update(&state, (const uint8_t *)user.at, user.len);
	crypto_generichash_final(&state, hash, sizeof(hash));
	sodium_bin2base64(hash_r, APP_PASSWORD_HASH_LEN + 1, hash, sizeof(hash),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	wipe(&state, sizeof(state));
	wipe(letters, sizeof(letters));
	return true;
}
