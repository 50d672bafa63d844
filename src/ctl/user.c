// SPDX-License-Identifier: ISC
/*
 * user.c - the commands that change and list users.
 * Runs in: restantectl. Trusts: the operator; not what stands in the users
 * file.
 */
#include "ctl/command.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "auth/app_password.h"
#include "auth/template.h"
#include "auth/verifiers.h"
#include "ctl/app_uses.h"
#include "ctl/editing.h"
#include "ctl/extra.h"
#include "ctl/new_password.h"

/* Once before asking, so that nobody types for nothing, and once after. */
static int know_user(const struct request *r, struct editing *s)
{
	struct place place;
	int rc = editing_begin(r, s, false);

	if (rc == EX_OK) {
		rc = editing_find(s, &place);
	}
	editing_finish(s);
	return rc;
}

/* Verifiers of the old password go, those of the new one come; the rest of the
 * extra fields stays, app passwords too. */
static int set_scram(struct editing *s, const struct place *place,
		     const struct new_password *p)
{
	struct text old = { s->edit.text.at + place->extra,
			    place->end - place->extra };
	struct extra x;
	int rc;

	extra_init(&x, old);
	extra_remove(&x, PASSWD_SCRAM_SHA_256);
	extra_remove(&x, PASSWD_SCRAM_SHA_1);
	for (unsigned i = 0; i < SCRAM_KINDS; i++) {
		if (p->scram[i][0] != '\0') {
			extra_add(&x, p->scram[i]);
		}
	}
	rc = editing_put_extra(s, place, &x);
	extra_finish(&x);
	return rc;
}

static int set_password(struct editing *s, const struct new_password *p)
{
	char text[SCHEME_STORED_MAX + 2];
	struct place place;
	int rc = editing_find(s, &place);

	if (rc == EX_OK) {
		rc = set_scram(s, &place, p); /* which stands behind */
	}
	if (rc == EX_OK) {
		rc = editing_find(s, &place);
	}
	if (rc == EX_OK) {
		snprintf(text, sizeof(text), "%s%s",
			 place.has_stored ? "" : ":", p->stored);
		rc = editing_replace(s, place.stored, place.stored_end,
				     text_of(text));
		wipe(text, sizeof(text));
	}
	return rc == EX_OK ? editing_commit(s) : rc;
}

int command_passwd(const struct request *r)
{
	struct editing s = EDITING_NONE;
	struct new_password p;
	int rc = know_user(r, &s);

	if (rc == EX_OK) {
		rc = new_password_ask(r, &p);
		if (rc == EX_OK) {
			rc = editing_resume(&s, false);
		}
		if (rc == EX_OK) {
			rc = set_password(&s, &p);
		}
		editing_finish(&s);
		new_password_finish(&p);
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

#define LINE_MAX_NEW                                                           \
	(SCHEME_STORED_MAX + SCRAM_KINDS * VERIFIERS_FIELD_MAX + PATH_MAX +    \
	 PACKET_USER_MAX + 64)

/* The line's beginning is name and password, its end home and extra fields. */
static void write_line(const struct request *r, const struct editing *s,
		       const struct new_password *p, char line[LINE_MAX_NEW])
{
	const struct passwd_text *text = &s->edit.text;
	bool lacks_end = text->len > 0 && text->at[text->len - 1] != '\n';
	bool has_both = p->scram[0][0] != '\0' && p->scram[1][0] != '\0';
	char uid[16], gid[16];

	put_id(uid, sizeof(uid), r->uid);
	put_id(gid, sizeof(gid), r->gid);
	snprintf(line, LINE_MAX_NEW, "%s%s:%s:%s:%s::%s::%s%s%s\n",
		 lacks_end ? "\n" : "", s->name, p->stored, uid, gid,
		 r->home != NULL ? r->home : "", p->scram[0],
		 has_both ? " " : "", p->scram[1]);
}

static int tell_taken(const struct editing *s)
{
	fprintf(stderr,
		"restantectl: user %s is there already; to change the "
		"password: restantectl passwd %s\n",
		s->name, s->name);
	return EX_DATAERR;
}

static int append_user(const struct request *r, struct editing *s,
		       const struct new_password *p)
{
	char line[LINE_MAX_NEW];
	size_t end = s->edit.text.len;
	struct place place;
	int rc;

	if (editing_has(s, &place)) {
		return tell_taken(s);
	}
	write_line(r, s, p, line);
	rc = editing_replace(s, end, end, text_of(line));
	wipe(line, sizeof(line));
	return rc == EX_OK ? editing_commit(s) : rc;
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
	int rc = editing_begin(r, s, true);

	if (rc == EX_OK && editing_has(s, &place)) {
		rc = tell_taken(s);
	}
	editing_finish(s);
	return rc;
}

int command_user_add(const struct request *r)
{
	struct editing s = EDITING_NONE;
	struct new_password p;
	int rc = check_free(r, &s);

	if (rc == EX_OK) {
		rc = new_password_ask(r, &p);
		if (rc == EX_OK) {
			rc = editing_resume(&s, true);
		}
		if (rc == EX_OK) {
			rc = append_user(r, &s, &p);
		}
		editing_finish(&s);
		new_password_finish(&p);
	}
	if (rc == EX_OK) {
		tell_obstacles(r, &s);
	}
	return rc;
}

/* A user of that name who is added later has used nothing. */
static void forget_uses(const struct editing *s, const struct place *place)
{
	struct text line = { s->edit.text.at + place->from,
			     place->end - place->from };
	struct app_password app;
	struct passwd_user user;

	if (passwd_line_parse(line, &user) == NULL) {
		struct text rest = user.extra;

		while (app_password_next(&rest, &app)) {
			app_uses_forget(&s->config, user.name, app.name);
		}
	}
}

/* Every line of that name: behind the one that counts there might be others,
 * which would count then. */
static int remove_user(struct editing *s)
{
	struct text nothing = { NULL, 0 };
	struct place place;
	int rc = editing_find(s, &place);

	if (rc != EX_OK) {
		return rc;
	}
	do {
		forget_uses(s, &place);
		rc = editing_replace(s, place.from, place.to, nothing);
	} while (rc == EX_OK && editing_has(s, &place));
	return rc == EX_OK ? editing_commit(s) : rc;
}

int command_user_del(const struct request *r)
{
	struct editing s = EDITING_NONE;
	int rc = editing_begin(r, &s, false);

	if (rc == EX_OK) {
		rc = remove_user(&s);
	}
	editing_finish(&s);
	return rc;
}

/* --- user list --- */

static void print_scram(const struct passwd_user *user, enum scram_kind kind,
			const char **comma)
{
	struct scram_verifier v;

	/* that of the password field is its scheme */
	if (strcmp(scheme_name(user->stored), scram_name(kind)) != 0 &&
	    verifiers_scram(user, kind, &v)) {
		printf("%s%s", *comma, scram_name(kind));
		*comma = ",";
	}
}

static void print_user(const struct passwd_user *user)
{
	struct text rest = user->extra;
	const char *comma = "";
	struct app_password app;
	unsigned apps = 0;

	printf("%.*s\t", (int)user->name.len, user->name.at);
	if (user->stored.len != 0) {
		fputs(scheme_name(user->stored), stdout);
		comma = ",";
	}
	print_scram(user, SCRAM_SHA_256, &comma);
	print_scram(user, SCRAM_SHA_1, &comma);
	while (app_password_next(&rest, &app)) {
		apps++;
	}
	if (apps > 0) {
		printf("%sapp-passwords=%u", comma, apps);
		comma = ",";
	}
	puts(comma[0] == '\0' ? "none" : "");
}

int command_user_list(const struct request *r)
{
	struct editing s = EDITING_NONE;
	struct passwd_user user;
	struct text rest, line;
	int rc = editing_read(r, &s);

	rest = (struct text){ s.edit.text.at, s.edit.text.len };
	while (rc == EX_OK && passwd_next_line(&rest, &line)) {
		if (!passwd_line_is_blank(line) &&
		    passwd_line_parse(line, &user) == NULL) {
			print_user(&user);
		}
	}
	editing_finish(&s);
	if (rc == EX_OK && fflush(stdout) != 0) {
		rc = EX_IOERR;
	}
	return rc;
}
