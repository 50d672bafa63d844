// SPDX-License-Identifier: ISC
/*
 * maildir_name.h - the names of a Maildir's files: base name and order, unique
 * ids, and lists of names.
 *
 * A file is "new/BASE" or "cur/BASE:INFO", where INFO are the flags.  BASE is
 * the message's own for ever; directory and INFO change.
 */
#ifndef STORE_MAILDIR_NAME_H
#define STORE_MAILDIR_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

#define MAILDIR_NAME_MAX     255u /* NAME_MAX of every file system */
#define MAILDIR_SUBDIR_LEN   4u   /* "new/" and "cur/" */
#define MAILDIR_PATH_MAX     (MAILDIR_SUBDIR_LEN + MAILDIR_NAME_MAX)
#define MAILDIR_MADE_UID_LEN 33u

struct maildir_name {
	uint64_t time; /* at the front of the base name, in seconds */
	uint32_t off;  /* of "cur/BASE:INFO" in the list's text */
	uint16_t len;  /* of the whole */
	uint8_t base_len;
	uint8_t pass; /* in which it was read */
};

/* A list of names; all zeros is an empty one. */
struct maildir_names {
	struct maildir_name *at;
	size_t count, cap;
	uint8_t *text;
	size_t text_len, text_cap;
};

void maildir_names_finish(struct maildir_names *names);

/* Forgets the first count names. */
void maildir_names_drop_front(struct maildir_names *names, size_t count);

/* Adds a file; subdir is "new/" or "cur/", len at most MAILDIR_NAME_MAX.  0,
 * -ENOMEM, or -E2BIG if there are too many. */
MUST_USE int maildir_names_add(struct maildir_names *names, const char *subdir,
			       const char *name, size_t len, uint8_t pass);

/*
 * Orders them by the time of delivery, then by base name, and keeps one of
 * those with the same base name: that of the latest pass, then the one in cur/,
 * then the one whose name is last.  0, or -ENOMEM, and they are as they were.
 */
MUST_USE int maildir_names_order(struct maildir_names *names);

static inline const uint8_t *maildir_path_of(const struct maildir_names *names,
					     const struct maildir_name *name)
{
	return names->text + name->off;
}

static inline const uint8_t *maildir_base_of(const struct maildir_names *names,
					     const struct maildir_name *name)
{
	return names->text + name->off + MAILDIR_SUBDIR_LEN;
}

/* A base name with its time, wherever it stands. */
struct maildir_base {
	uint64_t time;
	const uint8_t *at;
	size_t len;
};

static inline struct maildir_base
maildir_base_at(const struct maildir_names *names,
		const struct maildir_name *name)
{
	return (struct maildir_base){ name->time, maildir_base_of(names, name),
				      name->base_len };
}

/* What stands at the front of a name up to its first colon. */
size_t maildir_base_len(const uint8_t *name, size_t len);

/* The decimal number at its front: 0 if there is none, UINT64_MAX if it is a
 * larger one. */
uint64_t maildir_time(const uint8_t *base, size_t len);

struct maildir_base maildir_base_in_path(const uint8_t *path, size_t len);

/* The order of delivery: negative, 0 (the same message), or positive. */
int maildir_compare(const struct maildir_base *a, const struct maildir_base *b);

/* Sorts at, with the help of as much memory at spare; of two equal ones either
 * may come first. */
typedef int maildir_order_fn(const struct maildir_names *names,
			     const struct maildir_name *a,
			     const struct maildir_name *b);
void maildir_sort(const struct maildir_names *names, struct maildir_name *at,
		  struct maildir_name *spare, size_t count,
		  maildir_order_fn *order);

/* The name with that base in a list that was ordered, or NULL. */
const struct maildir_name *maildir_names_find(const struct maildir_names *names,
					      const struct maildir_base *base);

/* Whether a base name can be the message's unique-id as it is. */
bool maildir_is_uid(const uint8_t *base, size_t len);

/*
 * Makes a unique-id for another one: "~" and 128 bits of XXH3 in hexadecimal.
 * Since no base name of that form is its own unique-id, two messages can share
 * one only if their hashes are the same: among a million made ones, by chance,
 * once in 10^27 maildrops.  Then again is 1 for the second, and so on.
 */
void maildir_make_uid(const uint8_t *base, size_t len, uint64_t again,
		      uint8_t uid_r[MAILDIR_MADE_UID_LEN]);

#endif
