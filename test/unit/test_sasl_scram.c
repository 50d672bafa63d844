// SPDX-License-Identifier: ISC
/*
 * test_sasl_scram.c - the SCRAM mechanisms against a client of our own, that
 * can say what GNU SASL's would not; each case with tls-server-end-point, which
 * is ours, and with what GNU SASL has.
 */
#include "played_sasl.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct way {
	const char *mechanism;
	const char *header;
	const uint8_t *binding;
	size_t binding_len;
};

static const struct way ways[] = {
	{ "SCRAM-SHA-256-PLUS", "p=tls-server-end-point,,", end_point, 32 },
	{ "SCRAM-SHA-1-PLUS", "p=tls-server-end-point,a=bob,", end_point, 32 },
	{ "SCRAM-SHA-256-PLUS", "p=tls-exporter,,", exporter, 32 },
	{ "SCRAM-SHA-256", "n,,", NULL, 0 },
	{ "SCRAM-SHA-1", "n,a=bob,", NULL, 0 },
};

/* What the client says at last, and what it wants to hear then. */
struct words {
	char final[700];
	char verdict[80];
};

static const EVP_MD *hash_of(const struct way *w)
{
	return strstr(w->mechanism, "256") != NULL ? EVP_sha256() : EVP_sha1();
}

static void hmac(const EVP_MD *md, const uint8_t *key, const char *text,
		 uint8_t *mac_r)
{
	assert_non_null(HMAC(md, key, EVP_MD_get_size(md),
			     (const uint8_t *)text, strlen(text), mac_r, NULL));
}

static void to_base64(char *at, const void *of, size_t len)
{
	(void)EVP_EncodeBlock((uint8_t *)at, of, (int)len);
}

/* [rfc5802/3] */
static void sign(const struct way *w, const char *password, const char *auth,
		 const char *without_proof, struct words *words_r)
{
	static const uint8_t salt[16] = "sixteen octets.";
	uint8_t salted[32], client[32], stored[32], mac[32], server[32];
	const EVP_MD *md = hash_of(w);
	size_t len = (size_t)EVP_MD_get_size(md);
	char text[64];

	assert_int_equal(PKCS5_PBKDF2_HMAC(password, (int)strlen(password),
					   salt, sizeof(salt), SITE_ITERATIONS,
					   md, (int)len, salted),
			 1);
	hmac(md, salted, "Client Key", client);
	assert_int_equal(EVP_Digest(client, len, stored, NULL, md, NULL), 1);
	hmac(md, stored, auth, mac);
	for (size_t i = 0; i < len; i++) {
		client[i] ^= mac[i];
	}
	to_base64(text, client, len);
	snprintf(words_r->final, sizeof(words_r->final), "%s,p=%s",
		 without_proof, text);
	hmac(md, salted, "Server Key", server);
	hmac(md, server, auth, mac);
	to_base64(text, mac, len);
	snprintf(words_r->verdict, sizeof(words_r->verdict), "v=%s", text);
}

/* The final message to the challenge at hand. */
static void answer(const struct way *w, const char *password,
		   const char *extensions, struct words *words_r)
{
	char challenge[PACKET_CHALLENGE_MAX + 1], without_proof[600],
	    auth[1200];
	char nonce[200], binding[200], said[300];
	size_t len = strlen(w->header);

	memcpy(challenge, site.o.challenge, site.o.challenge_len);
	challenge[site.o.challenge_len] = '\0';
	assert_memory_equal(challenge, "r=mine", 6);
	assert_non_null(strstr(challenge, ",i=7"));
	snprintf(nonce, sizeof(nonce), "%.*s", (int)strcspn(challenge, ","),
		 challenge);
	memcpy(said, w->header, len);
	if (w->binding_len != 0) {
		memcpy(said + len, w->binding, w->binding_len);
	}
	to_base64(binding, said, len + w->binding_len);
	snprintf(without_proof, sizeof(without_proof), "c=%s,%s%s", binding,
		 nonce, extensions);
	snprintf(auth, sizeof(auth), "n=bob,r=mine,%s,%s", challenge,
		 without_proof);
	sign(w, password, auth, without_proof, words_r);
}

static enum sasl_result hello(const struct way *w)
{
	char text[200];

	snprintf(text, sizeof(text), "%sn=bob,r=mine", w->header);
	return site_begin(&site, begin_of(w->mechanism, w->binding_len != 0),
			  text, strlen(text));
}

static void begin(const struct way *w, const char *password,
		  struct words *words_r)
{
	assert_int_equal(hello(w), SASL_CHALLENGE);
	answer(w, password, "", words_r);
}

static enum sasl_result say(const char *text)
{
	return site_step(&site, text, strlen(text));
}

static void the_right_proof_is_taken(void **state)
{
	struct words words;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		begin(&ways[i], "secret", &words);
		assert_int_equal(say(words.final), SASL_CHALLENGE);
		assert_text(
		    pop3_slice_of(site.o.challenge, site.o.challenge_len),
		    words.verdict);
		assert_int_equal(say(""), SASL_PROVEN);
		assert_user("bob");
	}
}

static void extensions_are_signed_too(void **state)
{
	struct words words;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		assert_int_equal(hello(&ways[i]), SASL_CHALLENGE);
		answer(&ways[i], "secret", ",x=some,y=thing", &words);
		assert_int_equal(say(words.final), SASL_CHALLENGE);
		assert_int_equal(say(""), SASL_PROVEN);
	}
}

static void a_wrong_proof_is_refused(void **state)
{
	struct words words;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		begin(&ways[i], "wrong", &words);
		assert_int_equal(say(words.final), SASL_WRONG);
		assert_user("bob");
	}
}

/* As from a client whose connection ends at somebody between. */
static void another_binding_is_refused(void **state)
{
	static const uint8_t other[32] = "hash of another certificate";
	uint8_t longer[33] = { 0 };
	struct words words;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct way w = ways[i];

		w.binding = other;
		begin(&w, "secret", &words);
		assert_int_equal(say(words.final), SASL_WRONG);
		memcpy(longer, ways[i].binding, 32); /* and a NUL */
		w.binding = longer;
		for (w.binding_len = 31; w.binding_len <= 33;
		     w.binding_len += 2) {
			begin(&w, "secret", &words);
			assert_int_equal(say(words.final), SASL_WRONG);
		}
	}
}

/* The header that was signed is not the one that was sent. */
static void another_header_is_refused(void **state)
{
	struct words words;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		struct way w = ways[i];

		assert_int_equal(hello(&w), SASL_CHALLENGE);
		w.header = "y,,";
		answer(&w, "secret", "", &words);
		assert_int_equal(say(words.final), SASL_WRONG);
	}
}

static void a_replay_is_refused(void **state)
{
	struct words words;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		begin(&ways[i], "secret", &words);
		assert_int_equal(say(words.final), SASL_CHALLENGE);
		assert_int_equal(hello(&ways[i]), SASL_CHALLENGE);
		assert_int_equal(say(words.final), SASL_WRONG);
	}
}

static void no_cut_is_proven(void **state)
{
	struct words words;
	size_t len;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		begin(&ways[i], "secret", &words);
		len = strlen(words.final);
		for (size_t cut = 0; cut < len; cut++) {
			begin(&ways[i], "secret", &words);
			assert_in_set(site_step(&site, words.final, cut),
				      ((LargestIntegralType[]){ SASL_MALFORMED,
								SASL_WRONG }),
				      2);
		}
	}
}

/* The last letter of base64 says more than octets have room for; GNU SASL takes
 * whatever is in the rest. */
static bool is_slack(const struct words *words, size_t at)
{
	size_t len = strlen(words->final);

	return at == len - 2 && words->final[len - 1] == '=';
}

static void no_change_is_proven(void **state)
{
	static const uint8_t others[] = { 0x01, 0x20, 0x80, 0xff };
	struct words words;
	size_t len;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		begin(&ways[i], "secret", &words);
		len = strlen(words.final);
		for (size_t n = 0; n < len * COUNT_OF(others); n++) {
			size_t at = n / COUNT_OF(others);

			begin(&ways[i], "secret", &words);
			words.final[at] ^= (char)others[n % COUNT_OF(others)];
			if (site_step(&site, words.final, len) ==
				SASL_CHALLENGE &&
			    !is_slack(&words, at)) {
				fail_msg("taken: %s", words.final);
			}
		}
	}
}

static void nobody_gets_what_bob_gets(void **state)
{
	static const char *const names[] = { "bob", "eve", "a=2Cb" };
	size_t lengths[COUNT_OF(names)];
	char text[200];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		for (size_t n = 0; n < COUNT_OF(names); n++) {
			struct way w = ways[i];

			snprintf(text, sizeof(text), "%.*s,n=%s,r=mine",
				 (int)strcspn(w.header, ","), w.header,
				 names[n]);
			/* without an authzid */
			memmove(strchr(text, ',') + 1, strchr(text, ','),
				strlen(strchr(text, ',')) + 1);
			assert_int_equal(
			    site_begin(
				&site,
				begin_of(w.mechanism, w.binding_len != 0), text,
				strlen(text)),
			    SASL_CHALLENGE);
			lengths[n] = site.o.challenge_len;
		}
		assert_int_equal(lengths[0], lengths[1]);
		assert_int_equal(lengths[0], lengths[2]);
	}
	assert_user("a,b");
}

/* Extensions in the first message count as much as a name does. */
static void long_first_messages_are_refused(void **state)
{
	static char text[PACKET_RESPONSE_MAX];
	int n =
	    snprintf(text, sizeof(text), "%sn=bob,r=mine,x=", ways[0].header);

	(void)state;
	memset(text + n, 'x', sizeof(text) - (size_t)n);
	assert_int_equal(
	    site_begin(&site, begin_of(ways[0].mechanism, true), text, 2048),
	    SASL_CHALLENGE);
	assert_int_equal(
	    site_begin(&site, begin_of(ways[0].mechanism, true), text, 2049),
	    SASL_MALFORMED);
	assert_int_equal(site_begin(&site, begin_of(ways[0].mechanism, true),
				    text, sizeof(text)),
			 SASL_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_right_proof_is_taken),
		cmocka_unit_test(extensions_are_signed_too),
		cmocka_unit_test(a_wrong_proof_is_refused),
		cmocka_unit_test(another_binding_is_refused),
		cmocka_unit_test(another_header_is_refused),
		cmocka_unit_test(a_replay_is_refused),
		cmocka_unit_test(no_cut_is_proven),
		cmocka_unit_test(no_change_is_proven),
		cmocka_unit_test(nobody_gets_what_bob_gets),
		cmocka_unit_test(long_first_messages_are_refused),
	};

	return cmocka_run_group_tests(tests, set_up_site, tear_down_site);
}
