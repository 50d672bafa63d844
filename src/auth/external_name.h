// SPDX-License-Identifier: ISC
/*
 * external_name.h - the user's name in a certificate.
 */
#ifndef AUTH_EXTERNAL_NAME_H
#define AUTH_EXTERNAL_NAME_H

#include <openssl/x509.h>

#include "auth/external.h"

/* NULL, and name and len in *user_r, if there is one; else what is wrong with
 * it, static. */
MUST_USE const char *external_name(X509 *certificate,
				   enum certificate_name which,
				   struct external_user *user_r);

#endif
