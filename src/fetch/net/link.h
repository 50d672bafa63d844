// SPDX-License-Identifier: ISC
/*
 * link.h - one connection to a server: TCP, and TLS at once or later.  Octets
 * come in blocks; output is a bounded buffer.  Everything is in the loop's
 * thread, and nothing waits.  The process ignores SIGPIPE.
 *
 * Events come from the loop alone, never from inside a function of this
 * header. In an event any function may be called, link_close too; after that
 * there are no more.
 */
#ifndef FETCH_NET_LINK_H
#define FETCH_NET_LINK_H

#include <sys/socket.h>
#include <uv.h>

#include "fetch/account.h"
#include "fetch/net/block.h"
#include "fetch/net/trust.h"
#include "fetch/why.h"
#include "pop3/base.h"

struct link;

enum link_end {
	LINK_END_CLOSED,    /* the other's end, as it should be */
	LINK_END_TRUNCATED, /* TCP ended, TLS did not: it may be cut */
	LINK_END_FAILED,
};

struct link_events {
	/* It stands; with TLS at once, the handshake is done.  Or the one that
	 * link_secure began is. */
	void (*ready)(void *ctx);
	/*
	 * len octets came, at offset of block.  The block is the link's:
	 * whoever wants it longer than this call holds it (block.h).
	 */
	void (*octets)(void *ctx, struct block *block, size_t offset,
		       size_t len);
	/* All output is with the kernel, after link_flush could not give it
	 * all. May be NULL. */
	void (*drained)(void *ctx);
	/* Nothing more comes, and nothing more goes.  why says how it ended
	 * also when that was LINK_END_CLOSED; it is the link's.  What remains
	 * is link_close. */
	void (*ended)(void *ctx, enum link_end end, const struct why *why);
};

struct link_options {
	uv_loop_t *loop;
	/* For this link alone while it is open; it outlives the link. */
	struct block_pool *pool;
	/* of host, port and tls, and timeout_s: of connecting, of the
	 * handshake, and of silence in each direction.  Outlives the link. */
	const struct account *account;
	struct trust *trust; /* NULL only with ACCOUNT_TLS_NONE */
	const struct link_events *events;
	void *ctx;
	/* For tests and for who has resolved the name himself; or 0. */
	const struct sockaddr_storage *addresses;
	size_t addresses_count;
};

/* 0, and ready or ended comes; or -ENOMEM, and *link_r is untouched. */
MUST_USE int link_open(const struct link_options *options,
		       struct link **link_r);

/*
 * Says good-bye (close_notify) if it can at once, and frees it, as soon as the
 * loop has closed its handles.  What was not sent is lost.  Takes NULL.
 */
void link_close(struct link **link);

/*
 * Where to put what is to be sent: the room of FETCH_OUT_MAX that is left.
 * Only put; what was sent is wiped.
 */
struct pop3_writer *link_out(struct link *link);

/* Sends what was put as soon as the socket takes it.  Failure is an event. */
void link_flush(struct link *link);

/* Octets put and not yet with the kernel. */
size_t link_pending(const struct link *link);

/* No octets come until it goes on.  It begins going on. */
void link_pause(struct link *link);
void link_resume(struct link *link);
/* That, or no block is free: what the server says is not heard now. */
bool link_is_held(const struct link *link);

/*
 * Whether an answer is awaited, as is the case from the begin (the greeting).
 * Only then is silence counted against the server, and only while it is not we
 * who pause, or have no block to read into.
 */
void link_expect(struct link *link, bool is_awaited);
/* An answer was over, which is progress. */
void link_answered(struct link *link);

/*
 * Begins TLS, after STLS was answered with "+".  The caller has seen to it
 * that nothing came behind that answer (POP3_FAULT_BEHIND_STLS); what is in
 * the socket by now has no business to be there either, and ends the link.
 * Then ready, or ended.
 */
void link_secure(struct link *link);

/* What is known of the other end. */
struct link_peer {
	bool is_loopback;
	bool is_secure; /* TLS stands */
	bool is_resumed;
	/* Of its certificate; also when that was what it failed for. */
	bool has_fingerprint;
	uint8_t fingerprint[ACCOUNT_FINGERPRINT_LEN];
	char address[64];        /* "192.0.2.1", or "" */
	const char *tls_version; /* "TLSv1.3", or NULL */
	const char *tls_cipher;
};

const struct link_peer *link_peer(const struct link *link);

/*
 * Octets that are this TLS connection's alone, for SCRAM's channel binding:
 * tls-exporter (RFC 9266; not with a TLS 1.2 without extended master secret),
 * or tls-server-end-point (RFC 5929).  tls-unique is for no one: it is none
 * with TLS 1.3, and broken before (RFC 7627, 1).  Returns how many; 0: there
 * are none.
 */
enum link_binding {
	LINK_BINDING_EXPORTER,
	LINK_BINDING_END_POINT,
};

#define LINK_BINDING_MAX 64u

size_t link_binding(const struct link *link, enum link_binding binding,
		    uint8_t octets_r[LINK_BINDING_MAX]);

#endif
