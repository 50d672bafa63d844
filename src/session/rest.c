// SPDX-License-Identifier: ISC
/*
 * rest.c - octets of a connection that wait (rest.h).
 * Runs in: session.  Trusts: its caller.
 */
#include "session/rest.h"

#include <stdlib.h>

#include "base/secret.h"

void rest_free(struct conn_rest *rest)
{
	if (rest->at != NULL) {
		wipe(rest->at, rest->off + rest->len);
		free(rest->at);
	}
	*rest = (struct conn_rest){ .at = NULL };
}

bool rest_keep(struct conn_rest *r, struct pop3_slice in)
{
	uint8_t *copy;

	if (r->at != NULL) {
		r->off += r->len - (uint32_t)in.len;
		r->len = (uint32_t)in.len;
		if (in.len == 0) {
			rest_free(r);
		}
		return true;
	}
	if (in.len == 0) {
		return true;
	}
	copy = malloc(in.len);
	if (copy == NULL) {
		return false;
	}
	memcpy(copy, in.at, in.len);
	*r = (struct conn_rest){ copy, 0, (uint32_t)in.len };
	return true;
}
