// SPDX-License-Identifier: ISC
/*
 * test_config.c - the configuration: what a sound file gives, and that of an
 * unsound one every mistake is told, with its line and a remedy.
 * Runs in: the tests.  Works in a directory of its own below TMPDIR.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "master/config.h"
#include "master/config_table.h"
#include "master/config_text.h"

static char dir[256];
static char conf[320];

/* What every file here needs to be sound: its own directory has all of it. */
#define SOUND                                                                  \
	"mail_root = mail\nusers = users\ncache_dir = cache\n"                 \
	"run_dir = run\nlisten = \"127.0.0.1:0\"\n"
#define SOUND_LINES 5

static void write_octets(const char *path, const void *octets, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(octets, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static int load(const char *text, struct config *c, struct config_faults *f)
{
	write_octets(conf, text, strlen(text));
	return config_load(conf, false, c, f);
}

static void print_faults(const struct config_faults *f)
{
	config_faults_print(f, "conf", stderr);
}

static void load_sound(const char *text, struct config *c)
{
	struct config_faults f;

	if (load(text, c, &f) != 0) {
		print_faults(&f);
		fail_msg("not sound: %s", text);
	}
	assert_int_equal(f.count, 0);
}

/* The file has one mistake: there, and told with these words. */
static void expect_fault(const char *text, unsigned line, const char *words)
{
	struct config c;
	struct config_faults f;

	memset(&c, 0x5a, sizeof(c));
	assert_int_equal(load(text, &c, &f), -1);
	assert_int_equal(((const unsigned char *)&c)[0], 0x5a);
	if (f.count != 1 || f.fault[0].line != line ||
	    strstr(f.fault[0].text, words) == NULL) {
		print_faults(&f);
		fail_msg("expected %u: %s of: %s", line, words, text);
	}
}

static void expect_value_fault(const char *setting, const char *words)
{
	char text[2048];

	snprintf(text, sizeof(text), SOUND "%s\n", setting);
	expect_fault(text, SOUND_LINES + 1, words);
}

static int make_directory(void **state)
{
	char path[320];

	(void)state;
	snprintf(dir, sizeof(dir), "%s/test_config.XXXXXX",
		 getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(dir));
	snprintf(conf, sizeof(conf), "%s/conf", dir);
	snprintf(path, sizeof(path), "%s/mail", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/users", dir);
	write_octets(path, "", 0);
	assert_int_equal(chmod(path, 0600), 0);
	return 0;
}

static int remove_directory(void **state)
{
	static const char *const names[] = { "mail", "users", "conf", "" };
	char path[320];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		(void)remove(path);
	}
	return 0;
}

static void fills_in_defaults(void **state)
{
	struct config c;
	char path[320];

	(void)state;
	load_sound(SOUND, &c);
	snprintf(path, sizeof(path), "%s/mail", dir);
	assert_string_equal(c.maildrop.mail_root, path);
	assert_string_equal(c.auth.mail_root, path);
	snprintf(path, sizeof(path), "%s/run/jail", dir);
	assert_string_equal(c.session.jail, path);
	assert_string_equal(c.auth.maildrop, "%u");
	assert_string_equal(c.session.greeting, "restante ready");
	assert_true(c.session.common.hostname[0] != '\0');
	assert_string_equal(c.auth.common.hostname, c.session.common.hostname);
	assert_int_equal(c.session.common.log_level, LOG_INFO);
	assert_int_equal(c.maildrop.common.log_level, LOG_INFO);
	assert_int_equal(c.session.common.log_form, LOG_FORM_TERMINAL);
	assert_int_equal(c.log, CONFIG_LOG_STDERR);
	assert_int_equal(c.session.connections_max, 10000);
	assert_int_equal(c.session.connections_per_address, 50);
	assert_int_equal(c.session.login_tries_max, 3);
	assert_int_equal(c.session.login_ms, 60000);
	assert_int_equal(c.session.idle_ms, 600000);
	assert_int_equal(c.session.stall_ms, 60000);
	assert_int_equal(c.session.stop_ms, 30000);
	assert_int_equal(c.keepalive_s, 60);
	assert_int_equal(c.maildrop.cache_octets_max, (uint64_t)1 << 30);
	assert_int_equal(c.maildrop.threads_per_channel, 4);
	assert_int_equal(c.auth.threads_per_channel, 4);
	assert_int_equal(c.maildrop.sessions_per_user, 10);
	assert_int_equal(c.auth.uid_min, 100);
	assert_int_equal(c.auth.mail_uid, geteuid());
	assert_in_range(c.session_processes, 1, CONFIG_SESSIONS_MAX);
	assert_in_range(c.auth.hashes_at_once, 1, 256);
	assert_true(c.auth.lowercase_users);
	assert_false(c.session.reveal_users);
	assert_false(c.session.plaintext_anywhere);
	assert_false(c.maildrop.shared_lock);
	assert_false(c.session.common.sandbox_required);
	assert_false(c.session.common.drop_privileges);
}

static void takes_what_is_set(void **state)
{
	struct config c;

	(void)state;
	load_sound("mail_root = mail/ # a comment\nusers = \"users\"\n"
		   "cache_dir = 'cache'\nrun_dir = run\n"
		   "listen = {\n\t\"127.0.0.1:0\", # one\n"
		   "\t127.0.0.1:11110\n}\n"
		   "maildrop = %d/%n/Maildir\nlog = journal\n"
		   "log_level = debug\nsandbox = required\n"
		   "session_processes = 7\nplaintext = always\n"
		   "reveal_users = yes\nlowercase_users = off\n"
		   "idle_time = 1h\nkeepalive = 2m\ncache_size = 16M\n"
		   "greeting = \"a # is no comment here\"\n"
		   "hostname = pop.example.org\nuid_min = 1000\n"
		   "threads = 8\nshared_lock = true\n"
		   "listen += {127.0.0.1:11111}\n",
		   &c);
	assert_int_equal(c.listen_count, 3);
	assert_string_equal(c.listen[0].text, "127.0.0.1:0");
	assert_string_equal(c.listen[1].text, "127.0.0.1:11110");
	assert_int_equal(c.listen[1].kind, LISTENER_PLAIN);
	assert_int_equal(c.listen[1].address.ss_family, AF_INET);
	assert_string_equal(c.auth.maildrop, "%d/%n/Maildir");
	assert_int_equal(c.log, CONFIG_LOG_JOURNAL);
	assert_int_equal(c.auth.common.log_form, LOG_FORM_LEVEL);
	assert_int_equal(c.auth.common.log_level, LOG_DEBUG);
	assert_true(c.maildrop.common.sandbox_required);
	assert_int_equal(c.session_processes, 7);
	assert_true(c.session.plaintext_anywhere);
	assert_true(c.session.reveal_users);
	assert_true(c.auth.reveal_users);
	assert_false(c.auth.lowercase_users);
	assert_int_equal(c.session.idle_ms, 3600000);
	assert_int_equal(c.keepalive_s, 120);
	assert_int_equal(c.maildrop.cache_octets_max, 16 << 20);
	assert_string_equal(c.session.greeting, "a # is no comment here");
	assert_string_equal(c.session.common.hostname, "pop.example.org");
	assert_int_equal(c.auth.uid_min, 1000);
	assert_int_equal(c.maildrop.threads_per_channel, 8);
	assert_true(c.maildrop.shared_lock);
}

static void finds_a_relative_configuration_file(void **state)
{
	char before[1024];
	char path[320];
	struct config c;
	struct config_faults f;

	(void)state;
	write_octets(conf, SOUND, strlen(SOUND));
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(config_load("conf", false, &c, &f), 0);
	snprintf(path, sizeof(path), "%s/users", dir);
	assert_string_equal(c.auth.users, path);
	assert_int_equal(config_load("./conf", false, &c, &f), 0);
	snprintf(path, sizeof(path), "%s/./users", dir);
	assert_string_equal(c.auth.users, path);
	assert_int_equal(chdir(before), 0);
}

static void refuses_values_out_of_range(void **state)
{
	(void)state;
	expect_value_fault("session_processes = 0x",
			   "session_processes = 0x: not a number from 1 to "
			   "64, or auto");
	expect_value_fault("session_processes = 65", "not a number");
	expect_value_fault("connections_max = -1", "not a number from 1");
	expect_value_fault("connections_max = 18446744073709551617",
			   "not a number from 1");
	expect_value_fault("connections_max = ''", "not a number from 1");
	expect_value_fault("idle_time = 600", "not a time from 1s to 24h");
	expect_value_fault("idle_time = 0s", "write it as 90s, 10m or 1h");
	expect_value_fault("idle_time = 999999999999999999h", "not a time");
	expect_value_fault("keepalive = 3h", "not a time from 1s to 2h");
	expect_value_fault("cache_size = 1g", "write it as 512M or 1G");
	expect_value_fault("cache_size = 1K", "not a size from 1M");
	expect_value_fault("log = file", "one of: stderr, syslog, journal");
	expect_value_fault("sandbox = off", "not one of: on, required");
	expect_value_fault("plaintext = yes", "loopback, always");
	expect_value_fault("shared_lock = maybe", "not one of: no, yes");
	expect_value_fault("uid_min = 0", "not a number from 1");
}

static void refuses_odd_texts(void **state)
{
	char path[SETTINGS_PATH_MAX + 32];

	(void)state;
	expect_value_fault("greeting = ''", "not of 1 to 128 octets");
	expect_value_fault("greeting = 'a\x7f'", "printable ASCII");
	expect_value_fault("greeting = 'a <b>'", "other than <");
	expect_value_fault("hostname = 'a b'", "not a host name");
	expect_value_fault("maildrop = %x", "'%x' means nothing");
	expect_value_fault("maildrop = a%", "'%' means nothing");
	expect_value_fault("maildrop = /srv/%u", "must be below mail_root");
	expect_value_fault("maildrop = '%u/../x'", "without ..");
	expect_value_fault("auth_user = -root", "not the name of an account");
	expect_fault("mail_root = ''\nusers = users\ncache_dir = cache\n"
		     "run_dir = run\nlisten = 127.0.0.1:0\n",
		     1, "mail_root = : empty; write a path");
	snprintf(path, sizeof(path), SOUND "greeting = %0*d\n", 900, 1);
	expect_fault(path, SOUND_LINES + 1, "not of 1 to 128 octets");
}

static void refuses_odd_addresses(void **state)
{
	static const char *const odd[] = {
		"localhost:110", "127.0.0.1",    "127.0.0.1:",
		"127.0.0.1:x",   "127.0.0.1:-1", "127.0.0.1:65536",
		":110",          "::1:110",      "[127.0.0.1]:110",
		"[::1]",         "[::1:110",     "[]:110",
		"127.0.0.1:+1",  "127.0.0.1: 1", "127.0.0.1:99999999999",
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		snprintf(text, sizeof(text),
			 "mail_root = mail\nusers = users\ncache_dir = cache\n"
			 "run_dir = run\nlisten = \"%s\"\n",
			 odd[i]);
		expect_fault(text, 5, "not an address and a port");
	}
}

static void refuses_impossible_addresses(void **state)
{
	static const char *const begin =
	    "mail_root = mail\nusers = users\ncache_dir = cache\n"
	    "run_dir = run\n";
	char text[512];

	(void)state;
	snprintf(text, sizeof(text), "%slisten = {127.0.0.1:99,\n127.0.0.1:99}",
		 begin);
	expect_fault(text, 6, "127.0.0.1:99: is there twice");
	snprintf(text, sizeof(text), "%slisten = {127.0.0.1:0, 127.0.0.1:0}",
		 begin);
	load_sound(text, &(struct config){ 0 });
	snprintf(text, sizeof(text), "%slisten = 192.0.2.1:110", begin);
	expect_fault(text, 5, "no interface of this machine");
	snprintf(text, sizeof(text), "%slisten = 224.0.0.1:110", begin);
	expect_fault(text, 5, "multicast");
	snprintf(text, sizeof(text), "%slisten = {}", begin);
	expect_fault(text, 5, "listen = {}: is empty");
}

static void suggests_the_nearest_name(void **state)
{
	(void)state;
	expect_value_fault("lisen = 1",
			   "unknown setting 'lisen'; did you mean 'listen'?");
	expect_value_fault("session_process = 1", "'session_processes'");
	expect_value_fault("idel_time = 1s", "'idle_time'");
	expect_value_fault("Users = 1", "did you mean 'users'?");
	expect_value_fault("xyzzy = 1", "restanted.conf(5) lists all");
	assert_null(config_table_nearest(""));
	assert_null(config_table_nearest(
	    "a_name_that_is_much_longer_than_any_that_there_is"));
	assert_string_equal(config_table_nearest("logl_evel"), "log_level");
}

static void tells_mistakes_of_form(void **state)
{
	(void)state;
	expect_value_fault("greeting = hello there",
			   "'there' stands behind the value of 'greeting'");
	expect_value_fault("threads", "ends within a setting");
	expect_value_fault("threads 4", "'threads' has no value");
	expect_value_fault("threads = = 1", "'=' cannot stand here");
	expect_value_fault("threads = {1, 2}", "cannot stand here");
	expect_value_fault("lisen = {\n\"a\",\n\"b\"}", "'listen'");
	expect_value_fault("greeting = \"never ends", "never ends");
	expect_value_fault("greeting = don't", "never ends");
	expect_value_fault("/* never ends", "never ends");
	expect_value_fault("threads =\n\n# c\n", "ends within a setting");
	expect_fault(SOUND "threads\n# a\n\nlog = stderr\n", SOUND_LINES + 1,
		     "write: threads = VALUE");
}

static void tells_what_is_set_twice(void **state)
{
	(void)state;
	expect_fault(SOUND "log = stderr\n# c\nlog = stderr\n", SOUND_LINES + 3,
		     "'log' is set twice, first on line 6; keep one");
	expect_fault(SOUND "listen = 127.0.0.1:0\n", SOUND_LINES + 1,
		     "'listen' is set twice");
	expect_fault(SOUND "log += {stderr}\n", SOUND_LINES + 1,
		     "append to non-list option 'log'");
}

static void tells_every_mistake_by_line(void **state)
{
	struct config c;
	struct config_faults f;

	(void)state;
	assert_int_equal(load("# one\nlisen = 1 # {\n\nthreads = 0\n"
			      "/* long\n comment */ logg = 1\n"
			      "listen = {127.0.0.1:0\n",
			      &c, &f),
			 -1);
	/* and mail_root, users, cache_dir, run_dir of the whole; the default
	 * directories may be there or not */
	assert_in_range(f.count, 6, 8);
	assert_int_equal(f.fault[0].line, 0);
	assert_int_equal(f.fault[f.count - 4].line, 2);
	assert_int_equal(f.fault[f.count - 3].line, 4);
	assert_int_equal(f.fault[f.count - 2].line, 6);
	assert_int_equal(f.fault[f.count - 1].line, 7);
}

static void counts_more_mistakes_than_it_keeps(void **state)
{
	char text[4096] = SOUND;
	struct config c;
	struct config_faults f;
	char printed[8192] = "";
	FILE *to;

	(void)state;
	for (unsigned i = 0; i < CONFIG_FAULTS_MAX + 20; i++) {
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "zz%u = 1\n", i);
	}
	assert_int_equal(load(text, &c, &f), -1);
	assert_true(f.count > CONFIG_FAULTS_MAX);
	to = fmemopen(printed, sizeof(printed), "w");
	config_faults_print(&f, "x.conf", to);
	assert_int_equal(fclose(to), 0);
	assert_non_null(strstr(printed, "x.conf:6: unknown setting 'zz0'"));
	assert_non_null(strstr(printed, "x.conf: and "));
}

static void refuses_files_that_are_no_text(void **state)
{
	static char large[66 * 1024];
	struct config c;
	struct config_faults f;

	(void)state;
	write_octets(conf, "a\0b", 3);
	assert_int_equal(config_load(conf, false, &c, &f), -1);
	assert_non_null(strstr(f.fault[0].text, "NUL"));
	memset(large, '\n', sizeof(large));
	write_octets(conf, large, sizeof(large));
	assert_int_equal(config_load(conf, false, &c, &f), -1);
	assert_non_null(strstr(f.fault[0].text, "larger than 65536 octets"));
	assert_int_equal(config_load(dir, false, &c, &f), -1);
	assert_non_null(strstr(f.fault[0].text, "is no file"));
	assert_int_equal(config_load("/nowhere/x", false, &c, &f), -1);
	assert_string_equal(f.fault[0].text, "No such file or directory");
}

static void looks_for_what_it_names(void **state)
{
	char text[1024];

	(void)state;
	expect_fault("mail_root = gone\nusers = users\ncache_dir = cache\n"
		     "run_dir = run\nlisten = 127.0.0.1:0\n",
		     1, "make it with: mkdir -p");
	expect_fault("mail_root = users\nusers = users\ncache_dir = cache\n"
		     "run_dir = run\nlisten = 127.0.0.1:0\n",
		     1, "is no directory");
	expect_fault("mail_root = mail\nusers = gone\ncache_dir = cache\n"
		     "run_dir = run\nlisten = 127.0.0.1:0\n",
		     2, "make it with: restantectl -c ");
	expect_fault("mail_root = mail\nusers = users\ncache_dir = no/cache\n"
		     "run_dir = run\nlisten = 127.0.0.1:0\n",
		     3, "set cache_dir to another");
	expect_fault("mail_root = mail\nusers = users\ncache_dir = cache\n"
		     "run_dir = users\nlisten = 127.0.0.1:0\n",
		     4, "users: no such directory");
	snprintf(text, sizeof(text), "%s/users", dir);
	assert_int_equal(chmod(text, 0602), 0);
	expect_fault(SOUND, 2, "everybody may write it");
	assert_int_equal(chmod(text, 0600), 0);
}

static void looks_for_accounts_as_root(void **state)
{
	static const char text[] =
	    SOUND "session_user = no-such-account\n"
		  "auth_user = root\nmail_user = daemon\n";
	struct config c;
	struct config_faults f;

	(void)state;
	write_octets(conf, text, strlen(text));
	assert_int_equal(config_load(conf, true, &c, &f), -1);
	assert_int_equal(f.count, 3);
	assert_int_equal(f.fault[0].line, SOUND_LINES + 1);
	assert_non_null(strstr(f.fault[0].text, "adduser --system"));
	assert_non_null(strstr(f.fault[1].text, "is root"));
	assert_non_null(strstr(f.fault[2].text, "is below uid_min"));
}

static void blanks_comments_only(void **state)
{
	char text[] =
	    "a = 'x # y' # z\n// b\nc = http://d /* e\nf */ g = \"#\"";
	char open[] = "a = 1\nb = 'c\n# d\n";

	(void)state;
	assert_int_equal(config_text_blank_comments(text), 0);
	assert_string_equal(text, "a = 'x # y'    \n    \nc = http://d     \n"
				  "     g = \"#\"");
	assert_int_equal(config_text_blank_comments(open), 2);
}

static void table_rows_are_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < config_settings_count; i++) {
		const struct setting *s = &config_settings[i];

		assert_ptr_equal(config_table_find(s->name), s);
		assert_int_equal(config_table_index(s), i);
		assert_string_equal(config_table_nearest(s->name), s->name);
		assert_true(s->offset + s->size <= sizeof(struct config));
		assert_true(strlen(s->help) < 60);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_in_defaults),
		cmocka_unit_test(takes_what_is_set),
		cmocka_unit_test(finds_a_relative_configuration_file),
		cmocka_unit_test(refuses_values_out_of_range),
		cmocka_unit_test(refuses_odd_texts),
		cmocka_unit_test(refuses_odd_addresses),
		cmocka_unit_test(refuses_impossible_addresses),
		cmocka_unit_test(suggests_the_nearest_name),
		cmocka_unit_test(tells_mistakes_of_form),
		cmocka_unit_test(tells_what_is_set_twice),
		cmocka_unit_test(tells_every_mistake_by_line),
		cmocka_unit_test(counts_more_mistakes_than_it_keeps),
		cmocka_unit_test(refuses_files_that_are_no_text),
		cmocka_unit_test(looks_for_what_it_names),
		cmocka_unit_test(looks_for_accounts_as_root),
		cmocka_unit_test(blanks_comments_only),
		cmocka_unit_test(table_rows_are_sound),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
