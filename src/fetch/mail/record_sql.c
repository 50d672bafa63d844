// SPDX-License-Identifier: ISC
/*
 * record_sql.c - statements of the record, and what SQLite's failures mean
 * (record_sql.h).
 * Runs in: the collector's carriers.  Trusts: nothing in the file: whatever
 * stands there is bounded when it is read.  Allocates: SQLite does.
 */
#include "fetch/mail/record_sql.h"

#include <errno.h>
#include <string.h>

#include "fetch/limits.h"

#define COLUMNS                                                                \
	"id, uid, stage, octets, digest, head, text_octets, text_lines, "      \
	"place, reason, changed, delivered, gone, sent, rule, tries, "         \
	"first, missed, alike"

/* 4 is RECORD_DELETED, 3 RECORD_DELETE_SENT. */
static const char *const texts[RECORD_SQL_COUNT] = {
	[RECORD_SQL_BEGIN] = "BEGIN IMMEDIATE",
	[RECORD_SQL_COMMIT] = "COMMIT",
	[RECORD_SQL_LIVE] = "SELECT " COLUMNS " FROM message"
			    " WHERE account = ?1 AND stage <> 4 ORDER BY id",
	[RECORD_SQL_ANY_DELETED] = "SELECT 1 FROM message"
				   " WHERE account = ?1 AND stage = 4 LIMIT 1",
	[RECORD_SQL_DELETED] = "SELECT " COLUMNS " FROM message"
			       " WHERE account = ?1 AND uid = ?2"
			       " AND uid <> x'' AND stage = 4",
	[RECORD_SQL_NAMED] = "SELECT id, digest IS NULL FROM message"
			     " WHERE account = ?1 AND uid = ?2"
			     " AND uid <> x''",
	[RECORD_SQL_UNNAME] = "UPDATE message SET uid = x'' WHERE id = ?1",
	[RECORD_SQL_INSERT] =
	    "INSERT INTO message (id, account, uid, stage, octets, digest,"
	    " head, text_octets, text_lines, place, reason, changed, delivered,"
	    " gone, sent, rule, tries, first, missed, alike) VALUES (NULL,"
	    " ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
	    " ?15, ?16, ?17, ?18, ?19)",
	[RECORD_SQL_UPDATE] =
	    "UPDATE message SET uid = ?2, stage = ?3, octets = ?4,"
	    " digest = ?5, head = ?6, text_octets = ?7, text_lines = ?8,"
	    " place = ?9, reason = ?10, changed = ?11, delivered = ?12,"
	    " gone = ?13, sent = ?14, rule = ?15, tries = ?16, first = ?17,"
	    " missed = ?18, alike = ?19 WHERE account = ?1 AND id = ?20",
	[RECORD_SQL_FORGET] = "DELETE FROM message WHERE account = ?1"
			      " AND id = ?2",
	[RECORD_SQL_GONE] = "UPDATE message SET gone = ?3, stage ="
			    " CASE WHEN ?3 <> 0 AND stage = 3 THEN 4"
			    " ELSE stage END WHERE account = ?1 AND id = ?2",
	[RECORD_SQL_PRUNE] = "DELETE FROM message WHERE account = ?1"
			     " AND ((gone <> 0 AND gone < ?2)"
			     " OR (stage = 4 AND changed < ?2))",
	[RECORD_SQL_LOGIN] = "SELECT last, delay FROM login"
			     " WHERE account = ?1",
	[RECORD_SQL_LOGGED_IN] = "INSERT INTO login (account, last, delay)"
				 " VALUES (?1, ?2, ?3) ON CONFLICT (account)"
				 " DO UPDATE SET last = ?2, delay = ?3",
	[RECORD_SQL_FORGET_SHOWN] = "DELETE FROM shown WHERE account = ?1",
	[RECORD_SQL_SHOW] = "INSERT INTO shown (account, at, by_list)"
			    " VALUES (?1, ?2, ?3)",
	[RECORD_SQL_SHOW_MESSAGE] = "INSERT INTO shown_message (account,"
				    " number, uid, octets)"
				    " VALUES (?1, ?2, ?3, ?4)",
	[RECORD_SQL_SHOWN] = "SELECT at, by_list, (SELECT count(*)"
			     " FROM shown_message WHERE account = ?1)"
			     " FROM shown WHERE account = ?1",
	[RECORD_SQL_SHOWN_MESSAGE] = "SELECT uid, octets FROM shown_message"
				     " WHERE account = ?1 AND number = ?2",
};

int record_damaged(const char *path, const char *what, struct why *why)
{
	why_set(why, WHY_INTERNAL,
		"the record %s is damaged (%s): nothing is fetched, as without "
		"it all mail would come twice; restore it from a backup, or "
		"begin anew: restante renew-record",
		path, what);
	return -1;
}

static int disk_full(const char *path, struct why *why)
{
	why_set(why, WHY_TEMP,
		"the record %s cannot be written: the disk is full; make room, "
		"and nothing is lost",
		path);
	return -1;
}

int record_errno(int error, const char *what, const char *path, struct why *why)
{
	if (error == ENOSPC || error == EDQUOT) {
		return disk_full(path, why);
	}
	why_errno(why,
		  error == EIO || error == EMFILE || error == ENFILE
		      ? WHY_INTERNAL
		      : WHY_CONFIG,
		  error, "%s %s", what, path);
	return -1;
}

int record_not_ours(const char *path, struct why *why)
{
	why_set(why, WHY_TEMP,
		"the record %s is held by another program for too long", path);
	return -1;
}

int record_failed(const char *path, sqlite3 *db, struct why *why)
{
	int code = db == NULL ? SQLITE_NOMEM : sqlite3_errcode(db);
	const char *what = db == NULL ? "no memory" : sqlite3_errmsg(db);

	if ((code & 0xff) == SQLITE_IOERR &&
	    sqlite3_system_errno(db) == ENOSPC) {
		return disk_full(path, why);
	}
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return record_damaged(path, what, why);
	case SQLITE_FULL:
		return disk_full(path, why);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return record_not_ours(path, why);
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		why_set(why, WHY_CONFIG,
			"the record %s cannot be written (%s): see to its "
			"owner and mode, and those of its folder",
			path, what);
		return -1;
	default:
		why_set(why, WHY_INTERNAL, "the record %s failed: %s", path,
			what);
		return -1;
	}
}

/* A cache of 8 MiB: the indexes of 100,000 messages are in it while puts go to
 * all places of them. */
static const char settings[] = "PRAGMA foreign_keys = ON;"
			       "PRAGMA trusted_schema = OFF;"
			       "PRAGMA cell_size_check = ON;"
			       "PRAGMA synchronous = FULL;"
			       "PRAGMA cache_size = -8192;";

int record_exec(const char *path, sqlite3 *db, const char *sql, struct why *why)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK
		   ? 0
		   : record_failed(path, db, why);
}

/* The first column of the first row. */
int record_ask(const char *path, sqlite3 *db, const char *sql,
	       int64_t *answer_r, struct why *why)
{
	sqlite3_stmt *s;
	int rc;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) {
		return record_failed(path, db, why);
	}
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		*answer_r = sqlite3_column_int64(s, 0);
	} else {
		record_failed(path, db, why);
	}
	(void)sqlite3_finalize(s);
	return rc == SQLITE_ROW ? 0 : -1;
}

/* path is told to people, name is opened. */
int record_connect(const char *path, const char *name, sqlite3 **db_r,
		   struct why *why)
{
	sqlite3 *db = NULL;

	/* without SQLITE_OPEN_CREATE: it is made by make_database alone */
	if (sqlite3_open_v2(name, &db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
				SQLITE_OPEN_EXRESCODE,
			    NULL) != SQLITE_OK ||
	    sqlite3_busy_timeout(db, FETCH_RECORD_BUSY_MS) != SQLITE_OK ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) !=
		SQLITE_OK ||
	    sqlite3_exec(db, settings, NULL, NULL, NULL) != SQLITE_OK) {
		record_failed(path, db, why);
		(void)sqlite3_close(db);
		return -1;
	}
	*db_r = db;
	return 0;
}

static int bind_account(struct record *r, size_t i)
{
	/* all but these few are about an account's rows */
	return sqlite3_bind_parameter_count(r->statements[i]) == 0 ||
		       i == RECORD_SQL_UNNAME
		   ? SQLITE_OK
		   : sqlite3_bind_int64(r->statements[i], 1, r->account);
}

int record_prepare(struct record *r, struct why *why)
{
	for (size_t i = 0; i < RECORD_SQL_COUNT; i++) {
		if (sqlite3_prepare_v3(r->db, texts[i], -1,
				       SQLITE_PREPARE_PERSISTENT,
				       &r->statements[i], NULL) != SQLITE_OK ||
		    bind_account(r, i) != SQLITE_OK) {
			return record_failed(r->path, r->db, why);
		}
	}
	return 0;
}

int record_bind_uid(sqlite3_stmt *s, int at, const char *uid)
{
	return sqlite3_bind_blob64(s, at, uid, strlen(uid), SQLITE_STATIC);
}

int record_first(struct record *r, enum record_sql which, struct why *why)
{
	sqlite3_stmt *s = r->statements[which];
	int rc = sqlite3_step(s);

	if (rc == SQLITE_ROW) {
		return 1;
	}
	if (rc != SQLITE_DONE) {
		record_failed(r->path, r->db, why);
	}
	(void)sqlite3_reset(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

int record_run(struct record *r, enum record_sql which, struct why *why)
{
	sqlite3_stmt *s = r->statements[which];
	int rc = sqlite3_step(s);

	if (rc != SQLITE_DONE) {
		record_failed(r->path, r->db, why);
	}
	/* tells the same failure once more */
	(void)sqlite3_reset(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

const char *record_text(sqlite3_stmt *s, int column, size_t max)
{
	const char *text = (const char *)sqlite3_column_text(s, column);

	return text == NULL || strlen(text) > max ? "" : text;
}

static bool copy_blob(sqlite3_stmt *s, int column, uint8_t *to, size_t len)
{
	const void *at = sqlite3_column_blob(s, column);

	if (at == NULL || (size_t)sqlite3_column_bytes(s, column) != len) {
		return false;
	}
	memcpy(to, at, len);
	return true;
}

static void read_sum(sqlite3_stmt *s, struct record_entry *e)
{
	e->has_sum = copy_blob(s, 4, e->sum.text, DIGEST_LEN) &&
		     copy_blob(s, 5, e->sum.head, DIGEST_HEAD_LEN);
	e->sum.octets = (uint64_t)sqlite3_column_int64(s, 6);
	e->sum.lines = (uint64_t)sqlite3_column_int64(s, 7);
}

/* A time, a visit or how many: what is not damaged is far nearer to 0, and its
 * sums and differences are numbers. */
static int64_t number_of(sqlite3_stmt *s, int column)
{
	int64_t n = sqlite3_column_int64(s, column);

	return n > INT64_MAX / 4 || n < -INT64_MAX / 4 ? 0 : n;
}

static void read_row(sqlite3_stmt *s, struct record_entry *e)
{
	*e = (struct record_entry){
		.id = sqlite3_column_int64(s, 0),
		.uid = record_text(s, 1, RECORD_UID_MAX),
		.stage = (enum record_stage)sqlite3_column_int(s, 2),
		.octets = (uint64_t)sqlite3_column_int64(s, 3),
		.place = record_text(s, 8, RECORD_PLACE_MAX - 1),
		.reason = record_text(s, 9, WHY_MAX - 1),
		.changed_unix = number_of(s, 10),
		.delivered_unix = number_of(s, 11),
		.gone_unix = number_of(s, 12),
		.sent_unix = number_of(s, 13),
		.rule = sqlite3_column_int64(s, 14),
		.tries = (uint32_t)sqlite3_column_int64(s, 15),
		.first_visit = number_of(s, 16),
		.missed_visit = number_of(s, 17),
		.alike = (uint64_t)number_of(s, 18),
	};
	read_sum(s, e);
}

int record_read(struct record *r, enum record_sql which,
		struct entries *entries, struct why *why)
{
	sqlite3_stmt *s = r->statements[which];
	struct record_entry e;
	int rc = sqlite3_step(s);

	while (rc == SQLITE_ROW) {
		read_row(s, &e);
		if (!entries_add(entries, &e)) {
			why_set(why, WHY_INTERNAL,
				"no memory for the record's rows");
			break;
		}
		rc = sqlite3_step(s);
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
		record_failed(r->path, r->db, why);
	}
	(void)sqlite3_reset(s);
	return rc == SQLITE_DONE ? 0 : -1;
}
