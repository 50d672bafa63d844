// SPDX-License-Identifier: ISC
/*
 * packet_key.h - what session and key say to each other (packet.h).
 */
#ifndef IPC_PACKET_KEY_H
#define IPC_PACKET_KEY_H

#include "ipc/packet_types.h"

/* With a descriptor: a sealed memfd of len octets (ipc/identity.h).  The first
 * packet on a channel. */
struct packet_identity {
	struct packet_head head;
	uint64_t len;
};

struct ticket_key {
	uint8_t name[PACKET_TICKET_NAME_LEN];
	uint8_t cipher[PACKET_TICKET_KEY_LEN]; /* AES-256 */
	uint8_t mac[PACKET_TICKET_KEY_LEN];    /* HMAC-SHA-256 */
};

/* New tickets are made with the first; the others open old ones, or those of a
 * process that is ahead. */
struct packet_ticket_keys {
	struct packet_head head;
	uint64_t until_ms; /* of clock_ms; then ask again (GET_TICKET_KEYS) */
	struct ticket_key key[PACKET_TICKET_KEYS];
};

/* The tail is what TLS wants signed; key looks that it is that. */
struct packet_sign {
	struct packet_head head;
	uint64_t conn;
	uint32_t certificate; /* its place in the identity */
	uint16_t scheme;      /* RFC 8446, section 4.2.3 */
	uint16_t to_sign_len;
};

/* The tail is the signature; none if key would not sign. */
struct packet_signature {
	struct packet_head head;
	uint64_t conn;
	uint32_t status; /* STATUS_OK or STATUS_PERM */
	uint32_t signature_len;
};

#endif
