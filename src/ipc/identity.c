// SPDX-License-Identifier: ISC
/*
 * identity.c - the form of an identity (identity.h).
 * Runs in: key, session.  Trusts: nothing that is read.  Allocates: never.
 */
#include "ipc/identity.h"

#include <string.h>

#include "os/fd.h"

uint32_t identity_number(struct identity_reader *r, uint32_t max)
{
	uint32_t n = 0;

	if (r->left < sizeof(n)) {
		r->is_sound = false;
	}
	if (!r->is_sound) {
		return 0;
	}
	memcpy(&n, r->at, sizeof(n));
	r->at += sizeof(n);
	r->left -= sizeof(n);
	r->is_sound = n <= max;
	return r->is_sound ? n : 0;
}

const uint8_t *identity_blob(struct identity_reader *r, size_t *len_r)
{
	uint32_t len = identity_number(r, IDENTITY_OCTETS_MAX);
	const uint8_t *blob = r->at;

	if (len == 0 || len > r->left) {
		r->is_sound = false;
		len = 0;
	}
	r->at += len;
	r->left -= len;
	*len_r = len;
	return blob;
}

int identity_put_number(int fd, uint32_t n)
{
	return fd_write_all(fd, &n, sizeof(n));
}

int identity_put_blob(int fd, const void *at, size_t len)
{
	int rc = identity_put_number(fd, (uint32_t)len);

	return rc < 0 ? rc : fd_write_all(fd, at, len);
}
