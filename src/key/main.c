// SPDX-License-Identifier: ISC
/*
 * main.c - the key role: it has the private keys, and signs with them what a
 * TLS server signs.
 * Runs as: restanted-key, started by the master.  May: nothing but read and
 * write its channels; the files come as descriptors.  Trusts: the master and
 * what is in the files; of a session process nothing.
 */
#include <errno.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "base/secret.h"
#include "ipc/service.h"
#include "ipc/startup.h"
#include "key/identity_file.h"
#include "key/signer.h"
#include "key/tickets.h"
#include "key/to_sign.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/sandbox.h"
#include "os/thread.h"

/* Each signs on a core of its own; more would only wait for one another. */
#define THREADS_PER_CHANNEL 2u

#define ARENAS_MAX          8

/* The keys are in memory that is locked, and left out of core files. */
#define SECURE_OCTETS (1024u * 1024u)

struct key {
	struct key_settings settings;
	struct identity_file identity;
	struct tickets tickets;
	struct service service;
};

static struct key key;

static int send_tickets(struct peer *peer, struct packet *p)
{
	int rc;

	packet_init(p, PACKET_TICKET_KEY_SET);
	if (!tickets_fill(&key.tickets, clock_ms(), &p->as.ticket_keys)) {
		return -EIO;
	}
	rc = service_send(peer, p);
	wipe(p->as.octets, p->len);
	return rc;
}

static int send_identity(struct peer *peer, struct packet *p)
{
	int fd = fd_duplicate(key.identity.fd);

	if (fd < 0) {
		return fd;
	}
	packet_init(p, PACKET_IDENTITY);
	p->as.identity.len = (uint64_t)fd_size(fd);
	p->fd = fd;
	return service_send(peer, p);
}

static int on_peer_begin(void *ctx, struct peer *peer)
{
	struct packet p;
	int rc;

	(void)ctx;
	if (peer->role != ROLE_SESSION) {
		return -EPROTO;
	}
	rc = send_identity(peer, &p);
	return rc < 0 ? rc : send_tickets(peer, &p);
}

static void on_peer_end(void *ctx, struct peer *peer)
{
	(void)ctx;
	(void)peer;
}

/* Whoever asks for a signature of something else, or with a key that is not
 * there, is no session process of ours any more. */
static int on_sign(struct peer *peer, struct packet *p)
{
	uint8_t signature[PACKET_SIGNATURE_MAX];
	const struct packet_sign *s = &p->as.sign;
	uint64_t conn = s->conn;
	size_t len;

	if (s->certificate >= key.identity.count ||
	    !to_sign_is_tls(s->scheme, packet_tail(p), packet_tail_len(p))) {
		return -EPROTO;
	}
	len = signer_sign(
	    certificate_key(key.identity.certificates[s->certificate]),
	    s->scheme, packet_tail(p), packet_tail_len(p), signature,
	    sizeof(signature));
	packet_init(p, PACKET_SIGNATURE);
	p->as.signature.conn = conn;
	p->as.signature.status = len == 0 ? STATUS_PERM : STATUS_OK;
	p->as.signature.signature_len = (uint32_t)len;
	return packet_put(p, signature, len) ? service_send(peer, p) : -ENOSPC;
}

static int on_packet(void *ctx, struct peer *peer, struct packet *p)
{
	(void)ctx;
	switch (p->as.head.type) {
	case PACKET_SIGN:
		return on_sign(peer, p);
	case PACKET_GET_TICKET_KEYS:
		return send_tickets(peer, p);
	default:
		/* packet_check lets nothing else through */
		return -EPROTO;
	}
}

static const struct service_ops ops = {
	.peer_begin = on_peer_begin,
	.on_packet = on_packet,
	.peer_end = on_peer_end,
};

/* With no clients there is nobody who asks, and seeds of tickets that were
 * recorded would stay. */
static void *forget_tickets(void *arg)
{
	(void)arg;
	for (;;) {
		uint64_t ms = tickets_forget(&key.tickets, clock_ms());
		struct timespec pause = { (time_t)(ms / 1000),
					  (long)(ms % 1000) * 1000000L };

		nanosleep(&pause, NULL);
	}
	return NULL;
}

/* The channels, once the files are read and nothing else can be. */
static int add_channels(struct startup *startup)
{
	int rc = 0;

	service_init(&key.service, ROLE_KEY, STARTUP_FD, THREADS_PER_CHANNEL,
		     &ops, NULL);
	for (size_t i = 0; i < startup->count && rc == 0; i++) {
		struct startup_item *item = &startup->items[i];

		if (item->type == PACKET_CHANNEL) {
			rc = service_add(&key.service, item->fd,
					 (enum role)item->kind, item->id);
		}
	}
	return rc;
}

/* Everything up to READY; what fails is logged. */
static int begin(struct startup *startup)
{
	const struct key_settings *s = &key.settings;
	int rc;

	tickets_init(&key.tickets, &key.settings);
	/* without a cleanup at exit: threads that end then clean up too */
	if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG |
				    OPENSSL_INIT_NO_ATEXIT |
				    OPENSSL_INIT_LOAD_CRYPTO_STRINGS,
				NULL) != 1) {
		log_event(LOG_ERROR, "OpenSSL does not work here");
		return -EIO;
	}
	/* or malloc reads a file to count the cores, from some threads on */
	(void)mallopt(M_ARENA_MAX, ARENAS_MAX);
	if (CRYPTO_secure_malloc_init(SECURE_OCTETS, 32) != 1) {
		log_event(LOG_WARNING, "the keys' memory cannot be locked");
	}
	rc = identity_file_create(&key.identity, startup, s->certificates);
	if (rc == 0) {
		rc = startup_drop(&s->common, false);
	}
	if (rc == 0) {
		rc = sandbox_confine(SANDBOX_KEY, NULL, 0,
				     s->common.sandbox_required);
	}
	if (rc == 0) {
		rc = thread_start(forget_tickets, NULL);
	}
	return rc < 0 ? rc : add_channels(startup);
}

int main(void)
{
	static struct startup startup;

	if (startup_receive(ROLE_KEY, "restanted-key", &key.settings,
			    sizeof(key.settings), &startup) < 0 ||
	    begin(&startup) < 0) {
		return EXIT_FAILURE;
	}
	return service_run(&key.service) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
