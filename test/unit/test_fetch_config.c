// SPDX-License-Identifier: ISC
/*
 * test_fetch_config.c - sound configurations are read as they are meant.
 * Runs in: the tests.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/conf/config.h"
#include "fetch/conf/config_table.h"
#include "fetch/conf/destination.h"
#include "fetch/limits.h"

static const struct place place = { .home = "/home/me", .here = "/somewhere" };

static struct config load(const char *text)
{
	struct config config;
	struct conf_faults faults;
	char *copy = strdup(text);

	assert_non_null(copy);
	if (config_load_text(copy, &place, &config, &faults) != 0) {
		conf_faults_print(&faults, "conf", stderr);
		fail();
	}
	assert_int_equal(faults.count, 0);
	free(copy);
	return config;
}

#define ACCOUNT(extra)                                                         \
	"account \"work\" {\n"                                                 \
	"server = \"pop.example.org\"\n"                                       \
	"user = \"me@example.org\"\n"                                          \
	"deliver = \"maildir:~/Mail\"\n" extra "\n}\n"

static void has_defaults(void **state)
{
	struct config c = load(ACCOUNT(""));
	const struct account *a = &c.account[0];

	(void)state;
	assert_int_equal(c.count, 1);
	assert_string_equal(a->name, "work");
	assert_int_equal(a->line, 1);
	assert_string_equal(a->host, "pop.example.org");
	assert_string_equal(a->user, "me@example.org");
	assert_int_equal(a->tls, ACCOUNT_TLS_IMPLICIT);
	assert_int_equal(a->port, 995);
	assert_int_equal(a->deliver.kind, DESTINATION_MAILDIR);
	assert_string_equal(a->deliver.path, "/home/me/Mail");
	assert_false(a->deletes);
	assert_false(a->clear_text);
	assert_false(a->has_pin);
	assert_null(a->password);
	assert_null(a->password_command);
	assert_null(a->password_file);
	assert_null(a->mechanisms);
	assert_null(a->ca_file);
	assert_null(a->certificate_file);
	assert_null(a->key_file);
	assert_int_equal(a->delete_days, 0);
	assert_int_equal(a->newer_days, 0);
	assert_int_equal(a->size_max, 0);
	assert_int_equal(a->batch, 0);
	assert_int_equal(a->pipelining, ACCOUNT_PIPELINING_AUTO);
	assert_int_equal(a->timeout_s, 60);
	assert_int_equal(a->interval_s, 300);
	assert_int_equal(a->rules_count, 0);
	config_finish(&c);
	assert_int_equal(c.count, 0);
}

static void takes_every_setting(void **state)
{
	struct config c = load(
	    "account a {\n"
	    "server = POP.example.org.\n tls = stls\n port = 1110\n"
	    "user = \"J\xc3\xb6rg\"\n"
	    "password_command = {\"pass\", \"show\", \"my mail\"}\n"
	    "auth = {scram-sha-256-plus, \"PLAIN\"}\n"
	    "pin = \"SHA256 Fingerprint=00:01:02:03:04:05:06:07:08:09:0A:0b:"
	    "0c:0d:0e:0f:10:11:12:13:14:15:16:17:18:19:1a:1b:1c:1d:1e:1f\"\n"
	    "certificate = \"${HOME}/c.pem\"\n key = '$HOME/k.pem'\n"
	    "clear_text = yes\n"
	    "deliver = \"lmtp:/run/dovecot/lmtp\"\n sender = \"\"\n"
	    "recipient = \"ann@example.org\"\n"
	    "after = delete\n delete_after_days = 14\n newer_than_days = 30\n"
	    "size_max = \"20M\"\n batch = 100\n pipelining = no\n"
	    "timeout = 2m\n interval = 1d\n}\n");
	const struct account *a = &c.account[0];

	(void)state;
	assert_string_equal(a->host, "pop.example.org");
	assert_int_equal(a->tls, ACCOUNT_TLS_STLS);
	assert_int_equal(a->port, 1110);
	assert_string_equal(a->user, "J\xc3\xb6rg");
	assert_string_equal(a->password_command[2], "my mail");
	assert_null(a->password_command[3]);
	assert_string_equal(a->mechanisms, "SCRAM-SHA-256-PLUS PLAIN");
	assert_true(a->has_pin);
	for (uint8_t i = 0; i < 32; i++) {
		assert_int_equal(a->pin[i], i);
	}
	assert_string_equal(a->key_file, "/home/me/k.pem");
	assert_true(a->clear_text);
	assert_int_equal(a->deliver.kind, DESTINATION_LMTP);
	assert_string_equal(a->deliver.path, "/run/dovecot/lmtp");
	assert_string_equal(a->deliver.sender, "");
	assert_string_equal(a->deliver.recipient, "ann@example.org");
	assert_true(a->deletes);
	assert_int_equal(a->delete_days, 14);
	assert_int_equal(a->newer_days, 30);
	assert_int_equal(a->size_max, 20u << 20);
	assert_int_equal(a->batch, 100);
	assert_int_equal(a->pipelining, ACCOUNT_PIPELINING_NO);
	assert_int_equal(a->timeout_s, 120);
	assert_int_equal(a->interval_s, 86400);
	config_finish(&c);
}

static void completes_what_follows(void **state)
{
	struct config c = load(ACCOUNT(
	    "delete_after_days = 7") "account b { server = b.example port = "
				     "110 user = b deliver = "
				     "\"mbox:/b\" }"
				     "account c { server = c.example tls = "
				     "stls user = c deliver = "
				     "\"-\" }"
				     "account d { server = localhost tls = "
				     "none user = d@example.org "
				     "deliver = \"smtp:[::1]\" }"
				     "account e { server = \"[::1]\" tls = "
				     "none port = 995 user = e "
				     "deliver = {\"command:~/bin/x\", \"a b\"} "
				     "}"
				     "account f { server = f.example user = f "
				     "deliver = stdout "
				     "certificate = /f.pem auth = EXTERNAL }");

	(void)state;
	assert_int_equal(c.count, 6);
	assert_true(c.account[0].deletes);
	assert_int_equal(c.account[1].tls, ACCOUNT_TLS_STLS);
	assert_int_equal(c.account[1].port, 110);
	assert_int_equal(c.account[2].port, 110);
	assert_int_equal(c.account[2].deliver.kind, DESTINATION_OUTPUT);
	assert_int_equal(c.account[3].port, 110);
	assert_int_equal(c.account[3].deliver.port, 25);
	assert_string_equal(c.account[3].deliver.host, "::1");
	assert_string_equal(c.account[3].deliver.recipient, "d@example.org");
	assert_string_equal(c.account[4].host, "::1");
	assert_int_equal(c.account[4].port, 995);
	assert_string_equal(c.account[4].deliver.argv[0], "/home/me/bin/x");
	assert_string_equal(c.account[4].deliver.argv[1], "a b");
	assert_null(c.account[4].deliver.argv[2]);
	assert_string_equal(c.account[5].key_file, "/f.pem");
	assert_ptr_not_equal(c.account[5].key_file,
			     c.account[5].certificate_file);
	config_finish(&c);
}

/* An account's own settings, and what stands together with them, win. */
static void takes_defaults_of_the_file(void **state)
{
	struct config c = load(
	    "account first { server = a.example user = a timeout = 10 }\n"
	    "defaults {\n"
	    "  deliver = \"maildir:~/Mail\" timeout = 90 interval = 10m\n"
	    "  after = delete delete_after_days = 3\n"
	    "  password_command = \"pass show\" ca_file = /ca.pem port = 110\n"
	    "  rule { field = Subject pattern = \"*x*\" action = skip }\n"
	    "}\n"
	    "account second { server = b.example user = b after = keep\n"
	    "  password_file = ~/secret tls = implicit\n"
	    "  pin = \"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"\n"
	    "  rule { field = From pattern = \"*\" action = folder folder = "
	    "Lists }\n}\n");
	const struct account *a = &c.account[0];
	const struct account *b = &c.account[1];

	(void)state;
	assert_int_equal(a->timeout_s, 10);
	assert_int_equal(a->interval_s, 600);
	assert_true(a->deletes);
	assert_int_equal(a->delete_days, 3);
	assert_string_equal(a->password_command[1], "show");
	assert_string_equal(a->ca_file, "/ca.pem");
	assert_int_equal(a->tls, ACCOUNT_TLS_STLS);
	assert_int_equal(a->rules_count, 1);

	assert_int_equal(b->timeout_s, 90);
	assert_false(b->deletes);
	assert_int_equal(b->delete_days, 0);
	assert_null(b->password_command);
	assert_string_equal(b->password_file, "/home/me/secret");
	assert_null(b->ca_file);
	assert_int_equal(b->pin[31], 31);
	assert_int_equal(b->port, 995);
	assert_int_equal(b->rules_count, 2);
	assert_string_equal(b->rules[0].field, "From");
	assert_int_equal(b->rules[0].action, RULE_FOLDER);
	assert_string_equal(b->rules[0].folder, "Lists");
	assert_string_equal(b->rules[1].field, "Subject");
	assert_null(b->rules[1].folder);
	assert_string_equal(b->deliver.path, "/home/me/Mail");
	config_finish(&c);
}

static void takes_what_is_odd_and_sound(void **state)
{
	struct config c = load("");

	(void)state;
	assert_int_equal(c.count, 0);
	config_finish(&c);
	c = load("# nothing\ndefaults { }\n");
	config_finish(&c);
	c = load("account\n\"a\"\n{ server = a.example // comment {\n"
		 "user = \"}{\" /* account b {\n */ deliver = 'mbox:/a{b' }");
	assert_string_equal(c.account[0].user, "}{");
	assert_string_equal(c.account[0].deliver.path, "/a{b");
	assert_int_equal(c.account[0].line, 3);
	config_finish(&c);
	c = load(ACCOUNT("auth = \"LOGIN\"\nauth += {\"PLAIN\"}"));
	assert_string_equal(c.account[0].mechanisms, "LOGIN PLAIN");
	config_finish(&c);
}

/* Up to the limit, and not beyond. */
static void has_many_accounts(void **state)
{
	size_t room = (FETCH_ACCOUNTS_MAX + 1) * 100;
	char *text = malloc(room);
	size_t len = 0;
	struct config c;
	struct conf_faults faults;

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < FETCH_ACCOUNTS_MAX; i++) {
		len += (size_t)snprintf(text + len, room - len,
					"account a%u { server = a%u.example "
					"user = u deliver = 'mbox:/x' }\n",
					i, i);
	}
	c = load(text);
	assert_int_equal(c.count, FETCH_ACCOUNTS_MAX);
	assert_string_equal(config_find(&c, "a999")->host, "a999.example");
	assert_int_equal(config_find(&c, "a999")->line, 1000);
	assert_null(config_find(&c, "a1000"));
	config_finish(&c);
	snprintf(text + len, room - len,
		 "account more { server = x user = u deliver = 'mbox:/x' }\n");
	assert_int_equal(config_load_text(text, &place, &c, &faults), -1);
	assert_int_equal(faults.count, 1);
	assert_string_equal(faults.fault[0].text, "more than 1000 accounts");
	free(text);
}

static void finds_names(void **state)
{
	struct config c = load(ACCOUNT("") "account \"home.2\" { server = h "
					   "user = u deliver = - }");

	(void)state;
	assert_ptr_equal(config_find(&c, "home.2"), &c.account[1]);
	assert_null(config_find(&c, "home"));
	assert_string_equal(config_nearest(&c, "wrok"), "work");
	assert_string_equal(config_nearest(&c, "home2"), "home.2");
	assert_null(config_nearest(&c, "something"));
	config_finish(&c);
	assert_true(config_is_name("a"));
	assert_true(config_is_name("me@example.org"));
	assert_true(config_is_name("3com"));
	assert_false(config_is_name("3"));
	assert_false(config_is_name("-a"));
}

/* Others could have a command of theirs run. */
static void refuses_files_of_others(void **state)
{
	char path[] = "/tmp/restante-unit-XXXXXX";
	int fd = mkstemp(path);
	struct config c;
	struct conf_faults faults;
	static const mode_t bad[] = { 0620, 0602, 0666, 0664 };
	char want[256];

	(void)state;
	assert_true(fd >= 0);
	snprintf(want, sizeof(want),
		 "others may write it, and so could run any program as you; "
		 "type: chmod go-w %s",
		 path);
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_int_equal(fchmod(fd, bad[i]), 0);
		assert_int_equal(config_load(path, &place, &c, &faults), -1);
		assert_int_equal(faults.count, 1);
		assert_string_equal(faults.fault[0].text, want);
	}
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_int_equal(config_load(path, &place, &c, &faults), 0);
	config_finish(&c);
	assert_int_equal(ftruncate(fd, FETCH_CONFIG_OCTETS_MAX + 1), 0);
	assert_int_equal(config_load(path, &place, &c, &faults), -1);
	assert_string_equal(faults.fault[0].text,
			    "is larger than 1048576 octets");
	if (geteuid() == 0) {
		assert_int_equal(fchown(fd, 65534, 65534), 0);
		assert_int_equal(config_load(path, &place, &c, &faults), -1);
	}
	close(fd);
	unlink(path);
	assert_int_equal(config_load(path, &place, &c, &faults), -1);
	assert_string_equal(
	    faults.fault[0].text,
	    "is not there yet; to begin, type: restante account add");
	assert_int_equal(config_load("/tmp", &place, &c, &faults), -1);
	assert_string_equal(faults.fault[0].text, "is no file");
}

/* What is installed is sound, and so is what stands in it as a comment. */
static void takes_the_sample(void **state)
{
	char text[16384] = "";
	FILE *f = fopen(SAMPLE, "r");
	struct config c;
	size_t len;

	(void)state;
	assert_non_null(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[len] = '\0';
	c = load(text);
	assert_int_equal(c.count, 0);
	config_finish(&c);
	for (char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n' ? 1 : 0;
		if (line[0] == '#' && line[1] != ' ' && line[1] != '\n') {
			line[0] = ' '; /* "#account": a setting */
		}
	}
	c = load(text);
	assert_int_equal(c.count, 3);
	config_finish(&c);
}

/* Both tables of settings have the same names. */
static void tables_agree(void **state)
{
	const struct conf_row *rows = config_grammar.root.sections[0].rows;

	(void)state;
	for (size_t i = 0; i < config_rows_count; i++) {
		assert_string_equal(config_rows[i].name, rows[i].name);
		assert_int_equal(config_rows[i].is_list, rows[i].is_list);
	}
	assert_null(rows[config_rows_count].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_defaults),
		cmocka_unit_test(takes_every_setting),
		cmocka_unit_test(completes_what_follows),
		cmocka_unit_test(takes_defaults_of_the_file),
		cmocka_unit_test(takes_what_is_odd_and_sound),
		cmocka_unit_test(has_many_accounts),
		cmocka_unit_test(finds_names),
		cmocka_unit_test(refuses_files_of_others),
		cmocka_unit_test(takes_the_sample),
		cmocka_unit_test(tables_agree),
	};

	setenv("HOME", "/home/me", 1); /* libConfuse looks it up itself */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
