// SPDX-License-Identifier: ISC
/*
 * test_verifiers.c - the several verifiers of one user: which of them a secret
 * is tried against, and what locks a user.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/app_password.h"
#include "auth/limits.h"
#include "auth/verifiers.h"

/* "pencil", RFC 7677 and RFC 5802 */
#define SHA_256                                                                \
	"4096,W22ZaJ0SNY7soEsUEjb6gQ==,"                                       \
	"WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,"                        \
	"wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
#define SHA_1                                                                  \
	"4096,QSXCR+Q6sek8bf92,6dlGYMOdZcOPutkcNY8U2g7vK9Y=,"                  \
	"D+CSWLOshSulAsxiupA+qs2/fTE="

#define NOW 1764000000

struct line {
	char text[PASSWD_LINE_MAX];
	struct passwd_user user;
};

static const struct passwd_user *parsed(struct line *l, const char *text)
{
	assert_true(snprintf(l->text, sizeof(l->text), "%s", text) <
		    (int)sizeof(l->text));
	assert_null(passwd_line_parse(text_of(l->text), &l->user));
	return &l->user;
}

/* As login does. */
static enum scheme_result try_both(const struct passwd_user *user,
				   const struct secret *secret,
				   struct verifiers_match *match_r)
{
	enum scheme_result result =
	    verifiers_try_apps(user, secret, NOW, match_r);

	return result == SCHEME_MISMATCH ? verifiers_try_password(user, secret)
					 : result;
}

static enum scheme_result try(const struct passwd_user *user,
			      const char *secret, struct text *app_r)
{
	struct verifiers_match match = { .app = text_of("untouched") };
	struct secret s = { .len = 0 };
	enum scheme_result result;

	assert_true(secret_set(&s, secret, strlen(secret)));
	result = try_both(user, &s, &match);
	*app_r = match.app;
	return result;
}

static void assert_password(const struct passwd_user *user, const char *secret,
			    enum scheme_result want)
{
	struct text app;

	assert_int_equal(try(user, secret, &app), want);
	assert_true(text_equal(app, text_of("untouched")));
}

/* An extra field for an app password of "u" with these letters. */
static const char *app_field(const char *name, const char *letters,
			     int64_t expires_unix,
			     char field[APP_PASSWORD_FIELD_MAX])
{
	char hash[APP_PASSWORD_HASH_LEN + 1];
	struct secret s = { .len = 0 };
	struct app_password app = { .name = text_of(name),
				    .made_unix = 1,
				    .expires_unix = expires_unix };

	assert_true(secret_set(&s, letters, strlen(letters)));
	assert_true(app_password_hash(text_of("u"), &s, hash));
	app.hash = text_of(hash);
	app_password_write(&app, field);
	return field;
}

static void a_scram_verifier_knows_a_password(void **state)
{
	static const char *const lines[] = {
		"u:{SCRAM-SHA-256}" SHA_256,
		"u:{scram-sha-1}" SHA_1,
		"u:::::::restante_scram_sha_256=" SHA_256,
		"u:::::::restante_scram_sha_1=" SHA_1,
		/* a malformed one does not hide the other */
		"u:::::::restante_scram_sha_256=x restante_scram_sha_1=" SHA_1,
	};
	struct line l;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const struct passwd_user *u = parsed(&l, lines[i]);

		assert_int_equal(verifiers_judge(u), SCHEME_MATCH);
		assert_true(verifiers_are_costly(u));
		assert_true(verifiers_may_decoy(u, PASSWD_DECOY_PASSWORD));
		assert_true(verifiers_password(u).len > 0);
		assert_password(u, "pencil", SCHEME_MATCH);
		assert_password(u, "pencils", SCHEME_MISMATCH);
		assert_password(u, "", SCHEME_MISMATCH);
	}
}

/* Where a password field stands it decides. */
static void the_password_field_comes_first(void **state)
{
	struct line l;
	const struct passwd_user *u =
	    parsed(&l, "u:{PLAIN}other::::::restante_scram_sha_256=" SHA_256);

	(void)state;
	assert_password(u, "other", SCHEME_MATCH);
	assert_password(u, "pencil", SCHEME_MISMATCH);
	assert_false(verifiers_are_costly(u));
	assert_true(text_equal(verifiers_password(u), text_of("{PLAIN}other")));
}

static void a_lock_locks_every_verifier(void **state)
{
	static const struct {
		const char *stored;
		enum scheme_result want;
	} rows[] = {
		{ "*", SCHEME_ELOCKED },
		{ "!", SCHEME_ELOCKED },
		{ "!$6$a$b", SCHEME_ELOCKED },
		{ "x", SCHEME_ELOCKED },
		{ "{CRYPT}*", SCHEME_ELOCKED },
		{ "{NONE}x", SCHEME_EUNKNOWN },
		{ "{PLAIN.HEX}z", SCHEME_EMALFORMED },
		{ "{SCRAM-SHA-256}1,y", SCHEME_EMALFORMED },
	};
	char field[APP_PASSWORD_FIELD_MAX], line[1024];
	struct scram_verifier v;
	struct line l;

	(void)state;
	app_field("a", "abcdefghijkmnpqrstuv", 0, field);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct passwd_user *u;

		snprintf(line, sizeof(line),
			 "u:%s::::::restante_scram_sha_256=" SHA_256
			 " restante_scram_sha_1=" SHA_1 " %s",
			 rows[i].stored, field);
		u = parsed(&l, line);
		assert_int_equal(verifiers_judge(u), rows[i].want);
		assert_password(u, "pencil", rows[i].want);
		assert_password(u, "abcdefghijkmnpqrstuv", rows[i].want);
		assert_false(verifiers_scram(u, SCRAM_SHA_256, &v));
		assert_false(verifiers_scram(u, SCRAM_SHA_1, &v));
		assert_false(verifiers_may_decoy(u, PASSWD_DECOY_PASSWORD));
	}
}

static void who_has_nothing_cannot_log_in(void **state)
{
	static const char *const lines[] = {
		"u",
		"u:::::::nologin",
		"u:::::::restante_scram_sha_256=x restante_app=a",
		"u:::::::restante_scram_sha_256=" SHA_1,
	};
	struct line l;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const struct passwd_user *u = parsed(&l, lines[i]);

		assert_int_equal(verifiers_judge(u), SCHEME_ELOCKED);
		assert_password(u, "", SCHEME_ELOCKED);
		assert_password(u, "pencil", SCHEME_ELOCKED);
		assert_int_equal(verifiers_password(u).len, 0);
		assert_false(verifiers_are_costly(u));
	}
}

static void an_app_password_lets_in_under_its_name(void **state)
{
	char a[APP_PASSWORD_FIELD_MAX], b[sizeof(a)], c[sizeof(a)], line[1024];
	const struct passwd_user *u;
	struct line l;
	struct text app;

	(void)state;
	snprintf(line, sizeof(line), "u:{PLAIN}p::::::x=y %s %s %s z",
		 app_field("phone", "abcdefghijkmnpqrstuv", 0, a),
		 app_field("tablet", "bbbbbbbbbbbbbbbbbbbb", NOW + 1, b),
		 app_field("old", "cccccccccccccccccccc", NOW, c));
	u = parsed(&l, line);
	assert_int_equal(try(u, "Abcd-efgh-ijkm-npqr-stuv", &app),
			 SCHEME_MATCH);
	assert_true(text_equal(app, text_of("phone")));
	assert_true(app.at > l.text && app.at < l.text + sizeof(l.text));
	assert_int_equal(try(u, "bbbb bbbb bbbb bbbb bbbb", &app),
			 SCHEME_MATCH);
	assert_true(text_equal(app, text_of("tablet")));
	/* expired, unheard of, and the password all the same */
	assert_password(u, "cccccccccccccccccccc", SCHEME_MISMATCH);
	assert_password(u, "dddddddddddddddddddd", SCHEME_MISMATCH);
	assert_password(u, "p", SCHEME_MATCH);
}

/* One of another user's hashes is nobody's. */
static void an_app_password_is_its_users_alone(void **state)
{
	char a[APP_PASSWORD_FIELD_MAX], line[512];
	struct line l;

	(void)state;
	snprintf(line, sizeof(line), "v:{PLAIN}p::::::%s",
		 app_field("phone", "abcdefghijkmnpqrstuv", 0, a));
	assert_password(parsed(&l, line), "abcdefghijkmnpqrstuv",
			SCHEME_MISMATCH);
}

static void an_app_password_may_be_all_there_is(void **state)
{
	char a[APP_PASSWORD_FIELD_MAX], line[512];
	const struct passwd_user *u;
	struct line l;
	struct text app;

	(void)state;
	snprintf(line, sizeof(line), "u:::::::%s",
		 app_field("phone", "abcdefghijkmnpqrstuv", 0, a));
	u = parsed(&l, line);
	assert_int_equal(verifiers_judge(u), SCHEME_MATCH);
	assert_int_equal(try(u, "abcdefghijkmnpqrstuv", &app), SCHEME_MATCH);
	assert_password(u, "", SCHEME_MISMATCH);
	/* it has no password whose try would cost something */
	assert_int_equal(verifiers_password(u).len, 0);
	assert_false(verifiers_may_decoy(u, PASSWD_DECOY_PASSWORD));
	assert_false(verifiers_are_costly(u));
}

static void passwords_match_in_any_form(void **state)
{
	static const struct {
		const char *stored, *typed;
		enum scheme_result want;
	} rows[] = {
		/* stored as UTF-8, typed as latin-1, and the other way round */
		{ "{PLAIN.HEX}c3a974c3a9", "\xe9t\xe9", SCHEME_MATCH },
		{ "{PLAIN.HEX}e974e9", "\xc3\xa9t\xc3\xa9", SCHEME_MATCH },
		{ "{PLAIN.HEX}e974e9", "e\xcc\x81te\xcc\x81", SCHEME_MISMATCH },
		/* decomposed, and prepared */
		{ "{PLAIN.HEX}c3b6", "o\xcc\x88", SCHEME_MATCH },
		{ "{PLAIN}IX", "\xe2\x85\xa8", SCHEME_MATCH },
		{ "{PLAIN}IX", "I\xadX", SCHEME_MATCH },
		{ "{PLAIN}IX", "ix", SCHEME_MISMATCH },
		{ "{PLAIN.HEX}c3a974", "\xe9T", SCHEME_MISMATCH },
	};
	char line[256];
	struct line l;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(line, sizeof(line), "u:%s", rows[i].stored);
		assert_password(parsed(&l, line), rows[i].typed, rows[i].want);
	}
}

static void a_verifier_for_scram_is_found(void **state)
{
	static const struct {
		const char *line;
		bool has_sha_256, has_sha_1;
	} rows[] = {
		{ "u:{SCRAM-SHA-256}" SHA_256, true, false },
		{ "u:{SCRAM-SHA-1}" SHA_1, false, true },
		{ "u:{SCRAM-SHA-1.HEX}00", false, false },
		{ "u:{PLAIN}p::::::restante_scram_sha_256=" SHA_256, true,
		  false },
		{ "u:::::::restante_scram_sha_1=" SHA_1, false, true },
		{ "u:{SCRAM-SHA-1}" SHA_1
		  "::::::restante_scram_sha_256=" SHA_256,
		  true, true },
		{ "u:{PLAIN}p::::::restante_scram_sha_1=" SHA_256, false,
		  false },
		{ "u:{PLAIN}p", false, false },
		{ "u", false, false },
	};
	struct scram_verifier v;
	struct line l;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct passwd_user *u = parsed(&l, rows[i].line);

		assert_int_equal(verifiers_scram(u, SCRAM_SHA_256, &v),
				 rows[i].has_sha_256);
		assert_int_equal(verifiers_scram(u, SCRAM_SHA_1, &v),
				 rows[i].has_sha_1);
	}
}

/* Another program changes the hash, and knows nothing of the verifier: the old
 * password must not go on letting people in. */
static void a_verifier_dies_with_its_password_field(void **state)
{
	char field[VERIFIERS_FIELD_MAX], line[512];
	struct text stored = text_of("{PLAIN}pencil");
	struct scram_verifier v, got;
	struct line l;

	(void)state;
	assert_true(scram_parse(SCRAM_SHA_256, text_of(SHA_256), &v));
	verifiers_write_scram(&v, stored, field);
	assert_null(strchr(field, ' '));
	snprintf(line, sizeof(line), "u:{PLAIN}pencil::::::a=b %s", field);
	assert_true(verifiers_scram(parsed(&l, line), SCRAM_SHA_256, &got));
	assert_memory_equal(&got, &v, sizeof(v));
	snprintf(line, sizeof(line), "u:{PLAIN}changed::::::%s", field);
	assert_false(verifiers_scram(parsed(&l, line), SCRAM_SHA_256, &got));
	snprintf(line, sizeof(line), "u:::::::%s", field);
	assert_false(verifiers_scram(parsed(&l, line), SCRAM_SHA_256, &got));
	assert_int_equal(verifiers_judge(&l.user), SCHEME_ELOCKED);
	assert_password(&l.user, "pencil", SCHEME_ELOCKED);
	/* cut short, or with more behind it, it is none */
	field[strlen(field) - 1] = '\0';
	snprintf(line, sizeof(line), "u:{PLAIN}pencil::::::%s", field);
	assert_false(verifiers_scram(parsed(&l, line), SCRAM_SHA_256, &got));
	snprintf(line, sizeof(line), "u:{PLAIN}pencil::::::%s,", field);
	assert_false(verifiers_scram(parsed(&l, line), SCRAM_SHA_256, &got));
}

/* In memory that ends where the line does. */
static void any_cut_of_a_line_is_safe(void **state)
{
	static const char whole[] =
	    "u:{PLAIN}p::::::restante_scram_sha_256=" SHA_256
	    ",0123456789012345678901234"
	    " restante_app=a,1,0,"
	    "0123456789012345678901234567890123456789012 x";
	struct secret s = { .len = 1, .octets = "q" };
	struct verifiers_match match;

	(void)state;
	for (size_t len = 0; len < sizeof(whole); len++) {
		char *copy = malloc(len + !len);
		struct passwd_user user;
		struct scram_verifier v;

		assert_non_null(copy);
		memcpy(copy, whole, len);
		if (passwd_line_parse((struct text){ copy, len }, &user) ==
		    NULL) {
			(void)!verifiers_scram(&user, SCRAM_SHA_256, &v);
			assert_int_not_equal(try_both(&user, &s, &match),
					     SCHEME_MATCH);
		}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scram_verifier_knows_a_password),
		cmocka_unit_test(the_password_field_comes_first),
		cmocka_unit_test(a_lock_locks_every_verifier),
		cmocka_unit_test(who_has_nothing_cannot_log_in),
		cmocka_unit_test(an_app_password_lets_in_under_its_name),
		cmocka_unit_test(an_app_password_is_its_users_alone),
		cmocka_unit_test(an_app_password_may_be_all_there_is),
		cmocka_unit_test(passwords_match_in_any_form),
		cmocka_unit_test(a_verifier_for_scram_is_found),
		cmocka_unit_test(a_verifier_dies_with_its_password_field),
		cmocka_unit_test(any_cut_of_a_line_is_safe),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
