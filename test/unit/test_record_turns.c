// SPDX-License-Identifier: ISC
/*
 * test_record_turns.c - several at the same record: who waits for whom.
 */
#include "record_play.h"

#include <unistd.h>

#include "fetch/mail/record_sql.h"

static struct turns turns;
static struct record *other;

static int begin_turns(void **state)
{
	turns = (struct turns)TURNS_INITIALIZER;
	return begin_test(state);
}

static int end_both(void **state)
{
	record_close(&other);
	return end_test(state);
}

static void *write_other(void *arg)
{
	struct record_entry e = row_of("b", RECORD_DELIVERED, 2);
	struct why failure = { .kind = WHY_NONE };

	if (record_begin(other, &failure) < 0 ||
	    record_put(other, &e, &failure) < 0 ||
	    record_commit(other, &failure) < 0) {
		*(enum why_kind *)arg = failure.kind;
	}
	return NULL;
}

/* However long the one takes, and SQLite waits not at all, the other one has
 * its turn; so it is behind a commit, a failure, and an end without either. */
static void one_after_the_other(void **state)
{
	(void)state;
	assert_ok(record_open(site.path, "you@example.org", &other, &why));
	assert_int_equal(sqlite3_busy_timeout(other->db, 0), SQLITE_OK);
	for (unsigned how = 0; how < 3; how++) {
		struct record_entry e = row_of("a", RECORD_DELIVERED, 1);
		enum why_kind failed = WHY_NONE;
		pthread_t thread;

		open_again();
		record_take_turns(r, &turns);
		record_take_turns(other, &turns);
		assert_ok(record_begin(r, &why));
		assert_ok(record_put(r, &e, &why));
		assert_int_equal(
		    pthread_create(&thread, NULL, write_other, &failed), 0);
		usleep(100000);
		if (how == 0) {
			assert_ok(record_commit(r, &why));
		} else if (how == 1) {
			record_rollback(r);
			record_rollback(r);
		} else {
			record_close(&r);
		}
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_int_equal(failed, WHY_NONE);
	}
	open_again();
}

/* A turn that could not begin is over. */
static void a_turn_that_fails(void **state)
{
	(void)state;
	assert_ok(record_open(site.path, "you@example.org", &other, &why));
	assert_int_equal(sqlite3_busy_timeout(other->db, 0), SQLITE_OK);
	record_take_turns(other, &turns);
	assert_ok(record_begin(r, &why)); /* as if in another process */
	assert_int_equal(record_begin(other, &why), -1);
	assert_int_equal(why.kind, WHY_TEMP);
	assert_int_equal(pthread_mutex_trylock(&turns.mutex), 0);
	assert_int_equal(pthread_mutex_unlock(&turns.mutex), 0);
	assert_ok(record_commit(r, &why));
	assert_ok(record_begin(other, &why));
	assert_ok(record_commit(other, &why));
}

/* Another program keeps the first one waiting in vain: nobody who waited behind
 * it does so anew; who comes later does. */
static void kept_waiting_together(void **state)
{
	enum why_kind failed = WHY_NONE;
	pthread_t thread;

	(void)state;
	assert_ok(record_open(site.path, "you@example.org", &other, &why));
	turns.patience_ms = 50;
	assert_true(turns_take(&turns));
	record_take_turns(other, &turns);
	assert_int_equal(pthread_create(&thread, NULL, write_other, &failed),
			 0);
	usleep(200000);
	turns_leave(&turns, true);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(failed, WHY_TEMP);
	usleep(2000);
	failed = WHY_NONE;
	write_other(&failed);
	assert_int_equal(failed, WHY_NONE);
}

/* A turn that fails at once is its own affair. */
static void others_do_not_fail_with_it(void **state)
{
	(void)state;
	assert_true(turns_take(&turns));
	turns_leave(&turns, true);
	assert_int_equal(turns.lost_ms, 0);
}

/* list and check do not wait for who writes. */
static void looking_meanwhile(void **state)
{
	(void)state;
	assert_ok(record_begin(r, &why));
	assert_ok(record_open_shared(site.path, KEY, &other, &why));
	assert_ok(record_commit(r, &why));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, begin_turns, end_both)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_after_the_other),   TEST(a_turn_that_fails),
		TEST(kept_waiting_together), TEST(others_do_not_fail_with_it),
		TEST(looking_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
