// SPDX-License-Identifier: ISC
/*
 * passwd_table.h - a users file in memory, found by name.  The text is kept as
 * it was read, with an open-addressing index of 8 octets a slot, two slots a
 * line; a line is parsed when it is looked up.
 */
#ifndef AUTH_PASSWD_TABLE_H
#define AUTH_PASSWD_TABLE_H

#include "auth/limits.h"
#include "auth/passwd_line.h"

#define PASSWD_KEY_LEN 16u /* crypto_shorthash_KEYBYTES */

struct passwd_fault {
	uint64_t line;    /* from 1 */
	const char *what; /* static */
};

struct passwd_faults {
	uint64_t count; /* may be over PASSWD_FAULTS_MAX */
	struct passwd_fault fault[PASSWD_FAULTS_MAX];
};

struct passwd_table;

/* What a user is known by, in whose place somebody else's is taken. */
enum passwd_decoy {
	PASSWD_DECOY_PASSWORD,
	PASSWD_DECOY_SCRAM_SHA_256,
	PASSWD_DECOY_SCRAM_SHA_1,
};

#define PASSWD_DECOYS 3u

struct passwd_options {
	/* Of the hash: secret, and with the same key a name of nobody is taken
	 * for the same user. */
	uint8_t key[PASSWD_KEY_LEN];
	bool
	    is_folding; /* names are found whatever the case of ASCII letters */
	/* Whether that user has one, and trying it costs what a real try
	 * costs. */
	bool (*is_decoy)(const struct passwd_user *user,
			 enum passwd_decoy which);
};

/*
 * Indexes text, which malloc made, and owns it from then on.  A line that is
 * wrong, or whose user stands in an earlier line, is left out and told in
 * *faults_r.  NULL if there is no memory; then the text is still the caller's.
 */
MUST_USE struct passwd_table *
passwd_table_create(char *text, size_t len,
		    const struct passwd_options *options,
		    struct passwd_faults *faults_r);

/* Wipes and frees it.  *table may be NULL, and becomes it. */
void passwd_table_destroy(struct passwd_table **table);

uint64_t passwd_table_count(const struct passwd_table *t);

/* False, and *user_r untouched, if there is no such user.  The texts in *user_r
 * live as long as the table. */
MUST_USE bool passwd_table_find(const struct passwd_table *t, struct text name,
				struct passwd_user *user_r);

/*
 * The user whom a name that is nobody's is taken for, among DECOYS_MAX users
 * drawn at random.  The choice depends on key, name and users alone, and when
 * users come or go it stays what it is for nearly all names: a name whose
 * verifier changes when nobody has changed his is nobody's.  False, and *user_r
 * untouched, if is_decoy takes no user.
 */
MUST_USE bool passwd_table_decoy(const struct passwd_table *t,
				 enum passwd_decoy which, struct text name,
				 struct passwd_user *user_r);

#endif
