// SPDX-License-Identifier: ISC
/*
 * to_sign.c - what a TLS server signs (to_sign.h).
 * Runs in: key.  Trusts: nothing.  Allocates: never.
 */
#include "key/to_sign.h"

#include <string.h>

#define RANDOMS_LEN 64u /* the client's and the server's */

/* [rfc8446/4.4.3/content] "A string that consists of octet 32 (0x20) repeated
 * 64 times; The context string; A single 0 byte which serves as the separator;
 * The content to be signed". */
static bool is_tls_1_3(const uint8_t *at, size_t len)
{
	static const char context[] = "TLS 1.3, server CertificateVerify";
	size_t head = 64 + sizeof(context); /* with the NUL */

	if (len != head + 32 && len != head + 48) {
		return false; /* SHA-256 or SHA-384 of the handshake */
	}
	for (size_t i = 0; i < 64; i++) {
		if (at[i] != 0x20) {
			return false;
		}
	}
	return memcmp(at + 64, context, sizeof(context)) == 0;
}

/* RFC 8422, section 5.4: named_curve, the group, and a point of its length. */
static const struct group {
	uint16_t id;
	uint8_t point_len;
} groups[] = {
	{ 0x0017, 65 },  /* secp256r1 */
	{ 0x0018, 97 },  /* secp384r1 */
	{ 0x0019, 133 }, /* secp521r1 */
	{ 0x001d, 32 },  /* x25519 */
	{ 0x001e, 56 },  /* x448 */
};

static bool is_tls_1_2(const uint8_t *at, size_t len)
{
	const uint8_t *params = at + RANDOMS_LEN;

	if (len < RANDOMS_LEN + 4 || params[0] != 3) {
		return false;
	}
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		const struct group *g = &groups[i];

		if (params[1] == g->id >> 8 && params[2] == (g->id & 0xff)) {
			return params[3] == g->point_len &&
			       len == RANDOMS_LEN + 4 + g->point_len;
		}
	}
	return false;
}

/* [rfc8446/4.2.3/pkcs1] RSASSA-PKCS1-v1_5 schemes "are not defined for use in
 * signed TLS handshake messages" of TLS 1.3. */
static bool is_pkcs1(uint16_t scheme)
{
	return (scheme & 0xff) == 0x01;
}

bool to_sign_is_tls(uint16_t scheme, const uint8_t *at, size_t len)
{
	return is_tls_1_2(at, len) ||
	       (!is_pkcs1(scheme) && is_tls_1_3(at, len));
}
