// SPDX-License-Identifier: ISC
/*
 * test_record_life.c - rows of messages that went, and whose the record is.
 */
#include "record_play.h"

#include <signal.h>

/* -- who went */

static void note_gone_but(int64_t undealt, int64_t now)
{
	assert_ok(record_begin(r, &why));
	assert_ok(record_note_gone(r, &rows, undealt, now, &why));
	assert_ok(record_commit(r, &why));
}

static void note_gone(int64_t now)
{
	note_gone_but(0, now);
}

static void prune(int64_t now)
{
	assert_ok(record_begin(r, &why));
	assert_ok(record_prune(r, now, &why));
	assert_ok(record_commit(r, &why));
}

static void gone_and_back(void **state)
{
	struct record_entry a = row_of("a", RECORD_DELIVERED, 1);
	struct record_entry b = row_of("b", RECORD_DELIVERED, 2);
	struct record_entry c = row_of("c", RECORD_DELIVERED, 3);

	(void)state;
	put(&a);
	put(&b);
	put(&c);
	load(NULL);
	rows.at[1].is_claimed = true;
	rows.at[2].is_listed = true;
	note_gone(NOW);
	assert_int_equal(rows.at[0].gone_unix, NOW);
	load(NULL);
	assert_int_equal(rows.at[0].gone_unix, NOW);
	assert_int_equal(rows.at[1].gone_unix, 0);
	assert_int_equal(rows.at[2].gone_unix, 0);
	note_gone(NOW + 5); /* it stays gone since then */
	load(NULL);
	assert_int_equal(rows.at[0].gone_unix, NOW);
	assert_int_equal(rows.at[1].gone_unix, NOW + 5);
	for (size_t i = 0; i < 3; i++) {
		rows.at[i].is_claimed = true;
	}
	note_gone(NOW + 6);
	load(NULL);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(rows.at[i].gone_unix, 0);
		assert_int_equal(rows.at[i].stage, RECORD_DELIVERED);
	}
}

/* A message first listed at visit 5 waits: it may be that of a row which was
 * not listed any more by then, under another name. */
static void gone_though_not_all_was_dealt_with(void **state)
{
	struct record_entry before = row_of("a", RECORD_DELIVERED, 1);
	struct record_entry then = row_of("b", RECORD_DELIVERED, 2);
	struct record_entry beside = row_of("c", RECORD_DELIVERED, 3);
	struct record_entry old = row_of("d", RECORD_DELIVERED, 4);
	struct record_entry nameless = row_of("", RECORD_DELIVERED, 5);
	struct record_entry here = row_of("e", RECORD_DELIVERED, 6);

	(void)state;
	before.first_visit = then.first_visit = beside.first_visit = 1;
	nameless.first_visit = here.first_visit = 1;
	before.missed_visit = 4;
	then.missed_visit = 5;
	beside.missed_visit = old.missed_visit = nameless.missed_visit = 6;
	here.gone_unix = NOW;
	put(&before);
	put(&then);
	put(&beside);
	put(&old);
	put(&nameless);
	put(&here);
	load(NULL);
	rows.at[5].is_claimed = true;
	note_gone_but(INT64_MAX, NOW);
	load(NULL);
	for (size_t i = 0; i < rows.count; i++) {
		assert_int_equal(rows.at[i].gone_unix, 0);
	}
	rows.at[5].is_claimed = true;
	note_gone_but(5, NOW);
	load(NULL);
	for (size_t i = 0; i < rows.count; i++) {
		assert_int_equal(rows.at[i].gone_unix, i == 2 ? NOW : 0);
	}
}

static void delete_sent_and_gone_is_deleted(void **state)
{
	struct record_entry a = row_of("a", RECORD_DELETE_SENT, 1);
	struct record_entry b = row_of("b", RECORD_DELETE_SENT, 2);
	struct listing l = { 0 };

	(void)state;
	put(&a);
	put(&b);
	load(NULL);
	rows.at[1].is_listed = true;
	note_gone(NOW);
	assert_int_equal(rows.at[0].stage, RECORD_DELETED);
	load(NULL);
	assert_int_equal(rows.count, 1);
	assert_string_equal(rows.at[0].uid, "b");
	assert_int_equal(rows.at[0].stage, RECORD_DELETE_SENT);
	list_one(&l, 1, "a", 1);
	list_end(&l);
	load(&l);
	assert_int_equal(entries_find(&rows, "a")->stage, RECORD_DELETED);
	listing_finish(&l);
}

static void rows_are_kept_for_long(void **state)
{
	const int64_t kept = FETCH_RECORD_KEPT_DAYS * DAY;
	struct record_entry here = row_of("here", RECORD_DELIVERED, 1);
	struct record_entry gone = row_of("gone", RECORD_DELIVERED, 2);
	struct record_entry deleted = row_of("deleted", RECORD_DELETED, 3);
	struct listing l = { 0 };

	(void)state;
	here.changed_unix = 1;
	gone.gone_unix = NOW;
	deleted.changed_unix = NOW;
	put(&here);
	put(&gone);
	put(&deleted);
	list_one(&l, 1, "deleted", 1);
	list_end(&l);
	prune(NOW + kept);
	load(&l);
	assert_int_equal(rows.count, 3);
	prune(NOW + kept + 1);
	load(&l);
	assert_int_equal(rows.count, 1);
	assert_string_equal(rows.at[0].uid, "here");
	listing_finish(&l);
}

/* -- locks */

static void an_account_is_one_process_s(void **state)
{
	struct record *r2 = NULL;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(record_open(site.path, KEY, &r2, &why), -1);
	assert_int_equal(why.kind, WHY_TEMP);
	assert_non_null(strstr(why.text, KEY));
	assert_null(r2);
	pid = fork();
	if (pid == 0) {
		if (record_open(site.path, KEY, &r2, &why) == -1 &&
		    why.kind == WHY_TEMP) {
			raise(SIGKILL); /* no end that Valgrind looks at */
		}
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	open_again();
}

static void a_process_that_dies_lets_go(void **state)
{
	int ready[2], status;
	char octet;
	pid_t pid;

	(void)state;
	record_close(&r);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		struct record_entry e = row_of("a", RECORD_DELIVERED, 1);

		if (record_open(site.path, KEY, &r, &why) < 0 ||
		    record_begin(r, &why) < 0 || record_put(r, &e, &why) < 0 ||
		    write(ready[1], "x", 1) != 1) {
			_exit(1);
		}
		pause();
	}
	assert_int_equal(read(ready[0], &octet, 1), 1);
	assert_int_equal(record_open(site.path, KEY, &r, &why), -1);
	assert_int_equal(why.kind, WHY_TEMP);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(ready[0]);
	close(ready[1]);
	open_again();
	load(NULL);
	assert_int_equal(rows.count, 0);
}

/* -- time and memory are linear: what is looked for is an endless run */

static void very_many(void **state)
{
	char uid[32];
	struct listing l = { 0 };

	(void)state;
	assert_ok(record_begin(r, &why));
	for (uint32_t i = 0; i < 20000; i++) {
		struct record_entry e;

		snprintf(uid, sizeof(uid), "uid-%u", i);
		e = row_of(uid, RECORD_DELIVERED, 1);
		e.stage = i % 2 == 0 ? RECORD_DELIVERED : RECORD_DELETED;
		assert_ok(record_put(r, &e, &why));
		list_one(&l, i + 1, uid, e.octets);
	}
	assert_ok(record_commit(r, &why));
	list_end(&l);
	load(&l);
	assert_int_equal(rows.count, 20000);
	for (size_t i = 0; i < l.count; i++) {
		assert_non_null(entries_find(&rows, l.at[i].uid));
	}
	listing_finish(&l);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gone_and_back),
		TEST(gone_though_not_all_was_dealt_with),
		TEST(delete_sent_and_gone_is_deleted),
		TEST(rows_are_kept_for_long),
		TEST(an_account_is_one_process_s),
		TEST(a_process_that_dies_lets_go),
		TEST(very_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
