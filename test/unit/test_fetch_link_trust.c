// SPDX-License-Identifier: ISC
/*
 * test_fetch_link_trust.c - trust.c and verdict.c: whose certificate is
 * believed, what is said when it is not, and our own.
 */
#include "linked_tls.h"

#include <openssl/err.h>

/* --- chains --- */

static void test_a_good_certificate(void **state)
{
	(void)state;
	open_to(&good, play_hello);
	linked_until(&k, k.ready == 1);
	assert_true(k.peer.is_secure);
	assert_true(k.peer.has_fingerprint);
	assert_string_equal(k.peer.tls_version, "TLSv1.3");
	assert_talks();
}

static void test_expired(void **state)
{
	(void)state;
	assert_refused(&expired, "pop.test: its certificate expired on 20");
}

static void test_not_yet_valid(void **state)
{
	(void)state;
	assert_refused(&early, "is the clock of this machine right?");
}

static void test_the_name_of_another(void **state)
{
	(void)state;
	assert_refused(&other, "its certificate is for other.test, "
			       "another.test and not for that name");
}

static void test_self_signed(void **state)
{
	(void)state;
	assert_refused(&alone, "its certificate vouches only for itself");
}

/* The file may name the server's own certificate, too. */
static void test_the_certificate_as_its_own_root(void **state)
{
	const struct issued *const rows[] = { &good, &alone };
	char path[64];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		int fd;

		path_of_certificate(rows[i], &fd, path);
		k.account.ca_file = path;
		trust_destroy(&k.trust);
		open_to(rows[i], play_hello);
		assert_talks();
		close(fd);
	}
	/* and is good for nothing else */
	assert_refused(&other, "issued by Root of the test");
}

static void test_an_unknown_issuer(void **state)
{
	(void)state;
	k.account.ca_file = NULL;
	assert_refused(&good, "its certificate is issued by Root of the test, "
			      "whom this machine does not know");
}

/* A certificate for the name is none for the address, and the other way. */
static void test_an_address_as_host(void **state)
{
	(void)state;
	k.account.host = (char *)(uintptr_t) "127.0.0.1";
	open_to(&of_address, play_hello);
	assert_talks();
	assert_refused(&good, "its certificate is for pop.test");
}

static void test_an_address_is_no_name(void **state)
{
	(void)state;
	assert_refused(&of_address, "its certificate is for another name");
}

/* Its subject says the right name, and nothing else does. */
static void test_a_subject_is_no_name(void **state)
{
	const struct issue what = { .kind = "P-256",
				    .common_name = "pop.test",
				    .by = &root };
	struct issued subject;

	(void)state;
	issue(&what, &subject);
	assert_refused(&subject, "its certificate is for another name");
	issued_finish(&subject);
}

/* --- pins --- */

/* Self-signed, or for another name: it is the one that was meant. */
static void test_a_pinned_certificate(void **state)
{
	(void)state;
	pin(&alone);
	open_to(&alone, play_hello);
	assert_talks();
}

static void test_a_pinned_certificate_may_be_odd(void **state)
{
	(void)state;
	pin(&other);
	open_to(&other, play_hello);
	assert_talks();
}

static void test_another_than_the_pinned(void **state)
{
	char pinned[PIN_TEXT_MAX];

	(void)state;
	pin(&alone);
	pin_of(&alone, pinned);
	/* a sound chain does not help either */
	k.account.ca_file = root_path;
	assert_refused(&good, "shows another certificate than the pinned one");
	assert_why(&k, WHY_TLS, pinned);
}

/* --- what is no TLS --- */

static void play_clear(struct played *s)
{
	played_say(s, "+OK POP3 in clear text\r\n");
	played_wait(s);
}

static void test_a_port_of_clear_text(void **state)
{
	(void)state;
	open_to(&good, play_clear);
	linked_until(&k, false);
	assert_int_equal(k.ready, 0);
	assert_why(&k, WHY_TLS, "what it says is not TLS; is the port right");
	close_all();
}

static void play_nothing(struct played *s)
{
	played_wait(s);
}

static void test_a_handshake_that_hangs(void **state)
{
	(void)state;
	k.account.timeout_s = 1;
	open_to(&good, play_nothing);
	linked_until(&k, false);
	assert_why(&k, WHY_NETWORK,
		   "pop.test does not finish the TLS handshake (waited 1 s)");
	close_all();
}

static void play_gone(struct played *s)
{
	(void)s;
}

static void test_a_handshake_that_ends(void **state)
{
	(void)state;
	open_to(&good, play_gone);
	linked_until(&k, false);
	assert_int_equal(k.why.kind, WHY_NETWORK);
	close_all();
}

static void play_old(struct played *s)
{
	SSL_CTX_set_min_proto_version(s->context, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(s->context, TLS1_1_VERSION);
	SSL_CTX_set_cipher_list(s->context, "ALL:@SECLEVEL=0");
	(void)played_tls(s);
}

static void test_an_old_tls(void **state)
{
	(void)state;
	open_to(&good, play_old);
	linked_until(&k, false);
	assert_int_equal(k.ready, 0);
	assert_why(&k, WHY_TLS, "only a TLS that is not safe any more");
	close_all();
}

/* --- our certificate --- */

static int file_of_ours(char path_r[64])
{
	int fd;

	path_of_certificate(&ours, &fd, path_r);
	issued_write_key(&ours, NULL, fd);
	return fd;
}

static int take_any(int is_well, X509_STORE_CTX *store)
{
	(void)is_well;
	(void)store;
	return 1;
}

static void play_wants_certificate(struct played *s)
{
	SSL_CTX_set_verify(s->context,
			   SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
			   take_any);
	play_hello(s);
}

static void test_our_certificate(void **state)
{
	char path[64];
	int fd = file_of_ours(path);

	(void)state;
	k.account.certificate_file = path;
	linked_trust(&k);
	assert_true(trust_has_certificate(k.trust));
	open_to(&good, play_wants_certificate);
	assert_talks();
	close(fd);
}

static void test_we_have_none(void **state)
{
	(void)state;
	open_to(&good, play_wants_certificate);
	assert_false(trust_has_certificate(k.trust));
	linked_until(&k, false);
	assert_why(&k, WHY_TLS, "it wants a certificate of ours");
	close_all();
}

/* What the configuration names and is not there, or not what it is to be. */
static void test_files_that_will_not_do(void **state)
{
	struct account a = { .host = (char *)(uintptr_t) "pop.test" };
	struct trust *trust = NULL;
	struct why why;
	char path[64];
	int fd;

	(void)state;
	a.ca_file = (char *)(uintptr_t) "/nonexistent/ca.pem";
	assert_int_equal(trust_create(&a, &trust, &why), -(int)WHY_CONFIG);
	assert_non_null(strstr(why.text, "ca_file /nonexistent/ca.pem"));
	a.ca_file = NULL;
	path_of_certificate(&ours, &fd, path);
	a.certificate_file = path;
	assert_int_equal(trust_create(&a, &trust, &why), -(int)WHY_CONFIG);
	assert_non_null(strstr(why.text, "key /proc"));
	/* no passphrase is asked for on the way */
	issued_write_key(&ours, "passphrase", fd);
	assert_int_equal(trust_create(&a, &trust, &why), -(int)WHY_CONFIG);
	assert_null(trust);
	assert_int_equal(ERR_peek_error(), 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_tls(test_a_good_certificate),
		with_tls(test_expired),
		with_tls(test_not_yet_valid),
		with_tls(test_the_name_of_another),
		with_tls(test_self_signed),
		with_tls(test_the_certificate_as_its_own_root),
		with_tls(test_an_unknown_issuer),
		with_tls(test_an_address_as_host),
		with_tls(test_an_address_is_no_name),
		with_tls(test_a_subject_is_no_name),
		with_tls(test_a_pinned_certificate),
		with_tls(test_a_pinned_certificate_may_be_odd),
		with_tls(test_another_than_the_pinned),
		with_tls(test_a_port_of_clear_text),
		with_tls(test_a_handshake_that_hangs),
		with_tls(test_a_handshake_that_ends),
		with_tls(test_an_old_tls),
		with_tls(test_our_certificate),
		with_tls(test_we_have_none),
		with_tls(test_files_that_will_not_do),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
