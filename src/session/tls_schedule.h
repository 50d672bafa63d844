// SPDX-License-Identifier: ISC
/*
 * tls_schedule.h - the key schedule of TLS 1.3 (RFC 8446, section 7.1) and HMAC
 * as a provider of OpenSSL's has them, for remote_key.c to offer.  A handshake
 * derives about twenty keys, for each of which OpenSSL 3.0's own makes and
 * frees a dozen objects.
 */
#ifndef SESSION_TLS_SCHEDULE_H
#define SESSION_TLS_SCHEDULE_H

#include <openssl/core_dispatch.h>

/* "TLS13-KDF": EVP_KDF-TLS13_KDF(7); its parameters come with each call, not
 * before. */
extern const OSSL_DISPATCH tls_schedule_kdf[];

/* "HMAC": EVP_MAC-HMAC(7), with the hashes of tls_hash.h. */
extern const OSSL_DISPATCH tls_schedule_hmac[];

#endif
