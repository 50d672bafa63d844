// SPDX-License-Identifier: ISC
/*
 * scram.c - SCRAM verifiers (scram.h); PBKDF2 and the keys are GNU SASL's.
 * Runs in: auth, restantectl.  Trusts: GNU SASL; nothing that is stored.
 * Allocates: what GNU SASL does.
 */
#include "auth/scram.h"

#include <assert.h>
#include <gsasl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "os/random.h"

static_assert(SCRAM_KEY_MAX >= GSASL_HASH_MAX_SIZE, "any key fits");

static const struct kind {
	const char *name;
	Gsasl_hash hash;
	size_t key_len;
} kinds[SCRAM_KINDS] = {
	[SCRAM_SHA_256] = { "SCRAM-SHA-256", GSASL_HASH_SHA256,
			    GSASL_HASH_SHA256_SIZE },
	[SCRAM_SHA_1] = { "SCRAM-SHA-1", GSASL_HASH_SHA1,
			  GSASL_HASH_SHA1_SIZE },
};

const char *scram_name(enum scram_kind kind)
{
	return kinds[kind].name;
}

size_t scram_key_len(enum scram_kind kind)
{
	return kinds[kind].key_len;
}

/* --- "iterations,salt,StoredKey,ServerKey" --- */

/* Up to the next comma, which goes too; all if there is none. */
static struct text next_part(struct text *in)
{
	const char *comma = in->len == 0 ? NULL : memchr(in->at, ',', in->len);
	size_t len = comma == NULL ? in->len : (size_t)(comma - in->at);
	struct text part = { in->at, len };

	len += comma != NULL;
	in->at += len;
	in->len -= len;
	return part;
}

/* Digits, the first of them not 0: one number has one text. */
static bool parse_iterations(struct text part, uint32_t *n_r)
{
	uint32_t n = 0;

	if (part.len == 0 || part.len > 7 || part.at[0] == '0') {
		return false;
	}
	for (size_t i = 0; i < part.len; i++) {
		if (part.at[i] < '0' || part.at[i] > '9') {
			return false;
		}
		n = n * 10 + (uint32_t)(part.at[i] - '0');
	}
	if (n > SCRAM_ITERATIONS_MAX) {
		return false;
	}
	*n_r = n;
	return true;
}

static bool parse_base64(struct text part, uint8_t *at, size_t cap,
			 size_t *len_r)
{
	return sodium_base642bin(at, cap, part.at, part.len, NULL, len_r, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0;
}

static bool parse_key(struct text part, enum scram_kind kind, uint8_t *key)
{
	size_t len;

	return parse_base64(part, key, SCRAM_KEY_MAX, &len) &&
	       len == kinds[kind].key_len;
}

bool scram_parse(enum scram_kind kind, struct text text,
		 struct scram_verifier *v_r)
{
	struct scram_verifier v = { .kind = kind };
	struct text iterations = next_part(&text), salt = next_part(&text);
	struct text stored_key = next_part(&text), server_key = text;

	if (!parse_iterations(iterations, &v.iterations) ||
	    !parse_base64(salt, v.salt, sizeof(v.salt), &v.salt_len) ||
	    v.salt_len == 0 || !parse_key(stored_key, kind, v.stored_key) ||
	    !parse_key(server_key, kind, v.server_key)) {
		return false;
	}
	*v_r = v;
	return true;
}

#define BASE64_MAX(len)                                                        \
	sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL)

static_assert(SCRAM_TEXT_MAX >= sizeof("1000000,") +
				    BASE64_MAX(SCRAM_SALT_MAX) +
				    2 * BASE64_MAX(SCRAM_KEY_MAX),
	      "any verifier fits");

void scram_write(const struct scram_verifier *v, char text_r[SCRAM_TEXT_MAX])
{
	char salt[BASE64_MAX(SCRAM_SALT_MAX)];
	char stored_key[BASE64_MAX(SCRAM_KEY_MAX)];
	char server_key[BASE64_MAX(SCRAM_KEY_MAX)];
	size_t key_len = kinds[v->kind].key_len;

	sodium_bin2base64(salt, sizeof(salt), v->salt, v->salt_len,
			  sodium_base64_VARIANT_ORIGINAL);
	sodium_bin2base64(stored_key, sizeof(stored_key), v->stored_key,
			  key_len, sodium_base64_VARIANT_ORIGINAL);
	sodium_bin2base64(server_key, sizeof(server_key), v->server_key,
			  key_len, sodium_base64_VARIANT_ORIGINAL);
	snprintf(text_r, SCRAM_TEXT_MAX, "%" PRIu32 ",%s,%s,%s", v->iterations,
		 salt, stored_key, server_key);
}

/* --- from secrets --- */

struct keys {
	char salted[GSASL_HASH_MAX_SIZE];
	char client[GSASL_HASH_MAX_SIZE];
	char server[GSASL_HASH_MAX_SIZE];
	char stored[GSASL_HASH_MAX_SIZE];
};

static enum scheme_result result_of(int gsasl)
{
	if (gsasl == GSASL_OK) {
		return SCHEME_MATCH;
	}
	return gsasl == GSASL_MALLOC_ERROR ? SCHEME_ENOMEM : SCHEME_ESECRET;
}

enum scheme_result scram_derive(enum scram_kind kind,
				const struct secret *secret,
				uint32_t iterations, const uint8_t *salt,
				size_t salt_len, struct scram_verifier *v_r)
{
	size_t key_len = kinds[kind].key_len;
	enum scheme_result result;
	struct keys keys;

	assert(salt_len != 0 && salt_len <= SCRAM_SALT_MAX);
	assert(iterations != 0 && iterations <= SCRAM_ITERATIONS_MAX);
	/* what is a string to GNU SASL must be all of the secret */
	if (secret->len == 0 ||
	    memchr(secret->octets, 0, secret->len) != NULL) {
		return SCHEME_ESECRET;
	}
	result = result_of(gsasl_scram_secrets_from_password(
	    kinds[kind].hash, (const char *)secret->octets, iterations,
	    (const char *)salt, salt_len, keys.salted, keys.client, keys.server,
	    keys.stored));
	if (result == SCHEME_MATCH) {
		struct scram_verifier v = { .kind = kind,
					    .iterations = iterations,
					    .salt_len = salt_len };

		memcpy(v.salt, salt, salt_len);
		memcpy(v.stored_key, keys.stored, key_len);
		memcpy(v.server_key, keys.server, key_len);
		*v_r = v;
	}
	wipe(&keys, sizeof(keys));
	return result;
}

enum scheme_result scram_make(enum scram_kind kind, const struct secret *secret,
			      struct scram_verifier *v_r)
{
	uint8_t salt[SCRAM_SALT_LEN];

	random_fill(salt, sizeof(salt));
	return scram_derive(kind, secret, SCRAM_ITERATIONS_DEFAULT, salt,
			    sizeof(salt), v_r);
}

enum scheme_result scram_verify(const struct scram_verifier *v,
				const struct secret *secret)
{
	struct scram_verifier got;
	enum scheme_result result = scram_derive(v->kind, secret, v->iterations,
						 v->salt, v->salt_len, &got);
	bool is_equal;

	if (result != SCHEME_MATCH) {
		return result == SCHEME_ENOMEM ? result : SCHEME_MISMATCH;
	}
	is_equal = equal_in_constant_time(v->stored_key, got.stored_key,
					  SCRAM_KEY_MAX);
	is_equal &= equal_in_constant_time(v->server_key, got.server_key,
					   SCRAM_KEY_MAX);
	wipe(&got, sizeof(got));
	return is_equal ? SCHEME_MATCH : SCHEME_MISMATCH;
}
