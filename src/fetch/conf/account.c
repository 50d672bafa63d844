// SPDX-License-Identifier: ISC
/*
 * account.c - an account's beginning and end (fetch/account.h).
 * Runs in: restante.  Trusts: its caller.
 */
#include "fetch/account.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "fetch/conf/argv.h"
#include "fetch/limits.h"

void account_init(struct account *a)
{
	*a = (struct account){
		.port = ACCOUNT_PORT_TLS,
		.tls = ACCOUNT_TLS_IMPLICIT,
		.pipelining = ACCOUNT_PIPELINING_AUTO,
		.timeout_s = ACCOUNT_TIMEOUT_S,
		.interval_s = ACCOUNT_INTERVAL_S,
	};
}

void destination_finish(struct destination *d)
{
	free(d->path);
	free(d->host);
	argv_free(d->argv);
	free(d->sender);
	free(d->recipient);
	*d = (struct destination){ .kind = DESTINATION_NONE };
}

static void finish_rules(struct account *a)
{
	for (size_t i = 0; i < a->rules_count; i++) {
		free(a->rules[i].field);
		free(a->rules[i].pattern);
		free(a->rules[i].folder);
	}
	free(a->rules);
}

void account_finish(struct account *a)
{
	if (a->password != NULL) {
		wipe(a->password, strlen(a->password));
	}
	free(a->name);
	free(a->host);
	free(a->user);
	free(a->password);
	argv_free(a->password_command);
	free(a->password_file);
	free(a->ca_file);
	free(a->certificate_file);
	free(a->key_file);
	free(a->mechanisms);
	destination_finish(&a->deliver);
	finish_rules(a);
	account_init(a);
}

bool account_has_usual_port(const struct account *a)
{
	return a->port == ACCOUNT_PORT || a->port == ACCOUNT_PORT_TLS;
}

bool account_is_same_maildrop(const struct account *a, const struct account *b)
{
	return a->host != NULL && b->host != NULL && a->user != NULL &&
	       b->user != NULL && strcmp(a->host, b->host) == 0 &&
	       strcmp(a->user, b->user) == 0 &&
	       (a->port == b->port ||
		(account_has_usual_port(a) && account_has_usual_port(b)));
}

int account_key(const struct account *a, char key_r[ACCOUNT_KEY_MAX])
{
	int n =
	    account_has_usual_port(a)
		? snprintf(key_r, ACCOUNT_KEY_MAX, "%s@%s", a->user, a->host)
		: snprintf(key_r, ACCOUNT_KEY_MAX, "%s@%s:%u", a->user, a->host,
			   a->port);

	return n < 0 || (size_t)n >= ACCOUNT_KEY_MAX ? -1 : 0;
}

bool account_host_is_loopback(const char *host)
{
	struct in_addr four;
	struct in6_addr six;

	if (inet_pton(AF_INET, host, &four) == 1) {
		return ntohl(four.s_addr) >> 24 == 127;
	}
	if (inet_pton(AF_INET6, host, &six) == 1) {
		return IN6_IS_ADDR_LOOPBACK(&six);
	}
	return strcasecmp(host, "localhost") == 0;
}
