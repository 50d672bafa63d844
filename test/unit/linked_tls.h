// SPDX-License-Identifier: ISC
/*
 * linked_tls.h - links over TLS to servers with certificates of all sorts, for
 * the unit tests of whom they believe and of what flows.
 */
#ifndef TEST_LINKED_TLS_H
#define TEST_LINKED_TLS_H

#include "linked.h"

#include <openssl/x509v3.h>

#include "fetch/pin.h"

static struct linked k;
static struct played p;
static struct issued root, good, expired, early, other, alone, of_address;
static struct issued ours;

static inline void be_ca(X509 *x)
{
	X509_EXTENSION *ca = X509V3_EXT_conf_nid(
	    NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

	must(ca != NULL && X509_add_ext(x, ca, -1) == 1, "a CA");
	X509_EXTENSION_free(ca);
}

static inline void make(const char *names, long from, long until,
			const struct issued *by, struct issued *issued_r)
{
	struct issue what = {
		.kind = "P-256",
		.common_name = names == NULL ? "Root of the test" : NULL,
		.alt_names = names,
		.by = by,
		.from_days = from,
		.until_days = until,
		.change = names == NULL ? be_ca : NULL,
	};

	issue(&what, issued_r);
}

static inline int make_all(void **state)
{
	(void)state;
	make(NULL, 0, 0, NULL, &root);
	make("DNS:pop.test,DNS:mail.test", 0, 0, &root, &good);
	make("DNS:pop.test", -10, -2, &root, &expired);
	make("DNS:pop.test", 5, 20, &root, &early);
	make("DNS:other.test,DNS:another.test", 0, 0, &root, &other);
	make("DNS:pop.test", 0, 0, NULL, &alone);
	make("IP:127.0.0.1", 0, 0, &root, &of_address);
	make("DNS:me", 0, 0, &root, &ours);
	return 0;
}

static inline int free_all(void **state)
{
	struct issued *all[] = { &root,  &good,       &expired, &early,
				 &other, &of_address, &ours,    &alone };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		issued_finish(all[i]);
	}
	return 0;
}

static int root_fd;
static char root_path[64];

static inline int begin_with(enum account_tls tls)
{
	linked_begin(&k, tls);
	path_of_certificate(&root, &root_fd, root_path);
	k.account.ca_file = root_path;
	return 0;
}

static inline int begin(void **state)
{
	(void)state;
	return begin_with(ACCOUNT_TLS_IMPLICIT);
}

static inline int begin_stls(void **state)
{
	(void)state;
	return begin_with(ACCOUNT_TLS_STLS);
}

static inline int end(void **state)
{
	(void)state;
	linked_end(&k);
	close(root_fd);
	return 0;
}

/* --- the servers --- */

static inline void play_hello(struct played *s)
{
	char line[64];

	if (!played_tls(s)) {
		return;
	}
	played_say(s, "+OK hello\r\n");
	played_hear(s, line, sizeof(line));
	if (strcmp(line, "QUIT") == 0) {
		played_say(s, "+OK bye\r\n");
		(void)SSL_shutdown(s->ssl);
	}
}

static inline void open_to(const struct issued *shown,
			   void (*play)(struct played *))
{
	SSL_CTX *context = played_context(shown);

	if (k.trust == NULL) {
		linked_trust(&k);
	}
	played_begin(&p, context, play);
	linked_open(&k, &p.address, 1);
}

static inline void close_all(void)
{
	SSL_CTX *context = p.context;

	linked_close(&k);
	played_end(&p);
	SSL_CTX_free(context);
}

static inline void assert_talks(void)
{
	linked_until(&k, k.came.len == 11);
	if (k.ended != 0) {
		print_error("says: %s\n", k.why.text);
	}
	assert_int_equal(k.ended, 0);
	linked_say(&k, "QUIT\r\n");
	linked_until(&k, false);
	assert_slice(octets_all(&k.came), "+OK hello\r\n+OK bye\r\n");
	assert_int_equal(k.end, LINK_END_CLOSED);
	close_all();
}

static inline void pin_of(const struct issued *issued,
			  char text_r[PIN_TEXT_MAX])
{
	uint8_t octets[ACCOUNT_FINGERPRINT_LEN];

	X509_digest(issued->x, EVP_sha256(), octets, NULL);
	pin_write(octets, text_r);
}

/* From now on only this one is believed. */
static inline void pin(const struct issued *issued)
{
	k.account.has_pin = true;
	k.account.ca_file = NULL;
	assert_int_equal(
	    X509_digest(issued->x, EVP_sha256(), k.account.pin, NULL), 1);
}

/* No octet of ours went to it, and the words say what it is, and its
 * fingerprint. */
static inline void assert_refused(const struct issued *shown, const char *words)
{
	char pin[PIN_TEXT_MAX];

	pin_of(shown, pin);
	open_to(shown, play_hello);
	linked_say(&k, "USER me\r\n");
	linked_until(&k, false);
	assert_int_equal(k.ready, 0);
	assert_int_equal(k.came.len, 0);
	assert_int_equal(k.end, LINK_END_FAILED);
	assert_why(&k, WHY_TLS, words);
	assert_why(&k, WHY_TLS, pin);
	assert_true(k.peer.has_fingerprint);
	assert_false(k.peer.is_secure);
	close_all();
	assert_false(p.was_tls);
}

#define with_tls(test)  cmocka_unit_test_setup_teardown(test, begin, end)
#define with_stls(test) cmocka_unit_test_setup_teardown(test, begin_stls, end)

#endif
