// SPDX-License-Identifier: ISC
/*
 * net.h - lists of networks, as in a users file's allow_nets.
 */
#ifndef AUTH_NET_H
#define AUTH_NET_H

#include "auth/user_name.h"

/*
 * Whether address (IPv4 as ::ffff:a.b.c.d) lies in one of the networks in list:
 * "192.0.2.0/24,2001:db8::/32,198.51.100.7", or "local", which is loopback.
 * What is not a network, in the list, contains nothing.
 */
bool net_list_contains(struct text list, const uint8_t address[16]);

#endif
