// SPDX-License-Identifier: ISC
/*
 * certificate.h - a server's certificate, with those of its issuers and its
 * private key, read from PEM files and looked at as an operator would want it
 * to be: before a client finds out.
 * Used by key (which signs with it), the master and restantectl.
 */
#ifndef TLS_CERTIFICATE_H
#define TLS_CERTIFICATE_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tls/certificate_result.h"

#define CERTIFICATE_CHAIN_MAX       8u   /* IDENTITY_CHAIN_MAX */
#define CERTIFICATE_NAMES_MAX       100u /* as many as Let's Encrypt gives */
#define CERTIFICATE_FILE_MAX        (256u * 1024u) /* octets of a PEM file */
#define CERTIFICATE_RSA_BITS_MIN    2048u          /* RFC 9325, section 4.5 */
#define CERTIFICATE_RSA_BITS_MAX    8192u /* PACKET_SIGNATURE_MAX octets */
#define CERTIFICATE_FINGERPRINT_LEN 32u   /* SHA-256 */

struct certificate;

enum certificate_type {
	CERTIFICATE_RSA,
	CERTIFICATE_EC,
};

/* What the clock says about it. */
enum certificate_time {
	CERTIFICATE_VALID,
	CERTIFICATE_EXPIRED,
	CERTIFICATE_NOT_YET,
};

struct certificate_der {
	const uint8_t *at;
	size_t len;
};

/*
 * Reads the certificates, the server's own first and each followed by its
 * issuer, and the private key, which may be in the same file (then chain_fd and
 * key_fd may be the same descriptor too).  key_fd -1: without the key.  The
 * descriptors are read from their begin, whatever their offset is, and stay
 * the caller's.  What the clock says is not judged here.
 *
 * 0; or an enum certificate_result, *certificate_r is untouched, and *why_r is
 * a static text that ends a sentence such as "mail.pem: ...".
 */
MUST_USE int certificate_read(int chain_fd, int key_fd,
			      struct certificate **certificate_r,
			      const char **why_r);

/* Takes NULL; wipes the key. */
void certificate_destroy(struct certificate **certificate);

/* All that follows lives as long as the certificate. */

/* The certificates, the server's own is the first; and their DER. */
size_t certificate_count(const struct certificate *c);
struct certificate_der certificate_der(const struct certificate *c, size_t idx);
X509 *certificate_x509(const struct certificate *c, size_t idx);

/* NULL if it was read without. */
EVP_PKEY *certificate_key(const struct certificate *c);

enum certificate_type certificate_type(const struct certificate *c);

/* "ECDSA P-256", "RSA 2048" */
const char *certificate_type_name(const struct certificate *c);

/*
 * The names of subjectAltName, in lower case: of DNS, and addresses as text;
 * or the common name, if there are none.  Names with odd octets in them are
 * left out.  May be 0.
 */
size_t certificate_name_count(const struct certificate *c);
const char *certificate_name(const struct certificate *c, size_t idx);

/* Seconds since 1970. */
int64_t certificate_not_before(const struct certificate *c);
int64_t certificate_not_after(const struct certificate *c);
enum certificate_time certificate_time(const struct certificate *c,
				       int64_t now_unix);

/* The issuer's common name, or organization; "" if it has none.  Printable
 * ASCII: other octets are '?'. */
const char *certificate_issuer(const struct certificate *c);
bool certificate_is_self_signed(const struct certificate *c);

/* SHA-256 of the server's own certificate. */
void certificate_fingerprint(const struct certificate *c,
			     uint8_t octets_r[CERTIFICATE_FINGERPRINT_LEN]);

#endif
