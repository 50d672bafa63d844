// SPDX-License-Identifier: ISC
/*
 * certificate_authorities.c - the file of those who issue clients' certificates
 * (certificate_authorities.h).
 * Runs in: master, restantectl, key, auth.  Trusts: what certificate_pem.c
 * does.
 */
#include "tls/certificate_authorities.h"

#include <openssl/x509.h>

#include "tls/certificate_impl.h"

struct tally {
	uint32_t count;
	int (*each)(void *ctx, X509 *x);
	void *ctx;
};

static int take_one(void *ctx, X509 *x)
{
	struct tally *t = ctx;
	int rc = CERTIFICATE_ELONG;

	if (t->count < CERTIFICATE_AUTHORITIES_MAX) {
		t->count++;
		rc = t->each(t->ctx, x);
	}
	X509_free(x);
	return rc;
}

int certificate_authorities(int fd, int (*each)(void *ctx, X509 *x), void *ctx)
{
	struct tally t = { .each = each, .ctx = ctx };
	int rc = certificate_each(fd, take_one, &t);

	return rc == CERTIFICATE_OK && t.count == 0 ? CERTIFICATE_ENONE : rc;
}

static int pass(void *ctx, X509 *x)
{
	(void)ctx, (void)x;
	return CERTIFICATE_OK;
}

int certificate_check_authorities(int fd)
{
	return certificate_authorities(fd, pass, NULL);
}
