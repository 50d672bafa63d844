// SPDX-License-Identifier: ISC
/*
 * test_fetch_edit.c - accounts are added to restante.conf and taken out, and
 * nothing else in it changes.
 * Runs in: the tests.
 */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/conf/destination.h"
#include "fetch/conf/edit.h"
#include "fetch/conf/url.h"

static char root[64];
static struct place place;

static int setup(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/restante-unit-XXXXXX");
	assert_non_null(mkdtemp(root));
	snprintf(place.home, sizeof(place.home), "%s", root);
	snprintf(place.config, sizeof(place.config), "%s/a/b/restante.conf",
		 root);
	return 0;
}

static void remove_at(const char *name)
{
	char path[PLACE_MAX];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	(void)unlink(path);
	(void)rmdir(path);
}

static int teardown(void **state)
{
	(void)state;
	remove_at("a/b/restante.conf");
	remove_at("a/b/other");
	remove_at("a/b");
	remove_at("a");
	return rmdir(root);
}

static void put(const char *text)
{
	FILE *f;

	assert_int_equal(place_make_folder_of(place.config), 0);
	f = fopen(place.config, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(place.config, 0600), 0);
}

static void expect(const char *text)
{
	char found[8192] = "";
	FILE *f = fopen(place.config, "r");
	char temporary[PLACE_MAX + 8];

	assert_non_null(f);
	found[fread(found, 1, sizeof(found) - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(found, text);
	snprintf(temporary, sizeof(temporary), "%s.tmp", place.config);
	assert_int_equal(access(temporary, F_OK), -1);
}

static void make(struct account *a, const char *name)
{
	const char *to = "maildir:~/Mail";
	struct conf_reason why;

	account_init(a);
	assert_int_equal(url_parse("pop3s://me@pop.example.org", a, &why), 0);
	free(a->name);
	a->name = strdup(name);
	assert_int_equal(destination_parse(&to, 1, &place, &a->deliver, &why),
			 0);
}

#define WORK                                                                   \
	"account \"work\" {\n"                                                 \
	"\tserver = \"pop.example.org\"\n"                                     \
	"\ttls = implicit\n"                                                   \
	"\tport = 995\n"                                                       \
	"\tuser = \"me\"\n"                                                    \
	"\tdeliver = \"maildir:~/Mail\"\n"                                     \
	"\tafter = keep\n"                                                     \
	"}\n"
#define NEW                                                                    \
	"# Accounts for restante(1); restante.conf(5) tells of every "         \
	"setting.\n"

static void add(const char *name)
{
	struct account a;
	struct conf_reason why;

	make(&a, name);
	if (edit_add(&place, &a, &why) != 0) {
		fail_msg("%s", why.text);
	}
	account_finish(&a);
}

static void makes_the_file(void **state)
{
	struct stat st;
	char folder[PLACE_MAX];

	(void)state;
	add("work");
	expect(NEW "\n" WORK);
	assert_int_equal(stat(place.config, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	snprintf(folder, sizeof(folder), "%s/a/b", root);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
}

#define OTHER                                                                  \
	"# mine { \"\n"                                                        \
	"defaults { timeout = 90 }\n"                                          \
	"account other { server = o.example user = o deliver = \"mbox:/o\" "   \
	"} // }"

static void appends(void **state)
{
	struct stat st;

	(void)state;
	put(OTHER); /* and its last line does not end */
	assert_int_equal(chmod(place.config, 0640), 0);
	add("work");
	expect(OTHER "\n\n" WORK);
	assert_int_equal(stat(place.config, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void keeps_a_link(void **state)
{
	char other[PLACE_MAX];
	struct stat st;

	(void)state;
	put(OTHER "\n");
	snprintf(other, sizeof(other), "%s/a/b/other", root);
	assert_int_equal(rename(place.config, other), 0);
	assert_int_equal(symlink("other", place.config), 0);
	add("work");
	expect(OTHER "\n\n" WORK);
	assert_int_equal(lstat(place.config, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void refuse_add(const char *name, const char *want)
{
	struct account a;
	struct conf_reason why;

	make(&a, name);
	assert_int_equal(edit_add(&place, &a, &why), -1);
	if (strstr(why.text, want) == NULL) {
		fail_msg("%s", why.text);
	}
	account_finish(&a);
}

static void refuses_what_would_be_wrong(void **state)
{
	(void)state;
	put(OTHER "\n" WORK);
	refuse_add("work", "there is an account work already");
	refuse_add("other", "there is an account other already");
	refuse_add("a b", "a b cannot be the name of an account");
	refuse_add("again", "account \"again\" is the maildrop of \"work\"");
	expect(OTHER "\n" WORK);
	put("account x { servr = y }\n");
	refuse_add("work", ":1: unknown setting 'servr'");
	refuse_add("work", "correct that first");
	expect("account x { servr = y }\n");
	put("# x\n");
	assert_int_equal(chmod(place.config, 0620), 0);
	refuse_add("work", "others may write it");
	assert_int_equal(unlink(place.config), 0);
	assert_int_equal(symlink("nowhere", place.config), 0);
	refuse_add("work", "No such file");
}

/* Two at once: one of them waits for nothing, and changes nothing. */
static void refuses_while_another_edits(void **state)
{
	char folder[PLACE_MAX];
	int fd;

	(void)state;
	put(WORK);
	snprintf(folder, sizeof(folder), "%s/a/b", root);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	refuse_add("more", "another restante is changing it");
	close(fd);
}

static void remove_account(const char *name)
{
	struct conf_reason why;

	if (edit_remove(&place, name, &why) != 0) {
		fail_msg("%s", why.text);
	}
}

static void refuse_remove(const char *name, const char *want)
{
	struct conf_reason why;

	assert_int_equal(edit_remove(&place, name, &why), -1);
	if (strstr(why.text, want) == NULL) {
		fail_msg("%s", why.text);
	}
}

#define A "account a { server = a.example user = a deliver = \"mbox:/a\" }"
#define B                                                                      \
	"  account\n"                                                          \
	"\t\"b\"\n"                                                            \
	"{ # {\n"                                                              \
	"\tserver = b.example\n"                                               \
	"\tuser = \"}\"\n"                                                     \
	"\tdeliver = {\"command:x\", \"}\"}\n"                                 \
	"\trule { field = X pattern = '{' action = skip }\n"                   \
	"}\t# of b\n"
#define C "account 'c' { server = c.example user = c deliver = - }\n"

static void takes_exactly_its_lines(void **state)
{
	(void)state;
	put("# top\n" A "\n" B "# between\n" C "# end");
	remove_account("b");
	expect("# top\n" A "\n# between\n" C "# end");
	remove_account("c");
	expect("# top\n" A "\n# between\n# end");
	remove_account("a");
	expect("# top\n# between\n# end");
	put(B A);
	remove_account("a");
	expect(B);
	remove_account("b");
	expect("");
}

static void refuses_to_take_more(void **state)
{
	(void)state;
	put(A " " C);
	refuse_remove("a", "something else stands on the first or last line");
	refuse_remove("c", "something else stands on the first or last line");
	refuse_remove("d", "there is no account d");
	expect(A " " C);
	put("defaults { } " A "\n");
	refuse_remove("a", "something else");
	put("/* x\n*/ " A "\n");
	refuse_remove("a", "something else");
	put(A " /* y\n*/\n");
	refuse_remove("a", "something else");
	expect(A " /* y\n*/\n");
	put("/* x */\n" A " # y\n");
	remove_account("a");
	expect("/* x */\n");
}

/* What is written is read as what it was written from. */
static void writes_every_setting(void **state)
{
	static const char text[] =
	    "account \"all\" {\n"
	    "\tserver = \"pop.example.org\"\n"
	    "\ttls = stls\n"
	    "\tport = 1110\n"
	    "\tclear_text = yes\n"
	    "\tuser = 'a\"$b\\\\c\\'{HOME}'\n"
	    "\tpassword_command = {\"pass\", '${HOME}', \"a b\"}\n"
	    "\tauth = {\"SCRAM-SHA-256\", \"PLAIN\"}\n"
	    "\tpin = "
	    "\"sha256:000102030405060708090a0b0c0d0e0f101112131415161718"
	    "191a1b1c1d1e1f\"\n"
	    "\tcertificate = \"~/c.pem\"\n"
	    "\tkey = \"/k.pem\"\n"
	    "\tdeliver = {\"command:/bin/x\", \"a b\"}\n"
	    "\tafter = delete\n"
	    "\tdelete_after_days = 14\n"
	    "\tnewer_than_days = 30\n"
	    "\tsize_max = 20971520\n"
	    "\tbatch = 100\n"
	    "\tpipelining = no\n"
	    "\ttimeout = 90\n"
	    "\tinterval = 600\n"
	    "\trule { field = \"X\" pattern = '\\'\\\\*$' action = skip }\n"
	    "\trule { field = \"X\" pattern = \"y\" action = accept }\n"
	    "}\n";
	char *copy = strdup(text);
	struct config config;
	struct conf_faults faults;
	char *again;

	(void)state;
	assert_int_equal(config_load_text(copy, &place, &config, &faults), 0);
	again = edit_section(&place, &config.account[0]);
	assert_string_equal(again, text);
	assert_string_equal(config.account[0].user, "a\"$b\\c'{HOME}");
	assert_string_equal(config.account[0].password_command[1], "${HOME}");
	free(again);
	free(copy);
	config_finish(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(makes_the_file, setup,
						teardown),
		cmocka_unit_test_setup_teardown(appends, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_a_link, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_what_would_be_wrong,
						setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_while_another_edits,
						setup, teardown),
		cmocka_unit_test_setup_teardown(takes_exactly_its_lines, setup,
						teardown),
		cmocka_unit_test_setup_teardown(refuses_to_take_more, setup,
						teardown),
		cmocka_unit_test_setup_teardown(writes_every_setting, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
