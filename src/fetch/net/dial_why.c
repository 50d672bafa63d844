// SPDX-License-Identifier: ISC
/*
 * dial_why.c - the words for a server that was not reached (dial_why.h).
 * Runs in: the collector's loop.  Trusts: its caller.  Allocates: never.
 */
#include "fetch/net/dial_why.h"

#include <errno.h>

#include "fetch/net/address.h"

void dial_why_failed(const struct dial_options *o,
		     const struct sockaddr_storage *address, int error,
		     struct why *why_r)
{
	char text[ADDRESS_TEXT_MAX] = "?";

	if (address != NULL) {
		address_write(address, text);
	}
	why_errno(why_r, WHY_NETWORK, error,
		  "cannot connect to %s (%s) port %u", o->host, text, o->port);
	if (error == ECONNREFUSED) {
		why_add(why_r, "; is the port right?");
	}
}

void dial_why_late(const struct dial_options *o, size_t tried,
		   struct why *why_r)
{
	if (tried == 0) {
		why_set(why_r, WHY_NETWORK,
			"%s: no answer from the name servers; is the network "
			"up?",
			o->host);
		return;
	}
	why_set(why_r, WHY_NETWORK,
		"%s does not answer at port %u (%zu address%s tried); is the "
		"network up, and the port right?",
		o->host, o->port, tried, tried == 1 ? "" : "es");
}

void dial_why_unresolved(const struct dial_options *o, int status,
			 struct why *why_r)
{
	if (status == UV_EAI_NONAME || status == UV_EAI_NODATA ||
	    status == UV_EAI_ADDRFAMILY) {
		why_set(why_r, WHY_NETWORK,
			"%s: there is no such host; is the name right?",
			o->host);
	} else if (status == UV_EAI_AGAIN || status == UV_EAI_FAIL) {
		why_set(why_r, WHY_NETWORK,
			"%s: the name servers do not tell its address; is the "
			"network up?",
			o->host);
	} else {
		why_set(why_r, WHY_NETWORK, "%s cannot be resolved: %s",
			o->host, uv_strerror(status));
	}
}
