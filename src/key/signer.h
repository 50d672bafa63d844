// SPDX-License-Identifier: ISC
/*
 * signer.h - signatures with a private key, by TLS's signature schemes.
 */
#ifndef KEY_SIGNER_H
#define KEY_SIGNER_H

#include <openssl/evp.h>

#include "base/checked.h"

/*
 * Signs with a scheme of RFC 8446, section 4.2.3, that fits the key.  Returns
 * the signature's octets, at most cap; or 0 if the key has no such scheme, or
 * cannot sign.  Any thread may call it, with any key.
 */
MUST_USE size_t signer_sign(EVP_PKEY *key, uint16_t scheme, const uint8_t *at,
			    size_t len, uint8_t *signature_r, size_t cap);

#endif
