// SPDX-License-Identifier: ISC
/*
 * test_fetch_link_tls.c - link.c over TLS: whose certificate is believed, what
 * is said when it is not, STLS, truncation, resumption, channel bindings.
 */
#include "linked.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "os/fd.h"

static struct linked k;
static struct played p;
static struct issued root, good, expired, early, other, alone, of_address;
static struct issued ours;

static void be_ca(X509 *x)
{
	X509_EXTENSION *ca = X509V3_EXT_conf_nid(
	    NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

	must(ca != NULL && X509_add_ext(x, ca, -1) == 1, "a CA");
	X509_EXTENSION_free(ca);
}

static void make(const char *names, long from, long until,
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

static int make_all(void **state)
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

static int free_all(void **state)
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

static int begin_with(enum account_tls tls)
{
	linked_begin(&k, tls);
	path_of_certificate(&root, &root_fd, root_path);
	k.account.ca_file = root_path;
	return 0;
}

static int begin(void **state)
{
	(void)state;
	return begin_with(ACCOUNT_TLS_IMPLICIT);
}

static int begin_stls(void **state)
{
	(void)state;
	return begin_with(ACCOUNT_TLS_STLS);
}

static int end(void **state)
{
	(void)state;
	linked_end(&k);
	close(root_fd);
	return 0;
}

/* --- the servers --- */

static void play_hello(struct played *s)
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

static void open_to(const struct issued *shown, void (*play)(struct played *))
{
	SSL_CTX *context = played_context(shown);

	if (k.trust == NULL) {
		linked_trust(&k);
	}
	played_begin(&p, context, play);
	linked_open(&k, &p.address, 1);
}

static void close_all(void)
{
	SSL_CTX *context = p.context;

	linked_close(&k);
	played_end(&p);
	SSL_CTX_free(context);
}

static void assert_talks(void)
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

static void pin_of(const struct issued *issued, char text_r[TRUST_PIN_TEXT_MAX])
{
	uint8_t octets[ACCOUNT_FINGERPRINT_LEN];

	X509_digest(issued->x, EVP_sha256(), octets, NULL);
	trust_pin_write(octets, text_r);
}

/* No octet of ours went to it, and the words say what it is, and its
 * fingerprint. */
static void assert_refused(const struct issued *shown, const char *words)
{
	char pin[TRUST_PIN_TEXT_MAX];

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

/* --- pins --- */

static void pin(const struct issued *issued)
{
	k.account.has_pin = true;
	k.account.ca_file = NULL;
	assert_int_equal(
	    X509_digest(issued->x, EVP_sha256(), k.account.pin, NULL), 1);
}

/* Self-signed, or for another name and expired: it is the one that was meant. */
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
	char pinned[TRUST_PIN_TEXT_MAX];

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

/* --- truncation --- */

static void play_cut(struct played *s)
{
	if (played_tls(s)) {
		played_say(s, "+OK hel");
	}
	/* TCP ends, TLS does not */
}

static void test_truncated(void **state)
{
	(void)state;
	open_to(&good, play_cut);
	linked_until(&k, false);
	assert_slice(octets_all(&k.came), "+OK hel");
	assert_int_equal(k.end, LINK_END_TRUNCATED);
	assert_why(&k, WHY_NETWORK,
		   "pop.test broke the connection off without the end of TLS");
	close_all();
}

/* Our good-bye, as the server sees it. */
static atomic_bool was_said_bye;

static void play_bye(struct played *s)
{
	char octet;

	if (played_tls(s)) {
		played_say(s, "+OK hello\r\n");
		atomic_store(&was_said_bye, SSL_read(s->ssl, &octet, 1) == 0 &&
						SSL_get_error(s->ssl, 0) ==
						    SSL_ERROR_ZERO_RETURN);
	}
}

static void test_we_say_good_bye(void **state)
{
	(void)state;
	open_to(&good, play_bye);
	linked_until(&k, k.came.len == 11);
	close_all();
	assert_true(atomic_load(&was_said_bye));
}

/* --- STLS --- */

/* What goes out with the answer to STLS, and whether it is one write. */
static const char *injected;

static void play_stls(struct played *s)
{
	char line[64];

	played_say(s, "+OK clear\r\n");
	played_hear(s, line, sizeof(line));
	if (strcmp(line, "STLS") != 0) {
		return;
	}
	played_say(s, "+OK begin\r\n");
	if (injected != NULL) {
		usleep(50000);
		played_say(s, injected);
	}
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

static void ask_stls(void)
{
	linked_until(&k, k.came.len == 11);
	assert_int_equal(k.ready, 1);
	assert_false(k.peer.is_secure);
	linked_say(&k, "STLS\r\n");
	linked_until(&k, k.came.len == 22);
	assert_slice(octets_all(&k.came), "+OK clear\r\n+OK begin\r\n");
	octets_finish(&k.came);
}

static void test_stls(void **state)
{
	(void)state;
	injected = NULL;
	open_to(&good, play_stls);
	ask_stls();
	link_secure(k.link);
	linked_until(&k, k.ready == 2);
	assert_true(k.peer.is_secure);
	assert_talks();
}

static void test_stls_with_a_wrong_certificate(void **state)
{
	(void)state;
	injected = NULL;
	open_to(&alone, play_stls);
	ask_stls();
	link_secure(k.link);
	linked_until(&k, false);
	assert_int_equal(k.ready, 1);
	assert_why(&k, WHY_TLS, "its certificate vouches only for itself");
	close_all();
}

/* A man in the middle adds to what is not protected yet. */
static void test_octets_injected_behind_stls(void **state)
{
	(void)state;
	injected = "+OK not of the server\r\n";
	open_to(&good, play_stls);
	ask_stls();
	link_pause(k.link);
	usleep(200000);
	link_secure(k.link);
	link_resume(k.link);
	linked_until(&k, false);
	assert_int_equal(k.ready, 1);
	assert_int_equal(k.came.len, 0);
	assert_int_equal(k.end, LINK_END_FAILED);
	assert_why(&k, WHY_TLS, "clear text behind the answer to STLS");
	close_all();
}

/* They come when the handshake has begun: then they are what breaks it. */
static void test_octets_injected_into_the_handshake(void **state)
{
	(void)state;
	injected = "+OK not of the server\r\n";
	open_to(&good, play_stls);
	ask_stls();
	link_secure(k.link);
	linked_until(&k, false);
	assert_int_equal(k.ready, 1);
	assert_int_equal(k.came.len, 0);
	assert_int_equal(k.end, LINK_END_FAILED);
	assert_int_equal(k.why.kind, WHY_TLS);
	close_all();
}

/* --- sessions --- */

static void play_twice(struct played *s, SSL_CTX *context, uint64_t version)
{
	SSL_CTX_set_max_proto_version(context, (int)version);
	played_begin(s, context, play_hello);
}

static void test_resumption(uint64_t version)
{
	SSL_CTX *context = played_context(&good);

	linked_trust(&k);
	for (unsigned i = 0; i < 3; i++) {
		play_twice(&p, context, version);
		linked_open(&k, &p.address, 1);
		linked_until(&k, k.came.len == 11);
		assert_int_equal(k.ended, 0);
		assert_int_equal(k.peer.is_resumed, i != 0);
		assert_true(k.peer.has_fingerprint);
		linked_say(&k, "QUIT\r\n");
		linked_until(&k, false);
		assert_int_equal(k.end, LINK_END_CLOSED);
		linked_close(&k);
		played_end(&p);
		assert_int_equal(p.was_resumed, i != 0);
	}
	/* what another pin forbids no ticket allows */
	pin(&alone);
	play_twice(&p, context, version);
	linked_open(&k, &p.address, 1);
	linked_until(&k, false);
	assert_int_equal(k.came.len, 0);
	assert_int_equal(k.ready, 0);
	assert_why(&k, WHY_TLS, "another certificate than the pinned one");
	linked_close(&k);
	played_end(&p);
	SSL_CTX_free(context);
}

static void test_resumption_of_tls_1_3(void **state)
{
	(void)state;
	test_resumption(TLS1_3_VERSION);
}

static void test_resumption_of_tls_1_2(void **state)
{
	(void)state;
	test_resumption(TLS1_2_VERSION);
}

/* --- channel bindings --- */

static uint8_t exporter[32];

static void play_exporter(struct played *s)
{
	if (played_tls(s)) {
		must(SSL_export_keying_material(s->ssl, exporter,
						sizeof(exporter),
						"EXPORTER-Channel-Binding", 24,
						(const uint8_t *)"", 0, 1) == 1,
		     "an exporter");
		played_say(s, "+OK hello\r\n");
		played_wait(s);
	}
}

static void assert_bindings(uint64_t options)
{
	uint8_t is[LINK_BINDING_MAX], want[32];
	bool has_ems = (options & SSL_OP_NO_EXTENDED_MASTER_SECRET) == 0;

	linked_until(&k, k.came.len == 11);
	assert_int_equal(k.ended, 0);
	assert_int_equal(link_binding(k.link, LINK_BINDING_EXPORTER, is),
			 has_ems ? 32 : 0);
	if (has_ems) {
		assert_memory_equal(is, exporter, 32);
	}
	assert_int_equal(link_binding(k.link, LINK_BINDING_END_POINT, is), 32);
	X509_digest(good.x, EVP_sha256(), want, NULL);
	assert_memory_equal(is, want, 32);
	close_all();
}

static void bindings(int version, uint64_t options)
{
	SSL_CTX *context = played_context(&good);

	SSL_CTX_set_max_proto_version(context, version);
	SSL_CTX_set_options(context, options);
	linked_trust(&k);
	played_begin(&p, context, play_exporter);
	linked_open(&k, &p.address, 1);
	assert_bindings(options);
}

static void test_bindings_of_tls_1_3(void **state)
{
	(void)state;
	bindings(TLS1_3_VERSION, 0);
}

static void test_bindings_of_tls_1_2(void **state)
{
	(void)state;
	bindings(TLS1_2_VERSION, 0);
}

static void test_bindings_without_extended_master_secret(void **state)
{
	(void)state;
	bindings(TLS1_2_VERSION, SSL_OP_NO_EXTENDED_MASTER_SECRET);
}

static void test_no_bindings_in_clear_text(void **state)
{
	uint8_t is[LINK_BINDING_MAX];

	(void)state;
	injected = NULL;
	open_to(&good, play_stls);
	linked_until(&k, k.came.len == 11);
	assert_int_equal(link_binding(k.link, LINK_BINDING_EXPORTER, is), 0);
	assert_int_equal(link_binding(k.link, LINK_BINDING_END_POINT, is), 0);
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

/* --- many octets --- */

#define MANY (24u * 1024 * 1024 + 5)

static void play_many(struct played *s)
{
	char *octets = malloc(MANY);

	must(octets != NULL, "memory");
	for (size_t i = 0; i < MANY; i++) {
		octets[i] = (char)(i % 251);
	}
	if (played_tls(s)) {
		played_say_octets(s, octets, MANY);
		(void)SSL_shutdown(s->ssl);
	}
	free(octets);
}

static void test_many_octets(void **state)
{
	(void)state;
	open_to(&good, play_many);
	linked_until(&k, false);
	assert_int_equal(k.end, LINK_END_CLOSED);
	assert_int_equal(k.came.len, MANY);
	for (size_t i = 0; i < MANY; i++) {
		if (k.came.at[i] != i % 251) {
			fail_msg("octet %zu", i);
		}
	}
	close_all();
}

/* Octets that OpenSSL has and the socket has no more are not forgotten. */
static void pause_it(struct linked *l, struct block *block, size_t offset,
		     size_t len)
{
	(void)block;
	(void)offset;
	(void)len;
	link_pause(l->link);
}

static void test_pauses_lose_nothing(void **state)
{
	(void)state;
	k.on_octets = pause_it;
	open_to(&good, play_many);
	while (k.ended == 0) {
		uv_run(&k.loop, UV_RUN_NOWAIT);
		link_resume(k.link);
		uv_run(&k.loop, UV_RUN_ONCE);
	}
	assert_int_equal(k.end, LINK_END_CLOSED);
	assert_int_equal(k.came.len, MANY);
	close_all();
}

/* More output than the kernel takes at a time. */
static void play_reads_late(struct played *s)
{
	static char octets[65536];

	if (played_tls(s)) {
		usleep(200000);
		while (SSL_read(s->ssl, octets, sizeof(octets)) > 0) {
		}
	}
}

static void test_output_drains(void **state)
{
	(void)state;
	open_to(&good, play_reads_late);
	linked_until(&k, k.ready == 1);
	while (link_pending(k.link) == 0) {
		while (!link_out(k.link)->full) {
			pop3_put_str(link_out(k.link), "0123456789abcdef");
		}
		link_out(k.link)->full = false;
		link_flush(k.link);
	}
	linked_until(&k, k.drained == 1);
	assert_int_equal(k.ended, 0);
	assert_int_equal(link_pending(k.link), 0);
	close_all();
}

#define with_tls(test)  cmocka_unit_test_setup_teardown(test, begin, end)
#define with_stls(test) cmocka_unit_test_setup_teardown(test, begin_stls, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_tls(test_a_good_certificate),
		with_tls(test_expired),
		with_tls(test_not_yet_valid),
		with_tls(test_the_name_of_another),
		with_tls(test_self_signed),
		with_tls(test_an_unknown_issuer),
		with_tls(test_an_address_as_host),
		with_tls(test_an_address_is_no_name),
		with_tls(test_a_pinned_certificate),
		with_tls(test_a_pinned_certificate_may_be_odd),
		with_tls(test_another_than_the_pinned),
		with_tls(test_a_port_of_clear_text),
		with_tls(test_a_handshake_that_hangs),
		with_tls(test_a_handshake_that_ends),
		with_tls(test_an_old_tls),
		with_tls(test_truncated),
		with_tls(test_we_say_good_bye),
		with_stls(test_stls),
		with_stls(test_stls_with_a_wrong_certificate),
		with_stls(test_octets_injected_behind_stls),
		with_stls(test_octets_injected_into_the_handshake),
		with_tls(test_resumption_of_tls_1_3),
		with_tls(test_resumption_of_tls_1_2),
		with_tls(test_bindings_of_tls_1_3),
		with_tls(test_bindings_of_tls_1_2),
		with_tls(test_bindings_without_extended_master_secret),
		with_stls(test_no_bindings_in_clear_text),
		with_tls(test_our_certificate),
		with_tls(test_we_have_none),
		with_tls(test_files_that_will_not_do),
		with_tls(test_many_octets),
		with_tls(test_pauses_lose_nothing),
		with_tls(test_output_drains),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
