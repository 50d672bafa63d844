// SPDX-License-Identifier: ISC
/*
 * test_fetch_place.c - files are where the XDG base directory specification has
 * them, and paths are what a person means by them.
 * Runs in: the tests.
 */
#include "unit.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/conf/place.h"

static struct place find(const char *home, const char *config,
			 const char *state, const char *option)
{
	struct place p;
	struct conf_reason why;

	(void)(home != NULL ? setenv("HOME", home, 1) : unsetenv("HOME"));
	(void)(config != NULL ? setenv("XDG_CONFIG_HOME", config, 1)
			      : unsetenv("XDG_CONFIG_HOME"));
	(void)(state != NULL ? setenv("XDG_STATE_HOME", state, 1)
			     : unsetenv("XDG_STATE_HOME"));
	if (place_init(&p, option, &why) != 0) {
		fail_msg("%s", why.text);
	}
	return p;
}

static void finds_files(void **state)
{
	struct place p = find("/home/me", NULL, NULL, NULL);
	const struct passwd *user = getpwuid(geteuid());
	char want[PLACE_MAX];

	(void)state;
	assert_string_equal(p.home, "/home/me");
	assert_string_equal(p.config,
			    "/home/me/.config/restante/restante.conf");
	assert_string_equal(p.record,
			    "/home/me/.local/state/restante/record.sqlite");
	assert_string_equal(p.here, getcwd(want, sizeof(want)));

	p = find("/home/me", "/c", "/s", NULL);
	assert_string_equal(p.config, "/c/restante/restante.conf");
	assert_string_equal(p.record, "/s/restante/record.sqlite");

	/* a relative one is to be ignored, says the specification */
	p = find("/home/me", "c", "", NULL);
	assert_string_equal(p.config,
			    "/home/me/.config/restante/restante.conf");
	assert_string_equal(p.record,
			    "/home/me/.local/state/restante/record.sqlite");

	p = find("/home/me", "/c", NULL, "x.conf");
	assert_string_equal(p.config, "x.conf");

	if (user != NULL) {
		p = find(NULL, NULL, NULL, NULL);
		assert_string_equal(p.home, user->pw_dir);
		p = find("not/absolute", NULL, NULL, NULL);
		assert_string_equal(p.home, user->pw_dir);
	}
}

static void refuses_what_is_too_long(void **state)
{
	char longer[PLACE_MAX + 2];
	struct place p = { .home = "as it was" };
	struct conf_reason why;

	(void)state;
	memset(longer, 'x', sizeof(longer));
	longer[0] = '/';
	longer[PLACE_MAX] = '\0';
	setenv("XDG_CONFIG_HOME", longer, 1);
	assert_int_equal(place_init(&p, NULL, &why), -1);
	assert_string_equal(p.home, "as it was");
	unsetenv("XDG_CONFIG_HOME");
	assert_int_equal(place_init(&p, longer, &why), -1);
}

static const struct {
	const char *written;
	const char *path; /* or why not */
} paths[] = {
	{ "~", "/home/me" },
	{ "~/", "/home/me" },
	{ "~/Mail", "/home/me/Mail" },
	{ "$HOME/Mail/", "/home/me/Mail" },
	{ "${HOME}/Mail", "/home/me/Mail" },
	{ "/", "/" },
	{ "/var/mail//", "/var/mail" },
	{ "Mail", "/here/Mail" },
	{ "./Mail", "/here/./Mail" },
	{ "a~b/$c", "/here/a~b/$c" },
};

static const struct {
	const char *written;
	const char *why;
} odd_paths[] = {
	{ "", "empty; write a path" },
	{ "~ann", "the home directories of others are not looked up; write it "
		  "from / on" },
	{ "$HOMES/x", "of variables only $HOME is known in front of a path" },
	{ "/a\nb", "has a control character in it, or is not UTF-8" },
	{ "~/a\x7f", "has a control character in it, or is not UTF-8" },
	{ "/\xff", "has a control character in it, or is not UTF-8" },
};

static void reads_paths(void **state)
{
	struct place p = { .home = "/home/me", .here = "/here" };
	char longer[PLACE_MAX + 1];
	struct conf_reason why;
	char *path = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		assert_int_equal(place_path(&p, paths[i].written, &path, &why),
				 0);
		assert_string_equal(path, paths[i].path);
		free(path);
	}
	path = longer;
	for (size_t i = 0; i < COUNT_OF(odd_paths); i++) {
		assert_int_equal(
		    place_path(&p, odd_paths[i].written, &path, &why), -1);
		assert_string_equal(why.text, odd_paths[i].why);
	}
	memset(longer, 'x', sizeof(longer));
	longer[PLACE_MAX] = '\0';
	assert_int_equal(place_path(&p, longer, &path, &why), -1);
	assert_string_equal(why.text, "longer than 1023 octets");
	p.home[0] = '\0';
	p.here[0] = '\0';
	assert_int_equal(place_path(&p, "~/x", &path, &why), -1);
	assert_string_equal(why.text,
			    "there is no home directory; write it from / on");
	assert_int_equal(place_path(&p, "x", &path, &why), -1);
	assert_ptr_equal(path, longer);
}

static void makes_folders(void **state)
{
	char root[] = "/tmp/restante-unit-XXXXXX";
	char path[128];
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/a/b/file", root);
	assert_int_equal(place_make_folder_of(path), 0);
	assert_int_equal(place_make_folder_of(path), 0);
	snprintf(path, sizeof(path), "%s/a/b", root);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(rmdir(path), 0);
	snprintf(path, sizeof(path), "%s/a", root);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(root), 0);
	assert_int_equal(place_make_folder_of("/proc/a/b"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_files),
		cmocka_unit_test(refuses_what_is_too_long),
		cmocka_unit_test(reads_paths),
		cmocka_unit_test(makes_folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
