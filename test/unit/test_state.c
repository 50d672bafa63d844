// SPDX-License-Identifier: ISC
/*
 * test_state.c - the state directory: made as it should be, and done without
 * where it cannot be.
 */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/guard_file.h"
#include "master/state.h"
#include "os/fd.h"
#include "stderr_pipe.h"

static char root[64];
static char guard[128];
static char app_passwords[128];
static struct config config;
static struct stderr_pipe out;

static int setup(void **state)
{
	char *dir = config.auth.state_dir;

	(void)state;
	log_init("unit", LOG_FORM_LEVEL, LOG_INFO);
	umask(022);
	memset(&config, 0, sizeof(config));
	snprintf(root, sizeof(root), "/tmp/restante-unit-XXXXXX");
	assert_non_null(mkdtemp(root));
	snprintf(dir, sizeof(config.auth.state_dir), "%s/state", root);
	snprintf(guard, sizeof(guard), "%s/state/guard", root);
	snprintf(app_passwords, sizeof(app_passwords), "%s/state/app-passwords",
		 root);
	stderr_begin(&out);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stderr_end(&out);
	unlink(guard);
	rmdir(guard);
	rmdir(app_passwords);
	rmdir(config.auth.state_dir);
	unlink(config.auth.state_dir);
	return rmdir(root);
}

static struct stat stat_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st;
}

static void expect_warning(const char *words)
{
	stderr_end(&out);
	assert_non_null(strstr(out.text, words));
	assert_null(strstr(out.text, "<3>")); /* it is no error */
	stderr_begin(&out);
}

static void what_is_missing_is_made(void **state)
{
	char first[1];
	int fd;

	(void)state;
	assert_true(state_prepare(&config));
	assert_int_equal(stat_of(config.auth.state_dir).st_mode,
			 S_IFDIR | 0755);
	assert_int_equal(stat_of(app_passwords).st_mode, S_IFDIR | 0700);
	fd = state_open_guard(&config);
	assert_true(fd >= 0);
	assert_int_equal(stat_of(guard).st_mode, S_IFREG | 0600);
	assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fd_size(fd), GUARD_FILE_OCTETS);
	assert_int_equal(pwrite(fd, "x", 1, 0), 1);
	fd_close(&fd);
	/* again: what is there stays */
	assert_true(state_prepare(&config));
	fd = state_open_guard(&config);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, first, 1, 0), 1);
	assert_int_equal(first[0], 'x');
	fd_close(&fd);
}

/* Only what auth itself makes files in is auth's. */
static void auth_gets_its_own_only(void **state)
{
	int fd;

	(void)state;
	if (geteuid() != 0) {
		print_message("not root: skipped\n");
		return;
	}
	config.auth.common.drop_privileges = true;
	config.auth.common.uid = 54321;
	config.auth.common.gid = 54322;
	assert_true(state_prepare(&config));
	fd = state_open_guard(&config);
	assert_int_equal(stat_of(app_passwords).st_uid, 54321);
	assert_int_equal(stat_of(app_passwords).st_gid, 54322);
	assert_int_equal(stat_of(config.auth.state_dir).st_uid, 0);
	assert_int_equal(stat_of(guard).st_uid, 0);
	fd_close(&fd);
	config.auth.common.uid = 54323; /* somebody else's now */
	assert_false(state_prepare(&config));
	expect_warning("belongs to another account");
}

static void a_place_that_cannot_be_used_is_done_without(void **state)
{
	int fd =
	    open(config.auth.state_dir, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	fd_close(&fd);
	assert_false(state_prepare(&config));
	expect_warning("without a state_dir");
	assert_int_equal(unlink(config.auth.state_dir), 0);
	snprintf(config.auth.state_dir, sizeof(config.auth.state_dir),
		 "%s/no/where", root);
	assert_false(state_prepare(&config));
	expect_warning("cannot make a directory");
}

static void a_guard_that_is_no_file_is_refused(void **state)
{
	size_t fds = fd_count_open();
	char other[128];

	(void)state;
	snprintf(other, sizeof(other), "%s/other", root);
	assert_true(state_prepare(&config));
	assert_int_equal(symlink(other, guard), 0);
	assert_int_equal(state_open_guard(&config), -1);
	assert_int_equal(access(other, F_OK), -1);
	assert_int_equal(unlink(guard), 0);
	assert_int_equal(mkfifo(guard, 0600), 0);
	assert_int_equal(state_open_guard(&config), -1);
	assert_int_equal(fd_count_open(), fds);
	expect_warning("/state/guard");
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(what_is_missing_is_made),
		ROW(auth_gets_its_own_only),
		ROW(a_place_that_cannot_be_used_is_done_without),
		ROW(a_guard_that_is_no_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
