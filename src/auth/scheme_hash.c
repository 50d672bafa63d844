// SPDX-License-Identifier: ISC
/*
 * scheme_hash.c - plain text, libcrypt, argon2 and SCRAM (scheme_hash.h).
 * Runs in: auth, restantectl.  Trusts: libcrypt, libsodium and GNU SASL.
 * Allocates: what these do.
 */
#include "auth/scheme_hash.h"

#include <assert.h>
#include <crypt.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "auth/scram.h"

static_assert(SCRAM_TEXT_MAX <= PASSWD_STORED_MAX, "a verifier fits");
static_assert(crypto_pwhash_STRBYTES <= PASSWD_STORED_MAX, "argon2 fits");
static_assert(CRYPT_OUTPUT_SIZE <= PASSWD_STORED_MAX, "libcrypt's fit");

static bool has_nul(const void *at, size_t len)
{
	return len != 0 && memchr(at, 0, len) != NULL;
}

/* --- PLAIN --- */

static enum scheme_result plain_judge(const struct hash *h)
{
	return h->len <= SECRET_MAX ? SCHEME_MATCH : SCHEME_EMALFORMED;
}

/* Over all of the buffers, which are zero behind their ends: the time does not
 * even tell a length. */
static enum scheme_result plain_verify(const struct hash *h,
				       const struct secret *secret)
{
	struct secret want;
	bool is_equal;

	secret_wipe(&want);
	if (!secret_set(&want, h->octets, h->len)) {
		return SCHEME_EMALFORMED;
	}
	is_equal =
	    equal_in_constant_time(want.octets, secret->octets, SECRET_MAX);
	is_equal &= want.len == secret->len;
	secret_wipe(&want);
	return is_equal ? SCHEME_MATCH : SCHEME_MISMATCH;
}

static enum scheme_result
plain_make(const char *prefix, const struct secret *secret, struct hash *h)
{
	(void)prefix;
	if (has_nul(secret->octets, secret->len) ||
	    secret->len > PASSWD_STORED_MAX / 2) {
		return SCHEME_ESECRET;
	}
	memcpy(h->octets, secret->octets, secret->len);
	h->len = secret->len;
	return SCHEME_MATCH;
}

const struct hash_kind hash_plain = { false, plain_judge, plain_verify,
				      plain_make };

/* --- libcrypt --- */

static enum scheme_result crypt_judge(const struct hash *h)
{
	int salt = crypt_checksalt(h->octets);

	if (has_nul(h->octets, h->len) || salt == CRYPT_SALT_INVALID ||
	    salt == CRYPT_SALT_METHOD_DISABLED) {
		return SCHEME_EMALFORMED;
	}
	return SCHEME_MATCH;
}

static enum scheme_result crypt_verify(const struct hash *h,
				       const struct secret *secret)
{
	enum scheme_result result = SCHEME_MISMATCH;
	struct crypt_data data;
	const char *out;
	size_t len;

	memset(&data, 0, sizeof(data));
	out = crypt_r((const char *)secret->octets, h->octets, &data);
	if (out == NULL || out[0] == '*') {
		result = errno == ENOMEM   ? SCHEME_ENOMEM
			 : errno == ERANGE ? SCHEME_MISMATCH
					   : SCHEME_EMALFORMED;
	} else {
		len = strlen(out);
		if (len != h->len) {
			result = SCHEME_EMALFORMED;
		} else if (equal_in_constant_time(out, h->octets, len)) {
			result = SCHEME_MATCH;
		}
	}
	wipe(&data, sizeof(data));
	/* libcrypt reads up to the NUL: what stands behind would not count */
	if (result == SCHEME_MATCH && has_nul(secret->octets, secret->len)) {
		result = SCHEME_MISMATCH;
	}
	return result;
}

static enum scheme_result
crypt_make(const char *prefix, const struct secret *secret, struct hash *h)
{
	enum scheme_result result = SCHEME_MATCH;
	struct crypt_data data;
	const char *out;
	char *setting;

	if (has_nul(secret->octets, secret->len) ||
	    secret->len > CRYPT_MAX_PASSPHRASE_SIZE - 1) {
		return SCHEME_ESECRET;
	}
	setting = crypt_gensalt_ra(prefix, 0, NULL, 0);
	if (setting == NULL) {
		return SCHEME_ENOMEM;
	}
	memset(&data, 0, sizeof(data));
	out = crypt_r((const char *)secret->octets, setting, &data);
	if (out == NULL || out[0] == '*') {
		result = SCHEME_ENOMEM;
	} else {
		h->len = strlen(out);
		memcpy(h->octets, out, h->len);
	}
	free(setting);
	wipe(&data, sizeof(data));
	return result;
}

const struct hash_kind hash_crypt = { true, crypt_judge, crypt_verify,
				      crypt_make };

/* --- argon2, by libsodium --- */

static bool is_argon2id(const struct hash *h)
{
	static const char prefix[] = crypto_pwhash_argon2id_STRPREFIX;

	return strncmp(h->octets, prefix, strlen(prefix)) == 0;
}

static enum scheme_result argon2_judge(const struct hash *h)
{
	int rc;

	if (has_nul(h->octets, h->len) || h->len >= crypto_pwhash_STRBYTES) {
		return SCHEME_EMALFORMED;
	}
	/* a parse of the whole string; whether it is dated does not matter */
	rc = is_argon2id(h)
		 ? crypto_pwhash_argon2id_str_needs_rehash(h->octets, 1, 8192)
		 : crypto_pwhash_argon2i_str_needs_rehash(h->octets, 3, 8192);
	return rc < 0 ? SCHEME_EMALFORMED : SCHEME_MATCH;
}

static enum scheme_result argon2_verify(const struct hash *h,
					const struct secret *secret)
{
	const char *octets = (const char *)secret->octets;
	int rc;

	errno = 0;
	rc = is_argon2id(h)
		 ? crypto_pwhash_argon2id_str_verify(h->octets, octets,
						     secret->len)
		 : crypto_pwhash_argon2i_str_verify(h->octets, octets,
						    secret->len);
	if (rc == 0) {
		return SCHEME_MATCH;
	}
	/* libsodium says EINVAL for a hash that differs */
	return errno == EINVAL ? SCHEME_MISMATCH : SCHEME_ENOMEM;
}

static enum scheme_result
argon2id_make(const char *prefix, const struct secret *secret, struct hash *h)
{
	(void)prefix;
	if (crypto_pwhash_argon2id_str(
		h->octets, (const char *)secret->octets, secret->len,
		crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
		crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE) != 0) {
		return SCHEME_ENOMEM;
	}
	h->len = strlen(h->octets);
	return SCHEME_MATCH;
}

const struct hash_kind hash_argon2 = { true, argon2_judge, argon2_verify,
				       argon2id_make };

/* --- SCRAM verifiers, which know a plain secret, too --- */

static bool scram_of(enum scram_kind kind, const struct hash *h,
		     struct scram_verifier *v_r)
{
	return scram_parse(kind, (struct text){ h->octets, h->len }, v_r);
}

static enum scheme_result judge_scram(enum scram_kind kind,
				      const struct hash *h)
{
	struct scram_verifier v;

	return scram_of(kind, h, &v) ? SCHEME_MATCH : SCHEME_EMALFORMED;
}

static enum scheme_result verify_scram(enum scram_kind kind,
				       const struct hash *h,
				       const struct secret *secret)
{
	struct scram_verifier v;

	return scram_of(kind, h, &v) ? scram_verify(&v, secret)
				     : SCHEME_EMALFORMED;
}

static enum scheme_result
make_scram(enum scram_kind kind, const struct secret *secret, struct hash *h)
{
	struct scram_verifier v;
	enum scheme_result result = scram_make(kind, secret, &v);

	if (result == SCHEME_MATCH) {
		scram_write(&v, h->octets);
		h->len = strlen(h->octets);
	}
	return result;
}

static enum scheme_result sha_256_judge(const struct hash *h)
{
	return judge_scram(SCRAM_SHA_256, h);
}

static enum scheme_result sha_256_verify(const struct hash *h,
					 const struct secret *secret)
{
	return verify_scram(SCRAM_SHA_256, h, secret);
}

static enum scheme_result
sha_256_make(const char *prefix, const struct secret *secret, struct hash *h)
{
	(void)prefix;
	return make_scram(SCRAM_SHA_256, secret, h);
}

const struct hash_kind hash_scram_sha_256 = { true, sha_256_judge,
					      sha_256_verify, sha_256_make };

static enum scheme_result sha_1_judge(const struct hash *h)
{
	return judge_scram(SCRAM_SHA_1, h);
}

static enum scheme_result sha_1_verify(const struct hash *h,
				       const struct secret *secret)
{
	return verify_scram(SCRAM_SHA_1, h, secret);
}

static enum scheme_result
sha_1_make(const char *prefix, const struct secret *secret, struct hash *h)
{
	(void)prefix;
	return make_scram(SCRAM_SHA_1, secret, h);
}

const struct hash_kind hash_scram_sha_1 = { true, sha_1_judge, sha_1_verify,
					    sha_1_make };
