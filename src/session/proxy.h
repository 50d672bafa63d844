// SPDX-License-Identifier: ISC
/*
 * proxy.h - the header of the PROXY protocol, version 1 (text) and 2 (binary),
 * by which a proxy says for whom it has connected (HAProxy's
 * doc/proxy-protocol.txt).  Of parsing only: who may say it is the caller's
 * business.
 */
#ifndef SESSION_PROXY_H
#define SESSION_PROXY_H

#include <stdbool.h>
#include <stdint.h>

#include "pop3/base.h"

#define PROXY_V1_MAX 107u /* octets with CRLF: proxy-protocol, 2.1 */

/* Octets of a header of version 2.  "always smaller than an MSS" (2.2): that of
 * Ethernet. */
#define PROXY_MAX 1460u

/* What stands for no sound header. */
#define PROXY_BAD (-1)

struct proxy_header {
	uint8_t address[16]; /* of the client; IPv4 as ::ffff:a.b.c.d */
	uint16_t port;
	/* The proxy speaks for itself (a health check), or for somebody who has
	 * no address: the real peer's holds, and these are 0. */
	bool is_local;
	bool is_tls; /* the proxy says that the client came by TLS */
};

/*
 * Reads the header that in begins with.  Returns its length, at most PROXY_MAX,
 * and sets *header_r; 0 if it is not whole yet, and then all of in belongs to
 * it; or PROXY_BAD, often before its end.  On 0 and PROXY_BAD *header_r is
 * untouched.
 */
POP3_MUST_USE int proxy_parse(struct pop3_slice in,
			      struct proxy_header *header_r);

#endif
