// SPDX-License-Identifier: ISC
/*
 * login_grant.h - what an entry of the users file allows and gives: whether the
 * user may log in at all, as whom, and where to.  Parts of login.h's answer.
 */
#ifndef AUTH_LOGIN_GRANT_H
#define AUTH_LOGIN_GRANT_H

#include "auth/login.h"
#include "auth/passwd_line.h"

/* why: static. */
void login_refuse(struct login_answer *a, enum packet_status status,
		  const char *why);

/* Whether this user could log in from that address with the right secret; else
 * why not is in *a.  Nothing here takes a time that could be measured. */
MUST_USE bool login_is_able(const struct passwd_user *user,
			    const uint8_t address[16], struct login_answer *a);

/* Completes the answer: STATUS_OK, or STATUS_PERM. */
void login_grant(const struct auth_settings *s, const struct passwd_user *user,
		 struct login_answer *a);

#endif
