// SPDX-License-Identifier: ISC
/*
 * login.h - who a caller is: name and secret against the users file, and where
 * that user's maildrop is.
 */
#ifndef AUTH_LOGIN_H
#define AUTH_LOGIN_H

#include "auth/user_name.h"
#include "base/secret.h"
#include "ipc/packet.h"

struct login;

/* Reads the users file.  settings must live as long.  0, or negative,
 * logged. */
MUST_USE int login_create(const struct auth_settings *settings,
			  struct login **login_r);
void login_destroy(struct login **login);

struct login_request {
	struct text user;
	const struct secret *secret;
	const uint8_t *address; /* 16 octets; IPv4 as ::ffff:a.b.c.d */
};

/* status: STATUS_OK; STATUS_AUTH for any credentials that are not good,
 * whatever is wrong with them; STATUS_TEMP; STATUS_PERM if the operator must
 * act. */
struct login_answer {
	enum packet_status status;
	bool is_mistake; /* of the operator: log it louder */
	const char *why; /* for the log; static */
	uint32_t uid;
	uint32_t gid;
	uint16_t user_len;
	char user[PACKET_USER_MAX]; /* as in the users file */
	char path[PACKET_PATH_MAX]; /* a string, relative to the mail root */
};

/*
 * Waits while hashes_at_once others verify.  A refusal takes the same time
 * whether or not there is such a user: one who is not there is tried against
 * the hash of another.  Any thread may call it.
 */
void login_try(struct login *login, const struct login_request *request,
	       struct login_answer *answer_r);

/* Whether the user may be told to exist: always, unless reveal_users. */
bool login_knows(struct login *login, struct text user);

#endif
