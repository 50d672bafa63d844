// SPDX-License-Identifier: ISC
/*
 * test_fetch_refusal.c - refusal.c: what servers and providers mean by their
 * words.
 */
#include "unit.h"

#include <string.h>

#include "fetch/net/refusal.h"

static struct pop3_slice text(const char *str)
{
	return pop3_slice_of(str, strlen(str));
}

#define NONE POP3_CODE_NONE

static const struct {
	enum pop3_code code;
	const char *text;
	enum why_kind kind;
} rows[] = {
	/* codes have the first word */
	{ POP3_CODE_AUTH, "try again", WHY_LOGIN },
	{ POP3_CODE_IN_USE, "", WHY_TEMP },
	{ POP3_CODE_LOGIN_DELAY, "minimum time between mail checks", WHY_TEMP },
	{ POP3_CODE_SYS_TEMP, "Web login required", WHY_TEMP },
	{ POP3_CODE_SYS_PERM, "Your account is not enabled for POP access.",
	  WHY_LOGIN },
	/* and then the words */
	{ NONE, "", WHY_LOGIN },
	{ NONE, "Username and password not accepted.", WHY_LOGIN },
	{ NONE, "Logon failure: unknown user name or bad password.",
	  WHY_LOGIN },
	{ NONE, "Authentication failed.", WHY_LOGIN },
	{ NONE, "invalid password", WHY_LOGIN },
	{ NONE, "Account is locked by the administrator", WHY_LOGIN },
	{ NONE, "Mailbox is locked by another POP3 session", WHY_TEMP },
	{ NONE, "maildrop already LOCKED", WHY_TEMP },
	{ NONE, "POP lock busy!  Is another session active?", WHY_TEMP },
	{ NONE, "Unable to lock maildrop", WHY_TEMP },
	{ NONE, "mailbox in use", WHY_TEMP },
	{ NONE, "(#AUTH005) Too many bad auth attempts.", WHY_TEMP },
	{ NONE,
	  "Maximum number of connections from user+IP exceeded "
	  "(mail_max_userip_connections=10)",
	  WHY_TEMP },
	{ NONE, "Temporary authentication failure.", WHY_TEMP },
	{ NONE, "Server error - Please try again later.", WHY_TEMP },
	{ NONE, "Requested action not taken: mailbox unavailable", WHY_TEMP },
	{ NONE, "Mail server is currently down.", WHY_TEMP },
	{ NONE, "System going down for maintenance", WHY_TEMP },
	{ NONE, "BasicAuthBlocked", WHY_LOGIN },
};

static void test_kinds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		enum why_kind is =
		    refusal_kind(rows[i].code, text(rows[i].text));

		if (is != rows[i].kind) {
			fail_msg("%s: %d", rows[i].text, is);
		}
	}
}

static void test_not_known(void **state)
{
	(void)state;
	assert_true(refusal_is_unknown(NONE, text("Unknown command: AUTH")));
	assert_true(refusal_is_unknown(NONE, text("mechanism unsupported")));
	assert_true(refusal_is_unknown(NONE, text("Unrecognized command")));
	assert_true(refusal_is_unknown(
	    NONE, text("Unsupported authentication mechanism.")));
	assert_false(refusal_is_unknown(NONE, text("unknown user")));
	assert_false(refusal_is_unknown(
	    NONE, text("Logon failure: unknown user name or bad password.")));
	assert_false(refusal_is_unknown(NONE, text("")));
	assert_false(
	    refusal_is_unknown(POP3_CODE_AUTH, text("unknown command")));
}

static void explains(const char *host, enum pop3_code code, const char *says,
		     const char *want)
{
	struct why why;

	refusal_explain(host, code, text(says), &why);
	if (strstr(why.text, want) == NULL) {
		print_error("says: %s\n", why.text);
	}
	assert_non_null(strstr(why.text, want));
	assert_int_equal(why.kind, refusal_kind(code, text(says)));
}

static void test_what_to_do(void **state)
{
	(void)state;
	explains("pop.example.org", POP3_CODE_AUTH, "no",
		 "pop.example.org refuses the log-in \"no\"; are the user name "
		 "and the password right?");
	explains("pop.example.org", NONE, "",
		 "pop.example.org refuses the log-in; are");
	explains("pop.gmail.com", POP3_CODE_AUTH,
		 "Username and password not accepted.",
		 "https://myaccount.google.com/apppasswords");
	explains("pop.gmail.com", POP3_CODE_SYS_PERM,
		 "Your account is not enabled for POP access.",
		 "allow POP in the account's settings");
	explains("outlook.office365.com", NONE, "Logon failure", "OAuth2");
	explains("pop.gmx.net", NONE, "authentication failed", "allow POP");
	explains("POP.MAIL.YAHOO.COM", POP3_CODE_AUTH, "no", "app password");
	explains("notgmail.com", POP3_CODE_AUTH, "no", "password right?");
	explains("gmail.com.example.org", POP3_CODE_AUTH, "no",
		 "password right?");
	explains("pop.gmail.com", POP3_CODE_SYS_TEMP, "later",
		 "it is tried again next time");
	explains("pop.gmail.com", POP3_CODE_LOGIN_DELAY, "later",
		 "set a longer interval");
}

/* However much it says, the advice is there; and its octets are harmless. */
static void test_a_talkative_server(void **state)
{
	char long_text[400];

	(void)state;
	memset(long_text, 'x', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	explains("pop.gmail.com", NONE, long_text, "apppasswords");
	memset(long_text, '\x1b', sizeof(long_text) - 1);
	explains("pop.test", NONE, long_text, "\\x1b\\x1b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_not_known),
		cmocka_unit_test(test_what_to_do),
		cmocka_unit_test(test_a_talkative_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
