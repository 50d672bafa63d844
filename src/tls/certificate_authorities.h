// SPDX-License-Identifier: ISC
/*
 * certificate_authorities.h - the file of those who issue clients'
 * certificates.  There is one judgement of it for all who read it: the master
 * and restantectl, which only check it, key, which names them to clients, and
 * auth, which verifies with them.
 */
#ifndef TLS_CERTIFICATE_AUTHORITIES_H
#define TLS_CERTIFICATE_AUTHORITIES_H

#include <openssl/types.h>

#include "tls/certificate_result.h"

#define CERTIFICATE_AUTHORITIES_MAX 256u /* IDENTITY_CLIENT_CAS_MAX */

/*
 * Calls each for every certificate in the file, which is read from its begin
 * whatever its offset is, and stays the caller's.  each may keep the
 * certificate by X509_up_ref, and ends it all with another result than
 * CERTIFICATE_OK.
 *
 * CERTIFICATE_OK if there are 1 to CERTIFICATE_AUTHORITIES_MAX and nothing that
 * is broken; or what each said, or another enum certificate_result.
 */
MUST_USE int certificate_authorities(int fd, int (*each)(void *ctx, X509 *x),
				     void *ctx);

/* The same, for one who does not need them. */
MUST_USE int certificate_check_authorities(int fd);

#endif
