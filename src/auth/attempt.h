// SPDX-License-Identifier: ISC
/*
 * attempt.h - one attempt to log in with a secret, from the claim to the
 * answer: at once, by the thread that received it, if that costs little; else
 * by one of the few threads that make password hashes (pool.h).  So however
 * many wrong passwords come, those who are known are answered at once.
 */
#ifndef AUTH_ATTEMPT_H
#define AUTH_ATTEMPT_H

#include "auth/login.h"
#include "auth/pool.h"
#include "auth/refusals.h"
#include "ipc/service.h"

/* What all attempts share. */
struct attempts {
	struct login *login;
	struct refusals *refusals;
	struct pool *pool;
};

/* What a session process says that a client has said. */
struct claim {
	uint64_t conn;
	uint8_t address[16];
	size_t user_len;
	size_t stamp_len; /* 0, or the secret is an APOP digest */
	struct secret secret;
	char user[PACKET_USER_MAX];
	char stamp[PACKET_STAMP_MAX];
};

/* login must live as long.  0, or -ENOMEM. */
MUST_USE int attempts_init(struct attempts *attempts, struct login *login,
			   uint32_t hashes_at_once);

/* Starts the threads, which live as long as the process.  0, or a negative
 * errno. */
MUST_USE int attempts_start(struct attempts *attempts);

/*
 * Sees to it that the peer gets an answer, or maildrop a grant, now or later.
 * Wipes the claim.  0, or negative if the answer could not be sent.
 */
MUST_USE int attempt_make(struct attempts *attempts, struct peer *peer,
			  struct claim *claim);

/*
 * Tells the session process, or maildrop, what came of it, and logs a refusal.
 * Of the request user and address are used.  0, or negative: it was not sent.
 */
MUST_USE int attempt_answer(struct attempts *attempts, struct peer *peer,
			    uint64_t conn, const struct login_request *request,
			    const struct login_answer *answer);

#endif
