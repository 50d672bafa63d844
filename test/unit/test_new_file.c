// SPDX-License-Identifier: ISC
/*
 * test_new_file.c - new files are whole, and take nobody's place unasked.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/new_file.h"
#include "os/fd.h"

static char root[64];
static char path[128];
static char temporary[128];

static int setup(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/restante-unit-XXXXXX");
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/new", root);
	snprintf(temporary, sizeof(temporary), "%s/new.tmp", root);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	unlink(temporary);
	rmdir(path);
	return rmdir(root);
}

static void expect_file(const char *text, mode_t mode)
{
	char found[64];
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t len;

	assert_true(fd >= 0);
	len = read(fd, found, sizeof(found));
	assert_int_equal(len, strlen(text));
	assert_memory_equal(found, text, strlen(text));
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, mode);
	assert_int_equal(st.st_nlink, 1);
	fd_close(&fd);
	assert_int_equal(access(temporary, F_OK), -1);
}

static int write_at(const char *where, const char *text, mode_t mode,
		    bool is_forced)
{
	const struct new_file file = { .at = text,
				       .len = strlen(text),
				       .mode = mode,
				       .uid = NEW_FILE_AS_MADE,
				       .gid = NEW_FILE_AS_MADE,
				       .may_replace = is_forced };

	return new_file_write(where, &file);
}

static int write_text(const char *text, mode_t mode, bool is_forced)
{
	return write_at(path, text, mode, is_forced);
}

/* Whatever the umask would take away. */
static void it_has_its_mode_and_all_of_its_text(void **state)
{
	mode_t before = umask(0777);

	(void)state;
	assert_int_equal(write_text("one", 0644, false), 0);
	umask(before);
	expect_file("one", 0644);
}

static void one_that_is_there_stays(void **state)
{
	(void)state;
	assert_int_equal(write_text("one", 0600, false), 0);
	assert_int_equal(write_text("two", 0644, false), -EEXIST);
	expect_file("one", 0600);
	assert_int_equal(write_text("two", 0644, true), 0);
	expect_file("two", 0644);
}

static void what_a_crash_left_is_no_obstacle(void **state)
{
	int fd = open(temporary, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	(void)state;
	assert_int_equal(write(fd, "half", 4), 4);
	fd_close(&fd);
	assert_int_equal(write_text("whole", 0600, false), 0);
	expect_file("whole", 0600);
}

/* A link that waits for what will be written is not followed. */
static void links_are_not_followed(void **state)
{
	char other[128];

	(void)state;
	snprintf(other, sizeof(other), "%s/other", root);
	assert_int_equal(symlink(other, temporary), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(write_text("one", 0600, false), -EEXIST);
	assert_int_equal(access(other, F_OK), -1);
	assert_int_equal(write_text("one", 0600, true), 0);
	assert_int_equal(access(other, F_OK), -1);
	expect_file("one", 0600);
}

static void a_failure_leaves_nothing(void **state)
{
	size_t fds = fd_count_open();
	char none[160];

	(void)state;
	snprintf(none, sizeof(none), "%s/no/where", root);
	assert_int_equal(write_at(none, "x", 0600, false), -ENOENT);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(write_text("one", 0600, true), -EISDIR);
	assert_int_equal(access(temporary, F_OK), -1);
	assert_int_equal(fd_count_open(), fds);
}

/* root may give a file away; others cannot, and then there is none. */
static void it_has_its_owner_or_is_not_there(void **state)
{
	const struct new_file file = { .at = "one",
				       .len = 3,
				       .mode = 0640,
				       .uid = 12345,
				       .gid = NEW_FILE_AS_MADE };
	struct stat st;

	(void)state;
	if (geteuid() != 0) {
		assert_int_equal(new_file_write(path, &file), -EPERM);
		assert_int_equal(access(path, F_OK), -1);
		assert_int_equal(access(temporary, F_OK), -1);
		return;
	}
	assert_int_equal(new_file_write(path, &file), 0);
	expect_file("one", 0640);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, 12345);
	assert_int_equal(st.st_gid, getegid());
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(it_has_its_mode_and_all_of_its_text),
		ROW(one_that_is_there_stays),
		ROW(what_a_crash_left_is_no_obstacle),
		ROW(links_are_not_followed),
		ROW(it_has_its_owner_or_is_not_there),
		ROW(a_failure_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
