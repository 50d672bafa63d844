// SPDX-License-Identifier: ISC
/*
 * scram.h - the client's side of SCRAM (RFC 5802, RFC 7677), pure but for
 * random octets.  It is our own because GNU SASL's client cannot say "y": that
 * it would bind to the channel if the server could.  By that flag a server
 * whose -PLUS was taken out of what it announces finds out; without it the
 * downgrade would pass.  Nor has it tls-server-end-point (RFC 5929).
 */
#ifndef FETCH_NET_SCRAM_H
#define FETCH_NET_SCRAM_H

#include "base/secret.h"
#include "fetch/net/link.h"
#include "pop3/client.h"

#define SCRAM_HASH_MAX    32u
#define SCRAM_MESSAGE_MAX POP3_CLIENT_LINE_MAX

enum scram_flag {
	SCRAM_FLAG_N, /* we do not bind */
	SCRAM_FLAG_Y, /* we would, but the server does not announce it */
	SCRAM_FLAG_P, /* we do */
};

struct scram_options {
	bool is_sha256; /* else SHA-1 */
	enum scram_flag flag;
	enum link_binding binding; /* of SCRAM_FLAG_P, and its octets */
	const uint8_t *binding_octets;
	size_t binding_len; /* at most LINK_BINDING_MAX */
	const char *user;
	const char *nonce; /* for tests: instead of a random one; or NULL */
	uint64_t rounds_min, rounds_max;
};

enum scram_result {
	SCRAM_OK,
	SCRAM_EMALFORMED, /* not what a server may say */
	SCRAM_EROUNDS,    /* fewer or more than may be */
	SCRAM_EREFUSED,   /* "e=": it says why not */
	SCRAM_EWRONG,     /* it does not know the password */
	SCRAM_EINTERNAL,  /* no memory, or too long a name */
};

/* Place it anywhere, and wipe it when it is over. */
struct scram {
	struct scram_options options;
	size_t hash_len;
	uint8_t signature[SCRAM_HASH_MAX]; /* that the server is to show */
	size_t nonce_at, nonce_len;        /* ours, in first */
	size_t bare_at; /* of first, without what is about binding */
	struct pop3_writer first, final, auth;
	uint8_t first_octets[SCRAM_MESSAGE_MAX];
	uint8_t final_octets[SCRAM_MESSAGE_MAX];
	uint8_t auth_octets[3 * SCRAM_MESSAGE_MAX];
};

/* Makes the first message, first.  options' pointers are not kept longer than
 * until scram_answer. */
MUST_USE enum scram_result scram_begin(struct scram *s,
				       const struct scram_options *options);

/* The server's first message: makes final, which is to be sent. */
MUST_USE enum scram_result scram_answer(struct scram *s, struct pop3_slice said,
					const struct secret *password);

/* The server's last message: whether it knows the password, too. */
MUST_USE enum scram_result scram_verify(const struct scram *s,
					struct pop3_slice said);

#endif
