// SPDX-License-Identifier: ISC
/*
 * tls_peers.h - a TLS server as session has it, its keys played by the test,
 * and a client of OpenSSL's, over a pair of sockets.
 */
#ifndef TEST_TLS_PEERS_H
#define TEST_TLS_PEERS_H

#include "unit.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "issuer.h"
#include "key/signer.h"
#include "key/to_sign.h"
#include "os/fd.h"
#include "session/tls.h"

#define IDENTITIES 5u

/* The certificates: of one name by two types of keys; and of other names, one
 * of them a wildcard, two beside it of another type. */
static struct issued identities[IDENTITIES];
static struct tls_context context;
static SSL_CTX *client_context;

static inline void make_identities(void)
{
	static const struct issue wanted[IDENTITIES] = {
		{ .kind = "P-256", .alt_names = "DNS:pop.test" },
		{ .kind = "RSA 2048", .alt_names = "DNS:pop.test" },
		{ .kind = "P-384", .alt_names = "DNS:*.other.test" },
		{ .kind = "RSA 2048", .alt_names = "DNS:a.other.test" },
		{ .kind = "RSA 2048", .alt_names = "DNS:b.other.test" },
	};

	for (size_t i = 0; i < IDENTITIES; i++) {
		issue(&wanted[i], &identities[i]);
	}
}

/* As key tells it. */
static inline int identity(void)
{
	int fd = memfd_create("identity", MFD_CLOEXEC);

	assert_int_equal(identity_put_number(fd, IDENTITIES), 0);
	for (size_t i = 0; i < IDENTITIES; i++) {
		unsigned char *der = NULL;
		int len = i2d_X509(identities[i].x, &der);

		assert_int_equal(identity_put_number(fd, 1), 0);
		assert_int_equal(identity_put_blob(fd, der, (size_t)len), 0);
		OPENSSL_free(der);
	}
	assert_int_equal(identity_put_number(fd, 0), 0);
	return fd;
}

static inline int make_peers(void **state)
{
	struct packet_ticket_keys keys = { .until_ms = UINT64_MAX };
	int fd;

	(void)state;
	make_identities();
	context.ticket_s = 3600;
	fd = identity();
	assert_int_equal(tls_context_init(&context, fd, (uint64_t)fd_size(fd)),
			 0);
	close(fd);
	memset(keys.key, 7, sizeof(keys.key));
	tls_context_take_tickets(&context, &keys);
	client_context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_session_cache_mode(client_context, SSL_SESS_CACHE_CLIENT);
	return 0;
}

static inline int free_peers(void **state)
{
	(void)state;
	SSL_CTX_free(client_context);
	tls_context_finish(&context);
	for (size_t i = 0; i < IDENTITIES; i++) {
		issued_finish(&identities[i]);
	}
	return 0;
}

struct peers {
	struct tls *server;
	SSL *client;
	int server_fd, client_fd;
	enum tls_result result; /* of the server's last step */
	uint32_t certificate;   /* that was asked to sign */
	unsigned asked;         /* how often */
};

static inline void peers_begin(struct peers *p)
{
	int pair[2];

	*p = (struct peers){ .result = TLS_WANTS_READ };
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	p->server_fd = pair[0];
	p->client_fd = pair[1];
	p->server = tls_create(&context, p->server_fd);
	p->client = SSL_new(client_context);
	assert_non_null(p->server);
	SSL_set_fd(p->client, p->client_fd);
	SSL_set_connect_state(p->client);
}

static inline void peers_end(struct peers *p)
{
	tls_destroy(&p->server);
	SSL_free(p->client);
	close(p->server_fd);
	close(p->client_fd);
}

/* Plays key: what is asked for is what a server signs, and is signed. */
static inline void sign(struct peers *p)
{
	uint8_t signature[PACKET_SIGNATURE_MAX];
	struct packet packet;
	const struct packet_sign *s = &packet.as.sign;
	size_t len;

	tls_to_sign(p->server, &packet);
	assert_true(packet_check(&packet, ROLE_SESSION, ROLE_KEY));
	assert_true(to_sign_is_tls(s->scheme, packet_tail(&packet),
				   packet_tail_len(&packet)));
	len = signer_sign(identities[s->certificate].key, s->scheme,
			  packet_tail(&packet), packet_tail_len(&packet),
			  signature, sizeof(signature));
	assert_true(len > 0);
	p->certificate = s->certificate;
	p->asked++;
	tls_signed(p->server, signature, len);
}

/* Goes on until both are done, or the server wants a signature and none is to
 * be made, or has failed.  True if both are done. */
static inline bool peers_shake(struct peers *p, bool is_signed)
{
	int rc = 0;

	for (int i = 0; i < 50 && (rc != 1 || p->result != TLS_DONE); i++) {
		rc = rc == 1 ? 1 : SSL_do_handshake(p->client);
		tls_note_readable(p->server);
		if (p->result != TLS_DONE) {
			p->result = tls_handshake(p->server);
		}
		if (p->result == TLS_WANTS_SIGNATURE && is_signed) {
			sign(p);
		} else if (p->result != TLS_DONE &&
			   p->result != TLS_WANTS_READ) {
			return false;
		}
	}
	return rc == 1 && p->result == TLS_DONE;
}

#endif
