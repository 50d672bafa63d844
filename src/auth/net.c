// SPDX-License-Identifier: ISC
/*
 * net.c - lists of networks (net.h).
 * Runs in: auth.  Trusts: nothing in the list.  Allocates: never.
 */
#include "auth/net.h"

#include <arpa/inet.h>
#include <string.h>

#define MAPPED_BITS 96u /* the prefix of IPv4 in IPv6 */

/* At most three digits. */
static bool parse_bits(struct text t, unsigned max, unsigned *bits_r)
{
	unsigned n = 0;

	if (t.len == 0 || t.len > 3) {
		return false;
	}
	for (size_t i = 0; i < t.len; i++) {
		if (t.at[i] < '0' || t.at[i] > '9') {
			return false;
		}
		n = n * 10 + (unsigned)(t.at[i] - '0');
	}
	if (n > max) {
		return false;
	}
	*bits_r = n;
	return true;
}

/* An address in text as 16 octets, and how many of its bits are before those
 * that a prefix length counts. */
static bool parse_address(struct text t, uint8_t out_r[16], unsigned *base_r)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char text[INET6_ADDRSTRLEN];

	if (t.len >= sizeof(text)) {
		return false;
	}
	memcpy(text, t.at, t.len);
	text[t.len] = '\0';
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

static bool is_loopback(const uint8_t address[16])
{
	static const uint8_t six[16] = { [15] = 1 };
	static const uint8_t four[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 127
	};

	return memcmp(address, six, sizeof(six)) == 0 ||
	       has_prefix(address, four, MAPPED_BITS + 8);
}

static bool net_contains(struct text net, const uint8_t address[16])
{
	const char *slash = net.len == 0 ? NULL : memchr(net.at, '/', net.len);
	struct text host = net, length = { NULL, 0 };
	unsigned base, bits;
	uint8_t want[16];

	if (text_equal_fold(net, text_of("local"))) {
		return is_loopback(address);
	}
	if (slash != NULL) {
		host.len = (size_t)(slash - net.at);
		length.at = slash + 1;
		length.len = net.len - host.len - 1;
	}
	if (!parse_address(host, want, &base)) {
		return false;
	}
	bits = 128 - base;
	if (slash != NULL && !parse_bits(length, bits, &bits)) {
		return false;
	}
	return has_prefix(want, address, base + bits);
}

bool net_list_contains(struct text list, const uint8_t address[16])
{
	while (list.len > 0) {
		struct text net = list;

		for (net.len = 0;
		     net.len < list.len && net.at[net.len] != ',';) {
			net.len++;
		}
		if (net_contains(net, address)) {
			return true;
		}
		list.at += net.len;
		list.len -= net.len;
		if (list.len > 0) {
			list.at++;
			list.len--;
		}
	}
	return false;
}
