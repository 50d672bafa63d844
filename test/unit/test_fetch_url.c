// SPDX-License-Identifier: ISC
/*
 * test_fetch_url.c - pop: URLs say what RFC 2384 says they do, and never a
 * password.
 * Runs in: the tests.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/conf/url.h"

struct sound {
	const char *url;
	const char *name;
	const char *host;
	unsigned port;
	enum account_tls tls;
	const char *user;
	const char *mechanisms;
};

static const struct sound sound[] = {
	{ "pop3s://me@pop.example.org/", "me@pop.example.org",
	  "pop.example.org", 995, ACCOUNT_TLS_IMPLICIT, "me", NULL },
	{ "POP3S://me@pop.example.org", "me@pop.example.org", "pop.example.org",
	  995, ACCOUNT_TLS_IMPLICIT, "me", NULL },
	{ "pops://me@pop.example.org:1995", "me@pop.example.org:1995",
	  "pop.example.org", 1995, ACCOUNT_TLS_IMPLICIT, "me", NULL },
	{ "pop://rg@mailsrv.qualcomm.com", "rg@mailsrv.qualcomm.com",
	  "mailsrv.qualcomm.com", 110, ACCOUNT_TLS_STLS, "rg", NULL },
	{ "pop://rg;AUTH=+APOP@mail.eudora.com:8110", "rg@mail.eudora.com:8110",
	  "mail.eudora.com", 8110, ACCOUNT_TLS_STLS, "rg", "APOP" },
	{ "pop://baz;AUTH=SCRAM-SHA-1@foo.bar", "baz@foo.bar", "foo.bar", 110,
	  ACCOUNT_TLS_STLS, "baz", "SCRAM-SHA-1" },
	{ "pop3://me;auth=*@pop.example.org", "me@pop.example.org",
	  "pop.example.org", 110, ACCOUNT_TLS_STLS, "me", NULL },
	{ "pop3://me;AUTH=pl%41in@pop.example.org", "me@pop.example.org",
	  "pop.example.org", 110, ACCOUNT_TLS_STLS, "me", "PLAIN" },
	{ "pop3://me@localhost", "me@localhost", "localhost", 110,
	  ACCOUNT_TLS_NONE, "me", NULL },
	{ "pop://me@127.1.2.3:1110/", "me@127.1.2.3:1110", "127.1.2.3", 1110,
	  ACCOUNT_TLS_NONE, "me", NULL },
	{ "pop3://me@[::1]:1110", "me@[::1]:1110", "::1", 1110,
	  ACCOUNT_TLS_NONE, "me", NULL },
	{ "pop3s://me@[2001:db8::1]/", "me@[2001:db8::1]", "2001:db8::1", 995,
	  ACCOUNT_TLS_IMPLICIT, "me", NULL },
	{ "pop3s://Me@POP.Example.ORG", "Me@pop.example.org", "pop.example.org",
	  995, ACCOUNT_TLS_IMPLICIT, "Me", NULL },
	{ "pop3s://me@localhost", "me@localhost", "localhost", 995,
	  ACCOUNT_TLS_IMPLICIT, "me", NULL },
	{ "pop3s://me%40example.org@pop.example.org",
	  "me@example.org@pop.example.org", "pop.example.org", 995,
	  ACCOUNT_TLS_IMPLICIT, "me@example.org", NULL },
	{ "pop3s://me@example.org@pop.example.org",
	  "me@example.org@pop.example.org", "pop.example.org", 995,
	  ACCOUNT_TLS_IMPLICIT, "me@example.org", NULL },
	{ "pop3s://a%3Ab%2fc%25%20d@x", "a:b/c% d@x", "x", 995,
	  ACCOUNT_TLS_IMPLICIT, "a:b/c% d", NULL },
	{ "pop3s://J%C3%B6rg@x", "J\xc3\xb6rg@x", "x", 995,
	  ACCOUNT_TLS_IMPLICIT, "J\xc3\xb6rg", NULL },
};

static void takes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(sound); i++) {
		const struct sound *s = &sound[i];
		struct account a;
		struct conf_reason why;

		account_init(&a);
		if (url_parse(s->url, &a, &why) != 0) {
			fail_msg("%s: %s", s->url, why.text);
		}
		assert_string_equal(a.name, s->name);
		assert_string_equal(a.host, s->host);
		assert_int_equal(a.port, s->port);
		assert_int_equal(a.tls, s->tls);
		assert_string_equal(a.user, s->user);
		if (s->mechanisms == NULL) {
			assert_null(a.mechanisms);
		} else {
			assert_string_equal(a.mechanisms, s->mechanisms);
		}
		assert_null(a.password);
		assert_false(a.clear_text);
		assert_int_equal(a.deliver.kind, DESTINATION_NONE);
		account_finish(&a);
	}
}

#define NO_PASSWORD                                                            \
	"no password may stand in an URL, where all users of this machine "    \
	"see it: leave it out to be asked, or use --password-file or "         \
	"--password-command"
#define SCHEME                                                                 \
	"an URL of POP3 begins with pop3s:// (TLS at once), pop3:// or "       \
	"pop:// (STLS)"
#define PERCENT                                                                \
	"in an URL a % must stand before two hex digits, and not 00; % "       \
	"itself is written %25"
#define BEHIND                                                                 \
	"nothing may stand behind the host in an URL of POP3; a / in the "     \
	"user's name is written %2F"
#define CONTROL "the URL's user: has a control character in it, or is not UTF-8"

static const struct {
	const char *url;
	const char *why;
} odd[] = {
	{ "", SCHEME },
	{ "pop3s:me@x", SCHEME },
	{ "imap://me@x", SCHEME },
	{ "http://x", SCHEME },
	{ "pop3s:/me@x", SCHEME },
	{ "pop3s://me:secret@x", NO_PASSWORD },
	{ "pop3s://me:@x", NO_PASSWORD },
	{ "pop3s://me:se@cret@x", NO_PASSWORD },
	{ "pop3s://me;AUTH=PLAIN:secret@x", NO_PASSWORD },
	{ "pop3s://x", "the URL names no user; write pop3s://USER@HOST/" },
	{ "pop://@x", "the URL names no user; write pop://USER@HOST/" },
	{ "pop3s://", "the URL names no user; write pop3s://USER@HOST/" },
	{ "pop3s://;AUTH=PLAIN@x",
	  "the URL's user: empty; write the name that the server knows you "
	  "by" },
	{ "pop3s://me@", "the URL names no host; write pop3s://USER@HOST/" },
	{ "pop3s://me@:995",
	  "the URL names no host; write pop3s://USER@HOST/" },
	{ "pop3s://me@a b", "the URL's host: not a host name or address" },
	{ "pop3s://me@x%2ey", "the URL's host: not a host name or address" },
	{ "pop3s://me@[::1", "the URL's host: not a host name or address" },
	{ "pop3s://me@::1", "the URL names no host; write pop3s://USER@HOST/" },
	{ "pop3s://me@[x]", "the URL's host: not a host name or address" },
	{ "pop3s://me@[::1]x", "the URL's host: not a host name or address" },
	{ "pop3s://me@x:", "the URL's port: not a number from 1 to 65535" },
	{ "pop3s://me@x:0", "the URL's port: not a number from 1 to 65535" },
	{ "pop3s://me@x:65536",
	  "the URL's port: not a number from 1 to 65535" },
	{ "pop3s://me@x:9a", "the URL's port: not a number from 1 to 65535" },
	{ "pop3s://me@x/inbox", BEHIND },
	{ "pop3s://me@x?a", BEHIND },
	{ "pop3s://me@x#1", BEHIND },
	{ "pop3s://me@x//", BEHIND },
	{ "pop3s://a/b@x", BEHIND },
	{ "pop3s://me%@x", PERCENT },
	{ "pop3s://me%4@x", PERCENT },
	{ "pop3s://me%4g@x", PERCENT },
	{ "pop3s://me%00@x", PERCENT },
	{ "pop3s://me;AUTH=%0@x", PERCENT },
	{ "pop3s://me%0d%0aDELE%201@x", CONTROL },
	{ "pop3s://me%7f@x", CONTROL },
	{ "pop3s://me\n@x", CONTROL },
	{ "pop3s://me%ff@x", CONTROL },
	{ "pop3s://me%c2%85@x", CONTROL },
	{ "pop3s://me;AUTH=NTLM2@x",
	  "the URL's AUTH: unknown mechanism 'NTLM2'; there are SCRAM-SHA-256, "
	  "SCRAM-SHA-1 (both with -PLUS too), EXTERNAL, PLAIN, LOGIN, USER, "
	  "APOP, CRAM-MD5" },
	{ "pop3s://me;AUTH=@x", NULL },
	{ "pop3s://me;UIDL=1@x",
	  "behind ; in an URL only AUTH=MECHANISM may stand" },
	{ "pop3s://me;AUTH=PLAIN;x@x", NULL },
};

/* Whatever is refused changes nothing, and shows no password. */
static void refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(odd); i++) {
		struct account a;
		struct account untouched;
		struct conf_reason why = { "" };

		memset(&a, 0, sizeof(a));
		account_init(&a);
		untouched = a;
		if (url_parse(odd[i].url, &a, &why) != -1) {
			fail_msg("%s: is taken", odd[i].url);
		}
		assert_memory_equal(&a, &untouched, sizeof(a));
		assert_null(strstr(why.text, "secret"));
		if (odd[i].why != NULL && strcmp(why.text, odd[i].why) != 0) {
			fail_msg("%s: %s", odd[i].url, why.text);
		}
		assert_int_not_equal(why.text[0], '\0');
	}
}

static void has_limits(void **state)
{
	char url[URL_MAX + 2];
	struct account a;
	struct conf_reason why;

	(void)state;
	account_init(&a);
	memset(url, 'x', sizeof(url));
	memcpy(url, "pop3s://", 8);
	url[URL_MAX + 1] = '\0';
	assert_int_equal(url_parse(url, &a, &why), -1);
	assert_string_equal(why.text, "the URL is longer than 2048 octets");
	url[8 + 241] = '@';
	url[8 + 243] = '\0';
	assert_int_equal(url_parse(url, &a, &why), -1);
	assert_string_equal(why.text, "the URL's user: longer than 240 octets");
	assert_int_equal(url_parse(url + 1, &a, &why), -1);
}

static void knows_what_is_meant(void **state)
{
	(void)state;
	assert_true(url_is_meant("pop3s://x"));
	assert_true(url_is_meant("POP:x"));
	assert_true(url_is_meant("imaps://x"));
	assert_false(url_is_meant("work"));
	assert_false(url_is_meant("me@example.org"));
	assert_false(url_is_meant("pop3s"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes),
		cmocka_unit_test(refuses),
		cmocka_unit_test(has_limits),
		cmocka_unit_test(knows_what_is_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
