// SPDX-License-Identifier: ISC
/*
 * login_clear.c - USER and APOP (login_impl.h; RFC 1939, section 7).
 * Runs in: the collector's loop.  Trusts: the engine.  Allocates: what OpenSSL
 * does.
 */
#include "fetch/net/login_impl.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define MD5_LEN 16u

static struct pop3_slice user_of(const struct login *l)
{
	const char *user = l->options.account->user;

	return pop3_slice_of(user, strlen(user));
}

int login_begin_user(struct login *l, struct pop3_writer *out)
{
	return pop3_client_user(l->options.client, out, user_of(l));
}

/* [rfc1939/7/apop] "The MD5 algorithm is applied to a string consisting of the
 * timestamp (including angle-brackets) followed by a shared secret." */
static bool digest(const struct login *l, uint8_t md5_r[MD5_LEN])
{
	const struct secret *s = l->options.password;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool is_well = ctx != NULL &&
		       EVP_DigestInit_ex(ctx, EVP_md5(), NULL) == 1 &&
		       EVP_DigestUpdate(ctx, l->stamp, l->stamp_len) == 1 &&
		       EVP_DigestUpdate(ctx, s->octets, s->len) == 1 &&
		       EVP_DigestFinal_ex(ctx, md5_r, NULL) == 1;

	EVP_MD_CTX_free(ctx);
	return is_well;
}

int login_begin_apop(struct login *l, struct pop3_writer *out)
{
	uint8_t md5[MD5_LEN];
	char text[2 * MD5_LEN + 1];
	int rc;

	if (!digest(l, md5)) {
		return LOGIN_EWAY; /* a libcrypto without MD5 */
	}
	for (size_t i = 0; i < MD5_LEN; i++) {
		snprintf(text + 2 * i, 3, "%02x", md5[i]);
	}
	rc = pop3_client_apop(l->options.client, out, user_of(l),
			      pop3_slice_of(text, 2 * MD5_LEN));
	wipe(md5, sizeof(md5));
	wipe(text, sizeof(text));
	return rc;
}
