// SPDX-License-Identifier: ISC
/*
 * probe.h - what the dialogue asks of the network: whether a POP3 server is
 * there, and whether it lets us in.  Whoever calls the dialogue gives it the
 * functions; they block.  A server is heard by a process that is confined
 * (probe_caged.h).
 */
#ifndef FETCH_ADD_PROBE_H
#define FETCH_ADD_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "fetch/account.h"
#include "fetch/why.h"

enum probe_outcome {
	PROBE_READY, /* POP3, with TLS as asked for, and certificate sound */
	PROBE_UNVERIFIED, /* TLS, but the certificate is not to be trusted */
	PROBE_NO_HOST,
	PROBE_NO_ANSWER, /* refused, unreachable, silent */
	PROBE_NO_TLS,    /* no STLS is offered, or TLS does not come about */
	PROBE_NO_POP3,   /* something else answers */
	PROBE_FAILED,    /* it is not the server's doing, or an attack */
};

#define PROBE_TEXT_MAX 512u

/* Texts: the server's, any octets but NUL; "" is unknown. */
struct probe_offer {
	bool has_fingerprint; /* of the certificate; of UNVERIFIED always */
	uint8_t fingerprint[ACCOUNT_FINGERPRINT_LEN];
	char tls[64];                      /* our words: "TLSv1.3" */
	bool has_capa;                     /* then all below is known */
	char capabilities[PROBE_TEXT_MAX]; /* names, blanks between */
	char mechanisms[PROBE_TEXT_MAX]; /* names, blanks between; USER, too */
	bool has_uidl;
	bool has_top;
};

/* What a log-in brought. */
struct probe_visit {
	char mechanism[64];
	uint32_t messages;
	uint64_t octets;
	bool has_uidl; /* it was answered; true where there are no messages */
	bool has_top;
};

struct probe {
	void *ctx;
	/*
	 * Connects to a's host, port and tls, judges the certificate by its pin
	 * or ca_file, asks for CAPA and quits; no name and no secret is sent.
	 * *offer_r and *why_r (of all but READY) are filled.
	 */
	enum probe_outcome (*try)(void *ctx, const struct account *a,
				  struct probe_offer *offer_r,
				  struct why *why_r);
	/* The same, logs in, and asks for STAT, UIDL and TOP; nothing is
	 * deleted.  a->password is there if one is needed.  0; or -1, and
	 * *why_r tells. */
	int (*visit)(void *ctx, const struct account *a,
		     struct probe_visit *visit_r, struct why *why_r);
};

#endif
