// SPDX-License-Identifier: ISC
/*
 * proxy_v2.c - the header of the PROXY protocol, version 2 (proxy_v2.h).
 * Runs in: session.  Trusts: nothing it is given.  Allocates: never.
 */
#include "session/proxy_v2.h"

#define FIXED_LEN 16u /* the octets that every header has */

enum command {
	COMMAND_LOCAL = 0x20, /* with the version, 2, above it */
	COMMAND_PROXY = 0x21,
};

enum family {
	FAMILY_UNSPEC,
	FAMILY_INET,
	FAMILY_INET6,
	FAMILY_UNIX,
	FAMILY_COUNT,
};

enum transport {
	TRANSPORT_UNSPEC,
	TRANSPORT_STREAM,
};

enum tlv_type {
	TLV_CRC32C = 0x03,
	TLV_SSL = 0x20,
};

#define TLV_HEAD_LEN   3u
#define TLV_CRC32C_LEN 4u
#define TLV_SSL_LEN    5u /* its own fields, before what is nested in it */
#define CLIENT_SSL     0x01u

/* Octets of both addresses and ports. */
static const uint8_t ends_len[FAMILY_COUNT] = {
	[FAMILY_INET] = 12,
	[FAMILY_INET6] = 36,
	[FAMILY_UNIX] = 216,
};

static unsigned two_octets(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

/* --- the vectors behind the addresses --- */

struct tlv {
	unsigned type;
	struct pop3_slice value;
};

/* Takes the first of rest; rest is not empty.  False if it does not end in it.
 */
static bool take_tlv(struct pop3_slice *rest, struct tlv *tlv_r)
{
	size_t len;

	if (rest->len < TLV_HEAD_LEN) {
		return false;
	}
	len = two_octets(rest->at + 1);
	if (len > rest->len - TLV_HEAD_LEN) {
		return false;
	}
	tlv_r->type = rest->at[0];
	tlv_r->value = pop3_slice_of(rest->at + TLV_HEAD_LEN, len);
	*rest = pop3_slice_tail(*rest, TLV_HEAD_LEN + len);
	return true;
}

/* [rfc4960/B/crc32c] CRC32c, bit by bit: a header is short, and few carry it.
 * What is at hole counts as 0. */
static uint32_t crc_of(struct pop3_slice all, const uint8_t *hole)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < all.len; i++) {
		const uint8_t *at = all.at + i;
		bool is_hole = at >= hole && at < hole + TLV_CRC32C_LEN;

		crc ^= is_hole ? 0 : *at;
		for (int bit = 0; bit < 8; bit++) {
			crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
		}
	}
	return ~crc;
}

static bool is_crc_right(struct pop3_slice all, struct pop3_slice value)
{
	uint32_t said;

	if (value.len != TLV_CRC32C_LEN) {
		return false;
	}
	said = (uint32_t)two_octets(value.at) << 16 | two_octets(value.at + 2);
	return crc_of(all, value.at) == said;
}

/* What is nested in it (names of version, cipher, certificate) must be sound,
 * and is not looked at. */
static bool read_ssl(struct pop3_slice value, struct proxy_header *h)
{
	struct pop3_slice rest;
	struct tlv tlv;

	if (value.len < TLV_SSL_LEN) {
		return false;
	}
	h->is_tls = (value.at[0] & CLIENT_SSL) != 0;
	rest = pop3_slice_tail(value, TLV_SSL_LEN);
	while (rest.len != 0) {
		if (!take_tlv(&rest, &tlv)) {
			return false;
		}
	}
	return true;
}

/* [proxy/2.2.3] a header with a wrong checksum "MUST" be treated as invalid.
 * Two words on TLS are none: who could say which of them holds? */
static bool read_tlvs(struct pop3_slice all, size_t begin,
		      struct proxy_header *h)
{
	struct pop3_slice rest = pop3_slice_tail(all, begin);
	bool has_ssl = false;
	struct tlv tlv;

	while (rest.len != 0) {
		if (!take_tlv(&rest, &tlv)) {
			return false;
		}
		if (tlv.type == TLV_CRC32C && !is_crc_right(all, tlv.value)) {
			return false;
		}
		if (tlv.type == TLV_SSL) {
			if (has_ssl || !read_ssl(tlv.value, h)) {
				return false;
			}
			has_ssl = true;
		}
	}
	return true;
}

/* --- addresses --- */

static void read_ends(const uint8_t *at, unsigned family,
		      struct proxy_header *h)
{
	if (family == FAMILY_INET) {
		h->address[10] = 0xff;
		h->address[11] = 0xff;
		memcpy(h->address + 12, at, 4);
		h->port = (uint16_t)two_octets(at + 8);
	} else if (family == FAMILY_INET6) {
		memcpy(h->address, at, 16);
		h->port = (uint16_t)two_octets(at + 32);
	} else {
		h->is_local = true;
	}
}

/* all: the header, whole.  [proxy/2.2] "other values are unspecified and must
 * not be emitted in version 2 of this protocol and must be rejected"; of the
 * datagrams that may be emitted none can lead to a TCP connection. */
static bool read_proxied(struct pop3_slice all, struct proxy_header *h)
{
	unsigned family = all.at[13] >> 4, transport = all.at[13] & 15u;

	if (family >= FAMILY_COUNT || transport > TRANSPORT_STREAM) {
		return false;
	}
	/* How long addresses are of which nothing is known, and so where
	 * vectors begin, nobody can say. */
	if (family == FAMILY_UNSPEC || transport == TRANSPORT_UNSPEC) {
		h->is_local = true;
		return true;
	}
	if (all.len < FIXED_LEN + (size_t)ends_len[family]) {
		return false;
	}
	read_ends(all.at + FIXED_LEN, family, h);
	return read_tlvs(all, FIXED_LEN + (size_t)ends_len[family], h);
}

/* --- the whole --- */

/* Of what is there of the fixed part, the version and the command. */
static bool is_command(struct pop3_slice in)
{
	return in.len <= 12 || in.at[12] == COMMAND_LOCAL ||
	       in.at[12] == COMMAND_PROXY;
}

int proxy_v2_parse(struct pop3_slice in, struct proxy_header *header_r)
{
	struct proxy_header h = { .port = 0 };
	size_t len;

	if (!is_command(in)) {
		return PROXY_BAD;
	}
	if (in.len < FIXED_LEN) {
		return 0;
	}
	len = FIXED_LEN + two_octets(in.at + 14);
	if (len > PROXY_MAX) {
		return PROXY_BAD;
	}
	if (in.len < len) {
		return 0;
	}
	/* [proxy/2.2] LOCAL: "The receiver must accept this connection as valid
	 * and must use the real connection endpoints and discard the protocol
	 * block including the family which is ignored." */
	if (in.at[12] == COMMAND_LOCAL) {
		h.is_local = true;
	} else if (!read_proxied(pop3_slice_of(in.at, len), &h)) {
		return PROXY_BAD;
	}
	*header_r = h;
	return (int)len;
}
