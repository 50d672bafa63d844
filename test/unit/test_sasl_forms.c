// SPDX-License-Identifier: ISC
/*
 * test_sasl_forms.c - what is not what a mechanism demands, or what the
 * connection does not have, is refused as such.
 */
#include "played_sasl.h"

#include <string.h>

static enum sasl_result first(const char *mechanism, bool with_tls,
			      const char *message)
{
	return site_begin(&site, begin_of(mechanism, with_tls), message,
			  strlen(message));
}

static void channel_bindings_must_fit_the_connection(void **state)
{
	static const struct {
		const char *mechanism, *message;
		bool with_tls;
		enum sasl_result want;
	} cases[] = {
		{ "SCRAM-SHA-256", "n,,n=bob,r=x", false, SASL_CHALLENGE },
		{ "SCRAM-SHA-256", "n,,n=bob,r=x", true, SASL_CHALLENGE },
		{ "SCRAM-SHA-256", "y,,n=bob,r=x", false, SASL_CHALLENGE },
		{ "SCRAM-SHA-256", "y,,n=bob,r=x", true, SASL_MALFORMED },
		{ "SCRAM-SHA-1", "y,,n=bob,r=x", true, SASL_MALFORMED },
		{ "SCRAM-SHA-256", "p=tls-exporter,,n=bob,r=x", true,
		  SASL_MALFORMED },
		{ "SCRAM-SHA-256-PLUS", "n,,n=bob,r=x", true, SASL_MALFORMED },
		{ "SCRAM-SHA-256-PLUS", "y,,n=bob,r=x", true, SASL_MALFORMED },
		{ "SCRAM-SHA-256-PLUS", "p=tls-exporter,,n=bob,r=x", true,
		  SASL_CHALLENGE },
		{ "SCRAM-SHA-1-PLUS", "p=tls-server-end-point,,n=bob,r=x", true,
		  SASL_CHALLENGE },
		{ "SCRAM-SHA-1-PLUS", "p=tls-unique,,n=bob,r=x", true,
		  SASL_MALFORMED },
		{ "SCRAM-SHA-1-PLUS", "p=tls-exporte,,n=bob,r=x", true,
		  SASL_MALFORMED },
		{ "SCRAM-SHA-1-PLUS", "p=tls-exporter,,n=bob,r=x", false,
		  SASL_MALFORMED },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(first(cases[i].mechanism, cases[i].with_tls,
				       cases[i].message),
				 cases[i].want);
	}
}

/* TLS 1.2 has an end point, but no exporter that binds. */
static void one_binding_does_not_stand_for_the_other(void **state)
{
	struct sasl_begin b = begin_of("SCRAM-SHA-256-PLUS", true);
	const char *exporting = "p=tls-exporter,,n=bob,r=x";
	const char *ending = "p=tls-server-end-point,,n=bob,r=x";

	(void)state;
	b.exporter = NULL;
	assert_int_equal(site_begin(&site, b, exporting, strlen(exporting)),
			 SASL_MALFORMED);
	assert_int_equal(site_begin(&site, b, ending, strlen(ending)),
			 SASL_CHALLENGE);
	b = begin_of("SCRAM-SHA-256-PLUS", true);
	b.end_point_len = 0;
	assert_int_equal(site_begin(&site, b, ending, strlen(ending)),
			 SASL_MALFORMED);
	b = begin_of("SCRAM-SHA-256", true);
	b.exporter = NULL;
	assert_int_equal(site_begin(&site, b, "y,,n=bob,r=x", 12),
			 SASL_MALFORMED);
}

static void only_our_mechanisms_begin(void **state)
{
	static const char *const none[] = {
		"",
		"PLAI",
		"PLAINX",
		"ANONYMOUS",
		"EXTERNAL",
		"DIGEST-MD5",
		"GSSAPI",
		"SECURID",
		"SAML20",
		"OPENID20",
		"NTLM",
		"GS2-KRB5",
		"SCRAM-SHA-512",
	};
	struct sasl_site without;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(none); i++) {
		assert_int_equal(
		    site_begin(&site, begin_of(none[i], true), NULL, 0),
		    SASL_MALFORMED);
	}
	site_init(&without, NULL, false);
	assert_int_equal(
	    site_begin(&without, begin_of("CRAM-MD5", true), NULL, 0),
	    SASL_MALFORMED);
	site_finish(&without);
}

static void plain_has_one_form(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		enum sasl_result want;
	} cases[] = {
		{ "", 0, SASL_MALFORMED },
		{ "bob", 3, SASL_MALFORMED },
		{ "\0bob", 4, SASL_MALFORMED },
		{ "\0bob\0", 5, SASL_PASSWORD },
		{ "\0bob\0secret", 11, SASL_PASSWORD },
		{ "bob\0bob\0secret", 14, SASL_PASSWORD },
		{ "\0bob\0sec\0ret", 12, SASL_MALFORMED },
		{ "\0bob\0secret\0", 12, SASL_MALFORMED },
		{ "\0\0secret", 8, SASL_PASSWORD }, /* of nobody */
		{ "alice\0bob\0secret", 16, SASL_WRONG },
		{ "\0b\xf6"
		  "b\0secret",
		  11, SASL_WRONG }, /* latin-1 */
		{ "\0bob\0s\xf6", 7, SASL_PASSWORD },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		for (int later = 0; later < 2; later++) {
			enum sasl_result result =
			    site_begin(&site, begin_of("PLAIN", false),
				       later == 1 ? NULL : cases[i].text,
				       later == 1 ? 0 : cases[i].len);

			if (later == 1) {
				assert_int_equal(result, SASL_CHALLENGE);
				assert_int_equal(site.o.challenge_len, 0);
				result = site_step(&site, cases[i].text,
						   cases[i].len);
			}
			assert_int_equal(result, cases[i].want);
		}
	}
	assert_secret("s\xf6");
}

/* The name and the secret may be as long as a response. */
static void long_names_and_secrets_are_nobodys(void **state)
{
	static char text[PACKET_RESPONSE_MAX];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[0] = '\0';
	text[4] = '\0';
	assert_int_equal(
	    site_begin(&site, begin_of("PLAIN", false), text, sizeof(text)),
	    SASL_PASSWORD);
	assert_user("aaa");
	assert_secret("");
	text[4] = 'a';
	text[256] = '\0'; /* a name of 255 */
	text[300] = '\0';
	assert_int_equal(site_begin(&site, begin_of("PLAIN", false), text, 300),
			 SASL_PASSWORD);
	assert_int_equal(site.o.user_len, 255);
	text[256] = 'a';
	text[257] = '\0';
	assert_int_equal(site_begin(&site, begin_of("PLAIN", false), text, 300),
			 SASL_WRONG);
	assert_user("");
}

static void secrets_do_not_stay_in_the_message(void **state)
{
	struct sasl_response r;

	(void)state;
	assert_int_equal(
	    site_begin(&site, begin_of("PLAIN", false), "\0bob\0secret", 11),
	    SASL_PASSWORD);
	assert_null(memmem(guard_tail(&site.guard, 11), 11, "secret", 6));
	assert_int_equal(site_begin(&site, begin_of("LOGIN", false), NULL, 0),
			 SASL_CHALLENGE);
	assert_int_equal(site_step(&site, "bob", 3), SASL_CHALLENGE);
	assert_int_equal(site_step(&site, "secret", 6), SASL_PASSWORD);
	r = site_response(&site, NULL, 0);
	assert_null(r.at);
	assert_null(memmem(guard_tail(&site.guard, 6), 6, "secret", 6));
}

/* As some clients have it. */
static void login_takes_the_name_at_once(void **state)
{
	(void)state;
	assert_int_equal(site_begin(&site, begin_of("LOGIN", false), "bob", 3),
			 SASL_CHALLENGE);
	assert_user("bob");
	assert_text(pop3_slice_of(site.o.challenge, site.o.challenge_len),
		    "Password");
	assert_int_equal(site_step(&site, "secret", 6), SASL_PASSWORD);
	assert_user("bob");
	assert_secret("secret");
	assert_int_equal(site_begin(&site, begin_of("LOGIN", false), "", 0),
			 SASL_MALFORMED);
	assert_int_equal(site_begin(&site, begin_of("LOGIN", false), "b\0b", 3),
			 SASL_MALFORMED);
}

static void mechanisms_may_be_small(void **state)
{
	(void)state;
	assert_int_equal(first("plain", false, ""), SASL_MALFORMED);
	assert_int_equal(first("scram-sha-256", false, "n,,n=bob,r=x"),
			 SASL_CHALLENGE);
}

static void cram_md5_is_server_first(void **state)
{
	const char *digest = "bob 0123456789abcdef0123456789abcdef";

	(void)state;
	assert_int_equal(first("CRAM-MD5", false, digest), SASL_MALFORMED);
	assert_int_equal(first("CRAM-MD5", false, ""), SASL_MALFORMED);
	assert_int_equal(
	    site_begin(&site, begin_of("CRAM-MD5", false), NULL, 0),
	    SASL_CHALLENGE);
	assert_true(site.o.challenge_len > 10);
	assert_int_equal(site_step(&site, "", 0), SASL_MALFORMED);
	assert_int_equal(
	    site_begin(&site, begin_of("CRAM-MD5", false), NULL, 0),
	    SASL_CHALLENGE);
	assert_int_equal(
	    site_step(&site, "bob\0 0123456789abcdef0123456789abcdef", 37),
	    SASL_MALFORMED);
	assert_int_equal(
	    site_begin(&site, begin_of("CRAM-MD5", false), NULL, 0),
	    SASL_CHALLENGE);
	assert_int_equal(site_step(&site, digest, strlen(digest)), SASL_WRONG);
}

/* The challenge must fit a line of POP3. */
static void long_nonces_are_refused(void **state)
{
	static char message[PACKET_RESPONSE_MAX];
	static const char *const heads[] = {
		"n,,n=bob,r=",
		"p=tls-server-end-point,,n=bob,r=",
	};
	size_t longest[2] = { 0, 0 };

	(void)state;
	for (size_t h = 0; h < 2; h++) {
		const char *mechanism =
		    h == 0 ? "SCRAM-SHA-256" : "SCRAM-SHA-256-PLUS";
		size_t head = strlen(heads[h]);

		memset(message, 'n', sizeof(message));
		memcpy(message, heads[h], head);
		for (size_t n = 1; n < 400; n++) {
			enum sasl_result result =
			    site_begin(&site, begin_of(mechanism, h == 1),
				       message, head + n);

			if (result == SASL_CHALLENGE) {
				longest[h] = n;
			} else {
				assert_int_equal(result, SASL_MALFORMED);
			}
		}
		assert_int_equal(site_begin(&site, begin_of(mechanism, h == 1),
					    message, sizeof(message)),
				 SASL_MALFORMED);
		assert_in_range(longest[h], 250, 320);
	}
	assert_int_equal(longest[0], longest[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(channel_bindings_must_fit_the_connection),
		cmocka_unit_test(one_binding_does_not_stand_for_the_other),
		cmocka_unit_test(only_our_mechanisms_begin),
		cmocka_unit_test(plain_has_one_form),
		cmocka_unit_test(long_names_and_secrets_are_nobodys),
		cmocka_unit_test(secrets_do_not_stay_in_the_message),
		cmocka_unit_test(login_takes_the_name_at_once),
		cmocka_unit_test(mechanisms_may_be_small),
		cmocka_unit_test(cram_md5_is_server_first),
		cmocka_unit_test(long_nonces_are_refused),
	};

	return cmocka_run_group_tests(tests, set_up_site, tear_down_site);
}
