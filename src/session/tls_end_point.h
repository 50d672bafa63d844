// SPDX-License-Identifier: ISC
/*
 * tls_end_point.h - the server's certificate as what SASL binds itself to
 * (tls-server-end-point, RFC 5929, section 4).
 */
#ifndef SESSION_TLS_END_POINT_H
#define SESSION_TLS_END_POINT_H

#include "session/tls_context.h"

/* That of a certificate; e is all zero before. */
void tls_end_point_set(struct tls_end_point *e, const X509 *own);

/* Has tickets carry it, for they outlive the connection and the certificate;
 * and be good for one server's name only.  False: OpenSSL does not. */
MUST_USE bool tls_end_point_keep(SSL_CTX *ssl);

/* That of the certificate that the client was shown: in a resumed connection,
 * that of the one that its ticket is from. */
struct tls_end_point tls_end_point_of(const SSL *ssl);

#endif
