// SPDX-License-Identifier: ISC
/*
 * clearing.h - wipes what OpenSSL gives back.  OpenSSL wipes keys, but not the
 * texts and the DER that it read them from; they would stay in the free memory
 * of a process that only wanted to see whether a key fits.
 * For processes that see private keys and live on: the master.
 */
#ifndef TLS_CLEARING_H
#define TLS_CLEARING_H

#include <stdbool.h>

#include "base/checked.h"

/* Before anything else of OpenSSL's.  False: it was too late. */
MUST_USE bool clearing_init(void);

#endif
