// SPDX-License-Identifier: ISC
/*
 * dial_why.h - the words for a server that was not reached.
 */
#ifndef FETCH_NET_DIAL_WHY_H
#define FETCH_NET_DIAL_WHY_H

#include "fetch/net/dial.h"

/* The last address that failed (or NULL), and its errno. */
void dial_why_failed(const struct dial_options *options,
		     const struct sockaddr_storage *address, int error,
		     struct why *why_r);

/* The time is over, with so many addresses tried; 0: the name was not even
 * resolved. */
void dial_why_late(const struct dial_options *options, size_t tried,
		   struct why *why_r);

/* status: libuv's. */
void dial_why_unresolved(const struct dial_options *options, int status,
			 struct why *why_r);

#endif
