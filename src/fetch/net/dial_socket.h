// SPDX-License-Identifier: ISC
/*
 * dial_socket.h - one socket that connects to one address.
 */
#ifndef FETCH_NET_DIAL_SOCKET_H
#define FETCH_NET_DIAL_SOCKET_H

#include <sys/socket.h>

#include "base/checked.h"

/* It is the caller's, does not block, and can be written to when it is
 * connected, or has failed; or a negative errno. */
MUST_USE int dial_socket(const struct sockaddr_storage *to);

#endif
