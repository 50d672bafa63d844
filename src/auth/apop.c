// SPDX-License-Identifier: ISC
/*
 * apop.c - APOP (apop.h).
 * Runs in: auth.  Trusts: nothing it is given.  Allocates: what libcrypto does,
 * which wipes it.
 */
#include "auth/apop.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "os/random.h"

#define DIGEST_OCTETS 16u
#define DIGEST_DIGITS (2 * DIGEST_OCTETS)

static bool make_digest(struct text stamp, const struct secret *password,
			char digits_r[DIGEST_DIGITS])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t octets[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool is_made =
	    md != NULL && EVP_DigestInit_ex(md, EVP_md5(), NULL) == 1 &&
	    EVP_DigestUpdate(md, stamp.at, stamp.len) == 1 &&
	    EVP_DigestUpdate(md, password->octets, password->len) == 1 &&
	    EVP_DigestFinal_ex(md, octets, NULL) == 1;

	EVP_MD_CTX_free(md);
	for (size_t i = 0; is_made && i < DIGEST_OCTETS; i++) {
		digits_r[2 * i] = hex[octets[i] >> 4];
		digits_r[2 * i + 1] = hex[octets[i] & 15];
	}
	wipe(octets, sizeof(octets));
	return is_made;
}

int apop_init(void)
{
	struct secret none = { .len = 0 };
	char digits[DIGEST_DIGITS];

	/* a configuration of somebody's may not take MD5 away, or add what
	 * opens files later */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG |
				    OPENSSL_INIT_NO_ATEXIT,
				NULL) != 1) {
		return -ENOSYS;
	}
	return make_digest(text_of("<a@b>"), &none, digits) ? 0 : -ENOSYS;
}

/* [rfc1939/7/apop] "The `digest' parameter itself is a 16-octet value which is
 * sent in hexadecimal format, using lower-case ASCII characters." */
enum scheme_result apop_try(struct text stored, struct text stamp,
			    const struct secret *digest)
{
	struct secret password = { .len = 0 };
	bool is_plain = scheme_reveal(stored, &password);
	char digits[DIGEST_DIGITS];
	bool is_equal;

	if (!is_plain) {
		random_fill(password.octets, DIGEST_OCTETS);
		password.len = DIGEST_OCTETS;
	}
	is_equal =
	    make_digest(stamp, &password, digits) &&
	    digest->len == sizeof(digits) &&
	    equal_in_constant_time(digits, digest->octets, sizeof(digits));
	secret_wipe(&password);
	wipe(digits, sizeof(digits));
	return is_plain && is_equal ? SCHEME_MATCH : SCHEME_MISMATCH;
}
