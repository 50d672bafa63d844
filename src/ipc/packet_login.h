// SPDX-License-Identifier: ISC
/*
 * packet_login.h - what session, auth and maildrop say of who a client is
 * (packet.h).
 */
#ifndef IPC_PACKET_LOGIN_H
#define IPC_PACKET_LOGIN_H

#include "ipc/packet_types.h"

/* conn is the session process's own number of the connection, never reused.
 * The tail is the user name, then the secret, then the greeting's stamp: if
 * stamp_len is not 0 the secret is an APOP digest. */
struct packet_login {
	struct packet_head head;
	uint64_t conn;
	uint8_t address[16]; /* of the client; IPv4 as ::ffff:a.b.c.d */
	uint16_t user_len;
	uint16_t secret_len;
	uint16_t stamp_len;
	uint16_t zero;
};

/*
 * Begins a SASL exchange; the answer is SASL_CHALLENGE, REFUSED, or a GRANT to
 * maildrop.  Without TLS the bindings are 0.  The tail is the mechanism's name,
 * the initial response, then, for EXTERNAL alone, the proof (ipc/proof.h).
 */
struct packet_sasl_begin {
	struct packet_head head;
	uint64_t conn;
	uint8_t address[16];
	uint8_t exporter[PACKET_EXPORTER_LEN];
	uint8_t end_point[PACKET_END_POINT_MAX];
	uint16_t mechanism_len;
	uint16_t response_len;
	uint16_t proof_len;
	uint8_t has_response; /* 0 or 1: an empty one is one */
	uint8_t has_exporter; /* 0 or 1 */
	uint8_t end_point_len;
	uint8_t zero[7];
};

/* The client's next response, which is the tail; the answers are as above. */
struct packet_sasl_step {
	struct packet_head head;
	uint64_t conn;
	uint32_t response_len;
	uint32_t zero;
};

/* Forget the exchange: the client gave it up, or is gone.  No answer. */
struct packet_sasl_cancel {
	struct packet_head head;
	uint64_t conn;
};

/* The tail is the challenge. */
struct packet_sasl_challenge {
	struct packet_head head;
	uint64_t conn;
	uint32_t challenge_len;
	uint32_t zero;
};

/* Is there such a user?  The tail is the user name. */
struct packet_known {
	struct packet_head head;
	uint64_t conn;
	uint32_t user_len;
	uint32_t zero;
};

struct packet_known_answer {
	struct packet_head head;
	uint64_t conn;
	uint32_t is_known; /* 0 or 1 */
	uint32_t zero;
};

struct packet_refused {
	struct packet_head head;
	uint64_t conn;
	uint32_t status;   /* enum packet_status, not STATUS_OK */
	uint32_t delay_ms; /* tell the client so much later */
};

/* The tail is the user name (as found in the user database), then the
 * maildrop's path relative to the mail root. */
struct packet_grant {
	struct packet_head head;
	uint64_t conn;
	uint32_t session; /* id of the session process's channel */
	uint32_t uid;
	uint32_t gid;
	uint16_t user_len;
	uint16_t path_len;
};

#endif
