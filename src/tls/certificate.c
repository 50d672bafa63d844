// SPDX-License-Identifier: ISC
/*
 * certificate.c - a server's certificate and its key (certificate.h).
 * Runs in: key, master, restantectl.  Trusts: OpenSSL.
 */
#include "tls/certificate_impl.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>

static const char *const reasons[] = {
	[-CERTIFICATE_OK] = "is sound",
	[-CERTIFICATE_EREAD] = "cannot be read",
	[-CERTIFICATE_ESIZE] = "is too large for a file of certificates",
	[-CERTIFICATE_ENONE] =
	    "holds no certificate in PEM (no line -----BEGIN "
	    "CERTIFICATE-----)",
	[-CERTIFICATE_EBROKEN] = "holds a certificate that is broken",
	[-CERTIFICATE_ELONG] = "holds too many certificates",
	[-CERTIFICATE_EORDER] = "holds certificates in the wrong order: the "
				"server's own comes first, and behind each one "
				"that of its issuer",
	[-CERTIFICATE_ETYPE] =
	    "is for a kind of key that is not supported: RSA "
	    "and ECDSA with P-256, P-384 or P-521 are",
	[-CERTIFICATE_EWEAK] = "is for an RSA key that has not 2048 to 8192 "
			       "bits",
	[-CERTIFICATE_EKEYREAD] = "cannot be read",
	[-CERTIFICATE_ENOKEY] = "holds no private key in PEM (no line "
				"-----BEGIN PRIVATE KEY-----)",
	[-CERTIFICATE_EENCRYPTED] = "holds an encrypted private key, for which "
				    "nobody is asked a passphrase; decrypt it "
				    "with: openssl pkey",
	[-CERTIFICATE_EMISMATCH] = "holds the private key of another "
				   "certificate",
	[-CERTIFICATE_EPLACE] = "holds the private key of a later certificate: "
				"the server's own comes first",
	[-CERTIFICATE_EMEMORY] = "cannot be read: out of memory",
};

const char *certificate_why(int result)
{
	size_t count = sizeof(reasons) / sizeof(reasons[0]);
	size_t idx = result <= 0 ? (size_t)-result : count;

	return idx < count ? reasons[idx] : "cannot be read";
}

bool certificate_is_of_key(int result)
{
	return result == CERTIFICATE_EKEYREAD || result == CERTIFICATE_ENOKEY ||
	       result == CERTIFICATE_EENCRYPTED ||
	       result == CERTIFICATE_EMISMATCH || result == CERTIFICATE_EPLACE;
}

int certificate_read(int chain_fd, int key_fd,
		     struct certificate **certificate_r, const char **why_r)
{
	struct certificate *c = calloc(1, sizeof(*c));
	int rc = c == NULL ? CERTIFICATE_EMEMORY
			   : certificate_read_chain(c, chain_fd);

	if (rc == CERTIFICATE_OK) {
		rc = certificate_read_facts(c);
	}
	if (rc == CERTIFICATE_OK && key_fd != -1) {
		rc = certificate_read_key(c, key_fd);
	}
	if (rc != CERTIFICATE_OK) {
		int error = errno;

		*why_r = certificate_why(rc);
		certificate_destroy(&c);
		errno = error;
		return rc;
	}
	*certificate_r = c;
	return CERTIFICATE_OK;
}

void certificate_destroy(struct certificate **certificate)
{
	struct certificate *c = *certificate;

	if (c == NULL) {
		return;
	}
	for (size_t i = 0; i < c->count; i++) {
		X509_free(c->chain[i]);
		OPENSSL_free((void *)(uintptr_t)c->der[i].at);
	}
	for (size_t i = 0; i < c->name_count; i++) {
		free(c->names[i]);
	}
	EVP_PKEY_free(c->key); /* which clears what is secret in it */
	free(c);
	*certificate = NULL;
}

size_t certificate_count(const struct certificate *c)
{
	return c->count;
}

struct certificate_der certificate_der(const struct certificate *c, size_t idx)
{
	return c->der[idx];
}

X509 *certificate_x509(const struct certificate *c, size_t idx)
{
	return c->chain[idx];
}

EVP_PKEY *certificate_key(const struct certificate *c)
{
	return c->key;
}

enum certificate_type certificate_type(const struct certificate *c)
{
	return c->type;
}

const char *certificate_type_name(const struct certificate *c)
{
	return c->type_name;
}

size_t certificate_name_count(const struct certificate *c)
{
	return c->name_count;
}

const char *certificate_name(const struct certificate *c, size_t idx)
{
	return c->names[idx];
}

int64_t certificate_not_before(const struct certificate *c)
{
	return c->not_before_unix;
}

int64_t certificate_not_after(const struct certificate *c)
{
	return c->not_after_unix;
}

enum certificate_time certificate_time(const struct certificate *c,
				       int64_t now_unix)
{
	if (now_unix > c->not_after_unix) {
		return CERTIFICATE_EXPIRED;
	}
	return now_unix < c->not_before_unix ? CERTIFICATE_NOT_YET
					     : CERTIFICATE_VALID;
}

const char *certificate_issuer(const struct certificate *c)
{
	return c->issuer;
}

bool certificate_is_self_signed(const struct certificate *c)
{
	return X509_self_signed(c->chain[0], 1) == 1;
}

void certificate_fingerprint(const struct certificate *c,
			     uint8_t octets_r[CERTIFICATE_FINGERPRINT_LEN])
{
	size_t len;

	/* Fails only if there is no SHA-256: then zeros, which nobody has. */
	if (EVP_Q_digest(NULL, "SHA256", NULL, c->der[0].at, c->der[0].len,
			 octets_r, &len) != 1) {
		for (size_t i = 0; i < CERTIFICATE_FINGERPRINT_LEN; i++) {
			octets_r[i] = 0;
		}
	}
}
