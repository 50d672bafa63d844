// SPDX-License-Identifier: ISC
/*
 * sasl_serve.h - SASL for session processes: from SASL_BEGIN, over as many
 * SASL_STEPs as it takes, to REFUSED or a GRANT.
 */
#ifndef AUTH_SASL_SERVE_H
#define AUTH_SASL_SERVE_H

#include "auth/attempt.h"
#include "auth/exchange.h"
#include "auth/external.h"
#include "auth/sasl.h"
#include "auth/scram_source.h"

struct sasl_serve {
	struct attempts *attempts;
	struct scram_source *source;
	struct sasl *sasl;
	struct exchanges_shared shared;
};

/*
 * attempts, with its login, settings and external, which may be NULL, must live
 * as long.  Before the role confines itself.  0, or negative, logged.
 */
MUST_USE int sasl_serve_init(struct sasl_serve *s, struct attempts *attempts,
			     const struct auth_settings *settings,
			     const struct external *external);

/* A session process came, or has gone: peer->state is what it has under way.
 * 0, or -ENOMEM. */
MUST_USE int sasl_serve_peer_begin(struct sasl_serve *s, struct peer *peer);
void sasl_serve_peer_end(struct peer *peer);

/* Packets of those types, which are wiped.  0, or negative if an answer could
 * not be sent. */
MUST_USE int sasl_serve_begin(struct sasl_serve *s, struct peer *peer,
			      struct packet *p);
MUST_USE int sasl_serve_step(struct sasl_serve *s, struct peer *peer,
			     struct packet *p);
void sasl_serve_cancel(struct peer *peer, const struct packet *p);

#endif
