// SPDX-License-Identifier: ISC
/*
 * login.h - who a caller is: name and secret against the users file, and where
 * that user's maildrop is; and what the guard (guard.h) says of it.
 */
#ifndef AUTH_LOGIN_H
#define AUTH_LOGIN_H

#include "auth/guard.h"
#include "auth/passwd_file.h"
#include "auth/user_name.h"
#include "base/secret.h"
#include "ipc/packet.h"

struct login;

/* Descriptors that were opened before the role confined itself; they stay the
 * caller's, and -1 is none. */
struct login_files {
	int guard; /* ipc/guard_file.h */
	int apps;  /* auth/app_use.h */
};

/* Reads the users file.  settings must live as long.  0, or negative,
 * logged. */
MUST_USE int login_create(const struct auth_settings *settings,
			  const struct login_files *files,
			  struct login **login_r);
void login_destroy(struct login **login);

/* The users, for who verifies by other means than a secret. */
struct passwd_file *login_users(struct login *login);

struct login_request {
	struct text user;
	const struct secret *secret;
	const uint8_t *address; /* 16 octets; IPv4 as ::ffff:a.b.c.d */
	struct text stamp;      /* not empty: the secret is an APOP digest */
};

/*
 * status: STATUS_OK; STATUS_AUTH for any credentials that are not good,
 * whatever is wrong with them; STATUS_GUESSING if they were not looked at;
 * STATUS_LOGIN_DELAY if they are good but it is too early; STATUS_TEMP;
 * STATUS_PERM if the operator must act.
 */
struct login_answer {
	enum packet_status status;
	bool is_mistake;   /* of the operator: log it louder */
	bool is_familiar;  /* the user has logged in from there before */
	bool is_for_user;  /* guessing: the user's failures, from wherever */
	uint32_t delay_ms; /* of a refusal */
	const char *why;   /* for the log; static */
	uint32_t uid;
	uint32_t gid;
	uint16_t user_len;
	char user[PACKET_USER_MAX]; /* as in the users file */
	char path[PACKET_PATH_MAX]; /* a string, relative to the mail root */
};

/*
 * Answers, if that takes no password hash: true.  Else login_try will, and only
 * answer_r->is_familiar says anything.  Whether it is so is the same for users
 * who are there and who are not.  Any thread may call what stands from here on.
 */
MUST_USE bool login_try_cheaply(struct login *login,
				const struct login_request *request,
				struct login_answer *answer_r);

/*
 * Answers.  A refusal takes the same time whether or not there is such a user:
 * one who is not there is tried against the hash of another.
 */
void login_try(struct login *login, const struct login_request *request,
	       struct login_answer *answer_r);

/* --- for who verifies by other means --- */

/* Whether the guard lets it be tried; else *answer_r is the answer. */
MUST_USE bool login_may_be_tried(struct login *login, struct text user,
				 const uint8_t address[16],
				 struct login_answer *answer_r);
/* It is not that user.  why: static; for the log, unless there is a better
 * reason. */
void login_disproved(struct login *login, struct text user,
		     const uint8_t address[16], const char *why,
		     struct login_answer *answer_r);
/* It is: whether he may log in. */
void login_proved(struct login *login, struct text user,
		  const uint8_t address[16], struct login_answer *answer_r);

/* --- */

/* Whether the user may be told to exist: always, unless reveal_users. */
bool login_knows(struct login *login, struct text user);

struct guard *login_guard(struct login *login);

#endif
