// SPDX-License-Identifier: ISC
/*
 * wire.h - a client's connection without and with TLS, for session_load.c.
 * Certificates are not verified: what a client pays is not what is measured.
 * Whatever fails ends the process with a message.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

enum wire_how {
	WIRE_CLEAR,
	WIRE_STLS,    /* TLS when wire_start_tls is called */
	WIRE_TLS,     /* TLS from the begin, a whole handshake each time */
	WIRE_RESUMED, /* the same, resumed with the ticket of the last time */
	WIRE_HOWS
};

/* What all connections share. */
struct wire_side {
	enum wire_how how;
	SSL_CTX *ctx;
	unsigned long whole;   /* handshakes */
	unsigned long resumed; /* and those with a ticket */
};

/* Zeroed before first use.  The ticket outlives each connection. */
struct wire {
	int fd;
	SSL *ssl;
	SSL_SESSION *ticket;
};

void wire_side_init(struct wire_side *side, enum wire_how how);

/* TLS has not begun yet. */
void wire_connect(struct wire *w, const struct sockaddr_in *server);

/* All from now on is TLS.  Whether the handshake is over already; else
 * wire_receive goes on with it. */
bool wire_start_tls(struct wire *w, struct wire_side *side);

/* When the socket has something: how many octets came for the caller, which
 * is none while the handshake lasts; *is_ready_r: it is over. */
size_t wire_receive(struct wire *w, char *octets, size_t cap, bool *is_ready_r);

/* Only what surely finds room: short lines. */
void wire_send(struct wire *w, const char *octets, size_t len);

void wire_close(struct wire *w);

#endif
