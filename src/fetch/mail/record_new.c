// SPDX-License-Identifier: ISC
/*
 * record_new.c - the record's format: made, and brought up to date
 * (record_sql.h).
 * Runs in: the collector's carriers.  Trusts: its caller.  Allocates: SQLite
 * does.
 *
 * A database appears under its name whole, or not at all: so an empty file
 * under that name is damage, and never the beginning of a new record.
 */
#include "fetch/mail/record_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/fd.h"

#define VERSION 5

/* For each version the statements that lead to it from the one before. */
static const char *const migrations[VERSION] = {
	"CREATE TABLE account ("
	" id INTEGER PRIMARY KEY,"
	" key TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE message ("
	" id INTEGER PRIMARY KEY,"
	" account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
	" uid BLOB NOT NULL CHECK (length(uid) <= 512),"
	" stage INTEGER NOT NULL CHECK (stage BETWEEN 1 AND 8),"
	" octets INTEGER NOT NULL,"
	" digest BLOB CHECK (digest IS NULL OR length(digest) = 32),"
	" head BLOB CHECK (head IS NULL OR length(head) = 16),"
	" text_octets INTEGER NOT NULL,"
	" text_lines INTEGER NOT NULL,"
	" place TEXT NOT NULL,"
	" reason TEXT NOT NULL,"
	" changed INTEGER NOT NULL,"
	" delivered INTEGER NOT NULL,"
	" gone INTEGER NOT NULL,"
	" sent INTEGER NOT NULL,"
	" rule INTEGER NOT NULL,"
	" tries INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX message_uid ON message (account, uid)"
	" WHERE uid <> x'';"
	"CREATE INDEX message_live ON message (account) WHERE stage <> 4;",

	"CREATE TABLE login ("
	" account INTEGER PRIMARY KEY REFERENCES account (id)"
	" ON DELETE CASCADE,"
	" last INTEGER NOT NULL,"
	" delay INTEGER NOT NULL) STRICT;",

	("ALTER TABLE message ADD COLUMN first INTEGER NOT NULL DEFAULT 0;"
	 "ALTER TABLE message ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;"),

	("CREATE TABLE shown ("
	 " account INTEGER PRIMARY KEY REFERENCES account (id)"
	 " ON DELETE CASCADE,"
	 " at INTEGER NOT NULL,"
	 " by_list INTEGER NOT NULL) STRICT;"
	 "CREATE TABLE shown_message ("
	 " account INTEGER NOT NULL REFERENCES shown (account)"
	 " ON DELETE CASCADE,"
	 " number INTEGER NOT NULL,"
	 " uid BLOB NOT NULL CHECK (length(uid) <= 512),"
	 " octets INTEGER NOT NULL,"
	 " PRIMARY KEY (account, number)) STRICT, WITHOUT ROWID;"),

	"ALTER TABLE message ADD COLUMN alike INTEGER NOT NULL DEFAULT 0",
};

/* Each step in a transaction of its own: two may come here at once. */
static int migrate_from(const char *path, sqlite3 *db, int64_t version,
			struct why *why)
{
	char sql[64];
	int64_t is = -1;
	int rc = record_exec(path, db, "BEGIN IMMEDIATE", why);

	if (rc == 0) {
		rc = record_ask(path, db, "PRAGMA user_version", &is, why);
	}
	if (rc == 0 && is == version) {
		snprintf(sql, sizeof(sql), "PRAGMA user_version = %d",
			 (int)version + 1);
		rc = record_exec(path, db, migrations[version], why);
		if (rc == 0) {
			rc = record_exec(path, db, sql, why);
		}
	}
	if (rc == 0) {
		rc = record_exec(path, db, "COMMIT", why);
	}
	if (rc < 0 && sqlite3_get_autocommit(db) == 0) {
		(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	}
	return rc;
}

int record_migrate(const char *path, sqlite3 *db, struct why *why)
{
	int64_t version;

	if (record_ask(path, db, "PRAGMA user_version", &version, why) < 0) {
		return -1;
	}
	if (version < 0 || version > VERSION) {
		why_set(why, WHY_CONFIG,
			"the record %s was made by a newer restante: please "
			"use that one",
			path);
		return -1;
	}
	for (; version < VERSION; version++) {
		if (migrate_from(path, db, version, why) < 0) {
			return -1;
		}
	}
	return 0;
}

/* WAL stays with the file; where it cannot be had (on a network file system)
 * SQLite keeps its older journal, which is as durable, and slower. */
static int fill(const char *path, const char *name, struct why *why)
{
	char sql[64];
	sqlite3 *db;
	int rc;

	if (record_connect(path, name, &db, why) < 0) {
		return -1;
	}
	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d",
		 RECORD_APPLICATION_ID);
	rc = record_exec(path, db, sql, why);
	if (rc == 0) {
		rc = record_migrate(path, db, why);
	}
	if (rc == 0) {
		rc = record_exec(path, db, "PRAGMA journal_mode = WAL", why);
	}
	if (sqlite3_close(db) != SQLITE_OK && rc == 0) {
		rc = record_failed(path, NULL, why);
	}
	return rc;
}

static void remove_unfinished(const char *name)
{
	static const char *const suffixes[] = { "", "-journal", "-wal",
						"-shm" };
	char part[PATH_MAX];
	struct why why;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (record_name_with(name, suffixes[i], part, &why) == 0) {
			(void)unlink(part);
		}
	}
}

/* Under its own name it appears whole.  That somebody else was faster is fine;
 * a file system without hard links has only one name for it. */
static int publish(const char *name, const char *path, struct why *why)
{
	int rc = link(name, path);

	if (rc < 0 && (errno == EPERM || errno == EOPNOTSUPP)) {
		rc = rename(name, path);
	}
	if (rc < 0 && errno != EEXIST) {
		return record_errno(errno, "cannot make the record", path, why);
	}
	return record_sync_folder(path, why);
}

int record_make(const char *path, struct why *why)
{
	char name[PATH_MAX];
	int fd, rc;

	if (record_name_with(path, ".new-XXXXXX", name, why) < 0) {
		return -1;
	}
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0) {
		return record_errno(errno, "cannot make the record", path, why);
	}
	fd_close(&fd);
	rc = fill(path, name, why);
	if (rc == 0) {
		rc = publish(name, path, why);
	}
	remove_unfinished(name);
	return rc;
}
