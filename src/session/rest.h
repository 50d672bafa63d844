// SPDX-License-Identifier: ISC
/*
 * rest.h - octets of a connection that wait: input that is not answered yet, or
 * output that is not sent.
 */
#ifndef SESSION_REST_H
#define SESSION_REST_H

#include "base/checked.h"
#include "pop3/base.h"

/* Octets that wait, allocated to their length; empty most of the time. */
struct conn_rest {
	uint8_t *at;
	uint32_t off;
	uint32_t len; /* from off */
};

/* Wipes and frees them. */
void rest_free(struct conn_rest *rest);

/* Keeps what is left of in, which is what r holds or, if it holds nothing, is
 * somebody else's and copied.  False if there is no memory. */
MUST_USE bool rest_keep(struct conn_rest *r, struct pop3_slice in);

#endif
