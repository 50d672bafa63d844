// SPDX-License-Identifier: ISC
/*
 * net.c - addresses of clients, and networks (net.h).
 * Runs in: session, auth, master, restantectl.  Trusts: nothing in the text.
 * Allocates: never.
 */
#include "os/net.h"

#include <arpa/inet.h>
#include <string.h>

#define MAPPED_BITS 96u /* the prefix of IPv4 in IPv6 */

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

/* At most three digits. */
static bool parse_bits(const char *at, size_t len, unsigned max,
		       unsigned *bits_r)
{
	unsigned n = 0;

	if (len == 0 || len > 3) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (at[i] < '0' || at[i] > '9') {
			return false;
		}
		n = n * 10 + (unsigned)(at[i] - '0');
	}
	if (n > max) {
		return false;
	}
	*bits_r = n;
	return true;
}

/* An address in text as 16 octets, and how many of its bits are before those
 * that a prefix length counts. */
static bool parse_address(const char *at, size_t len, uint8_t out_r[16],
			  unsigned *base_r)
{
	char text[NET_TEXT_MAX];

	if (len >= sizeof(text)) {
		return false;
	}
	memcpy(text, at, len);
	text[len] = '\0';
	if (inet_pton(AF_INET6, text, out_r) == 1) {
		*base_r = 0;
		return true;
	}
	memcpy(out_r, mapped, sizeof(mapped));
	*base_r = MAPPED_BITS;
	return inet_pton(AF_INET, text, out_r + sizeof(mapped)) == 1;
}

static bool has_prefix(const uint8_t a[16], const uint8_t b[16], unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0) {
		return false;
	}
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

bool net_is_loopback(const uint8_t address[16])
{
	static const uint8_t six[16] = { [15] = 1 };
	static const uint8_t four[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 127
	};

	return memcmp(address, six, sizeof(six)) == 0 ||
	       has_prefix(address, four, MAPPED_BITS + 8);
}

bool net_parse(const char *at, size_t len, struct net *net_r)
{
	const char *slash = len == 0 ? NULL : memchr(at, '/', len);
	size_t host_len = slash == NULL ? len : (size_t)(slash - at);
	unsigned base, bits;
	struct net net;

	if (!parse_address(at, host_len, net.address, &base)) {
		return false;
	}
	bits = 128 - base;
	if (slash != NULL &&
	    !parse_bits(slash + 1, len - host_len - 1, bits, &bits)) {
		return false;
	}
	net.bits = (uint8_t)(base + bits);
	*net_r = net;
	return true;
}

bool net_contains(const struct net *net, const uint8_t address[16])
{
	return has_prefix(net->address, address, net->bits);
}

static bool is_local(const char *at, size_t len)
{
	static const char word[] = "local";
	size_t i = 0;

	while (i < len && i < sizeof(word) - 1 && (at[i] | 0x20) == word[i]) {
		i++;
	}
	return i == len && len == sizeof(word) - 1;
}

static bool member_contains(const char *at, size_t len,
			    const uint8_t address[16])
{
	struct net net;

	if (is_local(at, len)) {
		return net_is_loopback(address);
	}
	return net_parse(at, len, &net) && net_contains(&net, address);
}

bool net_list_contains(const char *list, size_t len, const uint8_t address[16])
{
	while (len > 0) {
		const char *comma = memchr(list, ',', len);
		size_t member = comma == NULL ? len : (size_t)(comma - list);

		if (member_contains(list, member, address)) {
			return true;
		}
		member += comma != NULL;
		list += member;
		len -= member;
	}
	return false;
}

void net_write(const uint8_t address[16], char text_r[NET_TEXT_MAX])
{
	bool is_four = memcmp(address, mapped, sizeof(mapped)) == 0;

	text_r[0] = '?';
	text_r[1] = '\0';
	inet_ntop(is_four ? AF_INET : AF_INET6,
		  is_four ? address + sizeof(mapped) : address, text_r,
		  NET_TEXT_MAX);
}
