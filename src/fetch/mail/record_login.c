// SPDX-License-Identifier: ISC
/*
 * record_login.c - when somebody logged in last, and when it may be done again
 * (record.h).
 * Runs in: the collector's carriers.  Trusts: nothing in the file.  Allocates:
 * SQLite does.
 */
#include "fetch/limits.h"
#include "fetch/mail/record_sql.h"

int record_login(struct record *r, struct record_login *login_r,
		 struct why *why)
{
	sqlite3_stmt *s = r->statements[RECORD_SQL_LOGIN];
	int rc = record_first(r, RECORD_SQL_LOGIN, why);
	int64_t delay_s;

	*login_r = (struct record_login){ 0 };
	if (rc <= 0) {
		return rc;
	}
	delay_s = sqlite3_column_int64(s, 1);
	if (delay_s > 0 && delay_s <= FETCH_LOGIN_DELAY_MAX_S) {
		login_r->last_unix = sqlite3_column_int64(s, 0);
		login_r->delay_s = (uint32_t)delay_s;
	}
	(void)sqlite3_reset(s);
	return 0;
}

static int put(struct record *r, const struct record_login *login,
	       struct why *why)
{
	sqlite3_stmt *s = r->statements[RECORD_SQL_LOGGED_IN];

	if (sqlite3_bind_int64(s, 2, login->last_unix) != SQLITE_OK ||
	    sqlite3_bind_int64(s, 3, login->delay_s) != SQLITE_OK) {
		return record_failed(r->path, r->db, why);
	}
	return record_run(r, RECORD_SQL_LOGGED_IN, why);
}

int record_put_login(struct record *r, const struct record_login *login,
		     struct why *why)
{
	if (record_begin(r, why) < 0) {
		return -1;
	}
	if (put(r, login, why) < 0) {
		record_rollback(r);
		return -1;
	}
	return record_commit(r, why);
}
