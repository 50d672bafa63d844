// SPDX-License-Identifier: ISC
/*
 * certificate_impl.h - what the files of certificate.h share.
 */
#ifndef TLS_CERTIFICATE_IMPL_H
#define TLS_CERTIFICATE_IMPL_H

#include "tls/certificate.h"

struct certificate {
	X509 *chain[CERTIFICATE_CHAIN_MAX];
	struct certificate_der der[CERTIFICATE_CHAIN_MAX];
	size_t count;
	EVP_PKEY *key;
	enum certificate_type type;
	char type_name[24];
	char *names[CERTIFICATE_NAMES_MAX];
	size_t name_count;
	char issuer[128];
	int64_t not_before_unix;
	int64_t not_after_unix;
};

/*
 * certificate_pem.c: calls each for every certificate in the file, and gives it
 * to it, until it returns other than 0.  That; or an enum certificate_result.
 */
MUST_USE int certificate_each(int fd, int (*each)(void *ctx, X509 *x),
			      void *ctx);

/* certificate_pem.c: each 0 or an enum certificate_result.  What was read is in
 * *c also on failure. */
MUST_USE int certificate_read_chain(struct certificate *c, int fd);
MUST_USE int certificate_read_key(struct certificate *c, int fd);

/* certificate_facts.c: fills in what the first certificate says. */
MUST_USE int certificate_read_facts(struct certificate *c);

#endif
