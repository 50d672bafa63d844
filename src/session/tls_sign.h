// SPDX-License-Identifier: ISC
/*
 * tls_sign.h - a signature that a handshake waits for.  The handshake runs in a
 * job of OpenSSL's (ASYNC_start_job(3)), with a stack of its own, and pauses in
 * it until the key role has answered.
 */
#ifndef SESSION_TLS_SIGN_H
#define SESSION_TLS_SIGN_H

#include <stdbool.h>

#include "ipc/packet_types.h"

struct tls_sign {
	uint32_t certificate;
	uint16_t scheme;
	uint16_t to_sign_len;
	uint16_t signature_len; /* 0: refused */
	bool is_wanted;
	uint8_t to_sign[PACKET_TO_SIGN_MAX];
	uint8_t signature[PACKET_SIGNATURE_MAX];
};

/* remote_key_sign (remote_key.h) pauses the job of the SSL whose app data is a
 * struct tls_sign until is_wanted is false again. */

#endif
