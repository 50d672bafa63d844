// SPDX-License-Identifier: ISC
/*
 * test_record_shown.c - what the record knows of the listing that was shown
 * last.
 */
#include "record_play.h"

#include <sqlite3.h>

static struct pool pool;

static int end_shown(void **state)
{
	pool_finish(&pool);
	return end_test(state);
}

static void show(const char *const *uids, size_t count, enum record_shown_by by,
		 int64_t now_unix)
{
	struct listing l = { 0 };

	for (uint32_t i = 0; i < count; i++) {
		list_one(&l, i + 1, uids[i], 100 + i);
	}
	list_end(&l);
	assert_ok(record_put_shown(r, &l, by, now_unix, &why));
	listing_finish(&l);
}

static struct record_shown shown(int64_t now_unix)
{
	struct record_shown is;

	assert_ok(record_shown(r, now_unix, &is, &why));
	return is;
}

static void expect_shown(enum record_shown_by by, uint32_t count)
{
	struct record_shown is = shown(NOW);

	assert_int_equal(is.by, by);
	assert_int_equal(is.count, count);
	assert_false(is.is_old);
}

/* uid NULL: nothing stood there. */
static void expect(uint32_t msn, const char *uid)
{
	struct listing_message m = { 0 };
	int rc = record_shown_message(r, msn, &pool, &m, &why);

	assert_ok(rc);
	assert_int_equal(rc, uid != NULL ? 1 : 0);
	if (uid != NULL) {
		assert_string_equal(m.uid, uid);
		assert_int_equal(m.msn, msn);
		assert_int_equal(m.octets, 99 + msn);
	}
}

static void a_listing_comes_back(void **state)
{
	static const char *const uids[] = { "a", NULL, "c" };

	(void)state;
	expect_shown(RECORD_SHOWN_NOT, 0);
	expect(1, NULL);
	show(uids, 3, RECORD_SHOWN_BY_LIST, NOW);
	open_again();
	expect_shown(RECORD_SHOWN_BY_LIST, 3);
	expect(1, "a");
	expect(2, "");
	expect(3, "c");
	expect(4, NULL);
	expect(0, NULL);
}

static void the_last_one_counts(void **state)
{
	static const char *const first[] = { "a", "b", "c" };
	static const char *const second[] = { "d" };
	static const char *const nameless[] = { NULL, NULL };

	(void)state;
	show(first, 3, RECORD_SHOWN_BY_LIST, NOW);
	show(second, 1, RECORD_SHOWN_BY_SHOW, NOW);
	expect_shown(RECORD_SHOWN_BY_SHOW, 1);
	expect(1, "d");
	expect(2, NULL);
	show(nameless, 2, RECORD_SHOWN_BY_LIST, NOW);
	expect_shown(RECORD_SHOWN_BY_LIST, 2);
	expect(1, "");
	show(NULL, 0, RECORD_SHOWN_BY_LIST, NOW); /* an empty maildrop */
	expect_shown(RECORD_SHOWN_BY_LIST, 0);
	expect(1, NULL);
}

static void it_is_believed_for_a_day(void **state)
{
	static const char *const uids[] = { "a" };

	(void)state;
	show(uids, 1, RECORD_SHOWN_BY_LIST, NOW);
	assert_false(shown(NOW + DAY - 1).is_old);
	assert_true(shown(NOW + DAY).is_old);
	assert_int_equal(shown(NOW + DAY).by, RECORD_SHOWN_BY_LIST);
	assert_false(shown(NOW - DAY + 1).is_old);
	assert_true(shown(NOW - DAY).is_old);
	show(uids, 1, RECORD_SHOWN_BY_SHOW, INT64_MIN);
	assert_true(shown(NOW).is_old);
	assert_int_equal(shown(NOW).by, RECORD_SHOWN_BY_SHOW);
}

static void too_many_are_not_remembered(void **state)
{
	static const char *const uids[] = { "a" };
	char uid[16];

	(void)state;
	for (uint32_t extra = 0; extra < 2; extra++) {
		struct listing l = { 0 };

		show(uids, 1, RECORD_SHOWN_BY_LIST, NOW);
		for (uint32_t i = 1; i <= FETCH_SHOWN_MAX + extra; i++) {
			snprintf(uid, sizeof(uid), "u%u", i);
			list_one(&l, i, uid, 99 + i);
		}
		list_end(&l);
		assert_ok(
		    record_put_shown(r, &l, RECORD_SHOWN_BY_LIST, NOW, &why));
		listing_finish(&l);
		snprintf(uid, sizeof(uid), "u%u", FETCH_SHOWN_MAX);
		expect(FETCH_SHOWN_MAX, extra == 0 ? uid : NULL);
		expect(1, extra == 0 ? "u1" : NULL);
	}
}

static void each_account_has_its_own(void **state)
{
	static const char *const uids[] = { "a", "b" };
	struct record *mine = r;

	(void)state;
	show(uids, 2, RECORD_SHOWN_BY_LIST, NOW);
	assert_ok(record_open_shared(site.path, "you@example.org", &r, &why));
	expect_shown(RECORD_SHOWN_NOT, 0);
	expect(1, NULL);
	show(uids + 1, 1, RECORD_SHOWN_BY_LIST, NOW);
	expect(1, "b");
	record_close(&r);
	r = mine;
	expect(1, "a");
}

/* While somebody collects: he has the lock. */
static void it_is_had_beside_a_fetch(void **state)
{
	static const char *const uids[] = { "a" };
	struct record *fetching = r;

	(void)state;
	assert_ok(record_open_shared(site.path, KEY, &r, &why));
	show(uids, 1, RECORD_SHOWN_BY_LIST, NOW);
	record_close(&r);
	assert_int_equal(record_open(site.path, KEY, &r, &why), -1);
	assert_int_equal(why.kind, WHY_TEMP);
	assert_non_null(strstr(why.text, "is at work"));
	r = fetching;
	expect(1, "a");
}

static void change(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(site.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* No longer one than a server may have given is believed, whatever the file
 * has. */
static void a_name_that_is_too_long_is_none(void **state)
{
	static const char *const uids[] = { "a", "b" };
	struct listing_message m;

	(void)state;
	show(uids, 2, RECORD_SHOWN_BY_LIST, NOW);
	change("PRAGMA ignore_check_constraints = ON;"
	       "UPDATE shown_message SET uid ="
	       " CAST(printf('%.*c', 511 + number, 'x') AS BLOB);");
	assert_int_equal(record_shown_message(r, 1, &pool, &m, &why), 1);
	assert_int_equal(strlen(m.uid), RECORD_UID_MAX);
	expect(2, "");
}

/* A record as it was before there was such a listing. */
static void an_older_record_is_taken_over(void **state)
{
	static const char *const uids[] = { "a" };
	struct record_entry row = row_of("u", RECORD_DELIVERED, 1);

	(void)state;
	put(&row);
	record_close(&r);
	change("DROP TABLE shown_message;"
	       "DROP TABLE shown;"
	       "ALTER TABLE message DROP COLUMN alike;"
	       "PRAGMA user_version = 3");
	open_again();
	expect_shown(RECORD_SHOWN_NOT, 0);
	show(uids, 1, RECORD_SHOWN_BY_LIST, NOW);
	expect(1, "a");
	load(NULL);
	assert_int_equal(rows.count, 1);
	assert_string_equal(rows.at[0].uid, "u");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin_test, end_shown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_listing_comes_back),
		TEST(the_last_one_counts),
		TEST(it_is_believed_for_a_day),
		TEST(too_many_are_not_remembered),
		TEST(each_account_has_its_own),
		TEST(it_is_had_beside_a_fetch),
		TEST(a_name_that_is_too_long_is_none),
		TEST(an_older_record_is_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
