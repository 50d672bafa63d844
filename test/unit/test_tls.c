// SPDX-License-Identifier: ISC
/*
 * test_tls.c - TLS of a session process, whose private keys are elsewhere.
 */
#include "tls_peers.h"

#include <errno.h>
#include <openssl/err.h>

static void assert_received(struct peers *p, const char *want)
{
	char got[4096];
	size_t len = 0;

	while (len < strlen(want)) {
		int n =
		    SSL_read(p->client, got + len, (int)(sizeof(got) - len));

		assert_true(n > 0);
		len += (size_t)n;
	}
	assert_slice(pop3_slice_of(got, len), "hello");
}

static void test_versions_and_schemes(void **state)
{
	static const struct {
		int version;
		const char *sigalgs;
		uint32_t certificate;
	} cases[] = {
		{ TLS1_3_VERSION, "ECDSA+SHA256:RSA-PSS+SHA256", 0 },
		{ TLS1_3_VERSION, "RSA-PSS+SHA256", 1 },
		{ TLS1_3_VERSION, "RSA-PSS+SHA512", 1 },
		{ TLS1_2_VERSION, "ECDSA+SHA256", 0 },
		{ TLS1_2_VERSION, "RSA+SHA256", 1 },
		{ TLS1_2_VERSION, "RSA+SHA512", 1 },
		{ TLS1_2_VERSION, "RSA-PSS+SHA384", 1 },
	};
	struct peers p;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		peers_begin(&p);
		SSL_set_max_proto_version(p.client, cases[i].version);
		SSL_set1_sigalgs_list(p.client, cases[i].sigalgs);
		assert_true(peers_shake(&p, true));
		assert_int_equal(p.asked, 1);
		assert_int_equal(p.certificate, cases[i].certificate);
		assert_int_equal(SSL_version(p.client), cases[i].version);
		assert_int_equal(
		    tls_send(p.server, (const uint8_t *)"hello", 5), 5);
		assert_received(&p, "hello");
		peers_end(&p);
	}
}

static void test_the_name_chooses(void **state)
{
	static const struct {
		const char *name;
		uint32_t certificate;
	} cases[] = {
		{ "pop.test", 0 },
		{ "mail.other.test", 2 },
		{ "a.b.other.test", 0 },
		{ "nobody.test", 0 },
	};
	struct peers p;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		peers_begin(&p);
		SSL_set_tlsext_host_name(p.client, cases[i].name);
		assert_true(peers_shake(&p, true));
		assert_int_equal(p.certificate, cases[i].certificate);
		peers_end(&p);
	}
}

/* Who cannot do with the first certificate of that name gets another of that
 * name, not of one that happens to stand beside the first. */
static void test_the_name_chooses_what_stands_beside(void **state)
{
	static const struct {
		const char *name;
		uint32_t certificate;
	} cases[] = {
		{ "pop.test", 1 },
		{ "a.other.test", 3 },
		{ "b.other.test", 4 },
		{ "nobody.test", 1 },
	};
	struct peers p;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		peers_begin(&p);
		SSL_set1_sigalgs_list(p.client, "RSA-PSS+SHA256");
		SSL_set_tlsext_host_name(p.client, cases[i].name);
		assert_true(peers_shake(&p, true));
		assert_int_equal(p.certificate, cases[i].certificate);
		peers_end(&p);
	}
}

static void test_a_ticket_saves_the_signature(void **state)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	SSL_SESSION *session = NULL;
	struct peers p;

	(void)state;
	for (size_t i = 0; i < 2 * COUNT_OF(versions); i++) {
		peers_begin(&p);
		SSL_set_max_proto_version(p.client, versions[i / 2]);
		if (i % 2 == 1) {
			SSL_set_session(p.client, session);
			SSL_SESSION_free(session);
		}
		assert_true(peers_shake(&p, true));
		assert_int_equal(p.asked, i % 2 == 0);
		assert_int_equal(
		    tls_send(p.server, (const uint8_t *)"hello", 5), 5);
		assert_received(&p, "hello");
		if (i % 2 == 0) {
			session = SSL_get1_session(p.client);
			SSL_shutdown(p.client);
		}
		peers_end(&p);
	}
}

static void test_no_signature_no_handshake(void **state)
{
	struct peers p;

	(void)state;
	peers_begin(&p);
	assert_false(peers_shake(&p, false));
	assert_int_equal(p.result, TLS_WANTS_SIGNATURE);
	tls_signed(p.server, NULL, 0);
	assert_int_equal(tls_handshake(p.server), TLS_FAILED);
	peers_end(&p);
	ERR_clear_error();
}

/* The job leaves the handshake before its stack is given back; a descriptor
 * that may be somebody else's by now is not written to. */
static void test_a_client_that_leaves_while_it_is_signed(void **state)
{
	struct peers p;
	char octet;

	(void)state;
	for (int i = 0; i < 300; i++) { /* more than there are jobs */
		peers_begin(&p);
		assert_false(peers_shake(&p, false));
		assert_int_equal(p.result, TLS_WANTS_SIGNATURE);
		tls_detach(p.server);
		tls_signed(p.server, NULL, 0);
		assert_int_equal(tls_handshake(p.server), TLS_FAILED);
		assert_int_equal(recv(p.client_fd, &octet, 1, 0), -1);
		assert_int_equal(errno, EAGAIN);
		peers_end(&p);
	}
}

static void test_clear_text(void **state)
{
	struct peers p;

	(void)state;
	peers_begin(&p);
	assert_int_equal(send(p.client_fd, "USER ann\r\n", 10, 0), 10);
	assert_int_equal(tls_handshake(p.server), TLS_IS_CLEARTEXT);
	peers_end(&p);
}

static void test_protocols(void **state)
{
	static const struct {
		const char *wish;
		bool is_let_in, when_required;
	} cases[] = {
		{ "\4pop3", true, true },
		{ "\4http\4pop3", true, true },
		{ "\4http", false, false },
		{ "", true, false },
	};
	struct peers p;

	(void)state;
	for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
		const char *wish = cases[i / 2].wish;

		context.alpn_required = i % 2 == 1;
		peers_begin(&p);
		SSL_set_alpn_protos(p.client, (const unsigned char *)wish,
				    (unsigned)strlen(wish));
		assert_int_equal(peers_shake(&p, true),
				 i % 2 == 1 ? cases[i / 2].when_required
					    : cases[i / 2].is_let_in);
		peers_end(&p);
	}
	context.alpn_required = false;
	ERR_clear_error();
}

/* A ticket, a reply and the end go out as one piece. */
static void test_what_is_held_goes_together(void **state)
{
	uint8_t octets[4096];
	struct peers p;
	ssize_t first;

	(void)state;
	peers_begin(&p);
	assert_true(peers_shake(&p, true));
	assert_int_equal(recv(p.client_fd, octets, 1, MSG_PEEK), -1);
	tls_hold(p.server);
	assert_int_equal(tls_send(p.server, (const uint8_t *)"hello", 5), 5);
	assert_int_equal(recv(p.client_fd, octets, 1, MSG_PEEK), -1);
	assert_int_equal(tls_close(p.server), 0);
	first = recv(p.client_fd, octets, sizeof(octets), MSG_PEEK);
	assert_true(first > 5 + 22 + 24);
	assert_received(&p, "hello");
	assert_int_equal(SSL_read(p.client, octets, 1), 0);
	assert_int_equal(SSL_get_error(p.client, 0), SSL_ERROR_ZERO_RETURN);
	peers_end(&p);
}

static void test_bindings(void **state)
{
	static const char label[] = "EXPORTER-Channel-Binding";
	struct packet_sasl_begin begin = { .has_exporter = 0 };
	uint8_t exporter[PACKET_EXPORTER_LEN], hash[32];
	struct peers p;
	unsigned len;

	(void)state;
	peers_begin(&p);
	assert_true(peers_shake(&p, true));
	tls_bindings(p.server, &begin);
	SSL_export_keying_material(p.client, exporter, sizeof(exporter), label,
				   sizeof(label) - 1, NULL, 0, 0);
	X509_digest(identities[0].x, EVP_sha256(), hash, &len);
	assert_int_equal(begin.has_exporter, 1);
	assert_memory_equal(begin.exporter, exporter, sizeof(exporter));
	assert_int_equal(begin.end_point_len, sizeof(hash));
	assert_memory_equal(begin.end_point, hash, sizeof(hash));
	assert_false(tls_has_proof(p.server));
	peers_end(&p);
}

static void keep_session(struct peers *p, SSL_SESSION **session)
{
	assert_int_equal(tls_send(p->server, (const uint8_t *)"hello", 5), 5);
	assert_received(p, "hello");
	*session = SSL_get1_session(p->client);
	SSL_shutdown(p->client);
}

/* The client knows the certificate that it was shown; a resumed connection
 * shows none. */
static void test_a_ticket_keeps_the_binding(void **state)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	SSL_SESSION *session = NULL;
	struct peers p;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(versions); i++) {
		struct packet_sasl_begin first = { .has_exporter = 0 };
		struct packet_sasl_begin second = { .has_exporter = 0 };

		peers_begin(&p);
		SSL_set_max_proto_version(p.client, versions[i]);
		SSL_set1_sigalgs_list(p.client, "RSA-PSS+SHA256:RSA+SHA256");
		assert_true(peers_shake(&p, true));
		assert_int_equal(p.certificate, 1);
		tls_bindings(p.server, &first);
		keep_session(&p, &session);
		peers_end(&p);

		peers_begin(&p);
		SSL_set_max_proto_version(p.client, versions[i]);
		SSL_set_session(p.client, session);
		SSL_SESSION_free(session);
		assert_true(peers_shake(&p, false));
		tls_bindings(p.server, &second);
		assert_int_equal(first.end_point_len, 32);
		assert_int_equal(second.end_point_len, 32);
		assert_memory_equal(first.end_point, second.end_point, 32);
		peers_end(&p);
	}
}

static void test_a_ticket_is_for_one_name(void **state)
{
	static const struct {
		const char *first, *second;
		bool is_resumed;
	} cases[] = {
		{ "pop.test", "POP.test", true },
		{ "pop.test", "other.test", false },
		{ "pop.test", NULL, false },
		{ NULL, "pop.test", false },
		{ NULL, NULL, true },
	};
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	SSL_SESSION *session = NULL;
	struct peers p;

	(void)state;
	for (size_t i = 0; i < 2 * COUNT_OF(cases); i++) {
		peers_begin(&p);
		SSL_set_max_proto_version(p.client, versions[i % 2]);
		SSL_set_tlsext_host_name(p.client, cases[i / 2].first);
		assert_true(peers_shake(&p, true));
		keep_session(&p, &session);
		peers_end(&p);

		peers_begin(&p);
		SSL_set_max_proto_version(p.client, versions[i % 2]);
		SSL_set_session(p.client, session);
		SSL_set_tlsext_host_name(p.client, cases[i / 2].second);
		SSL_SESSION_free(session);
		assert_true(peers_shake(&p, true));
		assert_int_equal(SSL_session_reused(p.client),
				 cases[i / 2].is_resumed);
		peers_end(&p);
	}
}

/* Key updates want an answer each, and could go on for ever. */
static void test_records_that_say_nothing(void **state)
{
	uint8_t octet;
	struct peers p;
	ssize_t n = -1;
	int i;

	(void)state;
	peers_begin(&p);
	SSL_set_min_proto_version(p.client, TLS1_3_VERSION);
	assert_true(peers_shake(&p, true));
	for (i = 0; i < 100000 && n == -1; i++) {
		SSL_key_update(p.client, SSL_KEY_UPDATE_NOT_REQUESTED);
		assert_int_equal(SSL_do_handshake(p.client), 1);
		tls_note_readable(p.server);
		n = tls_receive(p.server, &octet, 1);
		if (errno != EAGAIN) {
			break;
		}
	}
	assert_in_range(i, 1000, 99999);
	assert_int_equal(errno, EPROTO);
	peers_end(&p);
	ERR_clear_error();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions_and_schemes),
		cmocka_unit_test(test_the_name_chooses),
		cmocka_unit_test(test_the_name_chooses_what_stands_beside),
		cmocka_unit_test(test_a_ticket_saves_the_signature),
		cmocka_unit_test(test_no_signature_no_handshake),
		cmocka_unit_test(test_a_client_that_leaves_while_it_is_signed),
		cmocka_unit_test(test_clear_text),
		cmocka_unit_test(test_protocols),
		cmocka_unit_test(test_what_is_held_goes_together),
		cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_a_ticket_keeps_the_binding),
		cmocka_unit_test(test_a_ticket_is_for_one_name),
		cmocka_unit_test(test_records_that_say_nothing),
	};

	return cmocka_run_group_tests(tests, make_peers, free_peers);
}
