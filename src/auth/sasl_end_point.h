// SPDX-License-Identifier: ISC
/*
 * sasl_end_point.h - SCRAM-SHA-1-PLUS and SCRAM-SHA-256-PLUS with the channel
 * binding tls-server-end-point (RFC 5802, RFC 5929).  GNU SASL has these
 * mechanisms, but knows tls-exporter and tls-unique only, and a binding's name
 * is part of what the client signs, so there is no way to give it another.
 * All that has another binding, or none, is GNU SASL's.
 */
#ifndef AUTH_SASL_END_POINT_H
#define AUTH_SASL_END_POINT_H

#include "auth/scram.h"
#include "auth/scram_message.h"
#include "ipc/packet_types.h"

/* Octets of a client's first message that are kept: a name of 255 octets, all
 * of them encoded, a nonce that fits a challenge, and as much again. */
#define END_POINT_FIRST_MAX 2048u
struct end_point {
	enum scram_kind kind;
	size_t binding_len;
	uint8_t binding[PACKET_END_POINT_MAX];
	size_t header_len; /* of first: the rest is bare */
	size_t first_len;
	char first[END_POINT_FIRST_MAX];
	size_t nonce_len; /* of challenge, behind "r=" */
	size_t challenge_len;
	char challenge[PACKET_CHALLENGE_MAX + 1]; /* a string */
};

enum end_point_result {
	END_POINT_OK,
	END_POINT_EMALFORMED = -1,
	END_POINT_EWRONG = -2,
	END_POINT_ENOMEM = -3,
};

/*
 * Answers the client's first message, f, which is message taken apart: the
 * challenge is e->challenge then.  binding is what tls-server-end-point is
 * here.  END_POINT_OK, or _EMALFORMED if something is too long.
 */
MUST_USE enum end_point_result
end_point_begin(struct end_point *e, struct text message,
		const struct scram_first *f,
		const struct scram_verifier *verifier, const uint8_t *binding,
		size_t binding_len);

/* Judges the client's final message by the verifier, which has its keys now; if
 * it is END_POINT_OK, the server's final one is in e->challenge. */
MUST_USE enum end_point_result
end_point_finish(struct end_point *e, struct text message,
		 const struct scram_verifier *verifier);

/* Verifies something known, so that libcrypto has loaded what it needs.
 * False if it cannot. */
MUST_USE bool end_point_try_crypto(void);

#endif
