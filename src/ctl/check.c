// SPDX-License-Identifier: ISC
/*
 * check.c - restantectl check: the configuration, and the users file that it
 * names, looked through for whatever would go wrong later.
 * Runs in: restantectl.  Trusts: nothing that it reads.
 */
#include "ctl/command.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "auth/app_password.h"
#include "auth/passwd_table.h"
#include "auth/passwd_text.h"
#include "auth/template.h"
#include "auth/verifiers.h"
#include "master/config_certificate.h"
#include "os/clock.h"

#define USER_FAULTS_MAX 32u /* told one by one */

struct check {
	const struct auth_settings *settings;
	uint64_t line;
	uint64_t faults;
	uint64_t without_scram; /* users who may log in otherwise */
};

static void tell(struct check *c, uint64_t line, const char *what)
{
	if (c->faults < USER_FAULTS_MAX) {
		fprintf(stderr, "%s:%" PRIu64 ": %s\n", c->settings->users,
			line, what);
	}
	c->faults++;
}

/* What is malformed lets nobody in, without a word. */
static void check_extra(struct check *c, struct text rest)
{
	struct passwd_extra e;
	struct app_password app;

	while (passwd_next_extra(&rest, &e)) {
		if (text_equal(e.key, text_of(PASSWD_SCRAM_SHA_256)) &&
		    !verifiers_is_sound_scram(SCRAM_SHA_256, e.value)) {
			tell(c, c->line, PASSWD_SCRAM_SHA_256 " is malformed");
		} else if (text_equal(e.key, text_of(PASSWD_SCRAM_SHA_1)) &&
			   !verifiers_is_sound_scram(SCRAM_SHA_1, e.value)) {
			tell(c, c->line, PASSWD_SCRAM_SHA_1 " is malformed");
		} else if (text_equal(e.key, text_of(PASSWD_APP)) &&
			   !app_password_parse(e.value, &app)) {
			tell(c, c->line, PASSWD_APP " is malformed");
		}
	}
}

/* A plain password is as good as a verifier. */
static bool has_scram(const struct passwd_user *user)
{
	struct scram_verifier v;
	const char *scheme = scheme_name(user->stored);

	return verifiers_scram(user, SCRAM_SHA_256, &v) ||
	       verifiers_scram(user, SCRAM_SHA_1, &v) ||
	       strcmp(scheme, "PLAIN") == 0 ||
	       strcmp(scheme, "CLEARTEXT") == 0 || strcmp(scheme, "CLEAR") == 0;
}

static void check_user(struct check *c, const struct passwd_user *user)
{
	const struct auth_settings *s = c->settings;
	enum scheme_result stored = verifiers_judge(user);
	char path[PACKET_PATH_MAX];
	enum template_result place =
	    template_expand(s->maildrop, s->mail_root, user->name, user->home,
			    path, sizeof(path));

	/* a locked user is no mistake */
	if (stored == SCHEME_EMALFORMED || stored == SCHEME_EUNKNOWN) {
		tell(c, c->line, scheme_why(stored));
	}
	c->without_scram += stored == SCHEME_MATCH && !has_scram(user);
	check_extra(c, user->extra);
	if (place != TEMPLATE_OK) {
		tell(c, c->line, template_why(place));
	}
	if (s->common.drop_privileges && user->uid < s->uid_min) {
		tell(c, c->line, "the user's uid is below the setting uid_min");
	}
}

static void check_users(struct check *c, struct text rest)
{
	struct passwd_user user;
	struct text line;

	while (passwd_next_line(&rest, &line)) {
		c->line++;
		if (!passwd_line_is_blank(line) &&
		    passwd_line_parse(line, &user) == NULL) {
			check_user(c, &user);
		}
	}
}

static bool is_nobodys(const struct passwd_user *user, enum passwd_decoy which)
{
	(void)user;
	(void)which;
	return false;
}

/* What passwd_table says of lines, by the eyes of the server. */
static bool index_users(struct check *c, struct passwd_text *text,
			uint64_t *count_r)
{
	struct passwd_options options = { .is_folding =
					      c->settings->lowercase_users,
					  .is_decoy = is_nobodys };
	struct passwd_faults faults;
	struct passwd_table *t =
	    passwd_table_create(text->at, text->len, &options, &faults);

	if (t == NULL) {
		return false;
	}
	text->at = NULL; /* the table's now */
	text->len = 0;
	for (uint64_t i = 0; i < faults.count && i < PASSWD_FAULTS_MAX; i++) {
		tell(c, faults.fault[i].line, faults.fault[i].what);
	}
	if (faults.count > PASSWD_FAULTS_MAX) {
		c->faults += faults.count - PASSWD_FAULTS_MAX;
	}
	*count_r = passwd_table_count(t);
	passwd_table_destroy(&t);
	return true;
}

/* No mistake: but such users would wonder. */
static void tell_of_scram(const struct check *c)
{
	fprintf(stderr,
		"%s: %" PRIu64 " users have no verifier for SCRAM, and "
		"cannot log in with clients that choose it; make theirs with "
		"restantectl passwd, or set scram = no\n",
		c->settings->users, c->without_scram);
}

static int check_users_file(const struct auth_settings *settings,
			    bool offers_scram, uint64_t *count_r)
{
	struct check c = { .settings = settings };
	struct passwd_text text = { .at = NULL };
	bool is_indexed;
	int rc = passwd_text_read(settings->users, &text);

	if (rc < 0) {
		fprintf(stderr, "%s: cannot be read: %s\n", settings->users,
			strerror(-rc));
		return EX_CONFIG;
	}
	check_users(&c, (struct text){ text.at, text.len });
	is_indexed = index_users(&c, &text, count_r);
	passwd_text_finish(&text);
	if (!is_indexed) {
		fputs("restantectl: out of memory\n", stderr);
		return EX_OSERR;
	}
	if (c.faults > USER_FAULTS_MAX) {
		fprintf(stderr, "%s: and %" PRIu64 " more\n", settings->users,
			c.faults - USER_FAULTS_MAX);
	}
	if (offers_scram && c.without_scram != 0) {
		tell_of_scram(&c);
	}
	return c.faults == 0 ? EX_OK : EX_CONFIG;
}

/* The server starts with it; whoever asks here is not to find out from its
 * clients. */
static void tell_worry(void *ctx, const struct config_worry *worry)
{
	int *rc = ctx;

	fprintf(stderr, "%s: %s\n", worry->file, worry->text);
	if (worry->is_grave && *rc == EX_OK) {
		*rc = EX_CONFIG;
	}
}

int command_check(const struct request *r)
{
	struct conf_faults faults;
	struct config config;
	uint64_t users = 0;
	int rc;

	if (config_load(r->config_path, geteuid() == 0, &config, &faults) < 0) {
		conf_faults_print(&faults, r->config_path, stderr);
		return EX_CONFIG;
	}
	rc = check_users_file(&config.auth, config.session.scram, &users);
	config_certificate_worry(&config, clock_unix(), tell_worry, &rc);
	if (rc == EX_OK) {
		printf("configuration is fine: %s, %" PRIu64 " users\n",
		       r->config_path, users);
	}
	return rc;
}
