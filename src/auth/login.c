// SPDX-License-Identifier: ISC
/*
 * login.c - who a caller is (login.h).
 * Runs in: auth.  Trusts: nothing that came from a session process.
 */
#include "auth/login.h"

#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "auth/limits.h"
#include "auth/passwd_file.h"
#include "auth/scheme.h"
#include "auth/template.h"
#include "auth/verified.h"
#include "base/log.h"
#include "os/net.h"
#include "os/clock.h"

struct login {
	const struct auth_settings *settings;
	struct passwd_file *users;
	struct verified *verified;
	sem_t hashing; /* how many more may */
};

/* An unknown user is tried against any real one who can log in, so that times
 * are spread as theirs are. */
static bool is_decoy(const struct passwd_user *user)
{
	return scheme_judge(user->stored) == SCHEME_MATCH;
}

int login_create(const struct auth_settings *settings, struct login **login_r)
{
	struct login *login = calloc(1, sizeof(*login));
	int rc;

	if (login == NULL) {
		return -ENOMEM;
	}
	login->settings = settings;
	sem_init(&login->hashing, 0,
		 settings->hashes_at_once > 0 ? settings->hashes_at_once : 1);
	login->verified = verified_create(VERIFIED_SLOTS, VERIFIED_LIFE_MS);
	rc =
	    login->verified == NULL
		? -ENOMEM
		: passwd_file_create(settings->users, settings->lowercase_users,
				     is_decoy, &login->users);
	if (rc < 0) {
		login_destroy(&login);
		return rc;
	}
	*login_r = login;
	return 0;
}

void login_destroy(struct login **loginp)
{
	struct login *login = *loginp;

	if (login != NULL) {
		passwd_file_destroy(&login->users);
		verified_destroy(&login->verified);
		sem_destroy(&login->hashing);
		free(login);
	}
	*loginp = NULL;
}

/* A name as it is looked up. */
struct name {
	struct text text;
	char octets[PACKET_USER_MAX];
};

/* Empty, which is nobody's, if it cannot be a name. */
static void name_set(struct name *n, struct text typed, bool lowercase)
{
	n->text = (struct text){ n->octets, 0 };
	if (user_name_fault(typed) != NULL) {
		return;
	}
	memcpy(n->octets, typed.at, typed.len);
	n->text.len = typed.len;
	if (lowercase) {
		user_name_lower(n->octets, typed.len);
	}
}

static enum scheme_result verify_bounded(struct login *login,
					 struct text stored,
					 const struct secret *secret)
{
	enum scheme_result result;

	while (sem_wait(&login->hashing) < 0) {
		/* EINTR */
	}
	result = scheme_verify(stored, secret);
	sem_post(&login->hashing);
	return result;
}

/* Verifies, or finds that it was done a short time ago.  A stranger's try never
 * finds itself there: it is not added. */
static enum scheme_result verify(struct login *login, struct text user,
				 struct text stored,
				 const struct secret *secret, bool may_add)
{
	struct verified_digest digest;
	enum scheme_result result;

	if (!scheme_is_costly(stored)) {
		return scheme_verify(stored, secret);
	}
	digest = verified_digest(login->verified, user, stored, secret);
	if (verified_has(login->verified, &digest, clock_ms())) {
		return SCHEME_MATCH;
	}
	result = verify_bounded(login, stored, secret);
	if (result == SCHEME_MATCH && may_add) {
		verified_add(login->verified, &digest, clock_ms());
	}
	return result;
}

static void refuse(struct login_answer *a, enum packet_status status,
		   const char *why)
{
	a->status = status;
	a->why = why;
}

/* Whether this user could log in at all, with the right secret; else why not is
 * in *a.  Nothing here takes a time that could be measured. */
static bool may_log_in(const struct passwd_user *user, const uint8_t *address,
		       struct login_answer *a)
{
	enum scheme_result judged = scheme_judge(user->stored);

	if (user->is_disabled) {
		refuse(a, STATUS_AUTH, "log-in is switched off for the user");
		return false;
	}
	if (user->allow_nets.len != 0 &&
	    !net_list_contains(user->allow_nets.at, user->allow_nets.len,
			       address)) {
		refuse(a, STATUS_AUTH,
		       "the user may not log in from this address");
		return false;
	}
	if (judged != SCHEME_MATCH) {
		refuse(a, STATUS_AUTH, scheme_why(judged));
		a->is_mistake = judged != SCHEME_ELOCKED;
		return false;
	}
	return true;
}

/* Whether the secret is that user's; else why not is in *a. */
static bool check_secret(struct login *login, const struct passwd_table *table,
			 const struct name *name,
			 const struct login_request *request,
			 struct passwd_user *user_r, struct login_answer *a)
{
	struct passwd_user user = { .uid = PASSWD_NO_ID };
	struct passwd_user decoy = { .stored = scheme_builtin_decoy() };
	bool is_known = passwd_table_find(table, name->text, &user);
	bool is_able = is_known && may_log_in(&user, request->address, a);
	enum scheme_result result;

	/* drawn always, needed or not: a draw takes time */
	(void)!passwd_table_decoy(table, name->text, &decoy);
	result = verify(login, name->text, is_able ? user.stored : decoy.stored,
			request->secret, is_able);
	if (!is_known) {
		refuse(a, STATUS_AUTH, "unknown user");
	} else if (is_able && result != SCHEME_MATCH) {
		refuse(a, result == SCHEME_ENOMEM ? STATUS_TEMP : STATUS_AUTH,
		       scheme_why(result));
		a->is_mistake = result != SCHEME_MISMATCH;
	}
	*user_r = user;
	return is_able && result == SCHEME_MATCH;
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
		refuse(a, STATUS_PERM,
		       "the user's uid is below the setting uid_min");
		return false;
	}
	if (a->gid == 0) {
		refuse(a, STATUS_PERM, "the user's gid is 0");
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
		refuse(a, STATUS_PERM, template_why(result));
		return false;
	}
	return true;
}

static void grant(const struct auth_settings *s, const struct passwd_user *user,
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

void login_try(struct login *login, const struct login_request *request,
	       struct login_answer *answer_r)
{
	struct passwd_held *held = passwd_file_hold(login->users);
	struct passwd_user user;
	struct name name;

	answer_r->is_mistake = false;
	name_set(&name, request->user, login->settings->lowercase_users);
	if (check_secret(login, passwd_held_table(held), &name, request, &user,
			 answer_r)) {
		grant(login->settings, &user, answer_r);
	}
	passwd_file_give_back(held);
}

bool login_knows(struct login *login, struct text typed)
{
	struct passwd_held *held;
	struct passwd_user user;
	struct name name;
	bool is_known;

	if (!login->settings->reveal_users) {
		return true;
	}
	held = passwd_file_hold(login->users);
	name_set(&name, typed, login->settings->lowercase_users);
	is_known = passwd_table_find(passwd_held_table(held), name.text, &user);
	passwd_file_give_back(held);
	return is_known;
}
