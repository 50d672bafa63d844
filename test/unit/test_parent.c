// SPDX-License-Identifier: ISC
/*
 * test_parent.c - the folders above a path are made and synced.
 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/parent.h"

static void expect_folder_and_remove(const char *root, const char *name)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(rmdir(path), 0);
}

static void test_makes_what_is_missing(void **state)
{
	char root[] = "/tmp/restante-unit-XXXXXX";
	char path[128], before[128];

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/a/b/file", root);
	snprintf(before, sizeof(before), "%s", path);
	assert_int_equal(parent_make(path), 0);
	assert_int_equal(parent_make(path), 0);
	assert_string_equal(path, before);
	assert_int_equal(parent_sync(path), 0);
	expect_folder_and_remove(root, "a/b");
	assert_int_equal(parent_sync(path), -ENOENT);
	expect_folder_and_remove(root, "a");
	assert_int_equal(rmdir(root), 0);
}

static void test_names_what_cannot_be_made(void **state)
{
	char path[] = "/proc/a/b";
	char plain[] = "name";
	char empty[] = "";

	(void)state;
	assert_int_equal(parent_make(path), -ENOENT);
	assert_string_equal(path, "/proc/a");
	assert_int_equal(parent_make(plain), 0);
	assert_int_equal(parent_make(empty), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_makes_what_is_missing),
		cmocka_unit_test(test_names_what_cannot_be_made),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
