// SPDX-License-Identifier: ISC
/*
 * passwd_line.h - one line of a users file, in the format of Dovecot's
 * passwd-file: name:password:uid:gid:gecos:home:shell:extra fields.  Colons
 * divide the fields, but for those inside the last; there is no quoting.
 * Fields missing at the end are empty.
 */
#ifndef AUTH_PASSWD_LINE_H
#define AUTH_PASSWD_LINE_H

#include "auth/user_name.h"

#define PASSWD_NO_ID       UINT32_MAX
#define PASSWD_EXTRA_FIELD 7u /* colons before it */

/* The texts point into the line. */
struct passwd_user {
	struct text name;
	struct text stored;     /* the password field: "{SCHEME}hash" */
	struct text home;       /* empty if there is none */
	struct text allow_nets; /* empty if log-in is allowed from anywhere */
	struct text extra;      /* the last field: passwd_next_extra */
	/* empty, or as they stand there, sound or not: verifiers_scram */
	struct text scram_sha_256;
	struct text scram_sha_1;
	uint32_t uid; /* or PASSWD_NO_ID */
	uint32_t gid;
	bool is_disabled; /* nologin */
};

/* Cuts the first line off the front of *in, without its LF or CRLF; the last
 * may have none.  False if *in is empty. */
bool passwd_next_line(struct text *in, struct text *line_r);

/* Whether the line is empty or a comment. */
bool passwd_line_is_blank(struct text line);

/*
 * NULL, and *user_r filled in, if the line is a user's; else what is wrong with
 * it, static, and *user_r is untouched.  What is wrong never holds a part of
 * the line: it may have a hash in it.
 */
MUST_USE const char *passwd_line_parse(struct text line,
				       struct passwd_user *user_r);

#define PASSWD_SCRAM_SHA_256 "restante_scram_sha_256"
#define PASSWD_SCRAM_SHA_1   "restante_scram_sha_1"
#define PASSWD_APP           "restante_app" /* app_password.h */

/* One of the last field's words, which blanks divide. */
struct passwd_extra {
	struct text word;
	struct text key;   /* up to the first '=', or all of it */
	struct text value; /* behind it */
};

/* Cuts the first word off the front of *rest.  False if there is none. */
bool passwd_next_extra(struct text *rest, struct passwd_extra *extra_r);

#endif
