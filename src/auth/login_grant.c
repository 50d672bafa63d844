// SPDX-License-Identifier: ISC
/*
 * login_grant.c - what an entry of the users file allows (login_grant.h).
 * Runs in: auth.  Trusts: the users file as far as an operator's mistake must
 * not open what lies outside the mail root.  Allocates: never.
 */
#include "auth/login_grant.h"

#include <string.h>

#include "auth/template.h"
#include "auth/verifiers.h"
#include "os/net.h"

void login_refuse(struct login_answer *a, enum packet_status status,
		  const char *why)
{
	a->status = status;
	a->why = why;
}

bool login_is_able(const struct passwd_user *user, const uint8_t address[16],
		   struct login_answer *a)
{
	enum scheme_result judged = verifiers_judge(user);

	if (user->is_disabled) {
		login_refuse(a, STATUS_AUTH,
			     "log-in is switched off for the user");
		return false;
	}
	if (user->allow_nets.len != 0 &&
	    !net_list_contains(user->allow_nets.at, user->allow_nets.len,
			       address)) {
		login_refuse(a, STATUS_AUTH,
			     "the user may not log in from this address");
		return false;
	}
	if (judged != SCHEME_MATCH) {
		login_refuse(a, STATUS_AUTH, scheme_why(judged));
		a->is_mistake = judged != SCHEME_ELOCKED;
		return false;
	}
	return true;
}

/* Started by an ordinary user, everything runs as that user: what the users
 * file says does not matter. */
static bool take_identity(const struct auth_settings *s,
			  const struct passwd_user *user,
			  struct login_answer *a)
{
	a->uid = s->mail_uid;
	a->gid = s->mail_gid;
	if (!s->common.drop_privileges) {
		return true;
	}
	if (user->uid != PASSWD_NO_ID) {
		a->uid = user->uid;
	}
	if (user->gid != PASSWD_NO_ID) {
		a->gid = user->gid;
	}
	if (a->uid == 0 || a->uid < s->uid_min) {
		login_refuse(a, STATUS_PERM,
			     "the user's uid is below the setting uid_min");
		return false;
	}
	if (a->gid == 0) {
		login_refuse(a, STATUS_PERM, "the user's gid is 0");
		return false;
	}
	return true;
}

static bool take_path(const struct auth_settings *s,
		      const struct passwd_user *user, struct login_answer *a)
{
	enum template_result result =
	    template_expand(s->maildrop, s->mail_root, user->name, user->home,
			    a->path, sizeof(a->path));

	if (result != TEMPLATE_OK) {
		login_refuse(a, STATUS_PERM, template_why(result));
		return false;
	}
	return true;
}

void login_grant(const struct auth_settings *s, const struct passwd_user *user,
		 struct login_answer *a)
{
	a->is_mistake = true;
	if (!take_identity(s, user, a) || !take_path(s, user, a)) {
		return;
	}
	a->is_mistake = false;
	memcpy(a->user, user->name.at, user->name.len);
	a->user_len = (uint16_t)user->name.len;
	a->status = STATUS_OK;
	a->why = "ok";
}
