// SPDX-License-Identifier: ISC
/*
 * app.c - the commands that make, list and revoke app passwords.
 * Runs in: restantectl.  Trusts: the operator; not what stands in the users
 * file.
 */
#include "ctl/command.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "auth/app_password.h"
#include "auth/verifiers.h"
#include "ctl/app_uses.h"
#include "ctl/editing.h"
#include "ctl/expiry.h"
#include "os/clock.h"

static int check_name(const struct request *r)
{
	const char *fault = app_password_name_fault(text_of(r->app));

	if (fault != NULL) {
		fprintf(stderr, "restantectl: the app password's name %s\n",
			fault);
		return EX_DATAERR;
	}
	return EX_OK;
}

static bool find_app(const struct passwd_user *user, struct text name)
{
	struct text rest = user->extra;
	struct app_password app;

	while (app_password_next(&rest, &app)) {
		if (text_equal(app.name, name)) {
			return true;
		}
	}
	return false;
}

static int begin(const struct request *r, struct editing *s,
		 struct place *place_r, struct passwd_user *user_r)
{
	int rc = check_name(r);

	if (rc == EX_OK) {
		rc = editing_begin(r, s, false);
	}
	if (rc == EX_OK) {
		rc = editing_find(s, place_r);
	}
	return rc == EX_OK ? editing_parse(s, place_r, user_r) : rc;
}

/* --- add --- */

static int take_expiry(const struct request *r, int64_t now_unix,
		       int64_t *expires_r)
{
	const char *fault;

	*expires_r = 0;
	if (r->expires == NULL) {
		return EX_OK;
	}
	fault = expiry_parse(r->expires, now_unix, expires_r);
	if (fault != NULL) {
		fprintf(stderr, "restantectl: --expires %s %s\n", r->expires,
			fault);
		return EX_USAGE;
	}
	return EX_OK;
}

/* The field of a new app password, whose text is made here. */
static void make_field(const struct request *r, struct text user,
		       int64_t now_unix, int64_t expires_unix,
		       char text_r[APP_PASSWORD_TEXT_MAX],
		       char field_r[APP_PASSWORD_FIELD_MAX])
{
	char hash[APP_PASSWORD_HASH_LEN + 1] = "";
	struct app_password app = { .name = text_of(r->app),
				    .made_unix = now_unix,
				    .expires_unix = expires_unix };
	struct secret secret;

	app_password_generate(text_r);
	(void)secret_set(&secret, text_r, strlen(text_r));
	(void)!app_password_hash(user, &secret, hash);
	secret_wipe(&secret);
	app.hash = text_of(hash);
	app_password_write(&app, field_r);
}

static int add_field(struct editing *s, const struct place *place,
		     const char *field)
{
	struct text old = { s->edit.text.at + place->extra,
			    place->end - place->extra };
	struct extra x;
	int rc;

	extra_init(&x, old);
	extra_add(&x, field);
	rc = editing_put_extra(s, place, &x);
	extra_finish(&x);
	return rc == EX_OK ? editing_commit(s) : rc;
}

static int add_app(const struct request *r, struct editing *s,
		   const struct place *place, const struct passwd_user *user)
{
	char text[APP_PASSWORD_TEXT_MAX], field[APP_PASSWORD_FIELD_MAX];
	int64_t now_unix = clock_unix(), expires_unix;
	int rc = take_expiry(r, now_unix, &expires_unix);

	if (rc != EX_OK) {
		return rc;
	}
	if (find_app(user, text_of(r->app))) {
		fprintf(stderr,
			"restantectl: %s has an app password %s already; to "
			"make another of that name, revoke it first\n",
			s->name, r->app);
		return EX_DATAERR;
	}
	make_field(r, user->name, now_unix, expires_unix, text, field);
	/* what was noted of an earlier one of that name is not this one's */
	app_uses_forget(&s->config, user->name, text_of(r->app));
	rc = add_field(s, place, field);
	if (rc == EX_OK && (puts(text) < 0 || fflush(stdout) != 0)) {
		rc = EX_IOERR;
	}
	wipe(text, sizeof(text));
	return rc;
}

int command_app_add(const struct request *r)
{
	struct editing s = EDITING_NONE;
	struct passwd_user user;
	struct place place;
	int rc = begin(r, &s, &place, &user);

	if (rc == EX_OK) {
		bool is_locked = user.stored.len != 0;
		enum scheme_result judged = verifiers_judge(&user);

		rc = add_app(r, &s, &place, &user);
		if (rc == EX_OK && is_locked && judged != SCHEME_MATCH) {
			fprintf(stderr, "restantectl: %s cannot log in: %s\n",
				s.name, scheme_why(judged));
		}
	}
	editing_finish(&s);
	return rc;
}

/* --- revoke --- */

static int revoke(const struct request *r, struct editing *s,
		  const struct place *place, const struct passwd_user *user)
{
	struct text name = text_of(r->app);
	struct extra x;
	int rc;

	extra_init(&x, user->extra);
	if (extra_remove_app(&x, name) == 0) {
		fprintf(stderr, "restantectl: %s has no app password %s\n",
			s->name, r->app);
		return EX_DATAERR;
	}
	app_uses_forget(&s->config, user->name, name);
	rc = editing_put_extra(s, place, &x);
	extra_finish(&x);
	return rc == EX_OK ? editing_commit(s) : rc;
}

int command_app_revoke(const struct request *r)
{
	struct editing s = EDITING_NONE;
	struct passwd_user user;
	struct place place;
	int rc = begin(r, &s, &place, &user);

	if (rc == EX_OK) {
		rc = revoke(r, &s, &place, &user);
	}
	editing_finish(&s);
	return rc;
}

/* --- list --- */

/* A time, or in its place a word, with a tab before. */
static void print_time(const char *before, int64_t unix_time,
		       const char *if_none)
{
	char text[EXPIRY_TEXT_MAX];

	if (unix_time == 0) {
		printf("\t%s", if_none);
		return;
	}
	expiry_write(unix_time, text);
	printf("\t%s%s", before, text);
}

static int print_app(const struct config *config, struct text user,
		     const struct app_password *app, int64_t now_unix)
{
	bool is_expired = app_password_is_expired(app, now_unix);
	int64_t used_unix = 0;
	int rc = app_uses_look(config, user, app->name, &used_unix);

	printf("%.*s", (int)app->name.len, app->name.at);
	print_time("", app->made_unix, "?");
	print_time(is_expired ? "expired " : "", app->expires_unix, "never");
	print_time("", used_unix, rc < 0 ? "?" : "never");
	putchar('\n');
	return rc;
}

static int print_apps(const struct config *config,
		      const struct passwd_user *user)
{
	struct text rest = user->extra;
	struct app_password app;
	int failure = 0;

	while (app_password_next(&rest, &app)) {
		int rc = print_app(config, user->name, &app, clock_unix());

		failure = rc < 0 ? rc : failure;
	}
	if (failure < 0) {
		fprintf(stderr,
			"restantectl: cannot see in %s when they were used: "
			"%s\n",
			config->auth.state_dir, strerror(-failure));
		return EX_NOPERM;
	}
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

int command_app_list(const struct request *r)
{
	struct editing s = EDITING_NONE;
	struct passwd_user user;
	struct place place;
	int rc = editing_read(r, &s);

	if (rc == EX_OK) {
		rc = editing_find(&s, &place);
	}
	if (rc == EX_OK) {
		rc = editing_parse(&s, &place, &user);
	}
	if (rc == EX_OK) {
		rc = print_apps(&s.config, &user);
	}
	editing_finish(&s);
	return rc;
}
