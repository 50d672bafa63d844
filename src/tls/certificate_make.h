// SPDX-License-Identifier: ISC
/*
 * certificate_make.h - a certificate that vouches for itself, to begin with.
 */
#ifndef TLS_CERTIFICATE_MAKE_H
#define TLS_CERTIFICATE_MAKE_H

#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

/* PEM, to be freed with certificate_made_finish, which wipes the key. */
struct certificate_made {
	char *certificate;
	size_t certificate_len;
	char *key;
	size_t key_len;
};

/*
 * Makes a key (ECDSA with P-256) and its certificate for those names, which are
 * names of hosts or IP addresses, good from an hour ago for so many days.
 * CERTIFICATE_OK or CERTIFICATE_EMEMORY (certificate.h); then *made_r is
 * untouched.
 */
MUST_USE int certificate_make(const char *const *names, size_t count,
			      unsigned days, struct certificate_made *made_r);
void certificate_made_finish(struct certificate_made *made);

/* Whether a certificate can be made for it. */
bool certificate_make_takes(const char *name);

#endif
