// SPDX-License-Identifier: ISC
/*
 * certificate_file.h - files of certificates and keys, by their paths.
 * Used by the master and restantectl.
 */
#ifndef TLS_CERTIFICATE_FILE_H
#define TLS_CERTIFICATE_FILE_H

#include "base/checked.h"

/*
 * Opens a regular file for reading: through links, because certbot and others
 * put a link where the newest file is, and without waiting for what is no
 * file.  The descriptor; or a negative errno, -EINVAL if it is no file.
 */
MUST_USE int certificate_open(const char *path);

/*
 * Whether certificate_read (certificate.h) would read them; it does so in a
 * process of its own, so that this one never has the key in its memory.
 * Returns what it returns, with its errno; CERTIFICATE_EMEMORY too if there can
 * be no process.
 */
MUST_USE int certificate_try(int chain_fd, int key_fd);

#endif
