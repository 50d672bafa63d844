// SPDX-License-Identifier: ISC
/*
 * test_sasl.c - every mechanism against GNU SASL's client; what cannot be
 * proven, and what is not what a mechanism demands, is told apart.
 */
#include "unit.h"

#include <gsasl.h>
#include <stdlib.h>
#include <string.h>

#include "sasl_site.h"

static struct sasl_site site;
static Gsasl *client_library;

static const uint8_t exporter[PACKET_EXPORTER_LEN] =
    "thirty-two octets of the TLS";
static const uint8_t other_exporter[PACKET_EXPORTER_LEN] = "another connection";
static const uint8_t end_point[32] = "hash of a certificate";

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(gsasl_init(&client_library), GSASL_OK);
	site_init(&site, NULL, true);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	site_finish(&site);
	gsasl_done(client_library);
	return 0;
}

static struct sasl_begin begin_of(const char *mechanism, bool with_tls)
{
	struct sasl_begin b = { .mechanism = text_of(mechanism) };

	if (with_tls) {
		b.exporter = exporter;
		b.end_point = end_point;
		b.end_point_len = sizeof(end_point);
	}
	return b;
}

/* What a client of GNU SASL's is told. */
struct client {
	const char *mechanism;
	const char *user;
	const char *password;
	const char *authzid;
	const uint8_t *exporter; /* NULL: it knows no channel binding */
	bool is_initial;         /* it sends its first words at once */
	bool is_tls;             /* the server has bindings */
	bool is_content;         /* out: it took what the server said at last */
	unsigned steps;          /* out: challenges */
};

static Gsasl_session *start_client(const struct client *c)
{
	Gsasl_session *s;
	char *text;

	assert_int_equal(gsasl_client_start(client_library, c->mechanism, &s),
			 GSASL_OK);
	assert_int_equal(gsasl_property_set(s, GSASL_AUTHID, c->user), 0);
	assert_int_equal(gsasl_property_set(s, GSASL_PASSWORD, c->password), 0);
	if (c->authzid != NULL) {
		assert_int_equal(
		    gsasl_property_set(s, GSASL_AUTHZID, c->authzid), 0);
	}
	if (c->exporter != NULL) {
		assert_int_equal(gsasl_base64_to((const char *)c->exporter,
						 PACKET_EXPORTER_LEN, &text,
						 NULL),
				 0);
		assert_int_equal(
		    gsasl_property_set(s, GSASL_CB_TLS_EXPORTER, text), 0);
		gsasl_free(text);
	}
	return s;
}

static bool is_client_first(const char *mechanism)
{
	return strcmp(mechanism, "LOGIN") != 0 &&
	       strcmp(mechanism, "CRAM-MD5") != 0;
}

/* Plays the exchange to its end. */
static enum sasl_result play(struct client *c)
{
	Gsasl_session *s = start_client(c);
	enum sasl_result result;
	char *out = NULL;
	size_t len = 0;
	int rc = GSASL_NEEDS_MORE;

	if (c->is_initial) {
		rc = gsasl_step(s, NULL, 0, &out, &len);
		assert_true(rc == GSASL_OK || rc == GSASL_NEEDS_MORE);
	}
	result = site_begin(&site, begin_of(c->mechanism, c->is_tls), out, len);
	c->steps = 0;
	while (result == SASL_CHALLENGE) {
		gsasl_free(out);
		out = NULL;
		len = 0;
		rc = gsasl_step(s, (const char *)site.o.challenge,
				site.o.challenge_len, &out, &len);
		c->steps++;
		if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE) {
			break;
		}
		result = site_step(&site, out == NULL ? "" : out, len);
	}
	c->is_content = rc == GSASL_OK;
	gsasl_free(out);
	gsasl_finish(s);
	return result;
}

static void assert_user(const char *want)
{
	assert_text(pop3_slice_of(site.o.user, site.o.user_len), want);
}

static void assert_secret(const char *want)
{
	assert_text(pop3_slice_of(site.o.secret.octets, site.o.secret.len),
		    want);
}

/* PLAIN, LOGIN: nothing is verified here. */
static void passwords_come_out(void **state)
{
	static const char *const mechanisms[] = { "PLAIN", "LOGIN" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct client c = { .mechanism = mechanisms[i / 2],
				    .user = "bob",
				    .password = "any s\xc3\xb6rt",
				    .is_initial = i == 0 };

		assert_int_equal(play(&c), SASL_PASSWORD);
		assert_user("bob");
		assert_secret("any s\xc3\xb6rt");
		assert_int_equal(site.asked, 0);
		assert_int_equal(c.steps, i == 0 ? 0 : i == 1 ? 1 : 2);
	}
}

static const char *const proving[] = {
	"SCRAM-SHA-256",    "SCRAM-SHA-1", "SCRAM-SHA-256-PLUS",
	"SCRAM-SHA-1-PLUS", "CRAM-MD5",
};

static struct client client_of(const char *mechanism)
{
	struct client c = { .mechanism = mechanism,
			    .user = "bob",
			    .password = "secret",
			    .is_initial = is_client_first(mechanism) };

	if (strstr(mechanism, "-PLUS") != NULL) {
		c.exporter = exporter;
		c.is_tls = true;
	}
	return c;
}

static void the_right_password_is_proven(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(proving); i++) {
		struct client c = client_of(proving[i]);
		unsigned steps = is_client_first(proving[i]) ? 2 : 1;

		assert_int_equal(play(&c), SASL_PROVEN);
		assert_true(c.is_content); /* the server has proven itself */
		assert_user("bob");
		assert_int_equal(c.steps, steps);
		c.is_initial = false; /* one empty challenge more */
		assert_int_equal(play(&c), SASL_PROVEN);
		assert_int_equal(c.steps, steps + is_client_first(proving[i]));
		c.authzid = "bob";
		assert_int_equal(play(&c), SASL_PROVEN);
	}
}

static void a_wrong_password_is_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(proving); i++) {
		struct client c = client_of(proving[i]);

		c.password = "Secret";
		assert_int_equal(play(&c), SASL_WRONG);
		assert_user("bob");
		assert_int_equal(c.steps, 1);
	}
}

static void nobody_fails_as_bob_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(proving); i++) {
		struct client c = client_of(proving[i]);

		c.user = "nobody";
		assert_int_equal(play(&c), SASL_WRONG);
		assert_user("nobody");
		assert_int_equal(c.steps, 1);
	}
}

/* CRAM-MD5 has no other identity. */
static void another_identity_is_refused(void **state)
{
	static const char *const mechanisms[] = { "PLAIN", "SCRAM-SHA-256",
						  "SCRAM-SHA-1-PLUS" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(mechanisms); i++) {
		struct client c = client_of(mechanisms[i]);

		c.authzid = "root";
		assert_int_equal(play(&c), SASL_WRONG);
		assert_user("bob");
		assert_int_equal(site.o.secret.len, 0);
	}
}

/* Whoever stands between has another TLS connection to us. */
static void another_channel_is_refused(void **state)
{
	(void)state;
	for (size_t i = 2; i < 4; i++) {
		struct client c = client_of(proving[i]);

		c.exporter = other_exporter;
		assert_int_equal(play(&c), SASL_WRONG);
	}
}

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
		"plain",
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

static void scram_of_the_last_word_needs_an_empty_answer(void **state)
{
	struct client c = client_of("SCRAM-SHA-256");
	Gsasl_session *s = start_client(&c);
	char *out;
	size_t len;

	(void)state;
	assert_int_equal(gsasl_step(s, NULL, 0, &out, &len), GSASL_NEEDS_MORE);
	assert_int_equal(
	    site_begin(&site, begin_of("SCRAM-SHA-256", false), out, len),
	    SASL_CHALLENGE);
	gsasl_free(out);
	assert_int_equal(gsasl_step(s, (const char *)site.o.challenge,
				    site.o.challenge_len, &out, &len),
			 GSASL_NEEDS_MORE);
	assert_int_equal(site_step(&site, out, len), SASL_CHALLENGE);
	assert_memory_equal(site.o.challenge, "v=", 2);
	assert_int_equal(site_step(&site, "x", 1), SASL_MALFORMED);
	gsasl_free(out);
	gsasl_finish(s);
}

static void a_replayed_proof_is_refused(void **state)
{
	struct client c = client_of("SCRAM-SHA-256");
	Gsasl_session *s = start_client(&c);
	char *hello, *proof;
	size_t hello_len, proof_len;

	(void)state;
	assert_int_equal(gsasl_step(s, NULL, 0, &hello, &hello_len), 1);
	assert_int_equal(site_begin(&site, begin_of("SCRAM-SHA-256", false),
				    hello, hello_len),
			 SASL_CHALLENGE);
	assert_int_equal(gsasl_step(s, (const char *)site.o.challenge,
				    site.o.challenge_len, &proof, &proof_len),
			 1);
	assert_int_equal(site_step(&site, proof, proof_len), SASL_CHALLENGE);
	assert_int_equal(site_begin(&site, begin_of("SCRAM-SHA-256", false),
				    hello, hello_len),
			 SASL_CHALLENGE);
	assert_int_equal(site_step(&site, proof, proof_len), SASL_WRONG);
	gsasl_free(hello);
	gsasl_free(proof);
	gsasl_finish(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passwords_come_out),
		cmocka_unit_test(the_right_password_is_proven),
		cmocka_unit_test(a_wrong_password_is_not),
		cmocka_unit_test(nobody_fails_as_bob_does),
		cmocka_unit_test(another_identity_is_refused),
		cmocka_unit_test(another_channel_is_refused),
		cmocka_unit_test(channel_bindings_must_fit_the_connection),
		cmocka_unit_test(one_binding_does_not_stand_for_the_other),
		cmocka_unit_test(only_our_mechanisms_begin),
		cmocka_unit_test(plain_has_one_form),
		cmocka_unit_test(long_names_and_secrets_are_nobodys),
		cmocka_unit_test(secrets_do_not_stay_in_the_message),
		cmocka_unit_test(login_takes_the_name_at_once),
		cmocka_unit_test(cram_md5_is_server_first),
		cmocka_unit_test(long_nonces_are_refused),
		cmocka_unit_test(scram_of_the_last_word_needs_an_empty_answer),
		cmocka_unit_test(a_replayed_proof_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
