// SPDX-License-Identifier: ISC
/*
 * signer.c - signatures with a private key (signer.h).
 * Runs in: key.  Trusts: the key.
 */
#include "key/signer.h"

#include <openssl/rsa.h>

static const struct scheme {
	uint16_t id;
	const char *type;
	const char *digest;
	int padding; /* of RSA */
} schemes[] = {
	{ 0x0403, "EC", "SHA256", 0 },
	{ 0x0503, "EC", "SHA384", 0 },
	{ 0x0603, "EC", "SHA512", 0 },
	{ 0x0804, "RSA", "SHA256", RSA_PKCS1_PSS_PADDING },
	{ 0x0805, "RSA", "SHA384", RSA_PKCS1_PSS_PADDING },
	{ 0x0806, "RSA", "SHA512", RSA_PKCS1_PSS_PADDING },
	{ 0x0401, "RSA", "SHA256", RSA_PKCS1_PADDING },
	{ 0x0501, "RSA", "SHA384", RSA_PKCS1_PADDING },
	{ 0x0601, "RSA", "SHA512", RSA_PKCS1_PADDING },
};

static const struct scheme *find(uint16_t id, const EVP_PKEY *key)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (schemes[i].id == id &&
		    EVP_PKEY_is_a(key, schemes[i].type)) {
			return &schemes[i];
		}
	}
	return NULL;
}

static bool prepare(EVP_MD_CTX *ctx, EVP_PKEY *key, const struct scheme *s)
{
	EVP_PKEY_CTX *pctx; /* ctx's own */

	if (EVP_DigestSignInit_ex(ctx, &pctx, s->digest, NULL, NULL, key,
				  NULL) != 1) {
		return false;
	}
	if (s->padding == 0) {
		return true;
	}
	if (EVP_PKEY_CTX_set_rsa_padding(pctx, s->padding) != 1) {
		return false;
	}
	return s->padding != RSA_PKCS1_PSS_PADDING ||
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) ==
		   1;
}

size_t signer_sign(EVP_PKEY *key, uint16_t scheme, const uint8_t *at,
		   size_t len, uint8_t *signature_r, size_t cap)
{
	const struct scheme *s = find(scheme, key);
	EVP_MD_CTX *ctx = s == NULL ? NULL : EVP_MD_CTX_new();
	size_t signature_len = cap;
	bool is_signed =
	    ctx != NULL && prepare(ctx, key, s) &&
	    EVP_DigestSign(ctx, signature_r, &signature_len, at, len) == 1;

	EVP_MD_CTX_free(ctx);
	return is_signed ? signature_len : 0;
}
