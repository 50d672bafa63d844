// SPDX-License-Identifier: ISC
/*
 * test_fetch_chosen.c - the accounts that a command line is about.
 * Runs in: the tests.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/conf/chosen.h"

static const struct place place = { .home = "/home/me", .here = "/here" };

static char config_text[] =
    "account a { server = a.example user = a deliver = \"mbox:/a\" }\n"
    "account b { server = b.example user = b@b.example deliver = "
    "\"maildir:/b\" after = delete delete_after_days = 3\n"
    "rule { field = X pattern = y action = folder folder = L } }\n"
    "account c { server = c.example user = c deliver = \"lmtp:/c\" "
    "recipient = c }\n";

static struct config load(void)
{
	char *copy = strdup(config_text);
	struct config config;
	struct conf_faults faults;

	assert_non_null(copy);
	assert_int_equal(config_load_text(copy, &place, &config, &faults), 0);
	free(copy);
	return config;
}

static int choose(struct options *o, char **names, size_t count,
		  struct config *chosen, struct conf_reason *why)
{
	struct config config = load();
	int rc;

	o->names = names;
	o->names_count = count;
	rc = chosen_take(o, &place, &config, chosen, why);
	if (rc == 0) {
		size_t urls = 0;

		for (size_t i = 0; i < count; i++) {
			urls += strstr(names[i], "://") != NULL ? 1 : 0;
		}
		assert_int_equal(config.count + chosen->count - urls, 3);
	}
	config_finish(&config);
	return rc;
}

static struct config take(struct options *o, char **names, size_t count)
{
	struct config chosen;
	struct conf_reason why;

	if (choose(o, names, count, &chosen, &why) != 0) {
		fail_msg("%s", why.text);
	}
	return chosen;
}

#define NAMES(...)                                                             \
	(char *[]){ __VA_ARGS__ },                                             \
	    sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *)

static void takes_all(void **state)
{
	struct options o = { .command = COMMAND_FETCH };
	struct config c = take(&o, NULL, 0);

	(void)state;
	assert_int_equal(c.count, 3);
	assert_string_equal(c.account[0].name, "a");
	assert_string_equal(c.account[2].name, "c");
	config_finish(&c);
}

static void takes_those_named(void **state)
{
	struct options o = { .command = COMMAND_CHECK };
	struct config c = take(&o, NAMES("c", "pop3s://u@u.example/", "a"));

	(void)state;
	assert_int_equal(c.count, 3);
	assert_string_equal(c.account[0].name, "c");
	assert_string_equal(c.account[1].name, "u@u.example");
	assert_int_equal(c.account[1].line, 0);
	assert_string_equal(c.account[2].name, "a");
	config_finish(&c);
}

static void changes_what_options_say(void **state)
{
	struct options o = { .command = COMMAND_FETCH,
			     .account = { .to = "maildir:Mail",
					  .after = AFTER_KEEP } };
	struct config c = take(&o, NAMES("b", "a"));

	(void)state;
	assert_string_equal(c.account[0].deliver.path, "/here/Mail");
	assert_false(c.account[0].deletes);
	assert_int_equal(c.account[0].delete_days, 0);
	assert_int_equal(c.account[1].deliver.kind, DESTINATION_MAILDIR);
	config_finish(&c);

	o.account.after = AFTER_DELETE;
	o.account.to = "lmtp:/run/lmtp";
	o.account.recipient = "x@y";
	c = take(&o, NAMES("a", "pop3s://u@u.example"));
	assert_true(c.account[0].deletes);
	assert_string_equal(c.account[0].deliver.recipient, "x@y");
	assert_string_equal(c.account[1].deliver.recipient, "x@y");
	config_finish(&c);
}

static void gives_urls_what_options_say(void **state)
{
	struct options o = {
		.command = COMMAND_LIST,
		.account = { .password_command = "pass show x",
			     .pin = "000102030405060708090a0b0c0d0e0f"
				    "101112131415161718191a1b1c1d1e1f",
			     .mechanisms = "scram-sha-256, PLAIN" },
	};
	struct config c = take(&o, NAMES("pop3s://u@u.example"));
	const struct account *a = &c.account[0];

	(void)state;
	assert_string_equal(a->password_command[2], "x");
	assert_true(a->has_pin);
	assert_int_equal(a->pin[31], 31);
	assert_string_equal(a->mechanisms, "SCRAM-SHA-256 PLAIN");
	assert_int_equal(a->deliver.kind, DESTINATION_NONE);
	config_finish(&c);

	o.account = (struct options_account){ .password_file = "secret",
					      .clear_text = true };
	c = take(&o, NAMES("pop3://u@u.example"));
	assert_string_equal(c.account[0].password_file, "/here/secret");
	assert_int_equal(c.account[0].tls, ACCOUNT_TLS_NONE);
	assert_true(c.account[0].clear_text);
	config_finish(&c);
}

struct odd {
	struct options o;
	const char *names[3];
	const char *why;
};

static const struct odd odds[] = {
	{ { .command = COMMAND_FETCH },
	  { "xyz" },
	  "there is no account xyz; restante account list shows them all" },
	{ { .command = COMMAND_FETCH }, { "a", "a" }, "a is named twice" },
	{ { .command = COMMAND_CHECK },
	  { "pop3s://u@x", "pop3s://u@x/" },
	  "u@x is named twice" },
	{ { .command = COMMAND_CHECK },
	  { "pop3s://x" },
	  "the URL names no user; write pop3s://USER@HOST/" },
	{ { .command = COMMAND_FETCH },
	  { "pop3s://u@x" },
	  "say where the mail is to go: --to maildir:PATH, for instance" },
	{ { .command = COMMAND_FETCH, .account = { .to = "Mail" } },
	  { "a" },
	  "--to: say what is there: maildir:PATH or mbox:PATH" },
	{ { .command = COMMAND_FETCH, .account = { .to = "lmtp:/x" } },
	  { "a" },
	  "for whom is the mail? write --recipient ADDRESS" },
	{ { .command = COMMAND_FETCH,
	    .account = { .to = "mbox:/x", .recipient = "me" } },
	  { "a" },
	  "--recipient is for lmtp and smtp" },
	{ { .command = COMMAND_FETCH,
	    .account = { .to = "lmtp:/x", .recipient = "a b" } },
	  { "a" },
	  "--recipient: not an address of mail; write it as ann@example.org" },
	{ { .command = COMMAND_FETCH, .account = { .to = "-" } },
	  { "b" },
	  "account b has rules that file into folders, and only a maildir and "
	  "an mbox have them" },
	{ { .command = COMMAND_SHOW },
	  { NULL },
	  "of which account? name one of: a, b, c" },
	{ { .command = COMMAND_FETCH, .account = { .pin = "x" } },
	  { NULL },
	  "--pin is for URLs; name one, or set it in the configuration" },
	{ { .command = COMMAND_FETCH, .account = { .clear_text = true } },
	  { "a" },
	  "--clear-text is for URLs; set it for account a in the "
	  "configuration" },
	{ { .command = COMMAND_LIST, .account = { .clear_text = true } },
	  { "pop3s://u@x" },
	  "--clear-text: a pop3s URL is with TLS; write pop3://" },
	{ { .command = COMMAND_LIST, .account = { .pin = "ab" } },
	  { "pop3s://u@x" },
	  "--pin: not a SHA-256 fingerprint: \"sha256:\" and 64 hex digits, "
	  "or 44 characters of base64" },
	{ { .command = COMMAND_LIST, .account = { .mechanisms = "PLAN" } },
	  { "pop3s://u@x" },
	  "--auth: unknown mechanism 'PLAN'; did you mean 'PLAIN'?" },
	{ { .command = COMMAND_LIST, .account = { .mechanisms = "PLAIN" } },
	  { "pop3s://u;AUTH=LOGIN@x" },
	  "--auth: the URL says AUTH= too; leave one out" },
	{ { .command = COMMAND_LIST, .account = { .mechanisms = "," } },
	  { "pop3s://u@x" },
	  "--auth: empty; leave it out for all that is safe" },
	{ { .command = COMMAND_LIST, .account = { .mechanisms = "EXTERNAL" } },
	  { "pop3s://u@x" },
	  "EXTERNAL needs a certificate of our own, which only an account of "
	  "the configuration can have" },
	{ { .command = COMMAND_LIST, .account = { .ca_file = "/ca" } },
	  { "pop3://u@localhost" },
	  "there is no certificate without TLS: leave out --pin and --ca-file, "
	  "or write pop3s://" },
	{ { .command = COMMAND_LIST,
	    .account = { .password_command = "pass | head" } },
	  { "pop3s://u@x" },
	  "--password-command: | is for a shell, and none is run; write a "
	  "list, {\"PROGRAM\", \"ARGUMENT\"}, or {\"sh\", \"-c\", "
	  "\"COMMAND\"}" },
};

static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(odds); i++) {
		struct options o = odds[i].o;
		struct config chosen = { NULL, 77 };
		struct conf_reason why;
		char *names[3];
		size_t count = 0;

		while (count < 3 && odds[i].names[count] != NULL) {
			names[count] = strdup(odds[i].names[count]);
			count++;
		}
		if (choose(&o, names, count, &chosen, &why) != -1) {
			fail_msg("is taken, not: %s", odds[i].why);
		}
		assert_string_equal(why.text, odds[i].why);
		assert_int_equal(chosen.count, 77);
		while (count > 0) {
			free(names[--count]);
		}
	}
}

static void needs_no_configuration_for_urls(void **state)
{
	struct options o = { .names_count = 0 };
	struct config none = { NULL, 0 };
	struct config chosen;
	struct conf_reason why;

	(void)state;
	assert_true(chosen_needs_config(&o));
	assert_int_equal(chosen_take(&o, &place, &none, &chosen, &why), -1);
	assert_string_equal(why.text, "there is no account yet; set one up "
				      "with: restante account add");
	o.command = COMMAND_ACCOUNT_LIST; /* of none, which is no mistake */
	assert_int_equal(chosen_take(&o, &place, &none, &chosen, &why), 0);
	assert_int_equal(chosen.count, 0);
	config_finish(&chosen);
	o.names = (char *[]){ "pop://a@b", "pop://c@d" };
	o.names_count = 2;
	assert_false(chosen_needs_config(&o));
	o.command = COMMAND_LIST;
	assert_int_equal(chosen_take(&o, &place, &none, &chosen, &why), 0);
	config_finish(&chosen);
	o.names = (char *[]){ "pop://a@b", "work" };
	assert_true(chosen_needs_config(&o));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_all),
		cmocka_unit_test(takes_those_named),
		cmocka_unit_test(changes_what_options_say),
		cmocka_unit_test(gives_urls_what_options_say),
		cmocka_unit_test(refuses),
		cmocka_unit_test(needs_no_configuration_for_urls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
