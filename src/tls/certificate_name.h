// SPDX-License-Identifier: ISC
/*
 * certificate_name.h - names in certificates, and whether one is meant by the
 * name that a client asks for (RFC 6125, section 6.4; RFC 6066, section 3).
 */
#ifndef TLS_CERTIFICATE_NAME_H
#define TLS_CERTIFICATE_NAME_H

#include <stddef.h>

#include "base/checked.h"

#define CERTIFICATE_NAME_MAX 253u /* RFC 1035, section 2.3.4, as text */

/* The better one is the greater. */
enum certificate_match {
	CERTIFICATE_MATCH_NONE,
	CERTIFICATE_MATCH_WILDCARD,
	CERTIFICATE_MATCH_EXACT,
};

/*
 * Whether the certificate's name is that of the host.  Letters are the same in
 * both cases; a dot at the end of host means nothing.  "*." in front of name
 * stands for exactly one label, and for none of a name of less than three.
 */
enum certificate_match certificate_name_match(const char *name, size_t name_len,
					      const char *host,
					      size_t host_len);

/* Whether it may be a host's name: labels of letters, digits, - and _, and
 * perhaps "*." in front. */
bool certificate_name_is_sound(const char *name, size_t len);

#endif
