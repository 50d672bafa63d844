// SPDX-License-Identifier: ISC
/*
 * test_record_files.c - records that are damaged, foreign, from the future or
 * not to be had are told of, and never begun anew without being asked.
 */
#include "mail_play.h"

#include "fetch/mail/record_sql.h"

#define ROWS 400u

static struct site site;
static struct record *r;
static struct why why;

static int begin_test(void **state)
{
	(void)state;
	site_begin(&site);
	r = NULL;
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	record_close(&r);
	site_end(&site);
	return 0;
}

static void open_it(void)
{
	if (record_open(site.path, KEY, &r, &why) < 0) {
		fail_msg("%s", why.text);
	}
}

static void expect_failure(enum why_kind kind, const char *part)
{
	assert_int_equal(record_open(site.path, KEY, &r, &why), -1);
	assert_null(r);
	if (why.kind != kind || strstr(why.text, part) == NULL) {
		fail_msg("%d, %s", (int)why.kind, why.text);
	}
	/* what it is about, and no half sentence */
	assert_non_null(strstr(why.text, site.dir));
}

static void make_one(void)
{
	char uid[32];

	open_it();
	assert_int_equal(record_begin(r, &why), 0);
	for (uint32_t i = 0; i < ROWS; i++) {
		struct record_entry e;

		snprintf(uid, sizeof(uid), "uid-%u", i);
		e = row_of(uid, RECORD_DELIVERED, 1);
		assert_int_equal(record_put(r, &e, &why), 0);
	}
	assert_int_equal(record_commit(r, &why), 0);
	record_close(&r);
}

static size_t count_rows(void)
{
	struct entries rows = { 0 };
	size_t count;

	open_it();
	assert_int_equal(record_load(r, NULL, &rows, &why), 0);
	count = rows.count;
	entries_finish(&rows);
	record_close(&r);
	return count;
}

static off_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? st.st_size : -1;
}

static void write_at(const char *path, off_t at, const void *octets, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, octets, len, at), len);
	close(fd);
}

static void run_sql(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(site.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void none_yet(void **state)
{
	(void)state;
	assert_int_equal(count_rows(), 0);
	assert_true(size_of(site.path) > 0);
	assert_int_equal(count_rows(), 0);
}

static void as_it_was_left(void **state)
{
	(void)state;
	make_one();
	assert_int_equal(count_rows(), ROWS);
}

static void empty(void **state)
{
	(void)state;
	make_one();
	assert_int_equal(truncate(site.path, 0), 0);
	expect_failure(WHY_INTERNAL, "damaged (cut off)");
	expect_failure(WHY_INTERNAL, "damaged (cut off)");
	assert_int_equal(size_of(site.path), 0);
}

static void no_database(void **state)
{
	static const char text[] = "Dear diary, ";

	(void)state;
	make_one();
	for (off_t i = 0; i < 100; i++) {
		write_at(site.path, i * (off_t)sizeof(text), text,
			 sizeof(text));
	}
	expect_failure(WHY_INTERNAL, "damaged");
}

static void cut_off(void **state)
{
	off_t whole;

	(void)state;
	make_one();
	whole = size_of(site.path);
	for (off_t len = whole - 2048; len > 0; len -= 2048) {
		assert_int_equal(truncate(site.path, len), 0);
		expect_failure(WHY_INTERNAL, "damaged");
		assert_int_equal(size_of(site.path), len);
	}
}

/* A page that another one was written over: its rows would be unknown. */
static void each_page_lost(void **state)
{
	static uint8_t page[4096], zeros[4096];
	off_t whole;

	(void)state;
	make_one();
	whole = size_of(site.path);
	for (off_t at = 0; at < whole; at += 4096) {
		int fd = open(site.path, O_RDONLY | O_CLOEXEC);

		assert_true(fd >= 0);
		assert_int_equal(pread(fd, page, 4096, at), 4096);
		close(fd);
		write_at(site.path, at, zeros, 4096);
		expect_failure(WHY_INTERNAL, "damaged");
		write_at(site.path, at, page, 4096);
	}
	assert_int_equal(count_rows(), ROWS);
}

static void its_log_alone(void **state)
{
	char wal[300];

	(void)state;
	snprintf(wal, sizeof(wal), "%s-wal", site.path);
	make_one();
	assert_int_equal(unlink(site.path), 0);
	write_at(wal, 0, "x", 1);
	expect_failure(WHY_INTERNAL, "damaged");
	assert_int_equal(size_of(site.path), -1);
}

static void somebody_else_s(void **state)
{
	(void)state;
	make_one();
	run_sql("PRAGMA application_id = 5");
	expect_failure(WHY_CONFIG, "no record");
}

static void from_the_future(void **state)
{
	(void)state;
	make_one();
	run_sql("PRAGMA user_version = 1000");
	expect_failure(WHY_CONFIG, "newer restante");
	run_sql("PRAGMA user_version = 5"); /* as it was */
	assert_int_equal(count_rows(), ROWS);
}

static void places_that_are_none(void **state)
{
	char path[300];

	(void)state;
	snprintf(path, sizeof(path), "%s/file", site.dir);
	write_at(path, 0, "x", 1);
	snprintf(site.path, sizeof(site.path), "%.200s/file/record", site.dir);
	expect_failure(WHY_CONFIG, "cannot open");
	snprintf(site.path, sizeof(site.path), "%.200s/file", site.dir);
	expect_failure(WHY_INTERNAL, "damaged");
	snprintf(site.path, sizeof(site.path), "%.200s/d", site.dir);
	assert_int_equal(mkdir(site.path, 0700), 0);
	expect_failure(WHY_CONFIG, "cannot");
}

static void a_path_that_is_too_long(void **state)
{
	static char path[5000];

	(void)state;
	memset(path, 'a', sizeof(path) - 1);
	path[0] = '/';
	assert_int_equal(record_open(path, KEY, &r, &why), -1);
	assert_int_equal(why.kind, WHY_CONFIG);
	assert_null(r);
}

/* -- set aside */

static void on_the_user_s_word(void **state)
{
	char name[300];

	(void)state;
	make_one();
	assert_int_equal(truncate(site.path, 0), 0);
	expect_failure(WHY_INTERNAL, "renew-record");
	assert_int_equal(
	    record_set_aside(site.path, NOW, name, sizeof(name), &why), 0);
	assert_non_null(strstr(name, "record.sqlite.damaged-20261126T"));
	assert_int_equal(size_of(name), 0);
	assert_int_equal(count_rows(), 0);
}

static void all_that_belongs_to_it(void **state)
{
	char path[300], name[300], moved[310];
	struct record *other;

	(void)state;
	make_one();
	snprintf(path, sizeof(path), "%s-wal", site.path);
	write_at(path, 0, "log", 3);
	assert_int_equal(
	    record_set_aside(site.path, NOW, name, sizeof(name), &why), 0);
	snprintf(moved, sizeof(moved), "%s-wal", name);
	assert_int_equal(size_of(moved), 3);
	assert_int_equal(size_of(path), -1);
	/* not over one that is there, and not one that is in use */
	open_it();
	assert_int_equal(
	    record_set_aside(site.path, NOW + 1, name, sizeof(name), &why), -1);
	assert_int_equal(why.kind, WHY_TEMP);
	assert_int_equal(record_open(site.path, "other", &other, &why), 0);
	record_close(&other);
	record_close(&r);
	assert_int_equal(
	    record_set_aside(site.path, NOW, name, sizeof(name), &why), -1);
	assert_int_equal(why.kind, WHY_TEMP);
	assert_int_equal(count_rows(), 0);
}

/* Somebody was faster, while it was judged: what would be written now would be
 * in the file that was set aside. */
static void moved_while_it_was_opened(void **state)
{
	char name[300];

	(void)state;
	open_it();
	r->is_alone = true;
	assert_int_equal(record_lock_share(r, &why), 0);
	snprintf(name, sizeof(name), "%s.elsewhere", site.path);
	assert_int_equal(rename(site.path, name), 0);
	assert_int_equal(record_lock_share(r, &why), -1);
	assert_int_equal(why.kind, WHY_TEMP);
}

/* The first has judged it for all. */
static void one_judges_for_all(void **state)
{
	struct record *other;

	(void)state;
	open_it();
	assert_true(r->is_alone);
	assert_int_equal(record_open(site.path, "other", &other, &why), 0);
	assert_false(other->is_alone);
	record_close(&r);
	assert_int_equal(record_open(site.path, KEY, &r, &why), 0);
	assert_false(r->is_alone);
	record_close(&other);
}

/* -- all at once */

static void open_and_put(unsigned n)
{
	struct record_entry e = row_of("u", RECORD_DELIVERED, (uint8_t)n);
	char key[32];

	snprintf(key, sizeof(key), "%u@example.org", n);
	for (int i = 0; i < 20; i++) {
		e.id = 0;
		if (record_open(site.path, key, &r, &why) < 0 ||
		    record_begin(r, &why) < 0 || record_put(r, &e, &why) < 0 ||
		    record_commit(r, &why) < 0) {
			fprintf(stderr, "%s\n", why.text);
			_exit(1);
		}
		record_close(&r);
	}
	_exit(0);
}

static void many_begin_it_at_once(void **state)
{
	sqlite3 *db;
	sqlite3_stmt *s;

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		if (fork() == 0) {
			open_and_put(i);
		}
	}
	for (unsigned i = 0; i < 8; i++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(sqlite3_open(site.path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
					    "SELECT count(*), count(DISTINCT "
					    "account) FROM message",
					    -1, &s, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(s, 0), 8 * 20);
	assert_int_equal(sqlite3_column_int(s, 1), 8);
	sqlite3_finalize(s);
	sqlite3_close(db);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(none_yet),
		TEST(as_it_was_left),
		TEST(empty),
		TEST(no_database),
		TEST(cut_off),
		TEST(each_page_lost),
		TEST(its_log_alone),
		TEST(somebody_else_s),
		TEST(from_the_future),
		TEST(places_that_are_none),
		TEST(a_path_that_is_too_long),
		TEST(on_the_user_s_word),
		TEST(all_that_belongs_to_it),
		TEST(moved_while_it_was_opened),
		TEST(one_judges_for_all),
		TEST(many_begin_it_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
