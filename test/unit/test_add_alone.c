// SPDX-License-Identifier: ISC
/*
 * test_add_alone.c - what the dialogue that sets an account up does where there
 * is nobody to be asked.
 */
#include "add_play.h"

static const struct played_server unverified[] = {
	{ "pop.example.org", 995, ACCOUNT_TLS_IMPLICIT, PROBE_UNVERIFIED },
	NO_MORE,
};

static const struct played_server usual_servers[] = {
	{ "mail.example.org", 995, ACCOUNT_TLS_IMPLICIT, PROBE_READY },
	NO_MORE,
};

static const struct options_account all_options = {
	.user = "me@example.org",
	.password_command = "/bin/echo right",
	.to = "maildir:~/Mail",
	.after = AFTER_DELETE,
};

static void options_are_answers(void **state)
{
	char config[PLAY_SAID_MAX];
	struct play p;

	(void)state;
	play_init(&p, usual_servers);
	p.options = all_options;
	assert_int_equal(play_alone(&p), EX_OK);
	assert_null(strstr(p.said, "]: "));
	assert_true(play_read(&p, PLAY_CONFIG, config));
	assert_non_null(strstr(config, "account \"example\""));
	assert_non_null(strstr(config, "after = delete"));
	play_finish(&p);
}

static void what_is_missing_is_named(void **state)
{
	static const char *const missing[] = {
		"--user",
		"--password-command or --password-file",
		"--to",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(missing); i++) {
		struct play p;
		const char **const fields[] = { &p.options.user,
						&p.options.password_command,
						&p.options.to };

		play_init(&p, usual_servers);
		p.options = all_options;
		*fields[i] = NULL;
		assert_int_equal(play_alone(&p), EX_USAGE);
		assert_non_null(strstr(p.said, missing[i]));
		assert_true(play_wrote_nothing(&p));
		play_finish(&p);
	}
}

static void set(const char **to, const char *value)
{
	*to = value != NULL ? value : *to;
}

/* What is said in with stands for what is said in o. */
static void overlay(struct options_account *o,
		    const struct options_account *with)
{
	set(&o->server, with->server);
	set(&o->port, with->port);
	set(&o->tls, with->tls);
	set(&o->user, with->user);
	set(&o->to, with->to);
	set(&o->password_command, with->password_command);
	set(&o->pin, with->pin);
	set(&o->mechanisms, with->mechanisms);
}

struct refused {
	struct options_account options;
	const char *name;
	int code;
	const char *said;
	const char *tried;
};

static void options_that_are_wrong_are_refused(void **state)
{
	static const struct refused all[] = {
		{ { .server = "a b" }, NULL, EX_USAGE, "a b", "" },
		{ { .server = "x", .port = "0" },
		  NULL,
		  EX_USAGE,
		  "--port",
		  "" },
		{ { .server = "x", .tls = "yes" },
		  NULL,
		  EX_USAGE,
		  "--tls",
		  "" },
		{ { .port = "995" }, NULL, EX_USAGE, "--server", "" },
		{ { .server = "mail.example.org", .tls = "none" },
		  NULL,
		  EX_USAGE,
		  "clear text",
		  "" },
		{ { .pin = "md5:1" }, NULL, EX_USAGE, "--pin", "" },
		{ { .mechanisms = "ROT13!" }, NULL, EX_USAGE, "--auth", "" },
		{ { .password_command = "a | b" },
		  NULL,
		  EX_USAGE,
		  "a | b",
		  NULL },
		{ { .password_command = "/bin/false" },
		  NULL,
		  -1,
		  "/bin/false",
		  NULL },
		{ { .password_command = "/bin/echo wrong" },
		  NULL,
		  EX_NOPERM,
		  "wrong password",
		  NULL },
		{ { .to = "nowhere" }, NULL, EX_USAGE, "nowhere", NULL },
		{ { .to = "lmtp:/x" }, NULL, EX_USAGE, "--recipient", NULL },
		{ { .server = "x.example.org" },
		  NULL,
		  EX_UNAVAILABLE,
		  "--server",
		  "x.example.org:995:0 " },
		{ { .user = "a\nb" }, NULL, EX_USAGE, "--user", "" },
		{ { .to = NULL }, "no name", EX_USAGE, "a name has", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		struct play p;
		int code;

		play_init(&p, usual_servers);
		p.name = all[i].name;
		p.options = all_options;
		overlay(&p.options, &all[i].options);
		code = play_alone(&p);
		if (code == EX_OK ||
		    (all[i].code >= 0 && code != all[i].code) ||
		    strstr(p.said, all[i].said) == NULL) {
			print_error("row %zu: %d\n%s\n", i, code, p.said);
			fail();
		}
		if (all[i].tried != NULL) {
			assert_string_equal(p.played->tried, all[i].tried);
		}
		assert_true(play_wrote_nothing(&p));
		play_finish(&p);
	}
}

/* Nobody is there to say yes: the fingerprint is told, and how to give it. */
static void nothing_is_pinned_unasked(void **state)
{
	struct play p;

	(void)state;
	play_init(&p, unverified);
	p.options = all_options;
	assert_int_equal(play_alone(&p), EX_PROTOCOL);
	assert_non_null(strstr(p.said, "--pin " PIN));
	assert_int_equal(p.played->visits, 0);
	assert_true(play_wrote_nothing(&p));
	/* nor is another than the one that was given */
	p.options.pin = PIN;
	assert_int_equal(play_alone(&p), EX_PROTOCOL);
	assert_true(play_wrote_nothing(&p));
	play_finish(&p);
}

static void loopback_may_be_without_tls(void **state)
{
	static const struct played_server servers[] = {
		{ "localhost", 1110, ACCOUNT_TLS_NONE, PROBE_READY },
		NO_MORE,
	};
	char config[PLAY_SAID_MAX];
	struct play p;

	(void)state;
	play_init(&p, servers);
	p.options = all_options;
	p.options.server = "localhost";
	p.options.port = "1110";
	p.options.tls = "none";
	p.options.user = "me";
	assert_int_equal(play_alone(&p), EX_OK);
	assert_non_null(strstr(p.said, "in clear text on this machine"));
	assert_true(play_read(&p, PLAY_CONFIG, config));
	assert_non_null(strstr(config, "tls = none"));
	play_finish(&p);
}

/* In this process, so that what leaks is found. */
static void nothing_leaks(void **state)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct play p;

	(void)state;
	play_init(&p, usual_servers);
	p.options = all_options;
	p.options.mechanisms = "SCRAM-SHA-256,PLAIN";
	assert_int_equal(play_on(&p, null, null, null), EX_OK);
	/* the same again, and another with its name */
	assert_int_equal(play_on(&p, null, null, null), EX_CONFIG);
	p.options.user = "you@example.org";
	p.name = "example";
	assert_int_equal(play_on(&p, null, null, null), EX_USAGE);
	p.name = "other";
	p.options.password_command = "/bin/echo wrong";
	assert_int_equal(play_on(&p, null, null, null), EX_NOPERM);
	close(null);
	play_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_answers),
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(options_that_are_wrong_are_refused),
		cmocka_unit_test(nothing_is_pinned_unasked),
		cmocka_unit_test(loopback_may_be_without_tls),
		cmocka_unit_test(nothing_leaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
