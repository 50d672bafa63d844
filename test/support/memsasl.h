// SPDX-License-Identifier: ISC
/*
 * memsasl.h - the server's side of SASL in memory: PLAIN (RFC 4616), and LOGIN,
 * which asks for the name and then for the password.  SCRAM-SHA-256 is offered,
 * because it hides its secret, but lets nobody in.
 */
#ifndef TEST_MEMSASL_H
#define TEST_MEMSASL_H

#include "pop3/pop3.h"

#define MEMSASL_MECHANISMS        "SCRAM-SHA-256 PLAIN LOGIN"
#define MEMSASL_HIDDEN_MECHANISMS "SCRAM-SHA-256"

/* Who wants to log in, decoded. */
struct memsasl {
	bool is_begun;
	bool is_login, is_plain;
	bool has_name;
	uint8_t at[12288]; /* as much as a line of base64 can hold */
	struct pop3_writer decoded;
	size_t name_len; /* of LOGIN, the first octets that were decoded */
	/* for the engine, until it has put it */
	uint8_t challenge_at[POP3_CHALLENGE_MAX];
	struct pop3_slice challenge;
};

enum memsasl_step {
	MEMSASL_CHALLENGE, /* in challenge */
	MEMSASL_VERIFY,    /* user_r and secret_r are set */
	MEMSASL_REFUSE,    /* no sound message of the mechanism */
};

/* Goes on with what POP3_EV_AUTH or POP3_EV_RESPONSE says. */
enum memsasl_step memsasl_go(struct memsasl *sasl, const struct pop3_event *ev,
			     struct pop3_slice *user_r,
			     struct pop3_slice *secret_r);

/* The engine may no more look at the challenge. */
void memsasl_spoil(struct memsasl *sasl);

/* The exchange is over, or was never begun. */
void memsasl_forget(struct memsasl *sasl);

#endif
