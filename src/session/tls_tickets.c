// SPDX-License-Identifier: ISC
/*
 * tls_tickets.c - sealing and opening session tickets (tls_tickets.h).
 * Runs in: session.  Trusts: key; nothing in a ticket before OpenSSL has
 * checked its MAC.
 */
#include "session/tls_tickets.h"

#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <string.h>

#include "session/tls_context.h"

#define IV_LEN 16 /* of AES */

/* What OpenSSL is told: SSL_CTX_set_tlsext_ticket_key_evp_cb(3). */
enum ticket_answer {
	TICKET_ERROR = -1,
	TICKET_UNKNOWN = 0,
	TICKET_GOOD = 1,
	TICKET_RENEW = 2,
};

static const struct ticket_key *find(const struct tls_context *c,
				     const unsigned char *name)
{
	for (size_t i = 0; i < PACKET_TICKET_KEYS; i++) {
		const struct ticket_key *k = &c->tickets.key[i];

		if (memcmp(k->name, name, sizeof(k->name)) == 0) {
			return k;
		}
	}
	return NULL;
}

static bool set_mac(EVP_MAC_CTX *mac, const struct ticket_key *k)
{
	static char digest[] = "SHA256";
	uint8_t key[PACKET_TICKET_KEY_LEN];
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key,
						  sizeof(key)),
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest,
						 0),
		OSSL_PARAM_construct_end(),
	};
	int rc;

	memcpy(key, k->mac, sizeof(key));
	rc = EVP_MAC_CTX_set_params(mac, params);
	OPENSSL_cleanse(key, sizeof(key));
	return rc == 1;
}

int tls_tickets_use(SSL *ssl, unsigned char *name, unsigned char *iv,
		    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int is_new)
{
	const struct tls_context *c = tls_context_of(ssl);
	const struct ticket_key *k =
	    is_new ? &c->tickets.key[0] : find(c, name);

	if (k == NULL) {
		return TICKET_UNKNOWN;
	}
	if (is_new) {
		memcpy(name, k->name, sizeof(k->name));
		if (RAND_bytes(iv, IV_LEN) != 1) {
			return TICKET_ERROR;
		}
	}
	if (EVP_CipherInit_ex2(cipher, c->ticket_cipher, k->cipher, iv, is_new,
			       NULL) != 1 ||
	    !set_mac(mac, k)) {
		return TICKET_ERROR;
	}
	/* [rfc8446/C.4/reuse] "Clients SHOULD NOT reuse a ticket for multiple
	 * connections": who was let in by one gets another. */
	return is_new || (k == &c->tickets.key[0] &&
			  SSL_version(ssl) != TLS1_3_VERSION)
		   ? TICKET_GOOD
		   : TICKET_RENEW;
}
