// SPDX-License-Identifier: ISC
/*
 * identity.h - what key tells session of who we are: the certificates whose
 * keys it holds, and whom clients' certificates may be issued by.  Numbers are
 * uint32_t in the machine's order; a blob is its length and its octets.
 *
 *	number of certificates
 *	for each: number of blobs, then its chain in DER, its own first
 *	number of client CAs; for each: a blob, its certificate in DER
 */
#ifndef IPC_IDENTITY_H
#define IPC_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

#define IDENTITY_OCTETS_MAX       (1024u * 1024u)
#define IDENTITY_CERTIFICATES_MAX 16u /* CONFIG_CERTIFICATES_MAX */
#define IDENTITY_CHAIN_MAX        8u
#define IDENTITY_CLIENT_CAS_MAX   256u

/* Reading; place it anywhere.  is_sound becomes false at the first fault, and
 * then every number is 0 and every blob empty. */
struct identity_reader {
	const uint8_t *at;
	size_t left;
	bool is_sound;
};

/* A number that is at most max. */
uint32_t identity_number(struct identity_reader *r, uint32_t max);

/* Not empty; points into what is read. */
const uint8_t *identity_blob(struct identity_reader *r, size_t *len_r);

/* Writing, to a descriptor.  0, or a negative errno. */
MUST_USE int identity_put_number(int fd, uint32_t n);
MUST_USE int identity_put_blob(int fd, const void *at, size_t len);

#endif
