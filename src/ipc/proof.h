// SPDX-License-Identifier: ISC
/*
 * proof.h - the proof that a client holds the key of its certificate, as
 * session hands it to auth behind SASL_BEGIN: what the client signed and sent
 * in its TLS 1.3 handshake, for auth to verify by itself.
 *
 * In octets, numbers with the most significant octet first:
 *   2  the signature's scheme, as in the CertificateVerify message
 *   1  length, and the hash of the handshake up to and with the client's
 *      Certificate message
 *   2  length, and the signature, as in CertificateVerify
 *   then for each certificate in the client's order, its own first:
 *   2  length, and the certificate in DER
 */
#ifndef IPC_PROOF_H
#define IPC_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"
#include "ipc/packet_types.h"

#define PROOF_HASH_MAX         48u   /* SHA-384: TLS 1.3 has no longer one */
#define PROOF_SIGNATURE_MAX    1024u /* RSA of 8192 bits */
#define PROOF_CERTIFICATES_MAX 8u    /* chains in use have up to 4 */

/* Octets that somebody else owns. */
struct proof_part {
	const uint8_t *at;
	size_t len;
};

struct proof {
	uint16_t scheme; /* RFC 8446, section 4.2.3 */
	struct proof_part hash;
	struct proof_part signature;
	size_t count; /* of certificates: 1 to PROOF_CERTIFICATES_MAX */
	struct proof_part certificates[PROOF_CERTIFICATES_MAX];
};

/* Writes it.  False, and *len_r untouched, if a part is empty or too long, or
 * it does not fit in all; then out_r is undefined. */
MUST_USE bool proof_put(const struct proof *p, uint8_t out_r[PACKET_PROOF_MAX],
			size_t *len_r);

/* Takes it apart; the parts point into at.  False, and *p_r untouched, if it
 * is not what proof_put writes. */
MUST_USE bool proof_parse(const uint8_t *at, size_t len, struct proof *p_r);

#endif
