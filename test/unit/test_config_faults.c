// SPDX-License-Identifier: ISC
/*
 * test_config_faults.c - each mistake in a configuration is told, with its line
 * and a remedy.
 * Runs in: the tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config_dir.h"
#include "master/config_table.h"
#include "conf/text.h"

static void refuses_values_out_of_range(void **state)
{
	(void)state;
	config_dir_expect_value_fault(
	    "session_processes = 0x",
	    "session_processes = 0x: not a number from 1 to "
	    "64, or auto");
	config_dir_expect_value_fault("session_processes = 65", "not a number");
	config_dir_expect_value_fault("connections_max = -1",
				      "not a number from 1");
	config_dir_expect_value_fault("connections_max = 18446744073709551617",
				      "not a number from 1");
	config_dir_expect_value_fault("connections_max = ''",
				      "not a number from 1");
	config_dir_expect_value_fault("idle_time = 600",
				      "not a time from 1s to 24h");
	config_dir_expect_value_fault("idle_time = 0s",
				      "write it as 90s, 10m or 1h");
	config_dir_expect_value_fault("idle_time = 999999999999999999h",
				      "not a time");
	config_dir_expect_value_fault("keepalive = 3h",
				      "not a time from 1s to 2h");
	config_dir_expect_value_fault("cache_size = 1g",
				      "write it as 512M or 1G");
	config_dir_expect_value_fault("cache_size = 1K", "not a size from 1M");
	config_dir_expect_value_fault("log = file",
				      "one of: stderr, syslog, journal");
	config_dir_expect_value_fault("sandbox = off",
				      "not one of: on, required");
	config_dir_expect_value_fault("plaintext = yes", "loopback, always");
	config_dir_expect_value_fault("shared_lock = maybe",
				      "not one of: no, yes");
	config_dir_expect_value_fault("uid_min = 0", "not a number from 1");
	config_dir_expect_value_fault("login_delay = 61m",
				      "not a time from 0s to 1h");
	config_dir_expect_value_fault("failures_max = 10001",
				      "not a number from 0 to 10000");
	config_dir_expect_value_fault("tls_ticket_time = 59s",
				      "not a time from 1m to 24h");
	config_dir_expect_value_fault("tls_alpn = yes", "optional, required");
	config_dir_expect_value_fault("tls_client_user = name",
				      "email, common_name");
}

static void refuses_odd_texts(void **state)
{
	char path[SETTINGS_PATH_MAX + 32];

	(void)state;
	config_dir_expect_value_fault("greeting = ''",
				      "not of 1 to 128 octets");
	config_dir_expect_value_fault("greeting = 'a\x7f'", "printable ASCII");
	config_dir_expect_value_fault("greeting = 'a <b>'", "other than <");
	config_dir_expect_value_fault("hostname = 'a b'", "not a host name");
	config_dir_expect_value_fault("maildrop = %x", "'%x' means nothing");
	config_dir_expect_value_fault("maildrop = a%", "'%' means nothing");
	config_dir_expect_value_fault("maildrop = /srv/%u",
				      "must be below mail_root");
	config_dir_expect_value_fault("maildrop = '%u/../x'", "without ..");
	config_dir_expect_value_fault("maildrop = shared", "the same maildrop");
	config_dir_expect_value_fault("greeting = '[IN-USE] hello'",
				      "must not begin with [");
	config_dir_expect_value_fault("auth_user = -root",
				      "not the name of an account");
	config_dir_expect_fault(
	    "mail_root = ''\nusers = users\ncache_dir = cache\n"
	    "run_dir = run\nlisten = 127.0.0.1:0\n",
	    1, "mail_root = : empty; write a path");
	snprintf(path, sizeof(path), CONFIG_DIR_SOUND "greeting = %0*d\n", 900,
		 1);
	config_dir_expect_fault(path, CONFIG_DIR_LINES + 1,
				"not of 1 to 128 octets");
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
		config_dir_expect_fault(text, 5, "not an address and a port");
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
	config_dir_expect_fault(text, 6, "127.0.0.1:99: is there twice");
	snprintf(text, sizeof(text), "%slisten = {127.0.0.1:0, 127.0.0.1:0}",
		 begin);
	config_dir_load_sound(text, &(struct config){ 0 });
	snprintf(text, sizeof(text), "%slisten = 192.0.2.1:110", begin);
	config_dir_expect_fault(text, 5, "no interface of this machine");
	snprintf(text, sizeof(text), "%slisten = 224.0.0.1:110", begin);
	config_dir_expect_fault(text, 5, "multicast");
	snprintf(text, sizeof(text), "%slisten = {}", begin);
	config_dir_expect_fault(text, 5, "listen = {}: is empty");
}

static void refuses_odd_networks(void **state)
{
	static const char *const odd[] = { "10.0.0.0/33", "10.0.0/8", "local",
					   "", "::/129" };
	char text[512] = "proxy_from = {";

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		snprintf(text, sizeof(text), "proxy_from = {10.0.0.0/8,\n'%s'}",
			 odd[i]);
		config_dir_expect_fault_at(text, 2, "not a network or address");
	}
	snprintf(text, sizeof(text), "proxy_from = {");
	for (size_t i = 0; i <= SETTINGS_NETS_MAX; i++) {
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "10.0.0.0/8,");
	}
	text[strlen(text) - 1] = '}';
	config_dir_expect_value_fault(text, "more than 32 networks");
}

static void suggests_the_nearest_name(void **state)
{
	(void)state;
	config_dir_expect_value_fault(
	    "lisen = 1", "unknown setting 'lisen'; did you mean 'listen'?");
	config_dir_expect_value_fault("session_process = 1",
				      "'session_processes'");
	config_dir_expect_value_fault("idel_time = 1s", "'idle_time'");
	config_dir_expect_value_fault("Users = 1", "did you mean 'users'?");
	config_dir_expect_value_fault("xyzzy = 1",
				      "restanted.conf(5) lists all");
	assert_null(config_table_nearest(""));
	assert_null(config_table_nearest(
	    "a_name_that_is_much_longer_than_any_that_there_is"));
	assert_string_equal(config_table_nearest("logl_evel"), "log_level");
	/* what was begun wins, though another is nearer */
	assert_string_equal(config_table_nearest("tls_cert"),
			    "tls_certificate");
	assert_string_equal(config_table_nearest("tls_client"),
			    "tls_client_ca");
	assert_string_equal(config_table_nearest("tls_kye"), "tls_key");
}

static void tells_mistakes_of_form(void **state)
{
	(void)state;
	config_dir_expect_value_fault(
	    "greeting = hello there",
	    "'there' stands behind the value of 'greeting'");
	config_dir_expect_value_fault("threads", "ends within a setting");
	config_dir_expect_value_fault("threads 4", "'threads' has no value");
	config_dir_expect_value_fault("threads = = 1", "'=' cannot stand here");
	config_dir_expect_value_fault("threads = {1, 2}", "cannot stand here");
	config_dir_expect_value_fault("lisen = {\n\"a\",\n\"b\"}", "'listen'");
	config_dir_expect_value_fault("greeting = \"never ends", "never ends");
	config_dir_expect_value_fault("greeting = don't", "never ends");
	config_dir_expect_value_fault("/* never ends", "never ends");
	config_dir_expect_value_fault("threads =\n\n# c\n",
				      "ends within a setting");
	config_dir_expect_fault(CONFIG_DIR_SOUND
				"threads\n# a\n\nlog = stderr\n",
				CONFIG_DIR_LINES + 1, "write: threads = VALUE");
}

static void tells_what_is_set_twice(void **state)
{
	(void)state;
	config_dir_expect_fault(
	    CONFIG_DIR_SOUND "log = stderr\n# c\nlog = stderr\n",
	    CONFIG_DIR_LINES + 3,
	    "'log' is set twice, first on line 6; keep one");
	config_dir_expect_fault(CONFIG_DIR_SOUND "listen = 127.0.0.1:0\n",
				CONFIG_DIR_LINES + 1, "'listen' is set twice");
	config_dir_expect_fault(CONFIG_DIR_SOUND "log += {stderr}\n",
				CONFIG_DIR_LINES + 1,
				"'log' takes one value; write: log = VALUE");
}

static void blanks_comments_only(void **state)
{
	char text[] =
	    "a = 'x # y' # z\n// b\nc = http://d /* e\nf */ g = \"#\"";
	char open[] = "a = 1\nb = 'c\n# d\n";

	(void)state;
	assert_int_equal(conf_text_blank_comments(text), 0);
	assert_string_equal(text, "a = 'x # y'    \n    \nc = http://d     \n"
				  "     g = \"#\"");
	assert_int_equal(conf_text_blank_comments(open), 2);
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
		cmocka_unit_test(refuses_values_out_of_range),
		cmocka_unit_test(refuses_odd_texts),
		cmocka_unit_test(refuses_odd_addresses),
		cmocka_unit_test(refuses_impossible_addresses),
		cmocka_unit_test(refuses_odd_networks),
		cmocka_unit_test(suggests_the_nearest_name),
		cmocka_unit_test(tells_mistakes_of_form),
		cmocka_unit_test(tells_what_is_set_twice),
		cmocka_unit_test(blanks_comments_only),
		cmocka_unit_test(table_rows_are_sound),
	};

	return cmocka_run_group_tests(tests, config_dir_make,
				      config_dir_remove);
}
