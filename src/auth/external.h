// SPDX-License-Identifier: ISC
/*
 * external.h - who a client is by its certificate (SASL EXTERNAL): verifies the
 * proof that it holds the certificate's key (ipc/proof.h), whose certificate
 * authority it is, and takes the user's name from it.
 *
 * What holds: a proof is a signature of the certificate's key over the hash of
 * a TLS 1.3 handshake in which the key's owner was the client.  So a session
 * process, captured or not, can claim nobody whose key has never signed such a
 * handshake for anybody who tells it.
 *
 * What does not: only the hash is seen here, not the handshake, so it is not
 * known with whom that was, nor when.  A session process that was captured can
 * hand over what a client signed for any other TLS 1.3 server, if that gives it
 * away, and what was signed long ago, until the certificate expires.  A client
 * by itself can do neither: session takes hash and signature from the handshake
 * that it had with it.
 */
#ifndef AUTH_EXTERNAL_H
#define AUTH_EXTERNAL_H

#include "auth/user_name.h"
#include "ipc/packet_types.h"
#include "ipc/settings.h"

struct external;

/*
 * Reads the certificate authorities, PEM, from fd, which stays the caller's.
 * 0, or a negative errno, logged: -EINVAL if there is none in it, or something
 * else than certificates.
 */
MUST_USE int external_create(int fd, enum certificate_name name,
			     struct external **e_r);
/* *e may be NULL, and becomes it. */
void external_destroy(struct external **e);

enum external_result {
	EXTERNAL_OK,
	EXTERNAL_EMALFORMED = -1, /* the proof is none */
	EXTERNAL_ESIGNATURE = -2, /* whoever signed has another key */
	EXTERNAL_ECHAIN = -3,     /* not of our authorities, or expired */
	EXTERNAL_ENAME = -4,      /* no name in it, or more than one */
	EXTERNAL_ENOMEM = -5,
};

struct external_user {
	const char *why; /* for the log; static */
	size_t len;
	char name[PACKET_USER_MAX]; /* may be a user's: user_name_fault */
};

/* Any thread may call it.  user_r->why is set in any case. */
MUST_USE enum external_result external_verify(const struct external *e,
					      const uint8_t *proof, size_t len,
					      struct external_user *user_r);

#endif
