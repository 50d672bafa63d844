// SPDX-License-Identifier: ISC
/*
 * guess.c - where the POP3 server of a mail address may be (guess.h).
 * Runs in: restante.  Trusts: nothing.  Allocates: never.
 */
#include "fetch/add/guess.h"

#include <stdio.h>
#include <string.h>

#include "fetch/conf/text.h"

#define PORT_TLS 995u /* RFC 8314 */
#define PORT     110u /* RFC 1939 */

static void add(struct guesses *g, const char *prefix, const char *host,
		uint16_t port, enum account_tls tls)
{
	struct guess *guess = &g->guess[g->count];
	int len =
	    snprintf(guess->host, sizeof(guess->host), "%s%s", prefix, host);

	if (len > 0 && (size_t)len < sizeof(guess->host)) {
		text_lower(guess->host);
		guess->port = port;
		guess->tls = tls;
		g->count++;
	}
}

void guess_domain(struct guesses *g, const char *domain)
{
	static const char *const prefixes[] = { "pop.", "mail.", "pop3.", "" };

	*g = (struct guesses){ 0 };
	if (account_host_is_loopback(domain)) {
		guess_server(g, domain, 0, NULL);
		return;
	}
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		add(g, prefixes[i], domain, PORT_TLS, ACCOUNT_TLS_IMPLICIT);
	}
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		add(g, prefixes[i], domain, PORT, ACCOUNT_TLS_STLS);
	}
}

static uint16_t port_of(uint16_t port, enum account_tls tls)
{
	if (port != 0) {
		return port;
	}
	return tls == ACCOUNT_TLS_IMPLICIT ? PORT_TLS : PORT;
}

void guess_server(struct guesses *g, const char *host, uint16_t port,
		  const enum account_tls *tls)
{
	*g = (struct guesses){ 0 };
	if (tls != NULL) {
		add(g, "", host, port_of(port, *tls), *tls);
		return;
	}
	/* TLS at once at 110 would wait for a greeting that TLS hides */
	if (port != PORT) {
		add(g, "", host, port_of(port, ACCOUNT_TLS_IMPLICIT),
		    ACCOUNT_TLS_IMPLICIT);
	}
	if (port != PORT_TLS) {
		add(g, "", host, port_of(port, ACCOUNT_TLS_STLS),
		    ACCOUNT_TLS_STLS);
	}
	if (port != PORT_TLS && account_host_is_loopback(host)) {
		add(g, "", host, port_of(port, ACCOUNT_TLS_NONE),
		    ACCOUNT_TLS_NONE);
	}
}
