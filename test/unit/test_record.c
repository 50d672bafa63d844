// SPDX-License-Identifier: ISC
/*
 * test_record.c - rows of the record: what is put is there, for whom it is.
 */
#include <sqlite3.h>

#include "record_play.h"

static void assert_same_row(const struct record_entry *a,
			    const struct record_entry *b)
{
	assert_int_equal(a->id, b->id);
	assert_string_equal(a->uid, b->uid);
	assert_int_equal(a->stage, b->stage);
	assert_int_equal(a->has_sum, b->has_sum);
	assert_memory_equal(&a->sum, &b->sum, sizeof(a->sum));
	assert_int_equal(a->octets, b->octets);
	assert_string_equal(a->place, b->place);
	assert_string_equal(a->reason, b->reason);
	assert_int_equal(a->changed_unix, b->changed_unix);
	assert_int_equal(a->delivered_unix, b->delivered_unix);
	assert_int_equal(a->gone_unix, b->gone_unix);
	assert_int_equal(a->sent_unix, b->sent_unix);
	assert_int_equal(a->rule, b->rule);
	assert_int_equal(a->tries, b->tries);
	assert_int_equal(a->first_visit, b->first_visit);
	assert_int_equal(a->missed_visit, b->missed_visit);
	assert_int_equal(a->alike, b->alike);
}

static struct record_entry full_row(void)
{
	struct record_entry e = row_of("a'b\xff", RECORD_SET_ASIDE, 1);

	e.octets = UINT64_MAX;
	e.place = "new/1.2.host";
	e.reason = "the server said \"no\" \xc3\xbc";
	e.changed_unix = 1;
	e.delivered_unix = 2;
	e.gone_unix = 3;
	e.sent_unix = -1;
	e.rule = INT64_MAX;
	e.tries = UINT32_MAX;
	e.first_visit = 4;
	e.missed_visit = 5;
	e.alike = 6;
	return e;
}

static void all_of_a_row(void **state)
{
	struct record_entry e = full_row();

	(void)state;
	put(&e);
	assert_true(e.id != 0);
	open_again();
	load(NULL);
	assert_int_equal(rows.count, 1);
	assert_same_row(&rows.at[0], &e);
	assert_ptr_equal(entries_find(&rows, "a'b\xff"), &rows.at[0]);
	/* all of it changes by its id */
	e = (struct record_entry){ .id = e.id,
				   .uid = "b",
				   .stage = RECORD_TRIED,
				   .place = "",
				   .reason = "" };
	put(&e);
	load(NULL);
	assert_int_equal(rows.count, 1);
	assert_same_row(&rows.at[0], &e);
	assert_null(entries_find(&rows, "a'b\xff"));
}

/* As a damaged file may have them. */
static void numbers_without_sense(void **state)
{
	struct record_entry e = full_row();

	(void)state;
	e.changed_unix = e.gone_unix = e.first_visit = INT64_MAX;
	e.delivered_unix = e.sent_unix = e.missed_visit = INT64_MIN;
	put(&e);
	load(NULL);
	e.changed_unix = e.gone_unix = e.first_visit = 0;
	e.delivered_unix = e.sent_unix = e.missed_visit = 0;
	assert_same_row(&rows.at[0], &e);
}

static void the_longest_strings(void **state)
{
	char uid[RECORD_UID_MAX + 1], place[RECORD_PLACE_MAX], reason[WHY_MAX];
	struct record_entry e;

	(void)state;
	memset(uid, 'u', sizeof(uid));
	memset(place, 'p', sizeof(place));
	memset(reason, 'r', sizeof(reason));
	uid[sizeof(uid) - 1] = place[sizeof(place) - 1] = '\0';
	reason[sizeof(reason) - 1] = '\0';
	e = row_of(uid, RECORD_FETCHED, 1);
	e.place = place;
	e.reason = reason;
	put(&e);
	load(NULL);
	assert_same_row(&rows.at[0], &e);
}

static void modes_of_files(void **state)
{
	char folder[256];
	struct stat st;

	(void)state;
	assert_int_equal(stat(site.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(folder, sizeof(folder), "%.200s/state", site.dir);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

static void what_was_not_committed(void **state)
{
	struct record_entry e = row_of("a", RECORD_DELIVERED, 1);

	(void)state;
	assert_ok(record_begin(r, &why));
	assert_ok(record_put(r, &e, &why));
	record_rollback(r);
	record_rollback(r);
	load(NULL);
	assert_int_equal(rows.count, 0);
	e.id = 0;
	assert_ok(record_begin(r, &why));
	assert_ok(record_put(r, &e, &why));
	open_again();
	load(NULL);
	assert_int_equal(rows.count, 0);
}

static void a_unique_id_has_one_row(void **state)
{
	struct record_entry a = row_of("u", RECORD_DELIVERED, 1);
	struct record_entry b = row_of("u", RECORD_FETCHED, 2);

	(void)state;
	put(&a);
	put(&b);
	assert_true(a.id != b.id);
	load(NULL);
	assert_int_equal(rows.count, 2);
	assert_int_equal(entries_find(&rows, "u")->id, b.id);
	a.uid = "";
	assert_same_row(&rows.at[0], &a);
	/* and back, by an update */
	a.uid = "u";
	put(&a);
	load(NULL);
	assert_int_equal(entries_find(&rows, "u")->id, a.id);
	put(&a);
	load(NULL);
	assert_int_equal(rows.count, 2);
}

static void a_row_that_is_known_by_nothing_goes(void **state)
{
	struct record_entry a = { .uid = "u", .stage = RECORD_TRIED };
	struct record_entry b = row_of("u", RECORD_FETCHED, 2);

	(void)state;
	put(&a);
	put(&b);
	load(NULL);
	assert_int_equal(rows.count, 1);
	assert_int_equal(rows.at[0].id, b.id);
}

static void many_without_unique_id(void **state)
{
	(void)state;
	for (uint8_t i = 0; i < 5; i++) {
		struct record_entry e =
		    row_of(i % 2 == 0 ? "" : NULL, RECORD_DELIVERED, i);

		put(&e);
	}
	load(NULL);
	assert_int_equal(rows.count, 5);
	assert_int_equal(rows.by_uid_count, 0);
	assert_int_equal(rows.by_digest_count, 5);
}

static void deleted_ones_only_if_listed(void **state)
{
	struct record_entry a = row_of("a", RECORD_DELETED, 1);
	struct record_entry b = row_of("b", RECORD_DELETED, 2);
	struct record_entry none = row_of("", RECORD_DELETED, 3);
	struct record_entry c = row_of("c", RECORD_DELIVERED, 4);
	struct listing l = { 0 };

	(void)state;
	put(&a);
	put(&b);
	put(&none);
	put(&c);
	load(NULL);
	assert_int_equal(rows.count, 1);
	list_one(&l, 1, "b", 5);
	list_one(&l, 2, "c", 5);
	list_one(&l, 3, "d", 5);
	list_one(&l, 4, NULL, 5);
	list_end(&l);
	load(&l);
	assert_int_equal(rows.count, 2);
	assert_same_row(entries_find(&rows, "b"), &b);
	assert_same_row(entries_find(&rows, "c"), &c);
	listing_finish(&l);
}

static void accounts_are_apart(void **state)
{
	struct record_entry e = row_of("u", RECORD_DELIVERED, 1);
	struct record_entry other = row_of("u", RECORD_DELIVERED, 2);
	struct record *r2;

	(void)state;
	put(&e);
	assert_ok(record_open(site.path, "you@example.org", &r2, &why));
	assert_ok(record_load(r2, NULL, &rows, &why));
	assert_int_equal(rows.count, 0);
	assert_ok(record_begin(r2, &why));
	assert_ok(record_put(r2, &other, &why));
	/* not even by its id */
	assert_ok(record_forget(r2, e.id, &why));
	other.id = e.id;
	assert_ok(record_put(r2, &other, &why));
	assert_ok(record_commit(r2, &why));
	record_close(&r2);
	load(NULL);
	assert_int_equal(rows.count, 1);
	assert_same_row(&rows.at[0], &(struct record_entry){
					 .id = e.id,
					 .uid = "u",
					 .stage = e.stage,
					 .has_sum = true,
					 .sum = e.sum,
					 .octets = e.octets,
					 .place = "",
					 .reason = "",
					 .changed_unix = e.changed_unix,
					 .delivered_unix = e.delivered_unix });
}

static void one_is_forgotten(void **state)
{
	struct record_entry a = row_of("a", RECORD_DELIVERED, 1);
	struct record_entry b = row_of("b", RECORD_DELIVERED, 2);

	(void)state;
	put(&a);
	put(&b);
	assert_ok(record_begin(r, &why));
	assert_ok(record_forget(r, a.id, &why));
	assert_ok(record_commit(r, &why));
	load(NULL);
	assert_int_equal(rows.count, 1);
	assert_int_equal(rows.at[0].id, b.id);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

static void run_sql(const char *sql)
{
	sqlite3 *db;

	record_close(&r);
	assert_int_equal(sqlite3_open(site.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	open_again();
}

/* Of a restante that did not know of log-ins: its rows stay. */
static void an_older_record(void **state)
{
	struct record_entry e = row_of("u", RECORD_DELIVERED, 1);
	struct record_login login = { 1700000000, 600 };

	(void)state;
	put(&e);
	run_sql("DROP TABLE shown_message; DROP TABLE shown; "
		"DROP TABLE login; "
		"ALTER TABLE message DROP COLUMN alike; "
		"ALTER TABLE message DROP COLUMN first; "
		"ALTER TABLE message DROP COLUMN missed; "
		"PRAGMA user_version = 1");
	load(NULL);
	assert_int_equal(rows.count, 1);
	assert_ok(record_put_login(r, &login, &why));
	open_again();
	login = (struct record_login){ 0 };
	assert_ok(record_login(r, &login, &why));
	assert_int_equal(login.last_unix, 1700000000);
	assert_int_equal(login.delay_s, 600);
	run_sql("UPDATE login SET delay = 1000000000");
	assert_ok(record_login(r, &login, &why));
	assert_int_equal(login.delay_s, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_older_record),
		TEST(all_of_a_row),
		TEST(numbers_without_sense),
		TEST(the_longest_strings),
		TEST(modes_of_files),
		TEST(what_was_not_committed),
		TEST(a_unique_id_has_one_row),
		TEST(a_row_that_is_known_by_nothing_goes),
		TEST(many_without_unique_id),
		TEST(deleted_ones_only_if_listed),
		TEST(accounts_are_apart),
		TEST(one_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
