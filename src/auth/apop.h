// SPDX-License-Identifier: ISC
/*
 * apop.h - APOP (RFC 1939, section 7): the secret is the MD5 digest, in
 * hexadecimal, of the greeting's stamp and the password.  For users whose
 * password is stored as plain text.
 */
#ifndef AUTH_APOP_H
#define AUTH_APOP_H

#include "auth/scheme.h"

/* Before the role confines itself: libcrypto sets itself up.  0; or -ENOSYS if
 * there is no MD5 here: then nobody is let in. */
MUST_USE int apop_init(void);

/*
 * SCHEME_MATCH or SCHEME_MISMATCH.  For a user whose password is not plain text
 * it takes the same time, and mismatches.
 */
MUST_USE enum scheme_result apop_try(struct text stored, struct text stamp,
				     const struct secret *digest);

#endif
