// SPDX-License-Identifier: ISC
/*
 * address.c - addresses of servers (address.h).
 * Runs in: the collector.  Trusts: its caller.  Allocates: never.
 */
#include "fetch/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

void address_write(const struct sockaddr_storage *address,
		   char text_r[ADDRESS_TEXT_MAX])
{
	const void *at = &((const struct sockaddr_in *)address)->sin_addr;

	if (address->ss_family == AF_INET6) {
		at = &((const struct sockaddr_in6 *)address)->sin6_addr;
	}
	if (inet_ntop(address->ss_family, at, text_r, ADDRESS_TEXT_MAX) ==
	    NULL) {
		memcpy(text_r, "?", 2);
	}
}

/* The first from at on that is of the family, or is not. */
static size_t find(const struct sockaddr_storage *addresses, size_t count,
		   size_t at, sa_family_t family, bool is_of_it)
{
	while (at < count && (addresses[at].ss_family == family) != is_of_it) {
		at++;
	}
	return at;
}

/* [rfc8305/4/interleave] "the client SHOULD modify the ordered list to
 * interleave protocols": which is first the resolver has said (RFC 6724). */
void address_interleave(struct sockaddr_storage *addresses, size_t count)
{
	sa_family_t first = count == 0 ? AF_UNSPEC : addresses[0].ss_family;

	for (size_t at = 1; at < count; at++) {
		size_t from = find(addresses, count, at, first, at % 2 == 0);
		struct sockaddr_storage next;

		if (from == count) {
			return;
		}
		next = addresses[from];
		memmove(&addresses[at + 1], &addresses[at],
			(from - at) * sizeof(next));
		addresses[at] = next;
	}
}

socklen_t address_len(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					      : sizeof(struct sockaddr_in);
}

bool address_is_loopback(const struct sockaddr_storage *to)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)to;
	const struct in6_addr *v6 =
	    &((const struct sockaddr_in6 *)to)->sin6_addr;

	if (to->ss_family == AF_INET) {
		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	}
	return IN6_IS_ADDR_LOOPBACK(v6) ||
	       (IN6_IS_ADDR_V4MAPPED(v6) && v6->s6_addr[12] == 127);
}
