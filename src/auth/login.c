// SPDX-License-Identifier: ISC
/*
 * login.c - who a caller is (login.h).
 * Runs in: auth.  Trusts: nothing that came from a session process.
 */
#include "auth/login.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "auth/apop.h"
#include "auth/app_use.h"
#include "auth/limits.h"
#include "auth/login_grant.h"
#include "auth/verified.h"
#include "auth/verifiers.h"
#include "base/log.h"
#include "os/clock.h"

struct login {
	const struct auth_settings *settings;
	struct passwd_file *users;
	struct verified *verified;
	struct guard *guard;
	int apps;
};

static struct guard *make_guard(const struct auth_settings *s, int fd)
{
	struct guard_limits limits = { .failures_max = s->failures_max,
				       .failures_ms = s->failures_ms,
				       .login_delay_s = s->login_delay_s,
				       .login_burst = s->login_burst };

	return guard_create(fd, &limits, clock_unix_ms());
}

/* The key lasts as long as the guard's file: who is whose decoy must not change
 * when the server starts anew. */
static int open_users(struct login *login)
{
	struct passwd_options options = { .is_folding =
					      login->settings->lowercase_users,
					  .is_decoy = verifiers_may_decoy };
	int rc;

	guard_derive_key(login->guard, "users", options.key,
			 sizeof(options.key));
	rc =
	    passwd_file_create(login->settings->users, &options, &login->users);
	wipe(&options, sizeof(options));
	return rc;
}

int login_create(const struct auth_settings *settings,
		 const struct login_files *files, struct login **login_r)
{
	struct login *login = calloc(1, sizeof(*login));
	int rc;

	if (login == NULL) {
		return -ENOMEM;
	}
	login->settings = settings;
	login->apps = files->apps;
	login->verified = verified_create(VERIFIED_SLOTS, VERIFIED_LIFE_MS);
	login->guard = make_guard(settings, files->guard);
	rc = login->verified == NULL || login->guard == NULL
		 ? -ENOMEM
		 : open_users(login);
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
		guard_destroy(&login->guard);
		free(login);
	}
	*loginp = NULL;
}

struct passwd_file *login_users(struct login *login)
{
	return login->users;
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

/* What comes of a secret. */
enum verdict {
	VERDICT_RIGHT,
	VERDICT_WRONG, /* whatever is wrong: it counts as a failure */
	VERDICT_TEMP,  /* nothing was found out */
	VERDICT_LATER, /* it takes a hash, which is not to be made now */
};

/* One who is tried, from the users file's point of view. */
struct candidate_user {
	struct name name;
	struct passwd_user user; /* if is_known */
	struct passwd_user decoy;
	struct text app; /* the app password that matched; or empty */
	bool is_known;
	bool is_able; /* with the right secret */
};

static void find_user(struct login *login, const struct passwd_table *table,
		      const struct login_request *request,
		      struct candidate_user *c, struct login_answer *a)
{
	*c = (struct candidate_user){ .user.uid = PASSWD_NO_ID,
				      .decoy.stored = scheme_builtin_decoy() };
	name_set(&c->name, request->user, login->settings->lowercase_users);
	c->is_known = passwd_table_find(table, c->name.text, &c->user);
	c->is_able =
	    c->is_known && login_is_able(&c->user, request->address, a);
	/* drawn always, needed or not: a draw takes time */
	(void)!passwd_table_decoy(table, PASSWD_DECOY_PASSWORD, c->name.text,
				  &c->decoy);
}

/* Verifies, or finds that it was done a short time ago: maybe when he had that
 * password, whose hash, being another's too, is drawn as his decoy now. */
static enum scheme_result try_password(struct login *login,
				       const struct candidate_user *c,
				       const struct secret *secret,
				       bool may_hash, bool *is_later_r)
{
	bool has_one = c->is_able && verifiers_password(&c->user).len != 0;
	const struct passwd_user *tried = has_one ? &c->user : &c->decoy;
	struct verified_digest digest;
	enum scheme_result result;

	if (!verifiers_are_costly(tried)) {
		result = verifiers_try_password(tried, secret);
		return has_one ? result : SCHEME_MISMATCH;
	}
	digest = verified_digest(login->verified, c->name.text,
				 verifiers_password(tried), secret);
	if (verified_has(login->verified, &digest, clock_ms())) {
		return has_one ? SCHEME_MATCH : SCHEME_MISMATCH;
	}
	*is_later_r = !may_hash;
	if (!may_hash) {
		return SCHEME_MISMATCH;
	}
	result = verifiers_try_password(tried, secret);
	if (has_one && result == SCHEME_MATCH) {
		verified_add(login->verified, &digest, clock_ms());
	}
	return has_one ? result : SCHEME_MISMATCH;
}

static enum scheme_result try_secret(struct login *login,
				     struct candidate_user *c,
				     const struct login_request *request,
				     bool may_hash, bool *is_later_r)
{
	const struct passwd_user *user = c->is_able ? &c->user : &c->decoy;
	struct verifiers_match match = { .app = { NULL, 0 } };

	if (request->stamp.len != 0) {
		return apop_try(user->stored, request->stamp, request->secret);
	}
	if (verifiers_try_apps(user, request->secret, clock_unix(), &match) ==
	    SCHEME_MATCH) {
		c->app = match.app;
		return SCHEME_MATCH;
	}
	return try_password(login, c, request->secret, may_hash, is_later_r);
}

/* Whether the secret is that user's; else why not is in *a. */
static enum verdict check_secret(struct login *login, struct candidate_user *c,
				 const struct login_request *request,
				 bool may_hash, struct login_answer *a)
{
	bool is_later = false;
	enum scheme_result result =
	    try_secret(login, c, request, may_hash, &is_later);

	if (is_later) {
		return VERDICT_LATER;
	}
	if (!c->is_known) {
		login_refuse(a, STATUS_AUTH, "unknown user");
		return VERDICT_WRONG;
	}
	if (!c->is_able) {
		return VERDICT_WRONG;
	}
	if (result == SCHEME_MATCH) {
		return VERDICT_RIGHT;
	}
	login_refuse(a, result == SCHEME_ENOMEM ? STATUS_TEMP : STATUS_AUTH,
		     scheme_why(result));
	a->is_mistake = result != SCHEME_MISMATCH;
	return result == SCHEME_ENOMEM ? VERDICT_TEMP : VERDICT_WRONG;
}

static void note_app(struct login *login, const struct candidate_user *c)
{
	int rc = c->app.len == 0 || login->apps == -1
		     ? 0
		     : app_use_note(login->apps, c->user.name, c->app);

	if (rc < 0) {
		log_event_errno(LOG_WARNING,
				"cannot note the use of an app password", NULL,
				-rc);
	}
}

/* Somebody is who he says: whether he gets in. */
static void let_in(struct login *login, const struct guard_try *t,
		   const struct candidate_user *c, struct login_answer *a)
{
	uint64_t now = clock_unix_ms();

	guard_succeeded(login->guard, t, now);
	note_app(login, c);
	login_grant(login->settings, &c->user, a);
	if (a->status == STATUS_OK &&
	    !guard_may_log_in(login->guard, c->user.name, now)) {
		login_refuse(a, STATUS_LOGIN_DELAY,
			     "the last log-in was too short a time ago");
	}
}

/* False: it was not found out, since it takes a hash. */
static bool conclude(struct login *login, const struct guard_try *t,
		     enum verdict verdict, const struct candidate_user *c,
		     struct login_answer *a)
{
	switch (verdict) {
	case VERDICT_RIGHT:
		let_in(login, t, c, a);
		break;
	case VERDICT_WRONG:
		a->delay_ms = guard_failed(login->guard, t, clock_unix_ms());
		break;
	case VERDICT_TEMP:
		break;
	case VERDICT_LATER:
		return false;
	}
	return true;
}

static bool look(struct login *login, struct text user,
		 const uint8_t address[16], struct guard_try *t_r,
		 struct login_answer *a)
{
	guard_look(login->guard, user, address, clock_unix_ms(), t_r);
	a->is_mistake = false;
	a->is_familiar = t_r->is_familiar;
	a->is_for_user = t_r->is_for_user;
	a->delay_ms = t_r->is_refused ? GUARD_REFUSED_DELAY_MS : 0;
	if (t_r->is_refused) {
		login_refuse(a, STATUS_GUESSING, t_r->why);
	}
	return !t_r->is_refused;
}

static bool try(struct login *login, const struct login_request *request,
		bool may_hash, struct login_answer *a)
{
	struct passwd_held *held;
	struct candidate_user c;
	struct guard_try t;
	enum verdict verdict;
	bool is_answered;

	if (!look(login, request->user, request->address, &t, a)) {
		return true;
	}
	held = passwd_file_hold(login->users);
	find_user(login, passwd_held_table(held), request, &c, a);
	verdict = check_secret(login, &c, request, may_hash, a);
	is_answered = conclude(login, &t, verdict, &c, a);
	passwd_file_give_back(held);
	return is_answered;
}

bool login_try_cheaply(struct login *login, const struct login_request *request,
		       struct login_answer *answer_r)
{
	return try(login, request, false, answer_r);
}

void login_try(struct login *login, const struct login_request *request,
	       struct login_answer *answer_r)
{
	(void)try(login, request, true, answer_r);
}

bool login_may_be_tried(struct login *login, struct text user,
			const uint8_t address[16],
			struct login_answer *answer_r)
{
	struct guard_try t;

	return look(login, user, address, &t, answer_r);
}

void login_disproved(struct login *login, struct text user,
		     const uint8_t address[16], const char *why,
		     struct login_answer *answer_r)
{
	struct login_request request = { .user = user, .address = address };
	struct passwd_held *held;
	struct candidate_user c;
	struct guard_try t;

	if (!look(login, user, address, &t, answer_r)) {
		return;
	}
	held = passwd_file_hold(login->users);
	find_user(login, passwd_held_table(held), &request, &c, answer_r);
	if (!c.is_known || c.is_able) {
		login_refuse(answer_r, STATUS_AUTH,
			     c.is_known || user.len == 0 ? why
							 : "unknown user");
	}
	passwd_file_give_back(held);
	(void)conclude(login, &t, VERDICT_WRONG, NULL, answer_r);
}

void login_proved(struct login *login, struct text user,
		  const uint8_t address[16], struct login_answer *answer_r)
{
	struct login_request request = { .user = user, .address = address };
	struct passwd_held *held;
	struct candidate_user c;
	struct guard_try t;

	if (!look(login, user, address, &t, answer_r)) {
		return;
	}
	held = passwd_file_hold(login->users);
	find_user(login, passwd_held_table(held), &request, &c, answer_r);
	if (!c.is_known) {
		login_refuse(answer_r, STATUS_AUTH, "unknown user");
	}
	(void)conclude(login, &t, c.is_able ? VERDICT_RIGHT : VERDICT_WRONG, &c,
		       answer_r);
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

struct guard *login_guard(struct login *login)
{
	return login->guard;
}
