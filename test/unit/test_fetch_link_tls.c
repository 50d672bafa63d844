// SPDX-License-Identifier: ISC
/*
 * test_fetch_link_tls.c - link.c over TLS: truncation, STLS, resumption,
 * channel bindings.
 */
#include "linked_tls.h"

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
	play_hello(s);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
