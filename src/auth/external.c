// SPDX-License-Identifier: ISC
/*
 * external.c - who a client is by its certificate (external.h).
 * Runs in: auth.  Trusts: libcrypto, the certificate authorities; of a session
 * process only that a proof which holds comes from a client that speaks to it.
 * Allocates: what libcrypto does.
 */
#include "auth/external.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "auth/external_name.h"
#include "base/log.h"
#include "ipc/proof.h"
#include "tls/certificate_authorities.h"

#define CHAIN_DEPTH    6
#define SECURITY_LEVEL 2    /* 112 bits: RSA of 2048, no SHA-1 */
#define RSA_BITS_MAX   8192 /* verifying more costs us more than the client */

struct external {
	X509_STORE *authorities;
	enum certificate_name name;
};

/* [rfc8446/4.2.3/client] What a client may sign with in TLS 1.3. */
struct scheme {
	uint16_t number;
	int key;           /* EVP_PKEY_id */
	const char *group; /* of a key on a curve */
	const char *digest;
};

static const struct scheme schemes[] = {
	{ 0x0403, EVP_PKEY_EC, "prime256v1", "SHA256" },
	{ 0x0503, EVP_PKEY_EC, "secp384r1", "SHA384" },
	{ 0x0804, EVP_PKEY_RSA, NULL, "SHA256" },
	{ 0x0805, EVP_PKEY_RSA, NULL, "SHA384" },
	{ 0x0806, EVP_PKEY_RSA, NULL, "SHA512" },
	{ 0x0807, EVP_PKEY_ED25519, NULL, NULL },
};

void external_destroy(struct external **ep)
{
	if (*ep != NULL) {
		X509_STORE_free((*ep)->authorities);
		free(*ep);
	}
	*ep = NULL;
}

static int add_authority(void *ctx, X509 *x)
{
	struct external *e = ctx;

	return X509_STORE_add_cert(e->authorities, x) == 1
		   ? CERTIFICATE_OK
		   : CERTIFICATE_EMEMORY;
}

static bool demand(X509_STORE *store)
{
	X509_VERIFY_PARAM *p = X509_STORE_get0_param(store);

	X509_VERIFY_PARAM_set_depth(p, CHAIN_DEPTH);
	X509_VERIFY_PARAM_set_auth_level(p, SECURITY_LEVEL);
	return X509_VERIFY_PARAM_set_purpose(p, X509_PURPOSE_SSL_CLIENT) == 1 &&
	       X509_VERIFY_PARAM_set_trust(p, X509_TRUST_SSL_CLIENT) == 1;
}

int external_create(int fd, enum certificate_name name, struct external **e_r)
{
	struct external *e = calloc(1, sizeof(*e));
	int rc = CERTIFICATE_EMEMORY;

	if (e != NULL) {
		e->name = name;
		e->authorities = X509_STORE_new();
		if (e->authorities != NULL && demand(e->authorities)) {
			rc = certificate_authorities(fd, add_authority, e);
		}
	}
	if (rc != CERTIFICATE_OK) {
		log_event_str(LOG_ERROR, "client certificate authorities",
			      "why", certificate_why(rc));
		external_destroy(&e);
		return rc == CERTIFICATE_EMEMORY ? -ENOMEM : -EINVAL;
	}
	*e_r = e;
	return 0;
}

/* --- the signature --- */

static const struct scheme *find_scheme(uint16_t number)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (schemes[i].number == number) {
			return &schemes[i];
		}
	}
	return NULL;
}

/* Whether the key is one that the scheme is for. */
static bool does_key_fit(EVP_PKEY *key, const struct scheme *scheme)
{
	char group[32];
	size_t len;

	if (EVP_PKEY_get_id(key) != scheme->key) {
		return false;
	}
	if (scheme->key == EVP_PKEY_RSA) {
		return EVP_PKEY_get_bits(key) <= RSA_BITS_MAX;
	}
	return scheme->group == NULL ||
	       (EVP_PKEY_get_group_name(key, group, sizeof(group), &len) == 1 &&
		strcmp(group, scheme->group) == 0);
}

/* [rfc8446/4.4.3/client] What is signed: 64 blanks, the context, a NUL, the
 * hash. */
#define BLANKS  64u
#define CONTEXT "TLS 1.3, client CertificateVerify"

static size_t put_content(struct proof_part hash,
			  uint8_t at[BLANKS + sizeof(CONTEXT) + PROOF_HASH_MAX])
{
	memset(at, ' ', BLANKS);
	memcpy(at + BLANKS, CONTEXT, sizeof(CONTEXT)); /* with its NUL */
	memcpy(at + BLANKS + sizeof(CONTEXT), hash.at, hash.len);
	return BLANKS + sizeof(CONTEXT) + hash.len;
}

static bool is_signed(EVP_PKEY *key, const struct scheme *scheme,
		      const struct proof *p)
{
	uint8_t content[BLANKS + sizeof(CONTEXT) + PROOF_HASH_MAX];
	size_t len = put_content(p->hash, content);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key_ctx = NULL;
	bool is_good = ctx != NULL &&
		       EVP_DigestVerifyInit_ex(ctx, &key_ctx, scheme->digest,
					       NULL, NULL, key, NULL) == 1;

	if (is_good && scheme->key == EVP_PKEY_RSA) {
		is_good = EVP_PKEY_CTX_set_rsa_padding(
			      key_ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
			  EVP_PKEY_CTX_set_rsa_pss_saltlen(
			      key_ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
	}
	is_good =
	    is_good && EVP_DigestVerify(ctx, p->signature.at, p->signature.len,
					content, len) == 1;
	EVP_MD_CTX_free(ctx);
	return is_good;
}

static enum external_result judge_signature(X509 *own, const struct proof *p,
					    struct external_user *u)
{
	const struct scheme *scheme = find_scheme(p->scheme);
	EVP_PKEY *key = X509_get0_pubkey(own);

	/* the hashes of TLS 1.3's cipher suites */
	if (scheme == NULL || (p->hash.len != 32 && p->hash.len != 48)) {
		u->why = "no scheme, or hash, of TLS 1.3";
		return EXTERNAL_EMALFORMED;
	}
	if (key == NULL || !does_key_fit(key, scheme) ||
	    !is_signed(key, scheme, p)) {
		u->why = "the handshake was not signed with the certificate's "
			 "key";
		return EXTERNAL_ESIGNATURE;
	}
	return EXTERNAL_OK;
}

/* --- the chain --- */

/* A certificate, whole and alone; NULL if it is not. */
static X509 *certificate_of(struct proof_part part)
{
	const uint8_t *at = part.at;
	X509 *c = d2i_X509(NULL, &at, (long)part.len);

	if (c != NULL && at != part.at + part.len) {
		X509_free(c);
		c = NULL;
	}
	return c;
}

/* All of them, the client's own first; NULL if one is none. */
static STACK_OF(X509) * chain_of(const struct proof *p)
{
	STACK_OF(X509) *chain = sk_X509_new_null();

	for (size_t i = 0; i < p->count && chain != NULL; i++) {
		X509 *c = certificate_of(p->certificates[i]);

		if (c == NULL || sk_X509_push(chain, c) == 0) {
			X509_free(c);
			sk_X509_pop_free(chain, X509_free);
			chain = NULL;
		}
	}
	return chain;
}

static enum external_result judge_chain(const struct external *e,
					STACK_OF(X509) * chain,
					struct external_user *u)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	enum external_result result = EXTERNAL_ENOMEM;

	u->why = "no memory";
	if (ctx != NULL &&
	    X509_STORE_CTX_init(ctx, e->authorities, sk_X509_value(chain, 0),
				chain) == 1) {
		result =
		    X509_verify_cert(ctx) == 1 ? EXTERNAL_OK : EXTERNAL_ECHAIN;
		/* a table of static texts */
		u->why = X509_verify_cert_error_string(
		    X509_STORE_CTX_get_error(ctx));
	}
	X509_STORE_CTX_free(ctx);
	return result;
}

static enum external_result judge(const struct external *e,
				  const struct proof *p, STACK_OF(X509) * chain,
				  struct external_user *u)
{
	X509 *own = sk_X509_value(chain, 0);
	enum external_result result = judge_signature(own, p, u);
	const char *fault;

	if (result == EXTERNAL_OK) {
		result = judge_chain(e, chain, u);
	}
	if (result != EXTERNAL_OK) {
		return result;
	}
	fault = external_name(own, e->name, u);
	u->why = fault == NULL ? "ok" : fault;
	return fault == NULL ? EXTERNAL_OK : EXTERNAL_ENAME;
}

enum external_result external_verify(const struct external *e,
				     const uint8_t *proof, size_t len,
				     struct external_user *user_r)
{
	struct proof p;
	STACK_OF(X509) *chain = NULL;
	enum external_result result = EXTERNAL_EMALFORMED;

	*user_r = (struct external_user){ .why = "no proof of a certificate" };
	if (proof_parse(proof, len, &p)) {
		chain = chain_of(&p);
	}
	if (chain != NULL) {
		result = judge(e, &p, chain, user_r);
	}
	sk_X509_pop_free(chain, X509_free);
	ERR_clear_error(); /* the thread's queue */
	return result;
}
