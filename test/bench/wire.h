// SPDX-License-Identifier: ISC
/*
 * wire.h - a client's connection without and with TLS, for session_load.c.
 * Sockets are non-blocking while TLS begins and is used.  Certificates are not
 * verified: what the client pays is not what is measured.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum wire_how {
	WIRE_CLEAR,
	WIRE_STLS,    /* TLS when wire_start_tls is called */
	WIRE_TLS,     /* TLS from the begin, a whole handshake each time */
	WIRE_RESUMED, /* the same, resumed with the ticket of the last time */
	WIRE_HOWS
};

/* Zeroed before first use.  The ticket outlives each connection. */
struct wire {
	int fd;
	SSL *ssl;
	SSL_SESSION *ticket;
};

/* Once.  Ends the process if it cannot be done. */
void wire_init(enum wire_how how);

/* Connects; ends the process if that fails.  TLS has not begun yet. */
void wire_connect(struct wire *w, const struct sockaddr_in *server);

/* Makes what is to be said and heard from now on TLS; the handshake itself
 * happens in wire_receive. */
void wire_start_tls(struct wire *w);

/* How many octets came: 0 if none yet.  Ends the process at an end. */
size_t wire_receive(struct wire *w, char *octets, size_t cap);

/* The lines are short: they always find room. */
void wire_send(struct wire *w, const char *octets, size_t len);

/* Closes, and keeps the ticket that came, if tickets are used. */
void wire_close(struct wire *w);

/* How many handshakes there were, and how many of them were resumed. */
unsigned long wire_handshakes(void);
unsigned long wire_resumed(void);

#endif
