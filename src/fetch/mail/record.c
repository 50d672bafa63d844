// SPDX-License-Identifier: ISC
/*
 * record.c - rows of the record (record.h).
 * Runs in: the collector's carriers, each with its own.  Trusts: its caller.
 * Allocates: SQLite does; what is loaded grows with the rows.
 */
#include "fetch/mail/record.h"

#include <assert.h>
#include <string.h>

#include "fetch/limits.h"
#include "fetch/mail/record_sql.h"

#define DAY_S 86400

static int load_deleted(struct record *r, const struct listing *listing,
			struct entries *entries, struct why *why)
{
	sqlite3_stmt *s = r->statements[RECORD_SQL_DELETED];
	int rc = record_first(r, RECORD_SQL_ANY_DELETED, why);

	if (rc <= 0) {
		return rc;
	}
	(void)sqlite3_reset(r->statements[RECORD_SQL_ANY_DELETED]);
	for (size_t i = 0; i < listing->count; i++) {
		const char *uid = listing->at[i].uid;

		if (uid[0] == '\0' || entries_find(entries, uid) != NULL) {
			continue;
		}
		if (record_bind_uid(s, 2, uid) != SQLITE_OK) {
			return record_failed(r->path, r->db, why);
		}
		if (record_read(r, RECORD_SQL_DELETED, entries, why) < 0) {
			return -1;
		}
	}
	return 0;
}

static int make_index(struct entries *entries, struct why *why)
{
	if (!entries_index(entries)) {
		why_set(why, WHY_INTERNAL, "no memory for the record's rows");
		return -1;
	}
	return 0;
}

int record_load(struct record *r, const struct listing *listing,
		struct entries *entries, struct why *why)
{
	size_t live;

	if (record_read(r, RECORD_SQL_LIVE, entries, why) < 0 ||
	    make_index(entries, why) < 0) {
		return -1;
	}
	live = entries->count;
	if (listing != NULL && load_deleted(r, listing, entries, why) < 0) {
		return -1;
	}
	return entries->count == live ? 0 : make_index(entries, why);
}

void record_take_turns(struct record *r, struct turns *turns)
{
	r->turns = turns;
}

static int begin_turn(struct record *r, struct why *why)
{
	if (r->turns == NULL) {
		return 0;
	}
	r->has_turn = turns_take(r->turns);
	return r->has_turn ? 0 : record_not_ours(r->path, why);
}

static void end_turn(struct record *r, bool has_failed)
{
	if (r->has_turn) {
		r->has_turn = false;
		turns_leave(r->turns, has_failed);
	}
}

int record_begin(struct record *r, struct why *why)
{
	int rc;

	assert(sqlite3_get_autocommit(r->db) != 0);
	if (begin_turn(r, why) < 0) {
		return -1;
	}
	rc = record_run(r, RECORD_SQL_BEGIN, why);
	if (rc < 0) {
		end_turn(r, true);
	}
	return rc;
}

int record_commit(struct record *r, struct why *why)
{
	int rc = record_run(r, RECORD_SQL_COMMIT, why);

	if (rc < 0) {
		record_rollback(r);
	}
	end_turn(r, false);
	return rc;
}

void record_rollback(struct record *r)
{
	/* some failures have rolled it back already */
	if (sqlite3_get_autocommit(r->db) == 0) {
		(void)sqlite3_exec(r->db, "ROLLBACK", NULL, NULL, NULL);
	}
	end_turn(r, false);
}

/* Whoever else has the unique-id loses it; a row that is known by nothing else
 * goes. */
static int take_uid(struct record *r, const struct record_entry *e,
		    const char *uid, struct why *why)
{
	sqlite3_stmt *named = r->statements[RECORD_SQL_NAMED];
	int64_t other;
	bool is_nothing;
	enum record_sql which;
	int rc;

	if (record_bind_uid(named, 2, uid) != SQLITE_OK) {
		return record_failed(r->path, r->db, why);
	}
	rc = record_first(r, RECORD_SQL_NAMED, why);
	if (rc <= 0) {
		return rc;
	}
	other = sqlite3_column_int64(named, 0);
	is_nothing = sqlite3_column_int(named, 1) != 0;
	(void)sqlite3_reset(named);
	if (other == e->id) {
		return 0;
	}
	which = is_nothing ? RECORD_SQL_FORGET : RECORD_SQL_UNNAME;
	if (sqlite3_bind_int64(r->statements[which], is_nothing ? 2 : 1,
			       other) != SQLITE_OK) {
		return record_failed(r->path, r->db, why);
	}
	return record_run(r, which, why);
}

static int bind_text(sqlite3_stmt *s, int at, const char *text)
{
	return sqlite3_bind_text(s, at, text == NULL ? "" : text, -1,
				 SQLITE_STATIC);
}

static int bind_sum(sqlite3_stmt *s, const struct record_entry *e)
{
	if (!e->has_sum) {
		return sqlite3_bind_null(s, 5) | sqlite3_bind_null(s, 6) |
		       sqlite3_bind_int64(s, 7, 0) |
		       sqlite3_bind_int64(s, 8, 0);
	}
	return sqlite3_bind_blob(s, 5, e->sum.text, DIGEST_LEN, SQLITE_STATIC) |
	       sqlite3_bind_blob(s, 6, e->sum.head, DIGEST_HEAD_LEN,
				 SQLITE_STATIC) |
	       sqlite3_bind_int64(s, 7, (int64_t)e->sum.octets) |
	       sqlite3_bind_int64(s, 8, (int64_t)e->sum.lines);
}

/* Codes are combined: all that is asked is whether each is SQLITE_OK, 0. */
static int bind_entry(sqlite3_stmt *s, const struct record_entry *e,
		      const char *uid)
{
	return record_bind_uid(s, 2, uid) |
	       sqlite3_bind_int(s, 3, (int)e->stage) |
	       sqlite3_bind_int64(s, 4, (int64_t)e->octets) | bind_sum(s, e) |
	       bind_text(s, 9, e->place) | bind_text(s, 10, e->reason) |
	       sqlite3_bind_int64(s, 11, e->changed_unix) |
	       sqlite3_bind_int64(s, 12, e->delivered_unix) |
	       sqlite3_bind_int64(s, 13, e->gone_unix) |
	       sqlite3_bind_int64(s, 14, e->sent_unix) |
	       sqlite3_bind_int64(s, 15, e->rule) |
	       sqlite3_bind_int64(s, 16, e->tries) |
	       sqlite3_bind_int64(s, 17, e->first_visit) |
	       sqlite3_bind_int64(s, 18, e->missed_visit) |
	       sqlite3_bind_int64(s, 19, (int64_t)e->alike);
}

int record_put(struct record *r, struct record_entry *e, struct why *why)
{
	enum record_sql which =
	    e->id == 0 ? RECORD_SQL_INSERT : RECORD_SQL_UPDATE;
	sqlite3_stmt *s = r->statements[which];
	const char *uid = e->uid == NULL ? "" : e->uid;
	int rc;

	assert(sqlite3_get_autocommit(r->db) == 0);
	if (uid[0] != '\0' && take_uid(r, e, uid, why) < 0) {
		return -1;
	}
	rc = bind_entry(s, e, uid);
	if (which == RECORD_SQL_UPDATE) {
		rc |= sqlite3_bind_int64(s, 20, e->id);
	}
	if (rc != SQLITE_OK) {
		return record_failed(r->path, r->db, why);
	}
	if (record_run(r, which, why) < 0) {
		return -1;
	}
	if (which == RECORD_SQL_INSERT) {
		e->id = sqlite3_last_insert_rowid(r->db);
	}
	return 0;
}

int record_forget(struct record *r, int64_t id, struct why *why)
{
	assert(sqlite3_get_autocommit(r->db) == 0);
	if (sqlite3_bind_int64(r->statements[RECORD_SQL_FORGET], 2, id) !=
	    SQLITE_OK) {
		return record_failed(r->path, r->db, why);
	}
	return record_run(r, RECORD_SQL_FORGET, why);
}

static int put_gone(struct record *r, struct record_entry *e, int64_t gone_unix,
		    struct why *why)
{
	sqlite3_stmt *s = r->statements[RECORD_SQL_GONE];

	if (sqlite3_bind_int64(s, 2, e->id) != SQLITE_OK ||
	    sqlite3_bind_int64(s, 3, gone_unix) != SQLITE_OK) {
		return record_failed(r->path, r->db, why);
	}
	if (record_run(r, RECORD_SQL_GONE, why) < 0) {
		return -1;
	}
	e->gone_unix = gone_unix;
	if (gone_unix != 0 && e->stage == RECORD_DELETE_SENT) {
		e->stage = RECORD_DELETED;
	}
	return 0;
}

/* No message that is not dealt with can be the row's (twins.h). */
static bool is_known_to_be_gone(const struct record_entry *e, int64_t undealt)
{
	return undealt == 0 || (e->uid[0] != '\0' && e->first_visit != 0 &&
				e->missed_visit > undealt);
}

int record_note_gone(struct record *r, struct entries *entries, int64_t undealt,
		     int64_t now_unix, struct why *why)
{
	assert(sqlite3_get_autocommit(r->db) == 0);
	for (size_t i = 0; i < entries->count; i++) {
		struct record_entry *e = &entries->at[i];
		bool is_here = e->is_claimed || e->is_listed;

		/* only what changes is written */
		if (e->id != 0 && is_here != (e->gone_unix == 0) &&
		    (is_here || is_known_to_be_gone(e, undealt)) &&
		    put_gone(r, e, is_here ? 0 : now_unix, why) < 0) {
			return -1;
		}
	}
	return 0;
}

int record_prune(struct record *r, int64_t now_unix, struct why *why)
{
	int64_t until = now_unix - (int64_t)FETCH_RECORD_KEPT_DAYS * DAY_S;

	assert(sqlite3_get_autocommit(r->db) == 0);
	if (sqlite3_bind_int64(r->statements[RECORD_SQL_PRUNE], 2, until) !=
	    SQLITE_OK) {
		return record_failed(r->path, r->db, why);
	}
	return record_run(r, RECORD_SQL_PRUNE, why);
}
