// SPDX-License-Identifier: ISC
/*
 * login_sasl.c - what all SASL exchanges share (login_impl.h; RFC 5034).
 * Runs in: the collector's loop.  Trusts: nothing that a server says.
 * Allocates: never.
 */
#include "fetch/net/login_impl.h"

#include <string.h>

#include "pop3/base64.h"

/* The first response goes with AUTH if that is no too long a line, and if the
 * server is known to have the mechanism.  If it is not, nothing is said before
 * it has answered. */
int login_auth(struct login *l, const struct pop3_slice *first,
	       struct pop3_writer *out)
{
	const char *name = l->way->name;
	struct pop3_slice mechanism = pop3_slice_of(name, strlen(name));
	struct pop3_client *c = l->options.client;

	if (first != NULL && ways_is_announced(l, l->way)) {
		int rc = pop3_client_auth(c, out, mechanism, first);

		if (rc != POP3_ELINE) {
			return rc;
		}
	}
	l->has_first = first != NULL;
	if (l->has_first) {
		l->first = *first;
	}
	return pop3_client_auth(c, out, mechanism, NULL);
}

int login_cancel(struct login *l, struct pop3_writer *out, enum why_kind kind,
		 const char *what)
{
	why_set(&l->why, kind, "%s: %s", l->options.account->host, what);
	l->is_cancelled = true;
	return pop3_client_auth_cancel(l->options.client, out);
}

int login_sasl_challenge(struct login *l, const struct pop3_client_event *ev,
			 struct pop3_writer *out)
{
	uint8_t at[POP3_CLIENT_LINE_MAX];
	struct pop3_writer said = pop3_writer_of(at, sizeof(at));

	if (ev->is_malformed || pop3_base64_decode(ev->challenge, &said) != 0) {
		return login_cancel(l, out, WHY_PROTOCOL,
				    "a challenge that is not base64");
	}
	/* what it says before it has heard anything does not matter */
	if (l->has_first) {
		l->has_first = false;
		return pop3_client_auth_response(l->options.client, out,
						 l->first);
	}
	if (l->is_complete) {
		return login_cancel(l, out, WHY_PROTOCOL,
				    "a challenge behind the end of the "
				    "mechanism");
	}
	return (l->way->flags & WAY_SCRAM) != 0
		   ? login_scram_challenge(l, pop3_slice_of(at, said.len), out)
		   : login_gsasl_challenge(l, pop3_slice_of(at, said.len), out);
}

void login_sasl_finish(struct login *l)
{
	l->has_first = false;
	login_gsasl_finish(l);
	wipe(&l->scram, sizeof(l->scram));
}
