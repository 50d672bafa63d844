// SPDX-License-Identifier: ISC
/*
 * test_config.c - the configuration as a whole: what a sound file gives, that
 * all mistakes are told, and what of the machine is looked at.
 * Runs in: the tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "config_dir.h"

static void fills_in_defaults(void **state)
{
	struct config c;
	char path[320];

	(void)state;
	config_dir_load_sound(CONFIG_DIR_SOUND, &c);
	snprintf(path, sizeof(path), "%s/mail", config_dir);
	assert_string_equal(c.maildrop.mail_root, path);
	assert_string_equal(c.auth.mail_root, path);
	snprintf(path, sizeof(path), "%s/run/jail", config_dir);
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
	assert_int_equal(c.session.login_delay_s, 0);
	assert_int_equal(c.auth.login_burst, 3);
	assert_int_equal(c.auth.failures_max, 20);
	assert_int_equal(c.auth.failures_ms, 600000);
	assert_string_equal(c.auth.state_dir, "/var/lib/restante");
	assert_int_equal(c.auth.certificate_name, CERTIFICATE_EMAIL);
	assert_int_equal(c.key.ticket_s, 3600);
	assert_int_equal(c.key.certificates, 0);
	assert_int_equal(c.session.proxy_count, 0);
	assert_string_equal(c.client_ca, "");
	assert_false(c.session.has_tls);
	assert_false(c.session.alpn_required);
	assert_false(c.session.asks_certificate);
	assert_false(c.session.apop);
	assert_false(c.auth.cram_md5);
	assert_false(c.session.common.sandbox_required);
	assert_false(c.session.common.drop_privileges);
}

static void takes_what_is_set(void **state)
{
	struct config c;

	(void)state;
	config_dir_load_sound(
	    "mail_root = mail/ # a comment\nusers = \"users\"\n"
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
	    "listen += {127.0.0.1:11111}\n"
	    "login_delay = 90s\nlogin_burst = 7\nfailures_max = 0\n"
	    "failures_time = 1h\nstate_dir = state\napop = yes\n"
	    "cram_md5 = yes\ntls_ticket_time = 2m\ntls_client_ca = ''\n"
	    "tls_client_user = common_name\ntls_alpn = required\n"
	    "listen_tls = {}\ntls_certificate = {}\n"
	    "proxy_from = {10.0.0.0/8, '2001:db8::5'}\n",
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
	assert_int_equal(c.session.login_delay_s, 90);
	assert_int_equal(c.auth.login_delay_s, 90);
	assert_int_equal(c.auth.login_burst, 7);
	assert_int_equal(c.auth.failures_max, 0);
	assert_int_equal(c.auth.failures_ms, 3600000);
	assert_string_equal(strrchr(c.auth.state_dir, '/'), "/state");
	assert_true(c.session.apop && c.auth.apop);
	assert_true(c.session.cram_md5 && c.auth.cram_md5);
	assert_int_equal(c.key.ticket_s, 120);
	assert_int_equal(c.key.common.log_level, LOG_DEBUG);
	assert_int_equal(c.auth.certificate_name, CERTIFICATE_COMMON_NAME);
	assert_true(c.session.alpn_required);
	assert_int_equal(c.session.proxy_count, 2);
	assert_int_equal(c.session.proxies[0].bits, 96 + 8);
	assert_int_equal(c.session.proxies[1].bits, 128);
}

static void finds_a_relative_configuration_file(void **state)
{
	char before[1024];
	char path[320];
	struct config c;
	struct conf_faults f;

	(void)state;
	config_dir_write(config_dir_conf, CONFIG_DIR_SOUND,
			 strlen(CONFIG_DIR_SOUND));
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(config_dir), 0);
	assert_int_equal(config_load("conf", false, &c, &f), 0);
	snprintf(path, sizeof(path), "%s/users", config_dir);
	assert_string_equal(c.auth.users, path);
	assert_int_equal(config_load("./conf", false, &c, &f), 0);
	snprintf(path, sizeof(path), "%s/./users", config_dir);
	assert_string_equal(c.auth.users, path);
	assert_int_equal(chdir(before), 0);
}

static void tells_every_mistake_by_line(void **state)
{
	struct config c;
	struct conf_faults f;

	(void)state;
	assert_int_equal(config_dir_load("# one\nlisen = 1 # {\n\nthreads = 0\n"
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
	char text[4096] = CONFIG_DIR_SOUND;
	struct config c;
	struct conf_faults f;
	char printed[8192] = "";
	FILE *to;

	(void)state;
	for (unsigned i = 0; i < CONF_FAULTS_MAX + 20; i++) {
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "zz%u = 1\n", i);
	}
	assert_int_equal(config_dir_load(text, &c, &f), -1);
	assert_true(f.count > CONF_FAULTS_MAX);
	to = fmemopen(printed, sizeof(printed), "w");
	conf_faults_print(&f, "x.conf", to);
	assert_int_equal(fclose(to), 0);
	assert_non_null(strstr(printed, "x.conf:6: unknown setting 'zz0'"));
	assert_non_null(strstr(printed, "x.conf: and "));
}

static void refuses_files_that_are_no_text(void **state)
{
	static char large[66 * 1024];
	struct config c;
	struct conf_faults f;

	(void)state;
	config_dir_write(config_dir_conf, "a\0b", 3);
	assert_int_equal(config_load(config_dir_conf, false, &c, &f), -1);
	assert_non_null(strstr(f.fault[0].text, "NUL"));
	memset(large, '\n', sizeof(large));
	config_dir_write(config_dir_conf, large, sizeof(large));
	assert_int_equal(config_load(config_dir_conf, false, &c, &f), -1);
	assert_non_null(strstr(f.fault[0].text, "larger than 65536 octets"));
	assert_int_equal(config_load(config_dir, false, &c, &f), -1);
	assert_non_null(strstr(f.fault[0].text, "is no file"));
	assert_int_equal(config_load("/nowhere/x", false, &c, &f), -1);
	assert_string_equal(f.fault[0].text, "No such file or directory");
}

static void looks_for_what_it_names(void **state)
{
	char text[1024];

	(void)state;
	config_dir_expect_fault(
	    "mail_root = gone\nusers = users\ncache_dir = cache\n"
	    "run_dir = run\nlisten = 127.0.0.1:0\n",
	    1, "make it with: mkdir -p");
	config_dir_expect_fault(
	    "mail_root = users\nusers = users\ncache_dir = cache\n"
	    "run_dir = run\nlisten = 127.0.0.1:0\n",
	    1, "is no directory");
	config_dir_expect_fault(
	    "mail_root = mail\nusers = gone\ncache_dir = cache\n"
	    "run_dir = run\nlisten = 127.0.0.1:0\n",
	    2, "make it with: restantectl -c ");
	config_dir_expect_fault(
	    "mail_root = mail\nusers = users\ncache_dir = no/cache\n"
	    "run_dir = run\nlisten = 127.0.0.1:0\n",
	    3, "set cache_dir to another");
	config_dir_expect_fault(
	    "mail_root = mail\nusers = users\ncache_dir = cache\n"
	    "run_dir = users\nlisten = 127.0.0.1:0\n",
	    4, "users: no such directory");
	snprintf(text, sizeof(text), "%s/users", config_dir);
	assert_int_equal(chmod(text, 0602), 0);
	config_dir_expect_fault(CONFIG_DIR_SOUND, 2, "everybody may write it");
	assert_int_equal(chmod(text, 0600), 0);
}

static void looks_for_accounts_as_root(void **state)
{
	static const char text[] =
	    CONFIG_DIR_SOUND "session_user = no-such-account\n"
			     "auth_user = root\nmail_user = daemon\n";
	struct config c;
	struct conf_faults f;

	(void)state;
	config_dir_write(config_dir_conf, text, strlen(text));
	assert_int_equal(config_load(config_dir_conf, true, &c, &f), -1);
	assert_int_equal(f.count, 3);
	assert_int_equal(f.fault[0].line, CONFIG_DIR_LINES + 1);
	assert_non_null(strstr(f.fault[0].text, "adduser --system"));
	assert_non_null(strstr(f.fault[1].text, "is root"));
	assert_non_null(strstr(f.fault[2].text, "is below uid_min"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_in_defaults),
		cmocka_unit_test(takes_what_is_set),
		cmocka_unit_test(finds_a_relative_configuration_file),
		cmocka_unit_test(tells_every_mistake_by_line),
		cmocka_unit_test(counts_more_mistakes_than_it_keeps),
		cmocka_unit_test(refuses_files_that_are_no_text),
		cmocka_unit_test(looks_for_what_it_names),
		cmocka_unit_test(looks_for_accounts_as_root),
	};

	return cmocka_run_group_tests(tests, config_dir_make,
				      config_dir_remove);
}
