// SPDX-License-Identifier: ISC
/*
 * handshake_bench.c - what a server's side of a TLS 1.3 handshake costs, ECDSA
 * on P-256 and X25519, to a client on the other end of a pair of sockets: by
 * OpenSSL alone, which is what can be reached with it, and as session has it.
 *	handshake_bench [COUNT [bare|session [full|resumed]]]
 * Prints microseconds of processor time, the median and the least of COUNT:
 * from the connection to the first reply's being sent.  The signature is in
 * what OpenSSL alone takes; session's is made elsewhere, and has its own line.
 */
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "issuer.h"
#include "key/signer.h"
#include "must.h"
#include "os/fd.h"
#include "session/tls.h"

#define COUNT_MAX 100000u
#define COUNT     2000u

static const uint8_t greeting[] = "+OK bench\r\n";

struct bench {
	struct issued identity;
	struct tls_context context; /* of session */
	SSL_CTX *bare, *client;
	SSL_SESSION *ticket;
	int fd[2];  /* server, client */
	double *us; /* of each handshake */
	double *sign_us;
	unsigned count, begun;
	bool is_resumed;
};

static struct bench bench;

static double now_us(void)
{
	struct timespec t;

	must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0, "a clock");
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* --- the client --- */

static int on_ticket(SSL *ssl, SSL_SESSION *ticket)
{
	(void)ssl;
	SSL_SESSION_free(bench.ticket);
	bench.ticket = ticket;
	return 1;
}

static SSL_CTX *make_client(void)
{
	SSL_CTX *c = SSL_CTX_new(TLS_client_method());

	must(c != NULL, "a client");
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_CLIENT |
					      SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(c, on_ticket);
	return c;
}

static SSL *connect_client(void)
{
	SSL *c = SSL_new(bench.client);

	must(c != NULL && SSL_set_fd(c, bench.fd[1]) == 1 &&
		 SSL_set_tlsext_host_name(c, "pop.test") == 1,
	     "a client");
	if (bench.is_resumed && bench.ticket != NULL) {
		must(SSL_set_session(c, bench.ticket) == 1, "a ticket");
	}
	must(SSL_connect(c) == -1, "it waits for the server");
	return c;
}

static void finish_client(SSL *c)
{
	char text[sizeof(greeting)];

	must(SSL_read(c, text, sizeof(text)) == sizeof(greeting) - 1,
	     "the greeting comes");
	must(SSL_session_reused(c) == (bench.is_resumed && bench.begun != 0),
	     "it is resumed, or not, as wanted");
	SSL_set_shutdown(c, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(c);
}

/* --- OpenSSL alone --- */

static SSL_CTX *make_bare(void)
{
	SSL_CTX *c = SSL_CTX_new(TLS_server_method());

	must(c != NULL && SSL_CTX_use_certificate(c, bench.identity.x) == 1 &&
		 SSL_CTX_use_PrivateKey(c, bench.identity.key) == 1 &&
		 SSL_CTX_set_num_tickets(c, 1) == 1 &&
		 SSL_CTX_set_session_id_context(c, greeting, 3) == 1 &&
		 SSL_CTX_set1_groups_list(c, "X25519") == 1 &&
		 SSL_CTX_set_ciphersuites(c, "TLS_AES_128_GCM_SHA256") == 1,
	     "a server");
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS);
	return c;
}

static double bare_one(SSL *client)
{
	double began = now_us(), took;
	SSL *s = SSL_new(bench.bare);

	must(s != NULL && SSL_set_fd(s, bench.fd[0]) == 1, "a server");
	must(SSL_accept(s) == -1, "it waits for the client");
	took = now_us() - began;
	must(SSL_connect(client) == 1, "the client is done");
	began = now_us();
	must(SSL_accept(s) == 1, "the server is done");
	must(SSL_write(s, greeting, sizeof(greeting) - 1) > 0, "it greets");
	took += now_us() - began;
	finish_client(client);
	began = now_us();
	SSL_set_shutdown(s, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(s);
	return took + now_us() - began;
}

/* --- session --- */

static void put_identity(int fd)
{
	unsigned char *der = NULL;
	int len = i2d_X509(bench.identity.x, &der);

	must(fd >= 0 && len > 0 && identity_put_number(fd, 1) == 0 &&
		 identity_put_number(fd, 1) == 0 &&
		 identity_put_blob(fd, der, (size_t)len) == 0 &&
		 identity_put_number(fd, 0) == 0,
	     "the identity is put");
	OPENSSL_free(der);
}

static void make_session(void)
{
	struct packet_ticket_keys keys = { .until_ms = UINT64_MAX };
	int fd = memfd_create("identity", MFD_CLOEXEC);

	put_identity(fd);
	bench.context.ticket_s = 3600;
	must(tls_context_init(&bench.context, fd, (uint64_t)fd_size(fd)) == 0,
	     "session is ready for TLS");
	memset(keys.key, 7, sizeof(keys.key));
	tls_context_take_tickets(&bench.context, &keys);
	close(fd);
}

/* Plays key; its time is not session's. */
static double sign(struct tls *t)
{
	uint8_t signature[PACKET_SIGNATURE_MAX];
	struct packet packet;
	double began;
	size_t len;

	tls_to_sign(t, &packet);
	began = now_us();
	len = signer_sign(bench.identity.key, packet.as.sign.scheme,
			  packet_tail(&packet), packet_tail_len(&packet),
			  signature, sizeof(signature));
	bench.sign_us[bench.begun] = now_us() - began;
	must(len > 0, "key signs");
	tls_signed(t, signature, len);
	return now_us() - began;
}

static double session_one(SSL *client)
{
	double began = now_us(), took = 0;
	struct tls *t = tls_create(&bench.context, bench.fd[0]);
	enum tls_result result;

	must(t != NULL, "a server");
	result = tls_handshake(t);
	if (result == TLS_WANTS_SIGNATURE) {
		took -= sign(t);
		result = tls_handshake(t);
	}
	must(result == TLS_WANTS_READ, "it waits for the client");
	took += now_us() - began;
	must(SSL_connect(client) == 1, "the client is done");
	began = now_us();
	tls_note_readable(t);
	must(tls_handshake(t) == TLS_DONE, "the server is done");
	must(tls_send(t, greeting, sizeof(greeting) - 1) > 0, "it greets");
	took += now_us() - began;
	finish_client(client);
	began = now_us();
	tls_detach(t);
	tls_destroy(&t);
	return took + now_us() - began;
}

/* --- all of them --- */

static int by_size(const void *one, const void *other)
{
	const double *a = one, *b = other;

	return (*a > *b) - (*a < *b);
}

static void print(const char *who, const char *what, double *us)
{
	qsort(us, bench.count, sizeof(*us), by_size);
	printf("  %-8s %-10s %7.1f us, at least %7.1f\n", who, what,
	       us[bench.count / 2], us[0]);
}

static void run(const char *who, double (*one)(SSL *client), bool is_resumed)
{
	bench.is_resumed = is_resumed;
	for (bench.begun = 0; bench.begun < bench.count; bench.begun++) {
		must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
				bench.fd) == 0,
		     "a pair of sockets");
		bench.us[bench.begun] = one(connect_client());
		close(bench.fd[0]);
		close(bench.fd[1]);
	}
	print(who, is_resumed ? "resumed" : "full", bench.us);
	if (one == session_one && !is_resumed) {
		print("key", "signature", bench.sign_us);
	}
	SSL_SESSION_free(bench.ticket);
	bench.ticket = NULL;
}

static unsigned count_of(const char *word)
{
	unsigned long n = strtoul(word, NULL, 10);

	must(n >= 1 && n <= COUNT_MAX, "a count from 1 to 100000");
	return (unsigned)n;
}

static bool wanted(const char *word, const char *name)
{
	return word == NULL || strcmp(word, name) == 0;
}

int main(int argc, char **argv)
{
	static const struct issue issue_it = { .kind = "P-256",
					       .alt_names = "DNS:pop.test" };
	const char *who = argc > 2 ? argv[2] : NULL;
	const char *what = argc > 3 ? argv[3] : NULL;

	bench.count = argc > 1 ? count_of(argv[1]) : COUNT;
	bench.us = calloc(bench.count, sizeof(*bench.us));
	bench.sign_us = calloc(bench.count, sizeof(*bench.sign_us));
	must(bench.us != NULL && bench.sign_us != NULL, "memory");
	issue(&issue_it, &bench.identity);
	bench.client = make_client();
	bench.bare = make_bare(); /* before session's choice of providers */
	for (int i = 0; i < 2 && wanted(who, "bare"); i++) {
		if (wanted(what, i == 0 ? "full" : "resumed")) {
			run("bare", bare_one, i == 1);
		}
	}
	make_session();
	for (int i = 0; i < 2 && wanted(who, "session"); i++) {
		if (wanted(what, i == 0 ? "full" : "resumed")) {
			run("session", session_one, i == 1);
		}
	}
	return 0;
}
