// SPDX-License-Identifier: ISC
/*
 * test_app_use.c - when app passwords were used last, noted in files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "auth/app_use.h"
#include "auth/limits.h"
#include "auth/scheme.h"

struct uses {
	char state[64];
	char path[96];
	int dir;
};

static void begin(struct uses *u)
{
	snprintf(u->state, sizeof(u->state), "/tmp/restante-unit-XXXXXX");
	assert_non_null(mkdtemp(u->state));
	snprintf(u->path, sizeof(u->path), "%s/app-passwords", u->state);
	assert_int_equal(app_use_open(u->state, false), -ENOENT);
	u->dir = app_use_open(u->state, true);
	assert_true(u->dir >= 0);
}

/* The one file that is there, into name. */
static void only_name(const struct uses *u, char name[64])
{
	DIR *d = opendir(u->path);
	unsigned count = 0;

	assert_non_null(d);
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
		if (e->d_name[0] != '.') {
			assert_true(snprintf(name, 64, "%s", e->d_name) < 64);
			count++;
		}
	}
	closedir(d);
	assert_int_equal(count, 1);
}

static void finish(struct uses *u)
{
	close(u->dir);
	assert_int_equal(rmdir(u->path), 0);
	assert_int_equal(rmdir(u->state), 0);
}

static void set_time(const struct uses *u, int64_t unix_time)
{
	struct timespec times[2] = { { .tv_sec = unix_time },
				     { .tv_sec = unix_time } };
	char name[64];

	only_name(u, name);
	assert_int_equal(utimensat(u->dir, name, times, 0), 0);
}

static int64_t looked(const struct uses *u)
{
	int64_t when = -1;

	assert_int_equal(
	    app_use_look(u->dir, text_of("u"), text_of("a"), &when), 0);
	return when;
}

static void a_use_is_noted_and_forgotten(void **state)
{
	int64_t when = 7, now = time(NULL);
	struct text user = text_of("../u"), app = text_of("a");
	struct uses u;
	char name[64];

	(void)state;
	begin(&u);
	assert_int_equal(app_use_look(u.dir, user, app, &when), -ENOENT);
	assert_int_equal(when, 7);
	assert_int_equal(app_use_forget(u.dir, user, app), 0);
	assert_int_equal(app_use_note(u.dir, user, app), 0);
	assert_int_equal(app_use_look(u.dir, user, app, &when), 0);
	assert_in_range(when, now - 1, now + 30);
	only_name(&u, name);
	assert_int_equal(strspn(name, "0123456789abcdef"), 32);
	/* neither another app password nor another division of the letters */
	assert_int_equal(
	    app_use_look(u.dir, text_of("../ua"), text_of(""), &when), -ENOENT);
	assert_int_equal(app_use_look(u.dir, user, text_of("b"), &when),
			 -ENOENT);
	assert_int_equal(app_use_forget(u.dir, user, app), 0);
	assert_int_equal(app_use_look(u.dir, user, app, &when), -ENOENT);
	finish(&u);
}

static void it_is_written_once_a_minute(void **state)
{
	struct text user = text_of("u"), app = text_of("a");
	int64_t now = time(NULL);
	struct uses u;

	(void)state;
	begin(&u);
	assert_int_equal(app_use_note(u.dir, user, app), 0);
	set_time(&u, now - (int64_t)APP_USE_PAUSE_S + 20);
	assert_int_equal(app_use_note(u.dir, user, app), 0);
	assert_int_equal(looked(&u), now - (int64_t)APP_USE_PAUSE_S + 20);
	set_time(&u, now - (int64_t)APP_USE_PAUSE_S);
	assert_int_equal(app_use_note(u.dir, user, app), 0);
	assert_in_range(looked(&u), now - 1, now + 30);
	/* a clock that was put back */
	set_time(&u, now + 3600);
	assert_int_equal(app_use_note(u.dir, user, app), 0);
	assert_in_range(looked(&u), now - 1, now + 30);
	assert_int_equal(app_use_forget(u.dir, user, app), 0);
	finish(&u);
}

/* Who may write there could lay a link to a file of auth's. */
static void links_are_not_followed(void **state)
{
	struct text user = text_of("u"), app = text_of("a");
	char name[64], link[192];
	struct uses u;
	int64_t when;

	(void)state;
	begin(&u);
	assert_int_equal(app_use_note(u.dir, user, app), 0);
	only_name(&u, name);
	assert_int_equal(app_use_forget(u.dir, user, app), 0);
	snprintf(link, sizeof(link), "%s/%s", u.path, name);
	assert_int_equal(symlink("../victim", link), 0);
	assert_int_equal(app_use_note(u.dir, user, app), -EINVAL);
	assert_int_equal(app_use_look(u.dir, user, app, &when), -EINVAL);
	assert_int_equal(access(u.state, F_OK), 0);
	assert_int_equal(faccessat(u.dir, "../victim", F_OK, 0), -1);
	assert_int_equal(app_use_forget(u.dir, user, app), 0);
	finish(&u);
}

static void the_directory_is_no_link_and_private(void **state)
{
	char other[128];
	struct uses u;
	struct stat st;

	(void)state;
	begin(&u);
	assert_int_equal(fstat(u.dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	close(u.dir);
	assert_int_equal(rmdir(u.path), 0);
	snprintf(other, sizeof(other), "%s/elsewhere", u.state);
	assert_int_equal(mkdir(other, 0700), 0);
	assert_int_equal(symlink("elsewhere", u.path), 0);
	assert_true(app_use_open(u.state, true) < 0);
	assert_int_equal(unlink(u.path), 0);
	assert_int_equal(rmdir(other), 0);
	u.dir = app_use_open(u.state, true);
	assert_true(u.dir >= 0);
	finish(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_use_is_noted_and_forgotten),
		cmocka_unit_test(it_is_written_once_a_minute),
		cmocka_unit_test(links_are_not_followed),
		cmocka_unit_test(the_directory_is_no_link_and_private),
	};

	if (scheme_init() < 0) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
