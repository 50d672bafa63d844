// SPDX-License-Identifier: ISC
/*
 * app_password.h - passwords that restantectl makes for one device or program,
 * any number for each user.  They have so many random bits that a fast hash
 * keeps them.  In the users file each is an extra field,
 *
 *   restante_app=NAME,MADE,EXPIRES,HASH
 *
 * the times in seconds since 1970, EXPIRES 0 if it never does.
 */
#ifndef AUTH_APP_PASSWORD_H
#define AUTH_APP_PASSWORD_H

#include "auth/passwd_line.h"
#include "base/secret.h"

#define APP_PASSWORD_HASH_LEN 43u /* 32 octets in base64url without '=' */
/* Octets of a new one with its NUL: 100 bits in letters and digits, five a
 * letter, in groups of four. */
#define APP_PASSWORD_TEXT_MAX  25u
#define APP_PASSWORD_FIELD_MAX 192u

/* The texts point into the user's line. */
struct app_password {
	struct text name;
	int64_t made_unix;
	int64_t expires_unix; /* 0: never */
	struct text hash;
};

/* NULL if it can be an app password's name: letters, digits and "._@+-", at
 * most APP_NAME_MAX; else what is wrong, as user_name_fault. */
MUST_USE const char *app_password_name_fault(struct text name);

/* Reads what stands behind "restante_app=".  False, and *app_r untouched, if it
 * is none. */
MUST_USE bool app_password_parse(struct text value, struct app_password *app_r);

/* The next of a user's: *rest begins as user->extra.  False if there are no
 * more; malformed ones are passed over. */
MUST_USE bool app_password_next(struct text *rest, struct app_password *app_r);

/* The extra field, key and all, as a string. */
void app_password_write(const struct app_password *app,
			char field_r[APP_PASSWORD_FIELD_MAX]);

bool app_password_is_expired(const struct app_password *app, int64_t now_unix);

/* Makes a new one, as it is shown: "abcd-efgh-ijkm-npqr-stuv". */
void app_password_generate(char text_r[APP_PASSWORD_TEXT_MAX]);

/*
 * The hash of what was typed, for a user of that name, as it stands in the
 * users file.  Blanks and hyphens do not count, nor does the case of letters.
 * False, and hash_r untouched, if no app password looks so.
 */
MUST_USE bool app_password_hash(struct text user, const struct secret *typed,
				char hash_r[APP_PASSWORD_HASH_LEN + 1]);

#endif
