// SPDX-License-Identifier: ISC
/*
 * test_users_edit.c - changing a users file: whole, under its owner and mode,
 * and not at all if anything fails.
 */
#include "users_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>

#include "ctl/users_edit.h"

static struct users_dir d;
static struct users_edit e;
static const struct users_new not_new = { .is_allowed = false };
static struct users_new is_new = { .is_allowed = true, .mode = 0640 };

static int begin_test(void **state)
{
	(void)state;
	users_dir_init(&d);
	is_new.gid = getegid();
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	users_edit_finish(&e);
	users_dir_finish(&d);
	return 0;
}

static void expect_file(const char *want)
{
	char have[256];
	FILE *f = fopen(d.path, "r");
	size_t len;

	assert_non_null(f);
	len = fread(have, 1, sizeof(have) - 1, f);
	have[len] = '\0';
	assert_int_equal(fclose(f), 0);
	assert_string_equal(have, want);
}

static const char *temporary(void)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s.tmp", d.path);
	return path;
}

static void parts_are_replaced(void **state)
{
	(void)state;
	write_file(d.path, "one two three\n");
	assert_int_equal(users_edit_begin(&e, d.path, &not_new), 0);
	assert_int_equal(users_edit_replace(&e, 4, 7, text_of("2")), 0);
	assert_int_equal(users_edit_replace(&e, 0, 4, text_of("")), 0);
	assert_int_equal(
	    users_edit_replace(&e, e.text.len, e.text.len, text_of("four\n")),
	    0);
	expect_file("one two three\n");
	assert_int_equal(users_edit_commit(&e), 0);
	expect_file("2 three\nfour\n");
}

static void mode_is_kept_and_nothing_left(void **state)
{
	struct stat st;

	(void)state;
	write_file(d.path, "x");
	assert_int_equal(chmod(d.path, 0604), 0);
	assert_int_equal(users_edit_begin(&e, d.path, &is_new), 0);
	assert_int_equal(users_edit_replace(&e, 0, 1, text_of("y")), 0);
	assert_int_equal(users_edit_commit(&e), 0);
	assert_int_equal(stat(d.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0604);
	assert_int_not_equal(access(temporary(), F_OK), 0);
}

static void a_new_file_is_made_only_if_allowed(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(users_edit_begin(&e, d.path, &not_new), -ENOENT);
	assert_non_null(e.failed);
	users_edit_finish(&e);
	assert_int_equal(users_edit_begin(&e, d.path, &is_new), 0);
	assert_int_equal(users_edit_replace(&e, 0, 0, text_of("a\n")), 0);
	assert_int_equal(users_edit_commit(&e), 0);
	assert_int_equal(stat(d.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	expect_file("a\n");
}

/* A full disk, played by a limit on the size of files. */
static void a_failed_write_changes_nothing(void **state)
{
	struct rlimit before, tiny;

	(void)state;
	write_file(d.path, "as it was\n");
	assert_int_equal(users_edit_begin(&e, d.path, &not_new), 0);
	assert_int_equal(users_edit_replace(&e, 0, 0, text_of("more ")), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	tiny = before;
	tiny.rlim_cur = 4;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
	assert_int_equal(users_edit_commit(&e), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_non_null(e.failed);
	expect_file("as it was\n");
	assert_int_not_equal(access(temporary(), F_OK), 0);
}

static void what_is_no_file_is_refused(void **state)
{
	(void)state;
	assert_int_equal(mkfifo(d.path, 0600), 0);
	assert_int_equal(users_edit_begin(&e, d.path, &is_new), -EINVAL);
	users_edit_finish(&e);
	assert_int_equal(users_edit_begin(&e, "/nowhere/at/all", &is_new),
			 -ENOENT);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)
	const struct CMUnitTest tests[] = {
		TEST(parts_are_replaced),
		TEST(mode_is_kept_and_nothing_left),
		TEST(a_new_file_is_made_only_if_allowed),
		TEST(a_failed_write_changes_nothing),
		TEST(what_is_no_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
