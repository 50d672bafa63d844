// SPDX-License-Identifier: ISC
/*
 * tls.h - TLS for connections (OpenSSL): handshakes whose signatures are made
 * by the key role, records over a connection's own descriptor, and what the
 * handshake found out.
 */
#ifndef SESSION_TLS_H
#define SESSION_TLS_H

#include <sys/types.h>

#include "ipc/packet.h"
#include "session/tls_context.h"

enum tls_result {
	TLS_DONE,
	TLS_WANTS_READ,
	TLS_WANTS_WRITE,
	TLS_WANTS_SIGNATURE, /* of tls_to_sign; then tls_signed */
	TLS_WANTS_TURN,      /* too many wait for signatures: try again then */
	TLS_IS_CLEARTEXT,    /* what came is no TLS at all */
	TLS_FAILED,          /* the client was told why, if it can be */
};

struct tls;

/* Of a connection; fd stays the caller's.  NULL: no memory. */
struct tls *tls_create(struct tls_context *context, int fd);

/* Takes NULL.  No signature may be wanted: see tls_signed. */
void tls_destroy(struct tls **tls);

/* Goes on with the handshake. */
MUST_USE enum tls_result tls_handshake(struct tls *tls);
bool tls_is_ready(const struct tls *tls);

/* After TLS_WANTS_SIGNATURE: fills all of the packet but conn. */
void tls_to_sign(const struct tls *tls, struct packet *p);

/* The signature, of len octets; 0 if there is none and will be none: then the
 * handshake fails.  tls_handshake is next. */
void tls_signed(struct tls *tls, const uint8_t *signature, size_t len);

/* As recv and send without blocking: octets; 0 if the client has ended TLS in
 * order; or -1 and errno, EAGAIN if it is to be tried again when the descriptor
 * is ready.  A send that was begun must be repeated with the same octets. */
ssize_t tls_receive(struct tls *tls, uint8_t *at, size_t cap);
ssize_t tls_send(struct tls *tls, const uint8_t *at, size_t len);

/* The descriptor was found readable; without that no read is tried again after
 * one that left nothing. */
void tls_note_readable(struct tls *tls);

/* What is sent from now on waits here, if it is little, to go out in one piece
 * with what follows; a ticket waits so without it.  tls_release sends it: 0; or
 * -1 and errno, EAGAIN if it is to be called again. */
void tls_hold(struct tls *tls);
MUST_USE int tls_release(struct tls *tls);

/* Whether octets that the descriptor does not show may wait here. */
bool tls_may_have_more(const struct tls *tls);

/* Octets of TLS that were given to the kernel so far. */
uint64_t tls_sent(const struct tls *tls);

/* Says to the client that nothing more will come, if TLS is sound, and sends
 * what is held.  As tls_release. */
MUST_USE int tls_close(struct tls *tls);

/* Its descriptor is about to be closed: nothing more is read or sent. */
void tls_detach(struct tls *tls);

/* "TLSv1.3" */
const char *tls_version(const struct tls *tls);

/* What SASL binds itself to (RFC 9266, RFC 5929); has_ and _len are 0 for what
 * there is not. */
void tls_bindings(struct tls *tls, struct packet_sasl_begin *begin);

/* Why the handshake failed, for the log; static or OpenSSL's own. */
const char *tls_fault(const struct tls *tls);

/* Whether the client has shown that it has a certificate's key, and the proof
 * of it (ipc/proof.h): appends it to p.  False if it does not fit. */
bool tls_has_proof(const struct tls *tls);
MUST_USE bool tls_put_proof(const struct tls *tls, struct packet *p);

#endif
