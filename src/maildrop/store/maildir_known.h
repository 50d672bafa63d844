// SPDX-License-Identifier: ISC
/*
 * maildir_known.h - the messages that an earlier list had, while a Maildir is
 * read again: which of their files are still there under the same name.  So
 * they need neither be copied nor sorted anew.
 */
#ifndef STORE_MAILDIR_KNOWN_H
#define STORE_MAILDIR_KNOWN_H

#include "ipc/snapshot.h"
#include "store/maildir_name.h"

struct maildir_known {
	const struct snapshot *s; /* NULL: nothing is known */
	uint8_t *kept;            /* one octet for each message */
	uint64_t *slots; /* of a hash table, once names are looked for */
	size_t mask;
};

/* s must stay.  0, or -ENOMEM. */
MUST_USE int maildir_known_init(struct maildir_known *k,
				const struct snapshot *s);
void maildir_known_finish(struct maildir_known *k);

/* All files of a subdirectory ("new/" or "cur/") are still there. */
void maildir_known_keep_all(struct maildir_known *k, const char *subdir);

/* Needed before the next.  0, or -ENOMEM. */
MUST_USE int maildir_known_index(struct maildir_known *k);

/* They are going to be looked for: has the processor fetch what that needs, all
 * at once instead of one after the other.  At most MAILDIR_KNOWN_BATCH. */
#define MAILDIR_KNOWN_BATCH 32u
void maildir_known_fetch(const struct maildir_known *k,
			 const char *const *names, size_t count);

/* This file is there.  False if it is not one of them. */
MUST_USE bool maildir_known_keep(struct maildir_known *k, const char *subdir,
				 const char *name, size_t len);

/* How many of them are. */
uint32_t maildir_known_kept(const struct maildir_known *k);

/* The first message that is not before base in the order of delivery; how many
 * there are if there is none.  *is_it_r: it is base's. */
uint32_t maildir_known_find(const struct maildir_known *k,
			    const struct maildir_base *base, bool *is_it_r);

#endif
