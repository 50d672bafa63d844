// SPDX-License-Identifier: ISC
/*
 * offer.c - what a connection is offered (offer.h).
 * Runs in: session.  Trusts: the kernel's word about a peer's address, and that
 * of a listed proxy (admit.h).
 */
#include "session/offer.h"

#include <stdio.h>

#include "os/net.h"
#include "os/random.h"

/* Strong ones first: clients that do not choose take the first. */
static void write_mechanisms(const struct process *p, enum offer offer,
			     char *to, size_t cap)
{
	bool is_tls = offer == OFFER_TLS || offer == OFFER_TLS_EXTERNAL;
	int len = snprintf(
	    to, cap, "%s%s%s%s%s",
	    offer == OFFER_TLS_EXTERNAL ? "EXTERNAL " : "",
	    p->settings.scram && is_tls ? "SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS "
					: "",
	    p->settings.scram ? "SCRAM-SHA-256 SCRAM-SHA-1 " : "",
	    p->settings.cram_md5 ? "CRAM-MD5 " : "",
	    offer == OFFER_CLOSED ? "" : "PLAIN LOGIN ");

	if (len > 0) {
		to[len - 1] = '\0'; /* the last blank */
	}
}

void offer_init(struct process *p)
{
	for (enum offer i = 0; i < OFFER_COUNT; i++) {
		bool is_tls = i == OFFER_TLS || i == OFFER_TLS_EXTERNAL;

		write_mechanisms(p, i, p->mechanisms[i],
				 sizeof(p->mechanisms[i]));
		p->offers[i] = (struct pop3_server_config){
			.implementation = "restante",
			.greeting = p->settings.greeting,
			.login_tries_max = p->settings.login_tries_max,
			.reveal_users = p->settings.reveal_users,
			.no_plaintext = i == OFFER_CLOSED,
			.offers_stls = p->settings.has_tls && !is_tls &&
				       i != OFFER_PROXIED,
			.mechanisms = p->mechanisms[i],
			.login_delay_s = p->settings.login_delay_s,
			.utf8 = true,
		};
	}
}

static enum offer offer_of(const struct conn *c)
{
	const struct process *p = c->process;

	if (c->tls != NULL) {
		return tls_has_proof(c->tls) ? OFFER_TLS_EXTERNAL : OFFER_TLS;
	}
	if (c->is_proxied_by_tls) {
		return OFFER_PROXIED;
	}
	return p->settings.plaintext_anywhere || net_is_loopback(c->address)
		   ? OFFER_OPEN
		   : OFFER_CLOSED;
}

/* A greeting with a time stamp promises APOP (RFC 1939, section 7), and curl
 * then takes nothing else: so there is one only if the operator wants it. */
int offer_begin(struct conn *c)
{
	const struct process *p = c->process;
	char stamp[POP3_STAMP_MAX];
	uint64_t random[2];

	if (!p->settings.apop) {
		return pop3_server_init(&c->engine, &p->offers[offer_of(c)],
					NULL);
	}
	random_fill(random, sizeof(random));
	snprintf(stamp, sizeof(stamp), "<%llx.%llx@%.80s>",
		 (unsigned long long)random[0], (unsigned long long)random[1],
		 p->settings.common.hostname);
	return pop3_server_init(&c->engine, &p->offers[offer_of(c)], stamp);
}

void offer_secured(struct conn *c)
{
	pop3_server_tls_begun(&c->engine, &c->process->offers[offer_of(c)]);
}
