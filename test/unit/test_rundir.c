// SPDX-License-Identifier: ISC
/*
 * test_rundir.c - the run directory: one server for one, made as it should be,
 * and left clean.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/log.h"
#include "master/rundir.h"
#include "os/fd.h"
#include "stderr_pipe.h"

static char root[64];
static char pid_file[128];
static struct config config;
static struct stderr_pipe out;

static void put_path(char *to, size_t cap, const char *name)
{
	int len = snprintf(to, cap, "%s/%s", root, name);

	assert_true(len > 0 && (size_t)len < cap);
}

static int setup(void **state)
{
	(void)state;
	log_init("unit", LOG_FORM_LEVEL, LOG_INFO);
	umask(022);
	memset(&config, 0, sizeof(config));
	snprintf(root, sizeof(root), "/tmp/restante-unit-XXXXXX");
	assert_non_null(mkdtemp(root));
	put_path(config.run_dir, sizeof(config.run_dir), "run");
	put_path(config.session.jail, sizeof(config.session.jail), "run/jail");
	put_path(config.maildrop.cache_dir, sizeof(config.maildrop.cache_dir),
		 "cache");
	put_path(pid_file, sizeof(pid_file), "run/restanted.pid");
	stderr_begin(&out);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	stderr_end(&out);
	unlink(pid_file);
	rmdir(config.session.jail);
	rmdir(config.run_dir);
	unlink(config.run_dir);
	rmdir(config.maildrop.cache_dir);
	return rmdir(root);
}

static void judge_dir(const char *path, mode_t mode)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 07777, mode);
}

static void judge_pid(long pid)
{
	FILE *f = fopen(pid_file, "r");
	char text[32] = "", want[32];

	assert_non_null(f);
	assert_non_null(fgets(text, sizeof(text), f));
	assert_int_equal(fgetc(f), EOF);
	fclose(f);
	snprintf(want, sizeof(want), "%ld\n", pid);
	assert_string_equal(text, want);
}

static void test_what_is_missing_is_made(void **state)
{
	int fd = rundir_take(&config);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	judge_dir(config.run_dir, 0755);
	judge_dir(config.session.jail, 0555);
	judge_dir(config.maildrop.cache_dir, 0700);
	judge_pid(getpid());
	assert_int_equal(rundir_prepare(&config), 0); /* again: nothing new */
	rundir_leave(&config, fd);
	assert_int_equal(access(pid_file, F_OK), -1);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void test_a_second_server_is_refused(void **state)
{
	int fd = rundir_take(&config);
	size_t fds = fd_count_open();

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(rundir_take(&config), -EWOULDBLOCK);
	assert_int_equal(fd_count_open(), fds);
	judge_pid(getpid()); /* of the first, still */
	rundir_leave(&config, fd);
	fd = rundir_take(&config);
	assert_true(fd >= 0);
	rundir_leave(&config, fd);
	stderr_end(&out);
	assert_non_null(strstr(out.text, "restanted runs already"));
	stderr_begin(&out);
}

static int take_and_die(void *arg)
{
	(void)arg;
	return rundir_take(&config) >= 0 ? raise(SIGKILL) : 1;
}

/* The lock is the kernel's: a file that a crash left is no obstacle. */
static void test_a_file_that_was_left_is_taken_over(void **state)
{
	FILE *f;
	int fd;

	(void)state;
	assert_int_equal(in_child(take_and_die, NULL), KILLED_BY(SIGKILL));
	f = fopen(pid_file, "w");
	assert_non_null(f);
	assert_true(fputs("a much longer text than any number\n", f) >= 0);
	assert_int_equal(fclose(f), 0);
	fd = rundir_take(&config);
	assert_true(fd >= 0);
	judge_pid(getpid());
	rundir_leave(&config, fd);
}

static void test_a_link_is_not_followed(void **state)
{
	char other[128];

	(void)state;
	put_path(other, sizeof(other), "other");
	assert_int_equal(mkdir(config.run_dir, 0755), 0);
	assert_int_equal(symlink(other, pid_file), 0);
	assert_int_equal(rundir_take(&config), -ELOOP);
	assert_int_equal(access(other, F_OK), -1);
}

/* The one before unlinks the file while the next waits for its lock: the next
 * must not hold a file that nobody else finds. */
static int leave_late(void *arg)
{
	int fd = *(int *)arg;

	usleep(1000);
	rundir_leave(&config, fd);
	return 0;
}

static void test_a_restart_never_locks_a_file_that_is_gone(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		struct stat by_fd, by_name;
		int fd = rundir_take(&config);
		int next = -1;
		pid_t pid;

		assert_true(fd >= 0);
		pid = child_begin(leave_late, &fd);
		fd_close(&fd); /* the child holds it now */
		while (next < 0) {
			next = rundir_take(&config);
		}
		assert_int_equal(child_end(pid), 0);
		assert_int_equal(fstat(next, &by_fd), 0);
		assert_int_equal(stat(pid_file, &by_name), 0);
		assert_int_equal(by_fd.st_ino, by_name.st_ino);
		rundir_leave(&config, next);
	}
}

static void test_a_place_where_nothing_can_be_made(void **state)
{
	int fd = open(config.run_dir, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(rundir_take(&config), -ENOTDIR); /* it is a file */
	fd_close(&fd);
	unlink(config.run_dir);
	snprintf(config.run_dir, sizeof(config.run_dir), "%s/no/where", root);
	assert_int_equal(rundir_take(&config), -ENOENT);
	put_path(config.run_dir, sizeof(config.run_dir), "run");
}

static void test_the_cache_is_given_to_its_account(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	if (geteuid() != 0) {
		print_message("not root: skipped\n");
		return;
	}
	config.maildrop.common.drop_privileges = true;
	config.maildrop.common.uid = 54321;
	config.maildrop.common.gid = 54322;
	fd = rundir_take(&config);
	assert_true(fd >= 0);
	assert_int_equal(stat(config.maildrop.cache_dir, &st), 0);
	assert_int_equal(st.st_uid, 54321);
	assert_int_equal(st.st_gid, 54322);
	assert_int_equal(stat(config.session.jail, &st), 0);
	assert_int_equal(st.st_uid, 0);
	rundir_leave(&config, fd);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		ROW(test_what_is_missing_is_made),
		ROW(test_a_second_server_is_refused),
		ROW(test_a_file_that_was_left_is_taken_over),
		ROW(test_a_link_is_not_followed),
		ROW(test_a_restart_never_locks_a_file_that_is_gone),
		ROW(test_a_place_where_nothing_can_be_made),
		ROW(test_the_cache_is_given_to_its_account),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
