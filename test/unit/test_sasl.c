// SPDX-License-Identifier: ISC
/*
 * test_sasl.c - every mechanism against GNU SASL's client.  Meant for
 * ThreadSanitizer too.
 */
#include "played_sasl.h"

#include <gsasl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static Gsasl *client_library;

static const uint8_t other_exporter[PACKET_EXPORTER_LEN] = "another connection";

static int set_up(void **state)
{
	assert_int_equal(gsasl_init(&client_library), GSASL_OK);
	return set_up_site(state);
}

static int tear_down(void **state)
{
	gsasl_done(client_library);
	return tear_down_site(state);
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
static enum sasl_result play_at(struct sasl_site *at, struct client *c)
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
	result = site_begin(at, begin_of(c->mechanism, c->is_tls), out, len);
	c->steps = 0;
	while (result == SASL_CHALLENGE) {
		gsasl_free(out);
		out = NULL;
		len = 0;
		rc = gsasl_step(s, (const char *)at->o.challenge,
				at->o.challenge_len, &out, &len);
		c->steps++;
		if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE) {
			break;
		}
		result = site_step(at, out == NULL ? "" : out, len);
	}
	c->is_content = rc == GSASL_OK;
	gsasl_free(out);
	gsasl_finish(s);
	return result;
}

static enum sasl_result play(struct client *c)
{
	return play_at(&site, c);
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

/* Names are compared as they are looked up: in small letters, by SASLprep. */
static void another_form_is_no_other_identity(void **state)
{
	static const char soft_hyphen[] = { 'B', 'o', '\xc2', '\xad', 'B', 0 };
	const char *const forms[] = { "bob", "BOB", soft_hyphen };
	static const char *const mechanisms[] = { "PLAIN", "SCRAM-SHA-256",
						  "SCRAM-SHA-1-PLUS" };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(mechanisms) * COUNT_OF(forms); i++) {
		struct client c = client_of(mechanisms[i / COUNT_OF(forms)]);

		c.authzid = forms[i % COUNT_OF(forms)];
		assert_int_equal(play(&c), strcmp(c.mechanism, "PLAIN") == 0
					       ? SASL_PASSWORD
					       : SASL_PROVEN);
		assert_user("bob");
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

#define THREADS 4
#define ROUNDS  25

/* Each with a site of its own would prove nothing: the handle is shared. */
static void *prove_often(void *arg)
{
	struct sasl_site mine = { .sasl = site.sasl };

	(void)arg;
	guard_init(&mine.guard, PACKET_RESPONSE_MAX);
	for (int i = 0; i < ROUNDS; i++) {
		for (size_t m = 0; m < COUNT_OF(proving); m++) {
			struct client c = client_of(proving[m]);

			assert_int_equal(play_at(&mine, &c), SASL_PROVEN);
			c.password = "wrong";
			assert_int_equal(play_at(&mine, &c), SASL_WRONG);
		}
	}
	sasl_exchange_destroy(&mine.x);
	guard_finish(&mine.guard);
	return NULL;
}

static void threads_share_what_is_shared(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, prove_often, NULL), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passwords_come_out),
		cmocka_unit_test(the_right_password_is_proven),
		cmocka_unit_test(a_wrong_password_is_not),
		cmocka_unit_test(nobody_fails_as_bob_does),
		cmocka_unit_test(another_identity_is_refused),
		cmocka_unit_test(another_form_is_no_other_identity),
		cmocka_unit_test(another_channel_is_refused),
		cmocka_unit_test(scram_of_the_last_word_needs_an_empty_answer),
		cmocka_unit_test(a_replayed_proof_is_refused),
		cmocka_unit_test(threads_share_what_is_shared),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
