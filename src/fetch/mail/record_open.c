// SPDX-License-Identifier: ISC
/*
 * record_open.c - opens the record, and judges what is there (record.h).
 * Runs in: the collector's carriers.  Trusts: nothing in the files.  Allocates:
 * the record; SQLite does.
 */
#include "fetch/mail/record_sql.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "os/fd.h"

#define HEADER_LEN 100 /* octets, of a database */

static bool has_octets(const char *path, const char *suffix)
{
	char name[PATH_MAX];
	struct why why;
	struct stat st;

	return record_name_with(path, suffix, name, &why) == 0 &&
	       stat(name, &st) == 0 && st.st_size > 0;
}

/* SQLite takes a file that is shorter than its header for a new database. */
static int look_at_file(const char *path, struct why *why)
{
	struct stat st;

	if (stat(path, &st) == 0) {
		return !S_ISREG(st.st_mode) || st.st_size >= HEADER_LEN
			   ? 0
			   : record_damaged(path, "cut off", why);
	}
	if (errno != ENOENT) {
		return record_errno(errno, "cannot open the record", path, why);
	}
	/* its newest rows, without it: somebody moved half of it */
	if (has_octets(path, "-wal")) {
		return record_damaged(path, "only its -wal file is there", why);
	}
	return record_make(path, why);
}

static int check_kind(const char *path, sqlite3 *db, struct why *why)
{
	int64_t id;

	if (record_ask(path, db, "PRAGMA application_id", &id, why) < 0) {
		return -1;
	}
	if (id != RECORD_APPLICATION_ID) {
		why_set(why, WHY_CONFIG,
			"%s is a database, but no record of restante's", path);
		return -1;
	}
	return 0;
}

/* Damage that no reading of rows would meet: a part that reads as no rows at
 * all would be mail that comes twice.  It takes as long as reading everybody's
 * rows: so the first does it for all. */
static int check_whole(const char *path, sqlite3 *db, struct why *why)
{
	sqlite3_stmt *s;
	const char *said;
	int rc;

	if (sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &s, NULL) !=
	    SQLITE_OK) {
		return record_failed(path, db, why);
	}
	rc = sqlite3_step(s);
	said =
	    rc == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : NULL;
	if (said == NULL) {
		rc = record_failed(path, db, why);
	} else if (strcmp(said, "ok") != 0) {
		rc = record_damaged(path, said, why);
	} else {
		rc = 0;
	}
	(void)sqlite3_finalize(s);
	return rc;
}

/* One statement about the account: SQLite's answer. */
static int step_account(struct record *r, const char *sql, const char *key)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(r->db, sql, -1, &s, NULL);

	if (rc == SQLITE_OK) {
		rc = sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
	}
	if (rc == SQLITE_OK) {
		rc = sqlite3_step(s);
	}
	if (rc == SQLITE_ROW) {
		r->account = sqlite3_column_int64(s, 0);
	}
	(void)sqlite3_finalize(s);
	return rc;
}

/* Only who is new writes, and waits for who does so. */
static int find_account(struct record *r, const char *key, struct why *why)
{
	static const char insert[] = "INSERT INTO account (key) VALUES (?1)"
				     " ON CONFLICT DO NOTHING";
	static const char find[] = "SELECT id FROM account WHERE key = ?1";
	int rc = step_account(r, find, key);

	if (rc == SQLITE_DONE) {
		rc = step_account(r, insert, key);
		if (rc == SQLITE_DONE) {
			rc = step_account(r, find, key);
		}
	}
	return rc == SQLITE_ROW ? 0 : record_failed(r->path, r->db, why);
}

static int open_database(struct record *r, const char *key, struct why *why)
{
	if (look_at_file(r->path, why) < 0 ||
	    record_connect(r->path, r->path, &r->db, why) < 0 ||
	    check_kind(r->path, r->db, why) < 0 ||
	    record_migrate(r->path, r->db, why) < 0 ||
	    (r->is_alone && check_whole(r->path, r->db, why) < 0) ||
	    record_lock_share(r, why) < 0 || find_account(r, key, why) < 0) {
		return -1;
	}
	return record_prepare(r, why);
}

static int open_record(const char *path, const char *key, bool is_shared,
		       struct record **record_r, struct why *why)
{
	struct record *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		why_set(why, WHY_INTERNAL, "no memory");
		return -1;
	}
	r->users_fd = r->account_fd = -1;
	if (record_name_with(path, "", r->path, why) < 0 ||
	    record_make_folders(path, why) < 0 ||
	    record_lock_to_use(r, why) < 0 ||
	    (!is_shared && record_lock_account(r, key, why) < 0) ||
	    open_database(r, key, why) < 0) {
		record_close(&r);
		return -1;
	}
	*record_r = r;
	return 0;
}

int record_open(const char *path, const char *key, struct record **record_r,
		struct why *why)
{
	return open_record(path, key, false, record_r, why);
}

int record_open_shared(const char *path, const char *key,
		       struct record **record_r, struct why *why)
{
	return open_record(path, key, true, record_r, why);
}

void record_close(struct record **record)
{
	struct record *r = *record;

	if (r == NULL) {
		return;
	}
	if (r->db != NULL) {
		record_rollback(r);
	}
	for (size_t i = 0; i < RECORD_SQL_COUNT; i++) {
		(void)sqlite3_finalize(r->statements[i]);
	}
	(void)sqlite3_close(r->db);
	fd_close(&r->account_fd);
	fd_close(&r->users_fd);
	free(r);
	*record = NULL;
}
