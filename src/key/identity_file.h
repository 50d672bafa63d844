// SPDX-License-Identifier: ISC
/*
 * identity_file.h - the certificates and keys that the master sent, and what of
 * them session is told.
 */
#ifndef KEY_IDENTITY_FILE_H
#define KEY_IDENTITY_FILE_H

#include "ipc/identity.h"
#include "ipc/startup.h"
#include "tls/certificate.h"

struct identity_file {
	struct certificate *certificates[IDENTITY_CERTIFICATES_MAX];
	uint32_t count;
	int fd; /* a sealed memfd: ipc/identity.h */
};

/*
 * Reads the FILE items and closes them.  count: of certificates, each of which
 * has its files.  0, or a negative errno, logged.
 */
MUST_USE int identity_file_create(struct identity_file *f,
				  struct startup *startup, uint32_t count);

#endif
