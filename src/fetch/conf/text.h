// SPDX-License-Identifier: ISC
/*
 * text.h - whether a text may be a host, a port, a user, a mechanism, a pin.
 * What reads: 0; or -1, the result is as it was, and *why_r ends a sentence
 * that begins with the text.
 */
#ifndef FETCH_CONF_TEXT_H
#define FETCH_CONF_TEXT_H

#include "conf/fault.h"
#include "fetch/account.h"

#define TEXT_USER_MAX 240u /* with "USER " and CRLF a line of RFC 2449: 255 */

/* UTF-8 without control characters. */
bool text_is_clean(const char *text);

/* ASCII alone, whatever the locale: as DNS compares names. */
void text_lower(char *text);

/* A name (RFC 1123, and "_"), an IPv4 or an IPv6 address; *host_r is in lower
 * case and without brackets, and to be freed. */
MUST_USE int text_host(const char *text, char **host_r,
		       struct conf_reason *why_r);

MUST_USE int text_port(const char *text, uint16_t *port_r,
		       struct conf_reason *why_r);

/* HOST, or HOST:PORT; without one *port is left as it is. */
MUST_USE int text_host_port(const char *text, char **host_r, uint16_t *port,
			    struct conf_reason *why_r);

MUST_USE int text_user(const char *text, struct conf_reason *why_r);

/* An address of mail, as LMTP and SMTP take it between < and >. */
MUST_USE int text_address(const char *text, struct conf_reason *why_r);

/* Names of mechanisms; *names_r as in struct account, to be freed. */
MUST_USE int text_mechanisms(const char *const *names, size_t count,
			     char **names_r, struct conf_reason *why_r);

/* The same of one text, with commas or blanks between. */
MUST_USE int text_mechanism_list(const char *text, char **names_r,
				 struct conf_reason *why_r);

/* "sha256:" or "SHA256 Fingerprint=" or nothing; 64 hex digits, colons or not,
 * or base64. */
MUST_USE int text_pin(const char *text, uint8_t pin_r[ACCOUNT_FINGERPRINT_LEN],
		      struct conf_reason *why_r);

#endif
