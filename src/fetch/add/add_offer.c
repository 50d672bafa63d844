// SPDX-License-Identifier: ISC
/*
 * add_offer.c - what a server said about itself, for a person (add_impl.h).
 * Runs in: restante, before there are threads.  Trusts: nothing that a server
 * says.
 */
#include "fetch/add/add_impl.h"

static void show(struct adding *a, const char *what, const char *foreign)
{
	if (foreign[0] != 0) {
		ask_say(&a->ask, "  %-14s%s\n", what, foreign);
	}
}

void add_show_offer(struct adding *a)
{
	const struct probe_offer *o = &a->offer;

	ask_say(&a->ask, "Found: %s, port %u%s%s%s\n", a->account.host,
		a->account.port, o->tls[0] == 0 ? "" : ", ", o->tls,
		a->account.tls == ACCOUNT_TLS_NONE
		    ? ", in clear text on this machine"
		: a->account.has_pin ? ", certificate pinned"
				     : ", certificate verified");
	if (!o->has_capa) {
		/* a server whose certificate was just pinned was not asked */
		ask_say(&a->ask, "%s",
			a->account.has_pin
			    ? "  What it can do is seen at the log-in.\n"
			    : "  It does not say what it can do (no CAPA); "
			      "what it can is found out.\n");
		return;
	}
	show(a, "it can", o->capabilities);
	show(a, "log-in by", o->mechanisms);
	if (!o->has_uidl) {
		ask_say(
		    &a->ask,
		    "  It has no unique-ids (UIDL): what stays there is "
		    "fetched at each visit, to be\n  known by its contents; "
		    "it is not delivered twice.\n");
	}
	if (!o->has_top) {
		ask_say(
		    &a->ask,
		    "  It shows no headers alone (TOP): rules cannot look at "
		    "them beforehand.\n");
	}
}
