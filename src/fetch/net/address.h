// SPDX-License-Identifier: ISC
/*
 * address.h - addresses of servers, of IPv4 and IPv6.
 */
#ifndef FETCH_NET_ADDRESS_H
#define FETCH_NET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define ADDRESS_TEXT_MAX 64u

/* Puts them in the order in which they are tried: both families in turn, that
 * of the first one first. */
void address_interleave(struct sockaddr_storage *addresses, size_t count);

/* "192.0.2.1", "2001:db8::1"; "?" for what is neither. */
void address_write(const struct sockaddr_storage *address,
		   char text_r[ADDRESS_TEXT_MAX]);

/* What connect(2) wants to be told. */
socklen_t address_len(const struct sockaddr_storage *address);

bool address_is_loopback(const struct sockaddr_storage *address);

#endif
