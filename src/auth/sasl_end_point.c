// SPDX-License-Identifier: ISC
/*
 * sasl_end_point.c - SCRAM with tls-server-end-point (sasl_end_point.h).
 * Runs in: auth.  Trusts: libcrypto; nothing that a client sent.
 * Allocates: what libcrypto does.
 */
#include "auth/sasl_end_point.h"

#include <inttypes.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "os/random.h"

#define NONCE_LEN 18u /* random octets: no '=' in base64 */

#define BASE64_CAP(len)                                                        \
	sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL)

static const char *const digests[SCRAM_KINDS] = {
	[SCRAM_SHA_256] = "SHA256",
	[SCRAM_SHA_1] = "SHA1",
};

static const char *to_base64(char *at, size_t cap, const uint8_t *of,
			     size_t len)
{
	return sodium_bin2base64(at, cap, of, len,
				 sodium_base64_VARIANT_ORIGINAL);
}

/* False if it is no base64 or longer than cap. */
static bool from_base64(struct text t, uint8_t *at, size_t cap, size_t *len_r)
{
	return sodium_base642bin(at, cap, t.at, t.len, NULL, len_r, NULL,
				 sodium_base64_VARIANT_ORIGINAL) == 0;
}

enum end_point_result end_point_begin(struct end_point *e, struct text message,
				      const struct scram_first *f,
				      const struct scram_verifier *verifier,
				      const uint8_t *binding,
				      size_t binding_len)
{
	uint8_t random[NONCE_LEN];
	char nonce[BASE64_CAP(NONCE_LEN)], salt[BASE64_CAP(SCRAM_SALT_MAX)];
	int n;

	if (message.len > sizeof(e->first) ||
	    f->nonce.len > sizeof(e->challenge) ||
	    binding_len > sizeof(e->binding)) {
		return END_POINT_EMALFORMED;
	}
	random_fill(random, sizeof(random));
	to_base64(nonce, sizeof(nonce), random, sizeof(random));
	to_base64(salt, sizeof(salt), verifier->salt, verifier->salt_len);
	n = snprintf(e->challenge, sizeof(e->challenge),
		     "r=%.*s%s,s=%s,i=%" PRIu32, (int)f->nonce.len, f->nonce.at,
		     nonce, salt, verifier->iterations);
	if (n < 0 || (size_t)n >= sizeof(e->challenge)) {
		return END_POINT_EMALFORMED;
	}
	e->challenge_len = (size_t)n;
	e->nonce_len = f->nonce.len + strlen(nonce);
	e->kind = verifier->kind;
	memcpy(e->binding, binding, binding_len);
	e->binding_len = binding_len;
	memcpy(e->first, message.at, message.len);
	e->first_len = message.len;
	e->header_len = f->header.len;
	return END_POINT_OK;
}

/* "c=" must be the header of the first message and the binding: else someone
 * stands between. */
static bool is_binding_ours(const struct end_point *e, struct text said)
{
	uint8_t got[END_POINT_FIRST_MAX + PACKET_END_POINT_MAX];
	size_t len;

	return from_base64(said, got, sizeof(got), &len) &&
	       len == e->header_len + e->binding_len &&
	       memcmp(got, e->first, e->header_len) == 0 &&
	       equal_in_constant_time(got + e->header_len, e->binding,
				      e->binding_len);
}

static bool is_nonce_ours(const struct end_point *e, struct text said)
{
	return said.len == e->nonce_len &&
	       equal_in_constant_time(said.at, e->challenge + strlen("r="),
				      e->nonce_len);
}

/* HMAC(key, AuthMessage): the bare first message, the challenge, the final one
 * without its proof. */
static bool sign(const struct end_point *e, EVP_MAC_CTX *ctx,
		 const uint8_t *key, struct text without_proof, uint8_t *mac_r)
{
	const struct text parts[] = {
		{ e->first + e->header_len, e->first_len - e->header_len },
		{ ",", 1 },
		{ e->challenge, e->challenge_len },
		{ ",", 1 },
		without_proof,
	};
	size_t len = scram_key_len(e->kind);

	if (EVP_MAC_init(ctx, key, len, NULL) != 1) {
		return false;
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (EVP_MAC_update(ctx, (const uint8_t *)parts[i].at,
				   parts[i].len) != 1) {
			return false;
		}
	}
	return EVP_MAC_final(ctx, mac_r, &len, SCRAM_KEY_MAX) == 1;
}

static EVP_MAC_CTX *hmac_of(enum scram_kind kind)
{
	char digest[8]; /* the parameter's type is not const */
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest,
						 strlen(digests[kind])),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(hmac);

	EVP_MAC_free(hmac); /* ctx holds it */
	snprintf(digest, sizeof(digest), "%s", digests[kind]);
	if (ctx != NULL && EVP_MAC_CTX_set_params(ctx, params) != 1) {
		EVP_MAC_CTX_free(ctx);
		ctx = NULL;
	}
	return ctx;
}

/* [rfc5802/3/proof] "StoredKey := H(ClientKey)", "ClientSignature :=
 * HMAC(StoredKey, AuthMessage)", "ClientProof := ClientKey XOR
 * ClientSignature". */
static enum end_point_result judge(const struct end_point *e, EVP_MAC_CTX *ctx,
				   const struct scram_verifier *v,
				   struct text without_proof,
				   const uint8_t *proof)
{
	size_t len = scram_key_len(e->kind);
	uint8_t client[SCRAM_KEY_MAX], stored[SCRAM_KEY_MAX];
	bool is_done, is_right = false;

	is_done = sign(e, ctx, v->stored_key, without_proof, client);
	for (size_t i = 0; i < len && is_done; i++) {
		client[i] ^= proof[i];
	}
	is_done = is_done && EVP_Q_digest(NULL, digests[e->kind], NULL, client,
					  len, stored, NULL) == 1;
	if (is_done) {
		is_right = equal_in_constant_time(stored, v->stored_key, len);
	}
	wipe(client, sizeof(client));
	if (!is_done) {
		return END_POINT_ENOMEM;
	}
	return is_right ? END_POINT_OK : END_POINT_EWRONG;
}

/* The proof that the server knows the verifier: "v=...". */
static enum end_point_result answer(struct end_point *e, EVP_MAC_CTX *ctx,
				    const struct scram_verifier *v,
				    struct text without_proof)
{
	uint8_t mac[SCRAM_KEY_MAX];
	char text[BASE64_CAP(SCRAM_KEY_MAX)];

	if (!sign(e, ctx, v->server_key, without_proof, mac)) {
		return END_POINT_ENOMEM;
	}
	to_base64(text, sizeof(text), mac, scram_key_len(e->kind));
	e->challenge_len =
	    (size_t)snprintf(e->challenge, sizeof(e->challenge), "v=%s", text);
	return END_POINT_OK;
}

enum end_point_result end_point_finish(struct end_point *e, struct text message,
				       const struct scram_verifier *verifier)
{
	uint8_t proof[SCRAM_KEY_MAX];
	struct scram_final f;
	size_t len;
	EVP_MAC_CTX *ctx;
	enum end_point_result result;

	if (!scram_final_parse(message, &f) ||
	    !from_base64(f.proof, proof, sizeof(proof), &len) ||
	    len != scram_key_len(e->kind)) {
		return END_POINT_EMALFORMED;
	}
	if (!is_nonce_ours(e, f.nonce) || !is_binding_ours(e, f.binding)) {
		return END_POINT_EWRONG;
	}
	ctx = hmac_of(e->kind);
	if (ctx == NULL) {
		return END_POINT_ENOMEM;
	}
	result = judge(e, ctx, verifier, f.without_proof, proof);
	if (result == END_POINT_OK) {
		result = answer(e, ctx, verifier, f.without_proof);
	}
	EVP_MAC_CTX_free(ctx);
	return result;
}

bool end_point_try_crypto(void)
{
	static const uint8_t proof[SCRAM_KEY_MAX];
	struct end_point e = { .kind = SCRAM_SHA_256 };
	struct scram_verifier v = { .kind = SCRAM_SHA_256 };
	struct text none = { "", 0 };
	bool is_well = true;

	for (int kind = 0; kind < (int)SCRAM_KINDS && is_well; kind++) {
		EVP_MAC_CTX *ctx = hmac_of((enum scram_kind)kind);

		e.kind = (enum scram_kind)kind;
		is_well = ctx != NULL &&
			  judge(&e, ctx, &v, none, proof) == END_POINT_EWRONG;
		EVP_MAC_CTX_free(ctx);
	}
	return is_well;
}
