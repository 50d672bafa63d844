// SPDX-License-Identifier: ISC
/*
 * record_sql.h - what the parts of the record share: the connection, its
 * statements, its files, and what SQLite's failures mean.  Unless something
 * else is said: 0, or -1 and *why.
 */
#ifndef FETCH_MAIL_RECORD_SQL_H
#define FETCH_MAIL_RECORD_SQL_H

#include <linux/limits.h>
#include <sqlite3.h>

#include "fetch/mail/record.h"

#define RECORD_APPLICATION_ID 0x52455354 /* "REST" */

enum record_sql {
	RECORD_SQL_BEGIN,
	RECORD_SQL_COMMIT,
	RECORD_SQL_LIVE,
	RECORD_SQL_ANY_DELETED,
	RECORD_SQL_DELETED,
	RECORD_SQL_NAMED,
	RECORD_SQL_UNNAME,
	RECORD_SQL_INSERT,
	RECORD_SQL_UPDATE,
	RECORD_SQL_FORGET,
	RECORD_SQL_GONE,
	RECORD_SQL_PRUNE,
	RECORD_SQL_LOGIN,
	RECORD_SQL_LOGGED_IN,
	RECORD_SQL_FORGET_SHOWN,
	RECORD_SQL_SHOW,
	RECORD_SQL_SHOW_MESSAGE,
	RECORD_SQL_SHOWN,
	RECORD_SQL_SHOWN_MESSAGE,
	RECORD_SQL_COUNT
};

struct record {
	char path[PATH_MAX];
	sqlite3 *db;
	sqlite3_stmt *statements[RECORD_SQL_COUNT];
	int64_t account;
	int users_fd; /* locked, shared, by all who have the database open */
	bool is_alone;
	int account_fd;      /* locked by who collects the account */
	struct turns *turns; /* or NULL */
	bool has_turn;
};

/* -1, and *why: errno says what failed; what, with path, is a clause. */
int record_errno(int error, const char *what, const char *path,
		 struct why *why);

/* Of the connection's last failure: -1, and *why with what to do. */
int record_failed(const char *path, sqlite3 *db, struct why *why);

/* -1, and *why: it is damaged, in this way. */
int record_damaged(const char *path, const char *what, struct why *why);

/* Opens the database name, which must be there; path is told to people. */
MUST_USE int record_connect(const char *path, const char *name, sqlite3 **db_r,
			    struct why *why);
/* Statements without rows. */
MUST_USE int record_exec(const char *path, sqlite3 *db, const char *sql,
			 struct why *why);
/* The first column of the first row, which there must be. */
MUST_USE int record_ask(const char *path, sqlite3 *db, const char *sql,
			int64_t *answer_r, struct why *why);

/* record_new.c: a new database at path, unless somebody was faster. */
MUST_USE int record_make(const char *path, struct why *why);
/* Brings its format up to date. */
MUST_USE int record_migrate(const char *path, sqlite3 *db, struct why *why);

/* record_files.c: the path with something behind it. */
MUST_USE int record_name_with(const char *path, const char *suffix,
			      char name_r[PATH_MAX], struct why *why);
MUST_USE int record_make_folders(const char *path, struct why *why);
MUST_USE int record_sync_folder(const char *path, struct why *why);
MUST_USE int record_lock_account(struct record *r, const char *key,
				 struct why *why);
/* To use the database: alone (is_alone), if nobody else does, so that it can be
 * judged as a whole by one of those who use it, and the others wait for that;
 * else with the others.  Then, if alone, to share it. */
MUST_USE int record_lock_to_use(struct record *r, struct why *why);
MUST_USE int record_lock_share(struct record *r, struct why *why);
/* To take it away. */
MUST_USE int record_lock_all(const char *path, int *fd_r, struct why *why);

/* All of them, for r->account. */
MUST_USE int record_prepare(struct record *r, struct why *why);

/* Binds a unique-id, which is the caller's and stays until the statement ran.
 * As SQLite's own. */
MUST_USE int record_bind_uid(sqlite3_stmt *s, int at, const char *uid);

/* A string with a NUL behind it, good until the next step; "" if it is longer
 * than max. */
const char *record_text(sqlite3_stmt *s, int column, size_t max);

/* 1: the statement, which is to be reset, is at its first row.  0: there is
 * none; or -1. */
MUST_USE int record_first(struct record *r, enum record_sql which,
			  struct why *why);

/* Runs what yields no row. */
MUST_USE int record_run(struct record *r, enum record_sql which,
			struct why *why);

/* Rows of the statement of record_sql, each added to *entries. */
MUST_USE int record_read(struct record *r, enum record_sql which,
			 struct entries *entries, struct why *why);

#endif
