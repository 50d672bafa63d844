// SPDX-License-Identifier: ISC
/*
 * url.h - pop: URLs (RFC 2384), and pop3: and pop3s: as curl and others write
 * them.
 *
 *	pop://user[;AUTH=mech]@host[:port][/]      STLS; on loopback clear text
 *	pop3://...                                 the same
 *	pop3s://...                                TLS at once, port 995
 */
#ifndef FETCH_CONF_URL_H
#define FETCH_CONF_URL_H

#include "conf/fault.h"
#include "fetch/account.h"

#define URL_MAX 2048u /* octets */

/* Whether it is meant as an URL, not as the name of an account: has "://" in
 * it, or begins with one of the schemes. */
bool url_is_meant(const char *text);

/*
 * Reads one into *account_r, which account_init has seen: host, port, tls, user
 * and mechanisms, and the name, which is user@host, with the port if that is
 * not the usual one.  0; or -1, *account_r is as it was, and *why_r is a
 * sentence. A password in the URL is refused, and not repeated in the sentence.
 */
MUST_USE int url_parse(const char *text, struct account *account_r,
		       struct conf_reason *why_r);

#endif
