// SPDX-License-Identifier: ISC
/*
 * test_auth_sasl.c - SASL with restanted-auth itself, confined as it serves:
 * what comes of each exchange, in packets.
 */
#include "auth_sasl_played.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <time.h>

#include "auth/limits.h"

static int begin_test(void **state)
{
	(void)state;
	set_up();
	write_file(d.path, "a:{PLAIN}s:1000:1001\n"
			   "off:{PLAIN}s:1000:1001::::nologin\n");
	settings.failures_max = 3;
	settings.failures_ms = 3600 * 1000;
	begin_role(-1);
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	end_role();
	users_dir_finish(&d);
	return 0;
}

static void a_password_is_verified_as_ever(void **state)
{
	(void)state;
	send_first(CONN, "PLAIN", "\0a\0s", 4);
	expect_grant("aa/Maildir");
	send_first(CONN, "PLAIN", "\0a\0t", 4);
	expect_refused(STATUS_AUTH);
	send_first(CONN, "PLAIN", "\0b\0s", 4);
	expect_refused(STATUS_AUTH);
	send_first(CONN, "PLAIN", "\0off\0s", 6);
	expect_refused(STATUS_AUTH);
}

static void steps_find_their_exchange(void **state)
{
	char text[400];

	(void)state;
	send_first(CONN, "LOGIN", NULL, 0);
	expect_challenge(CONN, text);
	send_first(CONN + 1, "LOGIN", NULL, 0);
	expect_challenge(CONN + 1, text);
	send_step(CONN, "a");
	expect_challenge(CONN, text);
	send_step(CONN + 1, "b");
	expect_challenge(CONN + 1, text);
	send_step(CONN, "s");
	expect_grant("aa/Maildir");
	send_step(CONN, "s");
	expect_refused(STATUS_EXCHANGE);
	send_step(CONN + 1, "s");
	receive_refused();
	assert_int_equal(p.as.refused.conn, CONN + 1);
	assert_int_equal(p.as.refused.status, STATUS_AUTH);
}

static void what_was_cancelled_is_forgotten(void **state)
{
	char text[400];

	(void)state;
	send_first(CONN, "LOGIN", NULL, 0);
	expect_challenge(CONN, text);
	send_cancel();
	do { /* another thread may have the cancel still */
		send_step(CONN, "a");
		assert_int_equal(channel_receive_checked(session, &p, ROLE_AUTH,
							 ROLE_SESSION),
				 0);
	} while (p.as.head.type == PACKET_SASL_CHALLENGE);
	assert_int_equal(p.as.refused.status, STATUS_EXCHANGE);
}

static void what_no_mechanism_demands_is_told_so(void **state)
{
	(void)state;
	send_first(CONN, "PLAIN", "a", 1);
	expect_refused(STATUS_EXCHANGE);
	send_first(CONN, "NTLM", NULL, 0);
	expect_refused(STATUS_EXCHANGE);
	send_first(CONN, "CRAM-MD5", NULL, 0); /* switched off */
	expect_refused(STATUS_EXCHANGE);
	send_first(CONN, "EXTERNAL", "", 0); /* no authorities */
	expect_refused(STATUS_EXCHANGE);
	send_first(CONN, "SCRAM-SHA-256-PLUS", NULL, 0); /* no TLS */
	expect_refused(STATUS_EXCHANGE);
}

/* "r=...", "s=..." or "i=...". */
static void challenge_part(const char *challenge, int which, char *at,
			   size_t cap)
{
	for (int i = 0; i < which; i++) {
		challenge += strcspn(challenge, ",") + 1;
	}
	snprintf(at, cap, "%.*s", (int)strcspn(challenge, ","), challenge);
}

/* SCRAM-SHA-1 with the password "s", or another. */
static void send_proof(const char *challenge, const char *bare,
		       const char *password)
{
	uint8_t salt[64], salted[20], key[20], stored[20], mac[20];
	char nonce[200], salt_text[100], auth[900], proof[64], final[400];
	int iterations;

	challenge_part(challenge, 0, nonce, sizeof(nonce));
	challenge_part(challenge, 1, salt_text, sizeof(salt_text));
	challenge_part(challenge, 2, auth, sizeof(auth));
	iterations = (int)strtol(auth + 2, NULL, 10);
	/* "s=" and, of 16 octets, 22 letters and "==" */
	assert_int_equal(strlen(salt_text), 2 + 24);
	assert_int_equal(
	    EVP_DecodeBlock(salt, (const uint8_t *)salt_text + 2, 24), 18);
	assert_int_equal(PKCS5_PBKDF2_HMAC_SHA1(password, -1, salt, 16,
						iterations, 20, salted),
			 1);
	(void)HMAC(EVP_sha1(), salted, 20, (const uint8_t *)"Client Key", 10,
		   key, NULL);
	assert_int_equal(EVP_Digest(key, 20, stored, NULL, EVP_sha1(), NULL),
			 1);
	snprintf(auth, sizeof(auth), "%s,%s,c=biws,%s", bare, challenge, nonce);
	(void)HMAC(EVP_sha1(), stored, 20, (const uint8_t *)auth, strlen(auth),
		   mac, NULL);
	for (int i = 0; i < 20; i++) {
		mac[i] ^= key[i];
	}
	(void)EVP_EncodeBlock((uint8_t *)proof, mac, 20);
	snprintf(final, sizeof(final), "c=biws,%s,p=%s", nonce, proof);
	send_step(CONN, final);
}

static void prove(const char *user, const char *password)
{
	char hello[64], challenge[400];

	snprintf(hello, sizeof(hello), "n,,n=%s,r=mine", user);
	send_first(CONN, "SCRAM-SHA-1", hello, strlen(hello));
	expect_challenge(CONN, challenge);
	send_proof(challenge, hello + 3, password);
}

static void a_proof_is_granted(void **state)
{
	char text[400];

	(void)state;
	prove("a", "s");
	expect_challenge(CONN, text);
	assert_memory_equal(text, "v=", 2);
	send_step(CONN, "");
	expect_grant("aa/Maildir");
	prove("a", "t");
	expect_refused(STATUS_AUTH);
	prove("off", "s"); /* nor is it told that it is right */
	expect_refused(STATUS_AUTH);
	prove("nobody", "s");
	expect_refused(STATUS_AUTH);
}

/* After that, a right one is not told from a wrong one. */
static void guessing_is_refused(void **state)
{
	static const char hello[] = "n,,n=a,r=mine";
	char early[400], text[400];

	(void)state;
	send_first(CONN, "SCRAM-SHA-1", hello, strlen(hello));
	expect_challenge(CONN, early);
	for (int i = 0; i < 3; i++) {
		send_first(CONN + 1, "PLAIN", "\0a\0t", 4);
		receive_refused();
		assert_int_equal(p.as.refused.status, STATUS_AUTH);
	}
	send_proof(early, hello + 3, "s");
	expect_refused(STATUS_GUESSING);
	/* nor is there a challenge */
	send_first(CONN, "SCRAM-SHA-1", hello, strlen(hello));
	expect_refused(STATUS_GUESSING);
	send_first(CONN, "SCRAM-SHA-1", NULL, 0);
	expect_challenge(CONN, text);
	send_step(CONN, hello);
	expect_refused(STATUS_GUESSING);
	send_first(CONN, "PLAIN", "\0a\0s", 4);
	expect_refused(STATUS_GUESSING);
}

/* How often a user's challenge is told to who cancels then, or says what is no
 * proof. */
static unsigned abandon(const char *hello, bool by_nonsense, unsigned most)
{
	for (unsigned i = 0; i < most; i++) {
		send_first(CONN, "SCRAM-SHA-1", hello, strlen(hello));
		assert_int_equal(channel_receive_checked(session, &p, ROLE_AUTH,
							 ROLE_SESSION),
				 0);
		if (p.as.head.type != PACKET_SASL_CHALLENGE) {
			assert_int_equal(p.as.refused.status, STATUS_GUESSING);
			return i;
		}
		if (by_nonsense) {
			send_step(CONN, "nonsense");
			expect_refused(STATUS_EXCHANGE);
		} else {
			send_cancel();
		}
	}
	return most;
}

/* Three failures are too many here, and four that are abandoned count as
 * one. */
static void who_abandons_many_is_refused(void **state)
{
	char text[400];

	(void)state;
	prove("a", "s");
	expect_challenge(CONN, text);
	send_step(CONN, "");
	expect_grant("aa/Maildir");
	/* where users are they may */
	assert_int_equal(abandon("n,,n=a,r=mine", false, 200), 200);
	assert_int_equal(abandon("n,,n=nobody,r=mine", true, 8), 8);
	assert_in_range(abandon("n,,n=nobody,r=mine", false, 99), 2, 6);
	/* one that is just at the limit decays below it in a tick: one more */
	nanosleep(&(struct timespec){ 0, 50 * 1000000L }, NULL);
	assert_in_range(abandon("n,,n=nobody,r=mine", false, 99), 0, 2);
	assert_int_equal(abandon("n,,n=off,r=mine", false, 1), 0);
	assert_int_equal(abandon("n,,n=a,r=mine", false, 1), 1);
}

/* More than the table has room for: each is answered. */
static void exchanges_have_a_bound(void **state)
{
	uint32_t challenges = 0, refusals = 0;
	char hello[] = "n,,n=a,r=mine";

	(void)state;
	for (uint64_t i = 0; i < EXCHANGES_PEER_MAX + 10; i++) {
		send_first(i, "SCRAM-SHA-1", hello, strlen(hello));
		assert_int_equal(channel_receive_checked(session, &p, ROLE_AUTH,
							 ROLE_SESSION),
				 0);
		if (p.as.head.type == PACKET_SASL_CHALLENGE) {
			challenges++;
			continue;
		}
		assert_int_equal(p.as.head.type, PACKET_REFUSED);
		assert_int_equal(p.as.refused.status, STATUS_BUSY);
		refusals++;
	}
	assert_int_equal(challenges, EXCHANGES_PEER_MAX);
	assert_int_equal(refusals, 10);
}

/* --- EXTERNAL --- */

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_password_is_verified_as_ever),
		TEST(steps_find_their_exchange),
		TEST(what_was_cancelled_is_forgotten),
		TEST(what_no_mechanism_demands_is_told_so),
		TEST(a_proof_is_granted),
		TEST(guessing_is_refused),
		TEST(who_abandons_many_is_refused),
		TEST(exchanges_have_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
