// SPDX-License-Identifier: ISC
/*
 * test_passwd_file.c - a users file that changes: replaced, written in place,
 * gone, and read by many threads all the while.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "auth/passwd_file.h"
#include "auth/scheme.h"
#include "base/log.h"
#include "users_dir.h"

#define THREADS  4
#define REPLACES 300

static struct users_dir d;

static bool takes_all(const struct passwd_user *user, enum passwd_decoy which)
{
	(void)user;
	(void)which;
	return true;
}

static const struct passwd_options options = { .is_decoy = takes_all };

static int begin_test(void **state)
{
	(void)state;
	users_dir_init(&d);
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	users_dir_finish(&d);
	return 0;
}

static struct passwd_file *open_users(void)
{
	struct passwd_file *f;

	assert_int_equal(passwd_file_create(d.path, &options, &f), 0);
	return f;
}

static bool has(struct passwd_file *f, const char *name)
{
	struct passwd_held *held = passwd_file_hold(f);
	struct passwd_user u;
	bool found =
	    passwd_table_find(passwd_held_table(held), text_of(name), &u);

	passwd_file_give_back(held);
	return found;
}

static void a_replaced_file_is_read_at_once(void **state)
{
	struct passwd_file *f;

	(void)state;
	write_file(d.path, "a:x\n");
	f = open_users();
	assert_true(has(f, "a"));
	for (int i = 0; i < 50; i++) {
		replace_users(&d, i % 2 == 0 ? "b:x\n" : "a:x\n");
		assert_int_equal(has(f, "b"), i % 2 == 0);
		assert_int_equal(has(f, "a"), i % 2 == 1);
	}
	passwd_file_destroy(&f);
	assert_null(f);
}

static void what_is_held_stays(void **state)
{
	struct passwd_file *f;
	struct passwd_held *held;
	struct passwd_user u;

	(void)state;
	write_file(d.path, "a:x\n");
	f = open_users();
	held = passwd_file_hold(f);
	assert_true(
	    passwd_table_find(passwd_held_table(held), text_of("a"), &u));
	replace_users(&d, "b:x\n");
	assert_false(has(f, "a"));
	assert_true(text_equal(u.name, text_of("a")));
	passwd_file_give_back(held);
	passwd_file_destroy(&f);
}

static void a_lost_file_leaves_the_users(void **state)
{
	struct passwd_file *f;

	(void)state;
	write_file(d.path, "a:x\n");
	f = open_users();
	assert_int_equal(unlink(d.path), 0);
	assert_true(has(f, "a"));
	assert_true(has(f, "a"));
	assert_int_equal(mkdir(d.path, 0700), 0);
	assert_true(has(f, "a"));
	assert_int_equal(rmdir(d.path), 0);
	assert_int_equal(mkfifo(d.path, 0600), 0);
	assert_true(has(f, "a"));
	replace_users(&d, "b:x\n");
	assert_true(has(f, "b"));
	assert_false(has(f, "a"));
	passwd_file_destroy(&f);
}

static void a_file_that_is_not_there_is_an_error(void **state)
{
	struct passwd_file *f = NULL;

	(void)state;
	assert_int_equal(passwd_file_create(d.path, &options, &f), -ENOENT);
	assert_int_equal(passwd_file_create(d.dir, &options, &f), -EINVAL);
	assert_null(f);
}

/* The stamp of a file in place cannot be forged by setting its times. */
static void a_change_with_old_times_is_seen(void **state)
{
	struct timeval old[2] = { { 1000, 0 }, { 1000, 0 } };
	struct passwd_file *f;

	(void)state;
	write_file(d.path, "a:x\n");
	assert_int_equal(utimes(d.path, old), 0);
	usleep(20000);
	f = open_users();
	write_file(d.path, "b:x\n");
	assert_int_equal(utimes(d.path, old), 0);
	assert_true(has(f, "b"));
	passwd_file_destroy(&f);
}

/*
 * Changes within one tick of the file system's clock, that leave no trace in
 * the stamp: they are seen after PASSWD_YOUNG_MS at the latest.
 */
static void a_change_without_a_new_stamp_is_seen_later(void **state)
{
	struct passwd_file *f;

	(void)state;
	for (int i = 0; i < 200; i++) {
		write_file(d.path, "a:x\n");
		f = open_users();
		write_file(d.path, "b:x\n");
		if (!has(f, "b")) {
			break;
		}
		passwd_file_destroy(&f);
		f = NULL;
	}
	if (f == NULL) {
		f = open_users();
	}
	usleep((PASSWD_YOUNG_MS + 100) * 1000);
	assert_true(has(f, "b"));
	passwd_file_destroy(&f);
}

struct look {
	struct passwd_file *file;
	atomic_bool is_over;
	atomic_ulong looks;
};

/* Both users stand in each version of the file, with the same number. */
static void *look_up(void *ctx)
{
	struct look *look = ctx;

	while (!atomic_load(&look->is_over)) {
		struct passwd_held *held = passwd_file_hold(look->file);
		const struct passwd_table *t = passwd_held_table(held);
		struct passwd_user a, b;

		if (!passwd_table_find(t, text_of("a"), &a) ||
		    !passwd_table_find(t, text_of("b"), &b) || a.uid != b.uid) {
			return look;
		}
		passwd_file_give_back(held);
		atomic_fetch_add(&look->looks, 1);
	}
	return NULL;
}

static void threads_look_while_it_changes(void **state)
{
	struct look look = { .is_over = false };
	pthread_t thread[THREADS];
	char text[64];

	(void)state;
	write_file(d.path, "a:x:0\nb:x:0\n");
	look.file = open_users();
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(
		    pthread_create(&thread[i], NULL, look_up, &look), 0);
	}
	for (int i = 1; i <= REPLACES; i++) {
		snprintf(text, sizeof(text), "a:x:%d\nb:x:%d\n", i, i);
		replace_users(&d, text);
		usleep(500);
	}
	atomic_store(&look.is_over, true);
	for (int i = 0; i < THREADS; i++) {
		void *result;

		assert_int_equal(pthread_join(thread[i], &result), 0);
		assert_null(result);
	}
	assert_true(atomic_load(&look.looks) > REPLACES);
	passwd_file_destroy(&look.file);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)
	const struct CMUnitTest tests[] = {
		TEST(a_replaced_file_is_read_at_once),
		TEST(what_is_held_stays),
		TEST(a_lost_file_leaves_the_users),
		TEST(a_file_that_is_not_there_is_an_error),
		TEST(a_change_with_old_times_is_seen),
		TEST(a_change_without_a_new_stamp_is_seen_later),
		TEST(threads_look_while_it_changes),
	};

	log_init("test", LOG_FORM_TERMINAL, LOG_ERROR);
	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
