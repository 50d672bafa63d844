// SPDX-License-Identifier: ISC
/*
 * editing.h - how each command that changes the users file begins and ends: the
 * configuration, the user's name, the file under its lock; and what is told on
 * standard error when that fails.
 */
#ifndef CTL_EDITING_H
#define CTL_EDITING_H

#include "ctl/command.h"
#include "ctl/extra.h"
#include "ctl/place.h"
#include "ctl/users_edit.h"

struct editing {
	struct config config;
	struct users_edit edit;
	char name[PACKET_USER_MAX + 1]; /* as it is looked for and written */
};

/* Where nothing is open yet: editing_finish may follow. */
#define EDITING_NONE                                                           \
	{                                                                      \
		.edit.dir = -1                                                 \
	}

/* Each returns EX_OK, or another exit code, told. */

int editing_read_config(const struct request *r, struct config *config);

/* Reads the configuration, takes the user's name, and begins to edit. */
int editing_begin(const struct request *r, struct editing *s, bool may_be_new);

/* Begins to edit again, after editing_finish. */
int editing_resume(struct editing *s, bool may_be_new);

/* The same as editing_begin, but the file is only read, without a lock. */
int editing_read(const struct request *r, struct editing *s);

int editing_find(const struct editing *s, struct place *place_r);

/* Whether editing_find would; tells nothing. */
bool editing_has(const struct editing *s, struct place *place_r);

/* The user of a place, whose line must be sound. */
int editing_parse(const struct editing *s, const struct place *place,
		  struct passwd_user *user_r);

/* Puts text in the place of these octets. */
int editing_replace(struct editing *s, size_t from, size_t to,
		    struct text text);
int editing_commit(struct editing *s);

/* Puts x in the place of the user's extra fields, if that changes them: the
 * line must not become too long. */
int editing_put_extra(struct editing *s, const struct place *place,
		      const struct extra *x);

/* What a function of users_edit returned, in words; its exit code. */
int editing_tell(const struct users_edit *e, int rc);

/* Unlocks, and wipes the text. */
void editing_finish(struct editing *s);

#endif
