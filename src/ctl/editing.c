// SPDX-License-Identifier: ISC
/*
 * editing.c - how each command that changes the users file begins and ends
 * (editing.h).
 * Runs in: restantectl.  Trusts: the operator; not what stands in the users
 * file.
 */
#include "ctl/editing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "auth/passwd_line.h"
#include "base/secret.h"

int editing_read_config(const struct request *r, struct config *config)
{
	struct conf_faults faults;

	if (config_read(r->config_path, geteuid() == 0, config, &faults) < 0) {
		conf_faults_print(&faults, r->config_path, stderr);
		return EX_CONFIG;
	}
	return EX_OK;
}

/* In the form by which it is found: nobody can be added twice. */
static int take_name(const struct request *r, struct editing *s)
{
	struct text typed = text_of(r->user);
	const char *fault = user_name_fault(typed);
	struct user_name_form form;

	if (fault != NULL) {
		fprintf(stderr, "restantectl: the user name %s\n", fault);
		return EX_DATAERR;
	}
	user_name_form(typed, s->config.auth.lowercase_users, &form);
	memcpy(s->name, form.octets, form.len);
	s->name[form.len] = '\0';
	return EX_OK;
}

/* What to do stands beside what is wrong. */
int editing_tell(const struct users_edit *e, int rc)
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
int editing_resume(struct editing *s, bool may_be_new)
{
	bool is_root = geteuid() == 0;
	gid_t auth = s->config.auth.common.gid;
	struct users_new if_new = { may_be_new, is_root ? auth : getegid(),
				    is_root ? 0640 : 0600 };
	int rc = users_edit_begin(&s->edit, s->config.auth.users, &if_new);

	return rc < 0 ? editing_tell(&s->edit, rc) : EX_OK;
}

int editing_begin(const struct request *r, struct editing *s, bool may_be_new)
{
	int rc = editing_read_config(r, &s->config);

	if (rc == EX_OK) {
		rc = take_name(r, s);
	}
	return rc == EX_OK ? editing_resume(s, may_be_new) : rc;
}

int editing_read(const struct request *r, struct editing *s)
{
	int rc = editing_read_config(r, &s->config);

	if (rc == EX_OK && r->user != NULL) {
		rc = take_name(r, s);
	}
	if (rc != EX_OK) {
		return rc;
	}
	rc = passwd_text_read(s->config.auth.users, &s->edit.text);
	if (rc == 0) {
		snprintf(s->edit.path, sizeof(s->edit.path), "%s",
			 s->config.auth.users);
		return EX_OK;
	}
	s->edit.failed = "read";
	s->edit.failed_path = s->config.auth.users;
	return editing_tell(&s->edit, rc);
}

bool editing_has(const struct editing *s, struct place *place_r)
{
	struct text all = { s->edit.text.at, s->edit.text.len };

	return place_find(all, text_of(s->name), s->config.auth.lowercase_users,
			  place_r);
}

int editing_find(const struct editing *s, struct place *place_r)
{
	if (editing_has(s, place_r)) {
		return EX_OK;
	}
	fprintf(stderr, "restantectl: there is no user %s in %s\n", s->name,
		s->edit.path);
	return EX_NOUSER;
}

int editing_parse(const struct editing *s, const struct place *place,
		  struct passwd_user *user_r)
{
	struct text line = { s->edit.text.at + place->from,
			     place->end - place->from };
	const char *what = passwd_line_parse(line, user_r);

	if (what != NULL) {
		fprintf(stderr, "restantectl: the line of %s in %s: %s\n",
			s->name, s->edit.path, what);
		return EX_DATAERR;
	}
	return EX_OK;
}

int editing_replace(struct editing *s, size_t from, size_t to, struct text text)
{
	int rc = users_edit_replace(&s->edit, from, to, text);

	return rc < 0 ? editing_tell(&s->edit, rc) : EX_OK;
}

int editing_commit(struct editing *s)
{
	int rc = users_edit_commit(&s->edit);

	return rc < 0 ? editing_tell(&s->edit, rc) : EX_OK;
}

/* The colons that are missing before it, and the field. */
static struct text write_extra(const struct place *place, const struct extra *x,
			       char text[PASSWD_LINE_MAX + PASSWD_EXTRA_FIELD])
{
	size_t colons = x->len > 0 ? place->colons_missing : 0;

	memset(text, ':', colons);
	memcpy(text + colons, x->at, x->len);
	return (struct text){ text, colons + x->len };
}

int editing_put_extra(struct editing *s, const struct place *place,
		      const struct extra *x)
{
	char octets[PASSWD_LINE_MAX + PASSWD_EXTRA_FIELD];
	struct text old = { s->edit.text.at + place->extra,
			    place->end - place->extra };
	struct text text = write_extra(place, x, octets);
	size_t len = place->end - place->from - old.len + text.len;
	int rc = EX_OK;

	if (x->is_full || len > PASSWD_LINE_MAX) {
		fprintf(stderr,
			"restantectl: the line of %s would become longer than "
			"%u octets\n",
			s->name, PASSWD_LINE_MAX);
		rc = EX_DATAERR;
	} else if (!text_equal(old, text)) {
		rc = editing_replace(s, place->extra, place->end, text);
	}
	wipe(octets, sizeof(octets));
	return rc;
}

void editing_finish(struct editing *s)
{
	users_edit_finish(&s->edit);
}
