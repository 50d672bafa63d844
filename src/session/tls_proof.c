// SPDX-License-Identifier: ISC
/*
 * tls_proof.c - what a client signed (tls_proof.h).
 * Runs in: session.  Trusts: OpenSSL, which has verified the signature by the
 * time the handshake is done; auth does so again.
 *
 * RFC 8446, section 4.4.1: the transcript hash is that of the handshake's
 * messages, with a first ClientHello that was answered by HelloRetryRequest
 * replaced by its hash.  Which hash it is only ServerHello says, so both go on
 * beside each other.
 */
#include "session/tls_proof.h"

#include <stdlib.h>
#include <string.h>

/* RFC 8446, section 4. */
enum message {
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	CERTIFICATE = 11,
	CERTIFICATE_VERIFY = 15,
	MESSAGE_HASH = 254,
};

#define HASHES 2

struct tls_proof {
	EVP_MD_CTX *hash[HASHES]; /* SHA-256, SHA-384 */
	uint8_t transcript[HASHES][PROOF_HASH_MAX];
	bool has_transcript;
	uint16_t scheme;
	size_t signature_len; /* 0: none yet */
	uint8_t signature[PROOF_SIGNATURE_MAX];
};

static const EVP_MD *md_of(int i)
{
	return i == 0 ? EVP_sha256() : EVP_sha384();
}

struct tls_proof *tls_proof_create(void)
{
	struct tls_proof *p = calloc(1, sizeof(*p));

	for (int i = 0; i < HASHES && p != NULL; i++) {
		p->hash[i] = EVP_MD_CTX_new();
		if (p->hash[i] == NULL ||
		    EVP_DigestInit_ex(p->hash[i], md_of(i), NULL) != 1) {
			tls_proof_destroy(&p);
		}
	}
	return p;
}

void tls_proof_destroy(struct tls_proof **proof)
{
	struct tls_proof *p = *proof;

	for (int i = 0; i < HASHES && p != NULL; i++) {
		EVP_MD_CTX_free(p->hash[i]);
	}
	free(p);
	*proof = NULL;
}

/* [rfc8446/4.1.3/retry] "with Random set to the special value of the SHA-256 of
 * "HelloRetryRequest"". */
static bool is_retry(const uint8_t *at, size_t len)
{
	static const uint8_t random[32] = {
		0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11,
		0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
		0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
		0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
	};

	return len >= 6 + sizeof(random) && at[0] == SERVER_HELLO &&
	       memcmp(at + 6, random, sizeof(random)) == 0;
}

static void restart(struct tls_proof *p)
{
	for (int i = 0; i < HASHES; i++) {
		uint8_t head[4] = { MESSAGE_HASH };
		uint8_t hash[EVP_MAX_MD_SIZE];
		unsigned len = 0;

		EVP_DigestFinal_ex(p->hash[i], hash, &len);
		head[3] = (uint8_t)len;
		EVP_DigestInit_ex(p->hash[i], md_of(i), NULL);
		EVP_DigestUpdate(p->hash[i], head, sizeof(head));
		EVP_DigestUpdate(p->hash[i], hash, len);
	}
}

static void update(struct tls_proof *p, const void *at, size_t len)
{
	for (int i = 0; i < HASHES; i++) {
		EVP_DigestUpdate(p->hash[i], at, len);
	}
}

static void keep_transcript(struct tls_proof *p)
{
	for (int i = 0; i < HASHES; i++) {
		EVP_DigestFinal_ex(p->hash[i], p->transcript[i], NULL);
	}
	p->has_transcript = true;
}

/* [rfc8446/4.4.3/form] "struct { SignatureScheme algorithm; opaque
 * signature<0..2^16-1>; } CertificateVerify;" behind a head of four octets. */
static void keep_signature(struct tls_proof *p, const uint8_t *at, size_t len)
{
	size_t signature_len;

	if (len < 8) {
		return;
	}
	signature_len = (size_t)at[6] << 8 | at[7];
	if (signature_len != len - 8 || signature_len > sizeof(p->signature)) {
		return;
	}
	p->scheme = (uint16_t)(at[4] << 8 | at[5]);
	memcpy(p->signature, at + 8, signature_len);
	p->signature_len = signature_len;
}

void tls_proof_on_message(int is_sent, int version, int type, const void *at,
			  size_t len, SSL *ssl, void *arg)
{
	const uint8_t *octets = at;
	struct tls_proof *p = arg;

	(void)version, (void)ssl;
	if (p == NULL || type != SSL3_RT_HANDSHAKE || len == 0) {
		return;
	}
	if (p->has_transcript) {
		if (!is_sent && octets[0] == CERTIFICATE_VERIFY) {
			keep_signature(p, octets, len);
		}
		return;
	}
	if (is_sent && is_retry(octets, len)) {
		restart(p);
	}
	update(p, at, len);
	if (!is_sent && octets[0] == CERTIFICATE) {
		keep_transcript(p);
	}
}

bool tls_proof_is_whole(const struct tls_proof *p)
{
	return p != NULL && p->signature_len != 0;
}

static size_t hash_len(const SSL *ssl, int *which_r)
{
	const EVP_MD *md =
	    SSL_CIPHER_get_handshake_digest(SSL_get_current_cipher(ssl));

	*which_r = EVP_MD_get_type(md) == NID_sha384;
	return (size_t)EVP_MD_get_size(md);
}

static bool put_chain(struct proof *proof, STACK_OF(X509) * chain,
		      unsigned char *der[PROOF_CERTIFICATES_MAX])
{
	int count = chain == NULL ? 0 : sk_X509_num(chain);

	if (count > (int)PROOF_CERTIFICATES_MAX) {
		return false;
	}
	for (int i = 0; i < count; i++) {
		int len = i2d_X509(sk_X509_value(chain, i), &der[i]);

		if (len <= 0) {
			return false;
		}
		proof->certificates[i] =
		    (struct proof_part){ der[i], (size_t)len };
		proof->count++;
	}
	return true;
}

/* A server's list of the client's certificates is without the client's own. */
static STACK_OF(X509) * chain_of(const SSL *ssl)
{
	STACK_OF(X509) *issuers = SSL_get_peer_cert_chain(ssl);
	STACK_OF(X509) *chain =
	    issuers == NULL ? sk_X509_new_null() : sk_X509_dup(issuers);

	if (chain != NULL) {
		sk_X509_unshift(chain, SSL_get0_peer_certificate(ssl));
	}
	return chain;
}

bool tls_proof_put(const struct tls_proof *p, const SSL *ssl,
		   struct packet *packet)
{
	unsigned char *der[PROOF_CERTIFICATES_MAX] = { NULL };
	STACK_OF(X509) *chain = chain_of(ssl);
	uint8_t octets[PACKET_PROOF_MAX];
	struct proof proof = { .scheme = p->scheme };
	size_t len = 0;
	int which;
	bool is_put;

	proof.hash.len = hash_len(ssl, &which);
	proof.hash.at = p->transcript[which];
	proof.signature = (struct proof_part){ p->signature, p->signature_len };
	is_put = put_chain(&proof, chain, der) &&
		 proof_put(&proof, octets, &len) &&
		 packet_put(packet, octets, len);
	if (is_put) {
		packet->as.sasl_begin.proof_len = (uint16_t)len;
	}
	for (size_t i = 0; i < PROOF_CERTIFICATES_MAX; i++) {
		OPENSSL_free(der[i]);
	}
	sk_X509_free(chain);
	return is_put;
}
