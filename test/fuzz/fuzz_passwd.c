// SPDX-License-Identifier: ISC
/*
 * fuzz_passwd.c - whatever stands in a users file: what the index finds is what
 * a search line by line finds, no text leaves the file, no path leaves the mail
 * root, and verifiers are read as they are written.  The same octets are typed
 * as a secret.
 */
#include <stdlib.h>
#include <string.h>

#include "auth/app_password.h"
#include "auth/candidate.h"
#include "auth/passwd_table.h"
#include "auth/saslprep.h"
#include "auth/template.h"
#include "auth/verifiers.h"
#include "os/net.h"
#include "fuzz.h"
#include "guard.h"
#include "must.h"

#define ROOT "/var/mail"

static bool takes_usable(const struct passwd_user *user,
			 enum passwd_decoy which)
{
	return which != PASSWD_DECOY_PASSWORD
		   ? verifiers_may_decoy(user, which)
		   : scheme_judge(user->stored) == SCHEME_MATCH;
}

static bool is_inside(struct text t, struct text all)
{
	return t.len == 0 ||
	       (t.at >= all.at && t.at + t.len <= all.at + all.len);
}

static void check_path(const struct passwd_user *user, const char *template)
{
	char path[300], padded[304];
	size_t len;

	if (template_expand(template, ROOT, user->name, user->home, path,
			    sizeof(path)) != TEMPLATE_OK) {
		return;
	}
	len = strlen(path);
	must(len > 0 && path[0] != '/', "a relative path");
	padded[0] = '/';
	memcpy(padded + 1, path, len);
	memcpy(padded + 1 + len, "/", 2);
	must(strstr(padded, "/../") == NULL, "no way up");
	must(strstr(padded, "/./") == NULL, "no component that is none");
	must(strstr(padded, "//") == NULL, "no empty component");
}

static void check_scram(const struct passwd_user *user, enum scram_kind kind)
{
	char text[SCRAM_TEXT_MAX], field[VERIFIERS_FIELD_MAX];
	struct scram_verifier v, again;
	const char *value;

	if (!verifiers_scram(user, kind, &v)) {
		return;
	}
	must(verifiers_judge(user) == SCHEME_MATCH, "who is not locked");
	scram_write(&v, text);
	must(scram_parse(kind, text_of(text), &again) &&
		 memcmp(&v, &again, sizeof(v)) == 0,
	     "read as it is written");
	verifiers_write_scram(&v, user->stored, field);
	value = strchr(field, '=') + 1;
	must(verifiers_is_sound_scram(kind, text_of(value)), "a sound field");
	must(strpbrk(field, " \r\n") == NULL, "one word");
}

static void check_apps(const struct passwd_user *user)
{
	struct text rest = user->extra;
	struct app_password app, again;
	char field[APP_PASSWORD_FIELD_MAX];

	while (app_password_next(&rest, &app)) {
		must(is_inside(app.name, user->extra) &&
			 is_inside(app.hash, user->extra),
		     "texts inside the field");
		app_password_write(&app, field);
		must(
		    app_password_parse(text_of(strchr(field, '=') + 1), &again),
		    "a field that is one");
		must(text_equal(app.name, again.name) &&
			 text_equal(app.hash, again.hash) &&
			 app.made_unix == again.made_unix &&
			 app.expires_unix == again.expires_unix,
		     "read as it is written");
	}
}

/* No try of the password: a line may ask for a million rounds. */
static void check_verifiers(const struct passwd_user *user)
{
	static const struct secret typed = { 20, "zzzzzzzzzzzzzzzzzzzz" };
	struct text password = verifiers_password(user);
	struct verifiers_match match;

	must(text_equal(password, user->stored) ||
		 is_inside(password, user->extra),
	     "a password inside the line");
	must(!verifiers_may_decoy(user, PASSWD_DECOY_PASSWORD) ||
		 (verifiers_judge(user) == SCHEME_MATCH && password.len != 0),
	     "a decoy is tried");
	must(verifiers_try_apps(user, &typed, 0, &match) != SCHEME_MATCH,
	     "nobody's app password");
	check_scram(user, SCRAM_SHA_256);
	check_scram(user, SCRAM_SHA_1);
	check_apps(user);
}

static void check_user(const struct passwd_user *user, struct text all)
{
	static const uint8_t address[16] = { 1 };

	must(is_inside(user->name, all) && is_inside(user->stored, all) &&
		 is_inside(user->home, all) &&
		 is_inside(user->allow_nets, all) &&
		 is_inside(user->extra, all) &&
		 is_inside(user->scram_sha_256, user->extra) &&
		 is_inside(user->scram_sha_1, user->extra),
	     "texts inside the file");
	must(user_name_fault(user->name) == NULL, "a name that may be one");
	must(memchr(user->stored.at, ':', user->stored.len) == NULL,
	     "a field ends at its colon");
	must(scheme_judge(user->stored) != SCHEME_MISMATCH, "a judgement");
	(void)scheme_is_costly(user->stored);
	must(strlen(scheme_name(user->stored)) > 0, "a scheme has a name");
	(void)net_list_contains(user->allow_nets.at, user->allow_nets.len,
				address);
	check_verifiers(user);
	check_path(user, "%d/%n/Maildir");
	check_path(user, "%u");
	check_path(user, "%h");
}

/* The first sound line with that name, as the format says. */
static bool find_slowly(struct text rest, struct text name,
			struct passwd_user *user_r)
{
	struct passwd_user user;
	struct text line;

	while (passwd_next_line(&rest, &line)) {
		if (!passwd_line_is_blank(line) &&
		    passwd_line_parse(line, &user) == NULL &&
		    user_name_equal(user.name, name, true)) {
			*user_r = user;
			return true;
		}
	}
	return false;
}

static void check_table(const struct passwd_table *t, struct text all)
{
	struct text rest = all, line;
	struct passwd_user user, fast, slow = { .uid = 0 };
	uint64_t first = 0;

	while (passwd_next_line(&rest, &line)) {
		if (passwd_line_is_blank(line) ||
		    passwd_line_parse(line, &user) != NULL) {
			continue;
		}
		must(find_slowly(all, user.name, &slow), "a user is found");
		must(passwd_table_find(t, user.name, &fast), "in the index");
		must(slow.uid == fast.uid && slow.gid == fast.gid &&
			 text_equal(slow.stored, fast.stored),
		     "as the same");
		first += slow.name.at == user.name.at;
	}
	must(first == passwd_table_count(t), "each counts once");
	for (int i = 0; i < (int)PASSWD_DECOYS; i++) {
		enum passwd_decoy which = (enum passwd_decoy)i;

		if (passwd_table_decoy(t, which, text_of("nobody"), &user)) {
			must(takes_usable(&user, which),
			     "a decoy that may serve");
		}
	}
}

static void check_lines(struct text all)
{
	struct text rest = all, line;
	struct passwd_user user;

	while (passwd_next_line(&rest, &line)) {
		if (passwd_line_parse(line, &user) == NULL) {
			check_user(&user, all);
		}
	}
	must(rest.len == 0, "all is read");
}

static bool secret_equal(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

static void check_secret(const uint8_t *data, size_t size)
{
	struct candidates c;
	struct secret s;

	if (!secret_set(&s, data, size)) {
		return;
	}
	candidates_init(&c, &s);
	must(c.count >= 1 && c.count <= CANDIDATES_MAX, "a few candidates");
	must(secret_equal(&c.secret[0], &s), "the typed one first");
	must(c.count == 1 ||
		 !text_is_ascii((struct text){ (const char *)data, size }),
	     "ASCII is taken at its word");
	for (size_t i = 1; i < c.count; i++) {
		must(c.secret[i].octets[c.secret[i].len] == 0, "a NUL behind");
		for (size_t j = 0; j < i; j++) {
			must(!secret_equal(&c.secret[i], &c.secret[j]),
			     "each once");
		}
	}
	candidates_finish(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct passwd_options options = { .is_folding = true,
					  .is_decoy = takes_usable };
	struct passwd_faults faults;
	struct passwd_table *t;
	struct guard g;
	struct pop3_slice guarded;
	char *copy;

	if (size == 0 || scheme_init() < 0) {
		return 0;
	}
	guard_init(&g, size);
	guarded = guard_copy(&g, pop3_slice_of(data, size));
	check_lines((struct text){ (const char *)guarded.at, size });
	check_secret(guarded.at, size);
	guard_finish(&g);
	copy = malloc(size);
	must(copy != NULL, "memory");
	memcpy(copy, data, size);
	t = passwd_table_create(copy, size, &options, &faults);
	must(t != NULL, "memory");
	check_table(t, (struct text){ copy, size });
	passwd_table_destroy(&t);
	return 0;
}
