// SPDX-License-Identifier: ISC
/*
 * tls_impl.h - what tls.c and tls_octets.c share.
 */
#ifndef SESSION_TLS_IMPL_H
#define SESSION_TLS_IMPL_H

#include <openssl/ssl.h>

#include "session/limits.h"
#include "session/tls.h"
#include "session/tls_proof.h"
#include "session/tls_sign.h"

/* Each piece that is sent costs about as much as the work of a command. */
struct held {
	size_t len, cap;
	uint8_t at[];
};

/* Records that go out in one piece. */
struct gathered {
	size_t len;
	uint8_t at[SESSION_RECORDS * SSL3_RT_MAX_PACKET_SIZE];
};

struct tls {
	SSL *ssl;
	struct tls_sign *sign;   /* while the handshake lasts */
	struct tls_proof *proof; /* if clients are asked for certificates */
	uint64_t sent;
	size_t fruitless;    /* octets that came since the last of POP3 */
	unsigned long fault; /* OpenSSL's error; 0: none */
	int fd;
	struct held *held; /* NULL: none */
	size_t owed; /* octets that the caller of tls_send has not been told
		      * have gone, since some of their record are held */
	struct gathered *gathered; /* while tls_send makes records */
	bool is_holding;
	bool is_closed;  /* the client was told so */
	bool is_drained; /* a read left nothing to read */
	bool is_ready;
	bool is_broken;
	bool is_cleartext;
	bool has_heard; /* an octet came */
	bool may_have_more;
};

/* tls_octets.c: sends what is held, or that and what is gathered; what the
 * kernel does not take is held.  0; or -1 and errno, EAGAIN if some is left. */
MUST_USE int tls_send_held(struct tls *t);
MUST_USE int tls_send_gathered(struct tls *t, const struct gathered *g);

#endif
