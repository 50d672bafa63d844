// SPDX-License-Identifier: ISC
/*
 * user.c - the commands that change and list users.
 * Runs in: restantectl. Trusts: the operator; not what stands in the users
 * file.
 */
#include "ctl/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "auth/passwd_line.h"
#include "auth/scheme.h"
#include "auth/template.h"
#include "ctl/ask.h"
#include "ctl/place.h"
#include "ctl/users_edit.h"

/* The text with which everything here begins and ends. */
struct editing {
	struct config config;
	struct users_edit edit;
	char name[PACKET_USER_MAX + 1]; /* as it is looked for and written */
};

static int read_config(const struct request *r, struct config *config)
{
	struct config_faults faults;

	if (config_read(r->config_path, geteuid() == 0, config, &faults) < 0) {
		config_faults_print(&faults, r->config_path, stderr);
		return EX_CONFIG;
	}
	return EX_OK;
}

static int take_name(const struct request *r, struct editing *s)
{
	const char *fault = user_name_fault(text_of(r->user));

	if (fault != NULL) {
		fprintf(stderr, "restantectl: the user name %s\n", fault);
		return EX_DATAERR;
	}
	memcpy(s->name, r->user, strlen(r->user) + 1);
	if (s->config.auth.lowercase_users) {
		user_name_lower(s->name, strlen(s->name));
	}
	return EX_OK;
}

/* What to do stands beside what is wrong. */
static int tell_edit(const struct users_edit *e, int rc)
{
	const char *advice = "";
	int code = EX_OSERR;

	if (rc == -EACCES || rc == -EPERM) {
		advice = "; run it as root, or as the file's owner";
		code = EX_NOPERM;
	} else if (rc == -EWOULDBLOCK) {
		advice = "; another restantectl is changing it, try again";
		code = EX_TEMPFAIL;
	} else if (rc == -EAGAIN) {
		advice = "; somebody is writing it, try again";
		code = EX_TEMPFAIL;
	} else if (rc == -ENOENT) {
		advice = "; make it with: restantectl user add NAME";
		code = EX_NOINPUT;
	}
	fprintf(stderr, "restantectl: cannot %s %s: %s%s\n", e->failed,
		e->failed_path, strerror(-rc), advice);
	return code;
}

/* root's are for auth's group to read, an ordinary user's for itself. */
static int begin_edit(struct editing *s, bool may_be_new)
{
	bool is_root = geteuid() == 0;
	gid_t auth = s->config.auth.common.gid;
	struct users_new if_new = { may_be_new, is_root ? auth : getegid(),
				    is_root ? 0640 : 0600 };
	int rc = users_edit_begin(&s->edit, s->config.auth.users, &if_new);

	return rc < 0 ? tell_edit(&s->edit, rc) : EX_OK;
}

static int begin(const struct request *r, struct editing *s, bool may_be_new)
{
	int rc = read_config(r, &s->config);

	if (rc == EX_OK) {
		rc = take_name(r, s);
	}
	return rc == EX_OK ? begin_edit(s, may_be_new) : rc;
}

static bool find_user(const struct editing *s, struct place *place_r)
{
	struct text all = { s->edit.text.at, s->edit.text.len };

	return place_find(all, text_of(s->name), s->config.auth.lowercase_users,
			  place_r);
}

static int commit(struct editing *s)
{
	int rc = users_edit_commit(&s->edit);

	return rc < 0 ? tell_edit(&s->edit, rc) : EX_OK;
}

static int replace(struct editing *s, size_t from, size_t to, const char *text)
{
	int rc = users_edit_replace(&s->edit, from, to, text_of(text));

	return rc < 0 ? tell_edit(&s->edit, rc) : commit(s);
}

/* Asks, and hashes.  Without the lock: a hash takes time, a person more. */
static int make_stored(const struct request *r, char stored[SCHEME_STORED_MAX])
{
	struct secret secret = { .len = 0 };
	enum scheme_result result;
	int rc = ask_new_password(&secret);

	if (rc != EX_OK) {
		return rc;
	}
	result = scheme_make(r->scheme, &secret, stored);
	secret_wipe(&secret);
	if (result != SCHEME_MATCH) {
		fprintf(stderr, "restantectl: %s: %s\n", r->scheme,
			scheme_why(result));
		return result == SCHEME_ENOMEM ? EX_OSERR : EX_DATAERR;
	}
	return EX_OK;
}

static int tell_unknown(const struct editing *s)
{
	fprintf(stderr, "restantectl: there is no user %s in %s\n", s->name,
		s->edit.path);
	return EX_NOUSER;
}

static int set_stored(struct editing *s, const char *stored)
{
	char text[SCHEME_STORED_MAX + 2];
	struct place place;
	int rc;

	if (!find_user(s, &place)) {
		return tell_unknown(s);
	}
	snprintf(text, sizeof(text), "%s%s", place.has_stored ? "" : ":",
		 stored);
	rc = replace(s, place.stored, place.stored_end, text);
	wipe(text, sizeof(text));
	return rc;
}

/* Once before asking, so that nobody types for nothing, and once after. */
static int know_user(const struct request *r, struct editing *s)
{
	struct place place;
	int rc = begin(r, s, false);

	if (rc == EX_OK && !find_user(s, &place)) {
		rc = tell_unknown(s);
	}
	users_edit_finish(&s->edit);
	return rc;
}

int command_passwd(const struct request *r)
{
	struct editing s = { .edit.dir = -1 };
	char stored[SCHEME_STORED_MAX];
	int rc = know_user(r, &s);

	if (rc == EX_OK) {
		rc = make_stored(r, stored);
	}
	if (rc == EX_OK) {
		rc = begin_edit(&s, false);
		if (rc == EX_OK) {
			rc = set_stored(&s, stored);
		}
		users_edit_finish(&s.edit);
		wipe(stored, sizeof(stored));
	}
	return rc;
}

static void put_id(char *at, size_t cap, uint32_t id)
{
	if (id == PASSWD_NO_ID) {
		at[0] = '\0';
	} else {
		snprintf(at, cap, "%u", id);
	}
}

static int append_user(const struct request *r, struct editing *s,
		       const char *stored)
{
	char line[SCHEME_STORED_MAX + PATH_MAX + PACKET_USER_MAX + 64];
	struct passwd_text *text = &s->edit.text;
	bool lacks_end = text->len > 0 && text->at[text->len - 1] != '\n';
	char uid[16], gid[16];
	struct place place;
	int rc;

	if (find_user(s, &place)) {
		fprintf(stderr,
			"restantectl: user %s is there already; to change the "
			"password: restantectl passwd %s\n",
			s->name, s->name);
		return EX_DATAERR;
	}
	put_id(uid, sizeof(uid), r->uid);
	put_id(gid, sizeof(gid), r->gid);
	snprintf(line, sizeof(line), "%s%s:%s:%s:%s::%s::\n",
		 lacks_end ? "\n" : "", s->name, stored, uid, gid,
		 r->home != NULL ? r->home : "");
	rc = replace(s, text->len, text->len, line);
	wipe(line, sizeof(line));
	return rc;
}

/* What would keep the new user from logging in is better told now. */
static void tell_obstacles(const struct request *r, const struct editing *s)
{
	const struct auth_settings *a = &s->config.auth;
	struct text home = text_of(r->home != NULL ? r->home : "");
	char path[PACKET_PATH_MAX];
	enum template_result result =
	    template_expand(a->maildrop, a->mail_root, text_of(s->name), home,
			    path, sizeof(path));

	if (result != TEMPLATE_OK) {
		fprintf(stderr, "restantectl: %s cannot log in: %s\n", s->name,
			template_why(result));
	}
	if (r->uid != PASSWD_NO_ID && a->common.drop_privileges &&
	    r->uid < a->uid_min) {
		fprintf(stderr,
			"restantectl: %s cannot log in: uid %u is below the "
			"setting uid_min, %u\n",
			s->name, r->uid, a->uid_min);
	}
}

static int check_free(const struct request *r, struct editing *s)
{
	struct place place;
	int rc = begin(r, s, true);

	if (rc == EX_OK && find_user(s, &place)) {
		rc = append_user(r, s, ""); /* which refuses, in words */
	}
	users_edit_finish(&s->edit);
	return rc;
}

int command_user_add(const struct request *r)
{
	struct editing s = { .edit.dir = -1 };
	char stored[SCHEME_STORED_MAX];
	int rc = check_free(r, &s);

	if (rc == EX_OK) {
		rc = make_stored(r, stored);
	}
	if (rc == EX_OK) {
		rc = begin_edit(&s, true);
		if (rc == EX_OK) {
			rc = append_user(r, &s, stored);
		}
		users_edit_finish(&s.edit);
		wipe(stored, sizeof(stored));
	}
	if (rc == EX_OK) {
		tell_obstacles(r, &s);
	}
	return rc;
}

/* Every line of that name: behind the one that counts there might be others,
 * which would count then. */
static int remove_user(struct editing *s)
{
	struct text nothing = { NULL, 0 };
	struct place place;
	int rc = 0;

	if (!find_user(s, &place)) {
		return tell_unknown(s);
	}
	do {
		rc =
		    users_edit_replace(&s->edit, place.from, place.to, nothing);
	} while (rc == 0 && find_user(s, &place));
	return rc < 0 ? tell_edit(&s->edit, rc) : commit(s);
}

int command_user_del(const struct request *r)
{
	struct editing s = { .edit.dir = -1 };
	int rc = begin(r, &s, false);

	if (rc == EX_OK) {
		rc = remove_user(&s);
	}
	users_edit_finish(&s.edit);
	return rc;
}

int command_user_list(const struct request *r)
{
	struct passwd_text text = { .at = NULL };
	struct config config;
	struct text rest, line;
	struct passwd_user user;
	int rc = read_config(r, &config);

	if (rc != EX_OK) {
		return rc;
	}
	rc = passwd_text_read(config.auth.users, &text);
	if (rc < 0) {
		struct users_edit e = { .failed = "read",
					.failed_path = config.auth.users };

		return tell_edit(&e, rc);
	}
	rest = (struct text){ text.at, text.len };
	while (passwd_next_line(&rest, &line)) {
		if (!passwd_line_is_blank(line) &&
		    passwd_line_parse(line, &user) == NULL) {
			printf("%.*s\t%s\n", (int)user.name.len, user.name.at,
			       scheme_name(user.stored));
		}
	}
	passwd_text_finish(&text);
	return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}
