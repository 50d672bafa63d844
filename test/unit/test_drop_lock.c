// SPDX-License-Identifier: ISC
/*
 * test_drop_lock.c - locks beside the mail, and the count of those who share
 * one.
 */
#include "unit.h"

#include <errno.h>
#include <sys/wait.h>

#include "drop_lock.h"
#include "mail_dir.h"
#include "os/fd.h"
#include "tally.h"

static struct mail_dir d;
static struct drop_lock_context ctx;

static int begin_test(void **state)
{
	(void)state;
	mail_dir_init(&d);
	ctx = (struct drop_lock_context){ 0 };
	ctx.locks_fd = open(d.cache, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return ctx.locks_fd < 0;
}

static int end_test(void **state)
{
	(void)state;
	fd_close(&ctx.locks_fd);
	mail_dir_finish(&d);
	return 0;
}

static void test_exclusive(void **state)
{
	int a = -1, b = -1;

	(void)state;
	assert_int_equal(drop_lock(&ctx, 1, 2, false, &a), 0);
	assert_int_equal(drop_lock(&ctx, 1, 2, false, &b), -EWOULDBLOCK);
	assert_int_equal(drop_lock(&ctx, 1, 2, true, &b), -EWOULDBLOCK);
	assert_int_equal(b, -1);
	assert_int_equal(drop_lock(&ctx, 1, 3, false, &b), 0);
	fd_close(&b);
	fd_close(&a);
	assert_int_equal(drop_lock(&ctx, 1, 2, false, &a), 0);
	fd_close(&a);
}

static void test_shared(void **state)
{
	int a = -1, b = -1, c = -1;

	(void)state;
	assert_int_equal(drop_lock(&ctx, 1, 2, true, &a), 0);
	assert_int_equal(drop_lock(&ctx, 1, 2, true, &b), 0);
	assert_int_equal(drop_lock(&ctx, 1, 2, false, &c), -EWOULDBLOCK);
	fd_close(&a);
	fd_close(&b);
	assert_int_equal(drop_lock(&ctx, 1, 2, false, &c), 0);
	fd_close(&c);
}

static void test_it_ends_with_the_process(void **state)
{
	int a = -1;
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		_exit(drop_lock(&ctx, 1, 2, false, &a) != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_int_equal(drop_lock(&ctx, 1, 2, false, &a), 0);
	fd_close(&a);
}

static void test_no_directory(void **state)
{
	int a = -1;

	(void)state;
	fd_close(&ctx.locks_fd);
	assert_int_equal(drop_lock(&ctx, 1, 2, false, &a), -ENOLCK);
	assert_int_equal(a, -1);
}

static void test_tally(void **state)
{
	struct tally *t = tally_create(2);

	(void)state;
	assert_non_null(t);
	assert_int_equal(tally_enter(t, 1, 2), 0);
	assert_int_equal(tally_enter(t, 1, 2), 0);
	assert_int_equal(tally_enter(t, 1, 2), -EUSERS);
	assert_int_equal(tally_enter(t, 2, 2), 0);
	tally_leave(t, 1, 2);
	assert_int_equal(tally_enter(t, 1, 2), 0);
	tally_leave(t, 1, 2);
	tally_leave(t, 1, 2);
	for (uint64_t ino = 0; ino < 20000; ino++) {
		assert_int_equal(tally_enter(t, 3, ino), 0);
	}
	for (uint64_t ino = 0; ino < 20000; ino += 2) {
		tally_leave(t, 3, ino);
		assert_int_equal(tally_enter(t, 3, ino + 1), 0);
		assert_int_equal(tally_enter(t, 3, ino + 1), -EUSERS);
	}
	tally_destroy(&t);
	assert_null(t);
	tally_destroy(&t);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_exclusive),
		TEST(test_shared),
		TEST(test_it_ends_with_the_process),
		TEST(test_no_directory),
		TEST(test_tally),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
