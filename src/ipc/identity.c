// SPDX-License-Identifier: ISC
/*
 * identity.c - the form of an identity (identity.h).
 * Runs in: key, session.  Trusts: nothing that is read.  Allocates: never.
 */
#include "ipc/identity.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

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

static int put(int fd, const uint8_t *at, size_t len)
{
	while (len != 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		at += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int identity_put_number(int fd, uint32_t n)
{
	return put(fd, (const uint8_t *)&n, sizeof(n));
}

int identity_put_blob(int fd, const void *at, size_t len)
{
	int rc = identity_put_number(fd, (uint32_t)len);

	return rc < 0 ? rc : put(fd, at, len);
}
