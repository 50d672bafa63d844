// SPDX-License-Identifier: ISC
/*
 * test_fetch_ways.c - ways.c: which way to log in is taken first, and what is
 * said when none will do.
 */
#include "logged.h"

#define PLAIN_LINE "AUTH PLAIN AHRlc3QAc2VjcmV0\r\n"

/* The way that it begins with. */
static void assert_way(const char *way)
{
	g.step = login_begin(&g.options, &g.out, &g.login, &g.why);
	if (g.step != LOGIN_GOES_ON) {
		print_error("says: %s\n", g.why.text);
	}
	assert_int_equal(g.step, LOGIN_GOES_ON);
	assert_string_equal(login_way(g.login), way);
}

static void assert_no_way(enum why_kind kind, const char *words)
{
	assert_int_equal(login_begin(&g.options, &g.out, &g.login, &g.why),
			 LOGIN_REFUSED);
	assert_int_equal(g.out.len, 0);
	assert_why(kind, words);
}

static void have_exporter(void)
{
	g.options.exporter_len = 32;
	memset(g.options.exporter, 7, 32);
}

static void ask_for(const char *mechanisms)
{
	g.account.mechanisms = (char *)(uintptr_t)mechanisms;
}

#define ALL                                                                    \
	"PLAIN LOGIN CRAM-MD5 EXTERNAL SCRAM-SHA-1 SCRAM-SHA-256 "             \
	"SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS GSSAPI"

static void test_the_best_first(void **state)
{
	static const struct {
		const char *mechanisms, *way;
		bool binds;
	} rows[] = {
		{ ALL, "SCRAM-SHA-256-PLUS", true },
		{ ALL, "SCRAM-SHA-256", false },
		{ "PLAIN SCRAM-SHA-1 SCRAM-SHA-1-PLUS", "SCRAM-SHA-1-PLUS",
		  true },
		{ "PLAIN SCRAM-SHA-1 SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", false },
		{ "LOGIN PLAIN", "PLAIN", true },
		{ "LOGIN CRAM-MD5", "LOGIN", true },
		{ "GSSAPI NTLM", "USER", true },
		{ "CRAM-MD5", "USER", true },
		{ "scram-sha-256 Plain", "SCRAM-SHA-256", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		announce(rows[i].mechanisms);
		if (rows[i].binds) {
			have_exporter();
		}
		assert_way(rows[i].way);
		logged_end();
		logged_begin();
	}
}

static void test_without_capa_it_is_user(void **state)
{
	(void)state;
	without_capa();
	assert_way("USER");
	assert_slice(pop3_slice_of(g.out.at, g.out.len), "USER test\r\n");
}

/* Servers are known that say nothing about USER and have it. */
static void test_user_unannounced(void **state)
{
	(void)state;
	greet("+OK\r\n", "+OK\r\nTOP\r\nUIDL\r\n.\r\n");
	assert_way("USER");
}

static void test_user_not_beside_other_mechanisms(void **state)
{
	(void)state;
	greet("+OK\r\n", "+OK\r\nSASL GSSAPI\r\n.\r\n");
	assert_no_way(WHY_LOGIN, "has none of the ways to log in that are "
				 "safe; it has \"GSSAPI\"");
}

static void test_asked_for(void **state)
{
	(void)state;
	announce(ALL);
	ask_for("login  plain");
	assert_way("LOGIN");
}

/* Of those that are asked for the first that there is. */
static void test_asked_for_in_turn(void **state)
{
	(void)state;
	announce("PLAIN");
	ask_for("SCRAM-SHA-256 PLAIN USER");
	assert_way("PLAIN");
	assert_slice(pop3_slice_of(g.out.at, g.out.len), PLAIN_LINE);
}

static void test_asked_for_in_vain(void **state)
{
	(void)state;
	announce("PLAIN LOGIN");
	ask_for("SCRAM-SHA-256");
	assert_no_way(WHY_LOGIN, "that are asked for: SCRAM-SHA-256; it has "
				 "\"PLAIN LOGIN\"");
}

static void test_asked_for_is_no_way(void **state)
{
	(void)state;
	announce("PLAIN");
	ask_for("PLAIN KERBEROS_V4");
	assert_no_way(WHY_CONFIG, "there is no such way: \"KERBEROS_V4\"");
}

static void test_weak_ways_only_if_asked_for(void **state)
{
	(void)state;
	announce("CRAM-MD5");
	ask_for("CRAM-MD5");
	assert_way("CRAM-MD5");
	logged_end();
	logged_begin();
	announce("PLAIN");
	ask_for("APOP");
	assert_way("APOP");
	logged_end();
	logged_begin();
	without_capa();
	ask_for("APOP");
	assert_no_way(WHY_LOGIN, "asked for: APOP");
}

/* --- secrets in the clear --- */

static void test_no_secret_in_the_clear(void **state)
{
	(void)state;
	announce("PLAIN LOGIN");
	g.options.is_private = false;
	assert_no_way(WHY_LOGIN, "set tls = implicit or stls");
	logged_end();
	logged_begin();
	without_capa();
	g.options.is_private = false;
	assert_no_way(WHY_LOGIN, "set tls = implicit or stls");
}

static void test_nor_if_it_is_asked_for(void **state)
{
	(void)state;
	announce("PLAIN LOGIN");
	ask_for("PLAIN");
	g.options.is_private = false;
	assert_no_way(WHY_LOGIN, "set tls = implicit or stls");
}

static void test_clear_text_is_a_setting(void **state)
{
	(void)state;
	announce("PLAIN LOGIN");
	g.options.is_private = false;
	g.account.clear_text = true;
	assert_way("PLAIN");
}

/* What does not show the secret may go where others listen. */
static void test_scram_in_the_clear(void **state)
{
	(void)state;
	announce("PLAIN SCRAM-SHA-256");
	g.options.is_private = false;
	assert_way("SCRAM-SHA-256");
	assert_null(memmem(g.out.at, g.out.len, "secret", 6));
}

/* --- certificates, and no password --- */

static void test_external(void **state)
{
	(void)state;
	announce(ALL);
	g.options.password = NULL;
	g.options.has_certificate = true;
	assert_way("EXTERNAL");
	assert_slice(pop3_slice_of(g.out.at, g.out.len), "AUTH EXTERNAL =\r\n");
}

static void test_a_password_is_preferred(void **state)
{
	(void)state;
	announce("EXTERNAL PLAIN");
	g.options.has_certificate = true;
	assert_way("PLAIN");
	logged_end();
	logged_begin();
	announce("EXTERNAL PLAIN");
	g.options.has_certificate = true;
	ask_for("EXTERNAL");
	assert_way("EXTERNAL");
}

static void test_nothing_to_show(void **state)
{
	(void)state;
	announce(ALL);
	g.options.password = NULL;
	assert_no_way(WHY_LOGIN, "there is no password for test");
}

static void test_a_password_that_cannot_be_said(void **state)
{
	static const struct {
		const char *octets;
		size_t len;
	} rows[] = { { "", 0 }, { "a\nb", 3 }, { "a\rb", 3 }, { "a\0b", 3 } };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		announce("PLAIN");
		assert_true(
		    secret_set(&g.password, rows[i].octets, rows[i].len));
		assert_no_way(WHY_CONFIG, "the password is empty");
		logged_end();
		logged_begin();
	}
}

static void test_plus_asked_for_and_not_to_be_had(void **state)
{
	(void)state;
	announce(ALL);
	ask_for("SCRAM-SHA-256-PLUS");
	assert_no_way(WHY_LOGIN, "this connection cannot be bound to");
}

/* A name with a blank is none for USER, and may be one for PLAIN. */
static void test_a_name_with_a_blank(void **state)
{
	(void)state;
	g.account.user = (char *)(uintptr_t) "te st";
	announce("PLAIN");
	assert_way("PLAIN");
	logged_end();
	logged_begin();
	g.account.user = (char *)(uintptr_t) "te st";
	without_capa();
	assert_int_equal(login_begin(&g.options, &g.out, &g.login, &g.why),
			 LOGIN_REFUSED);
	assert_why(WHY_CONFIG, "cannot say");
}

static void test_what_is_known(void **state)
{
	struct pop3_slice word = { NULL, 0 };

	(void)state;
	assert_true(login_knows("", &word));
	assert_true(login_knows("scram-sha-256-plus  USER apop", &word));
	assert_false(login_knows(" PLAIN XOAUTH3 LOGIN", &word));
	assert_slice(word, "XOAUTH3");
	assert_false(login_knows("PLAI", &word));
	assert_false(login_knows("PLAINS", &word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_login(test_the_best_first),
		with_login(test_without_capa_it_is_user),
		with_login(test_user_unannounced),
		with_login(test_user_not_beside_other_mechanisms),
		with_login(test_asked_for),
		with_login(test_asked_for_in_turn),
		with_login(test_asked_for_in_vain),
		with_login(test_asked_for_is_no_way),
		with_login(test_weak_ways_only_if_asked_for),
		with_login(test_no_secret_in_the_clear),
		with_login(test_nor_if_it_is_asked_for),
		with_login(test_clear_text_is_a_setting),
		with_login(test_scram_in_the_clear),
		with_login(test_external),
		with_login(test_a_password_is_preferred),
		with_login(test_nothing_to_show),
		with_login(test_a_password_that_cannot_be_said),
		with_login(test_plus_asked_for_and_not_to_be_had),
		with_login(test_a_name_with_a_blank),
		with_login(test_what_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
