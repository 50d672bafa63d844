// SPDX-License-Identifier: ISC
/*
 * to_sign.h - what a TLS server signs, and nothing else: a session process that
 * was captured gets no signature that would be good for a certificate request,
 * a token, a mail, or as a TLS client.
 */
#ifndef KEY_TO_SIGN_H
#define KEY_TO_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Whether octets are what a server signs under that scheme: in TLS 1.3 the
 * context string and a transcript hash (RFC 8446, section 4.4.3), in TLS 1.2
 * both randoms and the server's ephemeral key (RFC 8422, section 5.4), which
 * must be one.
 */
bool to_sign_is_tls(uint16_t scheme, const uint8_t *at, size_t len);

#endif
