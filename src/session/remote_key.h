// SPDX-License-Identifier: ISC
/*
 * remote_key.h - private keys that are elsewhere: an OpenSSL provider whose
 * keys are certificates' numbers, and whose signatures are asked of somebody
 * else.  In OpenSSL's eyes they are RSA and EC keys like others; all that they
 * can do is sign.
 */
#ifndef SESSION_REMOTE_KEY_H
#define SESSION_REMOTE_KEY_H

#include <openssl/evp.h>
#include <openssl/provider.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"

struct remote_key_request {
	uint32_t certificate;
	uint16_t scheme; /* RFC 8446, section 4.2.3 */
	const uint8_t *at;
	size_t len;
};

/*
 * Who uses this defines it (tls_sign.c): has it signed, and returns the
 * signature's octets in signature_r, at most cap; 0 if it is refused.  Called
 * within OpenSSL, in the handshake that wants it, and may pause that
 * (ASYNC_pause_job).
 */
size_t remote_key_sign(const struct remote_key_request *request,
		       uint8_t *signature_r, size_t cap);

/* OpenSSL's hold on the providers; all zero is none. */
struct remote_keys {
	OSSL_PROVIDER *standard, *remote;
};

/* Once in a process, before any other use of OpenSSL.  False if OpenSSL does
 * not take the provider. */
MUST_USE bool remote_key_init(struct remote_keys *keys);

/* When no key is left. */
void remote_key_finish(struct remote_keys *keys);

/* The key that belongs to a certificate's public key; NULL if there is no
 * memory, or it is neither RSA nor EC.  The caller frees it. */
EVP_PKEY *remote_key_create(uint32_t certificate, EVP_PKEY *public_key);

#endif
