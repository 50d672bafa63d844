// SPDX-License-Identifier: ISC
/*
 * sasl.h - SASL exchanges as the server has them (RFC 4422), by GNU SASL:
 * PLAIN, LOGIN, SCRAM-SHA-1 and SCRAM-SHA-256 and both with -PLUS, CRAM-MD5,
 * EXTERNAL.  What a client says is judged here; who may log in, and what a
 * failure costs, is the caller's business.
 */
#ifndef AUTH_SASL_H
#define AUTH_SASL_H

#include "auth/external.h"
#include "auth/scram.h"
#include "auth/user_name.h"
#include "base/secret.h"
#include "ipc/packet_types.h"

struct sasl;          /* what all exchanges share */
struct sasl_exchange; /* one */

/* Where the secrets of users come from.  Any thread may be the one to ask. */
struct sasl_source {
	/*
	 * The verifier of that user, without keys.  One who is not there, or
	 * may not log in from that address, gets one that looks as if, with
	 * the same salt whenever it is asked for, which no password fits.
	 */
	void (*challenge)(void *ctx, struct text user,
			  const uint8_t address[16], enum scram_kind kind,
			  struct scram_verifier *v_r);
	/* The keys of one that was got so, when a proof is to be judged.  That
	 * may take long: whatever comes then is proven, wrong or temporary.
	 * False if there is no memory. */
	bool (*keys)(void *ctx, struct text user, const uint8_t address[16],
		     struct scram_verifier *v);
	/* The password, for CRAM-MD5; a random one if it is not known. */
	void (*password)(void *ctx, struct text user, const uint8_t address[16],
			 struct secret *s_r);
	void *ctx;
};

struct sasl_options {
	struct sasl_source source;
	const struct external *external; /* NULL: there is no EXTERNAL */
	bool cram_md5;
	bool is_folding; /* Ann and ann are one user */
};

/* options->external must live as long.  Does whatever needs a file, or much
 * time, the first time.  0, or negative, logged. */
MUST_USE int sasl_create(const struct sasl_options *options,
			 struct sasl **sasl_r);
/* There may be no exchange of it any more.  *sasl may be NULL, and becomes
 * it. */
void sasl_destroy(struct sasl **sasl);

enum sasl_result {
	SASL_CHALLENGE, /* send the challenge; the exchange goes on */
	SASL_PASSWORD,  /* user and secret, to be verified */
	SASL_PROVEN,    /* it is that user */
	SASL_WRONG,     /* it is not; user as far as it was said */
	SASL_MALFORMED, /* not what the mechanism demands, or no such one */
	SASL_TEMP,      /* no memory */
};

/* Wipe it when it was used: sasl_outcome_wipe. */
struct sasl_outcome {
	const char *why; /* for the log; static */
	size_t challenge_len;
	uint8_t challenge[PACKET_CHALLENGE_MAX];
	size_t user_len; /* 0 if none was said, or one too long to be one */
	char user[PACKET_USER_MAX];
	struct secret secret; /* one that is too long is empty */
};

void sasl_outcome_wipe(struct sasl_outcome *o);

/* Octets that a client sent: at is NULL if there were none, which is not the
 * same as none of length. */
struct sasl_response {
	uint8_t *at;
	size_t len;
};

struct sasl_begin {
	struct text mechanism; /* in any case */
	struct sasl_response initial;
	const uint8_t *address;  /* 16 octets; IPv4 as ::ffff:a.b.c.d */
	const uint8_t *exporter; /* PACKET_EXPORTER_LEN octets, or NULL */
	const uint8_t *end_point;
	size_t end_point_len; /* 0 if there is none */
	const uint8_t *proof; /* ipc/proof.h */
	size_t proof_len;     /* 0 if there is none */
};

/*
 * Begins.  *x_r is the new exchange if the result is SASL_CHALLENGE, else
 * NULL.  A secret in the response is overwritten where it stands.  Any thread
 * may call it.
 */
MUST_USE enum sasl_result sasl_begin(struct sasl *sasl,
				     const struct sasl_begin *begin,
				     struct sasl_exchange **x_r,
				     struct sasl_outcome *outcome_r);

/* The client's response to a challenge.  If the result is not SASL_CHALLENGE
 * the exchange has ended and is only good to be destroyed.  Any thread may
 * call it, one at a time. */
MUST_USE enum sasl_result sasl_step(struct sasl_exchange *x,
				    struct sasl_response response,
				    struct sasl_outcome *outcome_r);

/* Who the client says that it is; empty until it has. */
struct text sasl_exchange_user(const struct sasl_exchange *x);
/* As in sasl_begin. */
const uint8_t *sasl_exchange_address(const struct sasl_exchange *x);

/* Whether the client was told what SCRAM says of the user that it named, and
 * has not proven to be that one. */
bool sasl_exchange_is_owed(const struct sasl_exchange *x);

/* *x may be NULL, and becomes it. */
void sasl_exchange_destroy(struct sasl_exchange **x);

#endif
