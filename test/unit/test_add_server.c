// SPDX-License-Identifier: ISC
/*
 * test_add_server.c - how the dialogue finds a server, and whom it trusts.
 */
#include "add_play.h"

/* The first questions, and no more answers behind them. */
static const struct turn first_turns[] = {
	{ "Mail address: ", "me@example.org" },
	{ "[example]: ", "" },
	{ "there [me@example.org]: ", NULL },
};

static void what_is_safest_is_tried_first(void **state)
{
	static const struct played_server servers[] = {
		{ "example.org", 110, ACCOUNT_TLS_STLS, PROBE_READY },
		{ "pop.example.org", 995, ACCOUNT_TLS_IMPLICIT,
		  PROBE_NO_ANSWER },
		{ "mail.example.org", 995, ACCOUNT_TLS_IMPLICIT,
		  PROBE_NO_POP3 },
		{ "example.org", 995, ACCOUNT_TLS_IMPLICIT, PROBE_NO_TLS },
		{ "pop.example.org", 110, ACCOUNT_TLS_STLS, PROBE_NO_TLS },
		NO_MORE,
	};
	struct play p;

	(void)state;
	play_init(&p, servers);
	assert_int_not_equal(play_turns(&p, first_turns, COUNT_OF(first_turns)),
			     EX_OK);
	/* pop3. is no host: not tried again; clear text is not tried at all */
	assert_string_equal(p.played->tried,
			    "pop.example.org:995:0 mail.example.org:995:0 "
			    "pop3.example.org:995:0 example.org:995:0 "
			    "pop.example.org:110:1 mail.example.org:110:1 "
			    "example.org:110:1 ");
	assert_non_null(strstr(p.said, "Found: example.org, port 110"));
	play_finish(&p);
}

/* What is not the server's doing is no better elsewhere, and is told. */
static void nobody_is_asked_where_asking_fails(void **state)
{
	static const struct played_server servers[] = {
		{ "pop.example.org", 995, ACCOUNT_TLS_IMPLICIT, PROBE_FAILED },
		{ "mail.example.org", 995, ACCOUNT_TLS_IMPLICIT, PROBE_READY },
		NO_MORE,
	};
	struct play p;

	(void)state;
	play_init(&p, servers);
	assert_int_equal(play_turns(&p, first_turns, 2), EX_OSERR);
	assert_string_equal(p.played->tried, "pop.example.org:995:0 ");
	assert_non_null(strstr(p.said, "TLS: it could not be asked\r\n"
				       "restante: played \\x1b[31m\r\n"));
	assert_true(play_wrote_nothing(&p));
	play_finish(&p);
}

static const struct played_server unverified[] = {
	{ "pop.example.org", 995, ACCOUNT_TLS_IMPLICIT, PROBE_UNVERIFIED },
	NO_MORE,
};

/* Where there is TLS, nothing is tried without it. */
static void a_port_of_tls_is_tried_once(void **state)
{
	static const struct played_server servers[] = {
		{ "127.0.0.1", 1995, ACCOUNT_TLS_IMPLICIT, PROBE_UNVERIFIED },
		NO_MORE,
	};
	static const struct turn turns[] = {
		{ "Mail address: ", "me@example.org" },
		{ "[example]: ", "" },
		{ "Pin it? [y/N]: ", "" },
	};
	struct play p;

	(void)state;
	play_init(&p, servers);
	p.options.server = "127.0.0.1";
	p.options.port = "1995";
	assert_int_equal(play_turns(&p, turns, COUNT_OF(turns)), EX_PROTOCOL);
	assert_string_equal(p.played->tried, "127.0.0.1:1995:0 ");
	play_finish(&p);
}

/* A sound one that comes later is better than a certificate to be judged. */
static void a_sound_certificate_wins(void **state)
{
	static const struct played_server servers[] = {
		{ "pop.example.org", 995, ACCOUNT_TLS_IMPLICIT,
		  PROBE_UNVERIFIED },
		{ "mail.example.org", 110, ACCOUNT_TLS_STLS, PROBE_READY },
		NO_MORE,
	};
	struct play p;

	(void)state;
	play_init(&p, servers);
	(void)play_turns(&p, first_turns, COUNT_OF(first_turns));
	assert_non_null(strstr(p.said, "Found: mail.example.org, port 110"));
	assert_null(strstr(p.said, "Pin it?"));
	play_finish(&p);
}

static void a_certificate_is_pinned_on_a_yes_alone(void **state)
{
	static const char *const answers[] = { "", "n", "no", "maybe\nn" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(answers); i++) {
		const struct turn turns[] = {
			{ "Mail address: ", "me@example.org" },
			{ "[example]: ", "" },
			{ "Pin it? [y/N]: ", answers[i] },
		};
		struct play p;

		play_init(&p, unverified);
		assert_int_equal(play_turns(&p, turns, COUNT_OF(turns)),
				 EX_PROTOCOL);
		assert_non_null(strstr(p.said, PIN));
		assert_int_equal(p.played->visits, 0);
		assert_true(play_wrote_nothing(&p));
		play_finish(&p);
	}
}

static void a_pin_stands_in_the_configuration(void **state)
{
	static const struct turn turns[] = {
		{ "Mail address: ", "me@example.org" },
		{ "[example]: ", "" },
		{ "Pin it? [y/N]: ", "y" },
		{ "there [me@example.org]: ", "" },
		{ "1, 2 or 3 [3]: ", "" },
		{ "Password: ", "right" },
		{ "To [maildir:~/Mail]: ", "" },
		{ "delivered? [y/N]: ", "" },
		{ "Write it? [Y/n]: ", "" },
	};
	char config[PLAY_SAID_MAX];
	struct play p;

	(void)state;
	play_init(&p, unverified);
	assert_int_equal(play_turns(&p, turns, COUNT_OF(turns)), EX_OK);
	assert_non_null(strstr(p.said, "certificate pinned"));
	assert_true(play_read(&p, PLAY_CONFIG, config));
	assert_non_null(strstr(config, "pin = \"" PIN "\""));
	play_finish(&p);
}

static void a_server_can_be_named(void **state)
{
	static const struct played_server servers[] = {
		{ "box.example.net", 110, ACCOUNT_TLS_STLS, PROBE_READY },
		NO_MORE,
	};
	static const struct turn turns[] = {
		{ "Mail address: ", "me" },
		{ "[me]: ", "" },
		{ "Name of the server: ", "other.example.net" },
		{ "Name of the server: ", "" },
		{ "Name of the server: ", "box.example.net" },
		{ "there [me]: ", NULL },
	};
	struct play p;

	(void)state;
	play_init(&p, servers);
	p.is_dull = true;
	assert_int_equal(play_turns(&p, turns, COUNT_OF(turns)), EX_USAGE);
	assert_string_equal(p.played->tried,
			    "other.example.net:995:0 box.example.net:995:0 "
			    "box.example.net:110:1 ");
	assert_non_null(strstr(p.said, "(no CAPA)"));
	play_finish(&p);
}

/* A mistake is asked about again; a port may stand behind the name. */
static void a_server_can_be_named_with_its_port(void **state)
{
	static const struct played_server servers[] = { NO_MORE };
	static const struct turn turns[] = {
		{ "Mail address: ", "me" },
		{ "[me]: ", "" },
		{ "Name of the server: ", "pop3://box.example.net" },
		{ "Name of the server: ", "box.example.net:99999" },
		{ "Name of the server: ", "Box.example.net:1995" },
		{ "Name of the server: ", "[::1]:1110" },
		{ "Name of the server: ", "::1" },
		{ "Name of the server: ", NULL },
	};
	struct play p;

	(void)state;
	play_init(&p, servers);
	assert_int_equal(play_turns(&p, turns, COUNT_OF(turns)), EX_USAGE);
	assert_string_equal(p.played->tried,
			    "box.example.net:1995:0 ::1:1110:0 ::1:995:0 ");
	assert_non_null(strstr(p.said, "write the host alone"));
	assert_non_null(strstr(p.said, "99999"));
	play_finish(&p);
}

static void providers_are_known(void **state)
{
	static const struct turn gmail[] = {
		{ "Mail address: ", "me@gmail.com" },
		{ "[gmail]: ", "" },
		{ "Name of the server: ", NULL },
	};
	static const struct turn none[] = {
		{ "Mail address: ", "me@iCloud.com" },
		{ "[iCloud]: ", "" },
	};
	static const struct played_server servers[] = { NO_MORE };
	struct play p;

	(void)state;
	play_init(&p, servers);
	assert_int_equal(play_turns(&p, gmail, COUNT_OF(gmail)), EX_USAGE);
	assert_string_equal(p.played->tried, "pop.gmail.com:995:0 ");
	assert_non_null(strstr(p.said, "app password"));
	play_finish(&p);
	play_init(&p, servers);
	assert_int_equal(play_turns(&p, none, COUNT_OF(none)), EX_UNAVAILABLE);
	assert_string_equal(p.played->tried, "");
	assert_non_null(strstr(p.said, "It has no POP3"));
	play_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_safest_is_tried_first),
		cmocka_unit_test(nobody_is_asked_where_asking_fails),
		cmocka_unit_test(a_port_of_tls_is_tried_once),
		cmocka_unit_test(a_sound_certificate_wins),
		cmocka_unit_test(a_certificate_is_pinned_on_a_yes_alone),
		cmocka_unit_test(a_pin_stands_in_the_configuration),
		cmocka_unit_test(a_server_can_be_named),
		cmocka_unit_test(a_server_can_be_named_with_its_port),
		cmocka_unit_test(providers_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
