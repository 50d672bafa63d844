// SPDX-License-Identifier: ISC
/*
 * net.h - addresses of clients, and networks that they may lie in.  An address
 * is 16 octets; IPv4 stands in them as ::ffff:a.b.c.d.
 */
#ifndef OS_NET_H
#define OS_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

#define NET_TEXT_MAX 46u /* octets of an address as text, with the NUL */

struct net {
	uint8_t address[16];
	uint8_t bits; /* that count, from the first: 0 to 128 */
};

/* "192.0.2.0/24", "2001:db8::/32", "198.51.100.7".  False, and *net_r is
 * untouched, if it is not a network. */
MUST_USE bool net_parse(const char *at, size_t len, struct net *net_r);

bool net_contains(const struct net *net, const uint8_t address[16]);
bool net_is_loopback(const uint8_t address[16]);

/*
 * Whether address lies in one of the networks in list, with commas between, as
 * in a users file's allow_nets; "local" is loopback.  What is not a network, in
 * the list, contains nothing.
 */
bool net_list_contains(const char *list, size_t len, const uint8_t address[16]);

/* The address as people write it: IPv4 without ::ffff:. */
void net_write(const uint8_t address[16], char text_r[NET_TEXT_MAX]);

#endif
