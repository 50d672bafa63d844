// SPDX-License-Identifier: ISC
/*
 * record_shown.c - which message stood at which number when a person saw them
 * (record.h).
 * Runs in: list, show and delete.  Trusts: nothing in the file.  Allocates:
 * SQLite does; strings go to the caller's pool.
 */
#include <string.h>

#include "fetch/limits.h"
#include "fetch/mail/record_sql.h"

static int put_message(struct record *r, const struct listing_message *m,
		       struct why *why)
{
	sqlite3_stmt *s = r->statements[RECORD_SQL_SHOW_MESSAGE];

	if (sqlite3_bind_int64(s, 2, m->msn) != SQLITE_OK ||
	    record_bind_uid(s, 3, m->uid) != SQLITE_OK ||
	    sqlite3_bind_int64(s, 4, (int64_t)m->octets) != SQLITE_OK) {
		return record_failed(r->path, r->db, why);
	}
	return record_run(r, RECORD_SQL_SHOW_MESSAGE, why);
}

static int put_all(struct record *r, const struct listing *l,
		   enum record_shown_by by, int64_t now_unix, struct why *why)
{
	sqlite3_stmt *s = r->statements[RECORD_SQL_SHOW];

	if (sqlite3_bind_int64(s, 2, now_unix) != SQLITE_OK ||
	    sqlite3_bind_int(s, 3, by == RECORD_SHOWN_BY_LIST) != SQLITE_OK) {
		return record_failed(r->path, r->db, why);
	}
	if (record_run(r, RECORD_SQL_SHOW, why) < 0) {
		return -1;
	}
	for (size_t i = 0; i < l->count; i++) {
		if (put_message(r, &l->at[i], why) < 0) {
			return -1;
		}
	}
	return 0;
}

/* In a transaction: the rows of the listing before go with it. */
static int replace(struct record *r, const struct listing *l,
		   enum record_shown_by by, int64_t now_unix, struct why *why)
{
	if (record_run(r, RECORD_SQL_FORGET_SHOWN, why) < 0) {
		return -1;
	}
	return l->count <= FETCH_SHOWN_MAX ? put_all(r, l, by, now_unix, why)
					   : 0;
}

int record_put_shown(struct record *r, const struct listing *l,
		     enum record_shown_by by, int64_t now_unix, struct why *why)
{
	if (record_begin(r, why) < 0) {
		return -1;
	}
	if (replace(r, l, by, now_unix, why) < 0) {
		record_rollback(r);
		return -1;
	}
	return record_commit(r, why);
}

/* A clock that was set back far makes nothing younger. */
static bool is_old(int64_t at_unix, int64_t now_unix)
{
	int64_t age;

	return __builtin_sub_overflow(now_unix, at_unix, &age) ||
	       age <= -FETCH_SHOWN_S || age >= FETCH_SHOWN_S;
}

static struct record_shown read_shown(sqlite3_stmt *s, int64_t now_unix)
{
	return (struct record_shown){
		.is_old = is_old(sqlite3_column_int64(s, 0), now_unix),
		.by = sqlite3_column_int(s, 1) != 0 ? RECORD_SHOWN_BY_LIST
						    : RECORD_SHOWN_BY_SHOW,
		.count = (uint32_t)sqlite3_column_int64(s, 2),
	};
}

int record_shown(struct record *r, int64_t now_unix,
		 struct record_shown *shown_r, struct why *why)
{
	sqlite3_stmt *s = r->statements[RECORD_SQL_SHOWN];
	int rc = record_first(r, RECORD_SQL_SHOWN, why);

	if (rc < 0) {
		return -1;
	}
	*shown_r = (struct record_shown){ .by = RECORD_SHOWN_NOT };
	if (rc == 1) {
		*shown_r = read_shown(s, now_unix);
		(void)sqlite3_reset(s);
	}
	return 0;
}

int record_shown_message(struct record *r, uint32_t msn, struct pool *pool,
			 struct listing_message *message_r, struct why *why)
{
	sqlite3_stmt *s = r->statements[RECORD_SQL_SHOWN_MESSAGE];
	struct listing_message m = { .msn = msn };
	const char *uid;
	int rc;

	if (sqlite3_bind_int64(s, 2, msn) != SQLITE_OK) {
		return record_failed(r->path, r->db, why);
	}
	rc = record_first(r, RECORD_SQL_SHOWN_MESSAGE, why);
	if (rc <= 0) {
		return rc;
	}
	uid = record_text(s, 0, RECORD_UID_MAX);
	m.uid = pool_copy(pool, uid, strlen(uid));
	m.octets = (uint64_t)sqlite3_column_int64(s, 1);
	(void)sqlite3_reset(s);
	if (m.uid == NULL) {
		why_set(why, WHY_INTERNAL, "no memory for a unique-id");
		return -1;
	}
	*message_r = m;
	return 1;
}
