// SPDX-License-Identifier: ISC
/*
 * issuer.h - certificates and keys for tests, made anew each time,
 * but for the first RSA keys of a program (issued_keys.h).
 */
#ifndef TEST_ISSUER_H
#define TEST_ISSUER_H

#include <openssl/types.h>
#include <stdbool.h>

/* To be freed with issued_finish. */
struct issued {
	X509 *x;
	EVP_PKEY *key;
};

/* What is wanted; all zero but kind is sound. */
struct issue {
	const char *kind;        /* "P-256", "P-521", "ED25519", "RSA 2048" */
	const char *common_name; /* or NULL: no subject */
	const char *alt_names;   /* "DNS:a.example,IP:192.0.2.1", or NULL */
	const struct issued *by; /* NULL: itself */
	long from_days, until_days; /* from now; 0: yesterday, in 30 days */
	void (*change)(X509 *x);    /* before it is signed; or NULL */
};

/* Ends the test program if OpenSSL will not. */
void issue(const struct issue *what, struct issued *issued_r);
void issued_finish(struct issued *issued);

/* Append PEM to an open file.  passphrase NULL: the key is not encrypted. */
void issued_write_certificate(const struct issued *issued, int fd);
void issued_write_key(const struct issued *issued, const char *passphrase,
		      int fd);

#endif
