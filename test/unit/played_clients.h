// SPDX-License-Identifier: ISC
/*
 * played_clients.h - an authority, clients with certificates of it, and the
 * proofs that they hold the keys: for the tests of src/auth/external.h.
 */
#ifndef TEST_PLAYED_CLIENTS_H
#define TEST_PLAYED_CLIENTS_H

#include "unit.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "auth/external.h"
#include "guard.h"
#include "ipc/proof.h"
#include "issuer.h"

static struct issued root;
static struct external *by_email;
static struct external_user said;
static struct guard guard;
static const uint8_t handshake[PROOF_HASH_MAX] = "hash of a handshake";

static inline void put_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(e);
	assert_int_equal(X509_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
}

static inline void make_authority(X509 *x)
{
	put_extension(x, NID_basic_constraints, "critical,CA:TRUE");
	put_extension(x, NID_key_usage, "critical,keyCertSign");
}

static inline struct external *external_of(const struct issued *authority,
					   enum certificate_name name)
{
	int fd = memfd_create("ca", MFD_CLOEXEC);
	struct external *e = NULL;

	issued_write_certificate(authority, fd);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(external_create(fd, name, &e), 0);
	close(fd);
	return e;
}

static inline int set_up(void **state)
{
	const struct issue what = { .kind = "P-256",
				    .common_name = "Authority",
				    .change = make_authority };

	(void)state;
	issue(&what, &root);
	by_email = external_of(&root, CERTIFICATE_EMAIL);
	guard_init(&guard, PACKET_PROOF_MAX);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	external_destroy(&by_email);
	issued_finish(&root);
	guard_finish(&guard);
	return 0;
}

static inline struct issue client_of(const char *kind)
{
	return (struct issue){ .kind = kind,
			       .common_name = "carol",
			       .alt_names = "email:carol@example.org",
			       .by = &root };
}

/* How a proof is made. */
struct signing {
	uint16_t scheme;
	const char *digest; /* NULL: of Ed25519 */
	int salt_len;       /* of RSA-PSS; or 0 */
	size_t hash_len;
	const char *context;
};

#define CLIENT_CONTEXT "TLS 1.3, client CertificateVerify"

static const struct signing with_p256 = { 0x0403, "SHA256", 0, 32,
					  CLIENT_CONTEXT };

static inline size_t make_signature(const struct signing *s, EVP_PKEY *key,
				    uint8_t at[PROOF_SIGNATURE_MAX])
{
	uint8_t content[256];
	size_t len = 64 + strlen(s->context) + 1 + s->hash_len;
	size_t signature_len = PROOF_SIGNATURE_MAX;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key_ctx;

	memset(content, ' ', 64);
	memcpy(content + 64, s->context, strlen(s->context) + 1);
	memcpy(content + len - s->hash_len, handshake, s->hash_len);
	assert_int_equal(EVP_DigestSignInit_ex(ctx, &key_ctx, s->digest, NULL,
					       NULL, key, NULL),
			 1);
	if (s->salt_len != 0) {
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(
				     key_ctx, RSA_PKCS1_PSS_PADDING),
				 1);
		assert_int_equal(
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(key_ctx, s->salt_len), 1);
	}
	assert_int_equal(EVP_DigestSign(ctx, at, &signature_len, content, len),
			 1);
	EVP_MD_CTX_free(ctx);
	return signature_len;
}

/* The proof that key was used by whoever sent the chain of count. */
static inline size_t make_proof(const struct signing *s, EVP_PKEY *key,
				const struct issued *chain, size_t count,
				uint8_t proof_r[PACKET_PROOF_MAX])
{
	uint8_t signature[PROOF_SIGNATURE_MAX], *der[PROOF_CERTIFICATES_MAX];
	struct proof p = { .scheme = s->scheme,
			   .hash = { handshake, s->hash_len },
			   .count = count };
	size_t len;

	p.signature.at = signature;
	p.signature.len = make_signature(s, key, signature);
	for (size_t i = 0; i < count; i++) {
		der[i] = NULL;
		p.certificates[i].len = (size_t)i2d_X509(chain[i].x, &der[i]);
		p.certificates[i].at = der[i];
	}
	assert_true(proof_put(&p, proof_r, &len));
	for (size_t i = 0; i < count; i++) {
		OPENSSL_free(der[i]);
	}
	return len;
}

static inline enum external_result verify(const struct external *e,
					  const uint8_t *proof, size_t len)
{
	struct pop3_slice s = guard_copy(&guard, pop3_slice_of(proof, len));
	enum external_result result = external_verify(e, s.at, s.len, &said);

	assert_non_null(said.why);
	return result;
}

/* Issues a certificate, makes the proof, and verifies it. */
static inline enum external_result verify_issued(const struct external *e,
						 const struct issue *what,
						 const struct signing *s)
{
	uint8_t proof[PACKET_PROOF_MAX];
	struct issued client;
	size_t len;

	issue(what, &client);
	len = make_proof(s, client.key, &client, 1, proof);
	issued_finish(&client);
	return verify(e, proof, len);
}

static inline void assert_user(const char *want)
{
	assert_text(pop3_slice_of(said.name, said.len), want);
}

#endif
