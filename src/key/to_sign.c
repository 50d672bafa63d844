// SPDX-License-Identifier: ISC
/*
 * to_sign.c - what a TLS server signs (to_sign.h).
 * Runs in: key.  Trusts: nothing.  Allocates: what OpenSSL needs for a point,
 * and frees it.
 */
#include "key/to_sign.h"

#include <openssl/ec.h>
#include <openssl/obj_mac.h>
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

/* RFC 8422, section 5.4: named_curve, the group, and a point of its length.
 * Those that session offers (tls_context.c). */
static const struct group {
	uint16_t id;
	uint8_t point_len;
	int curve; /* on which the point must lie; 0: all octets are one */
} groups[] = {
	{ 0x001d, 32, 0 },                    /* x25519 */
	{ 0x0017, 65, NID_X9_62_prime256v1 }, /* secp256r1 */
	{ 0x0018, 97, NID_secp384r1 },        /* secp384r1 */
};

/*
 * The randoms are whatever a captured session process likes, and in front.
 * With a point that is free too they would be room for a whole certificate
 * request that only happens to have a group's octets in a name.  Octets of
 * somebody's choice lie on a curve as seldom as a key is guessed; and 32 that
 * may be any, of X25519, are too few to hold a request's public key.
 */
static bool is_on_curve(int curve, const uint8_t *at, size_t len)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(curve);
	EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
	bool is_on = point != NULL && at[0] == POINT_CONVERSION_UNCOMPRESSED &&
		     EC_POINT_oct2point(group, point, at, len, NULL) == 1;

	EC_POINT_free(point);
	EC_GROUP_free(group);
	return is_on;
}

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
			       len == RANDOMS_LEN + 4 + g->point_len &&
			       (g->curve == 0 ||
				is_on_curve(g->curve, params + 4,
					    g->point_len));
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
