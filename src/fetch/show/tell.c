// SPDX-License-Identifier: ISC
/*
 * tell.c - how a failure is told (tell.h).
 * Runs in: restante.  Trusts: its caller but for the octets in why.
 * Allocates: the text.
 */
#include "fetch/show/tell.h"

#include "fetch/show/escape.h"

struct telling {
	const char *name;
	const char *remedy;
};

static const struct telling tellings[] = {
	[WHY_NONE] = { "none", "" },
	[WHY_TEMP] = { "temporary", "the next fetch tries again" },
	[WHY_MESSAGE] = { "message", "it stays on the server; to try it again: "
				     "restante fetch --retry" },
	[WHY_LATER] = { "temporary", "the next fetch tries again" },
	[WHY_NETWORK] = { "network",
			  "see whether this machine is online and whether "
			  "server and port are right; the next fetch tries "
			  "again" },
	[WHY_TLS] = { "tls",
		      "nothing was sent to it, no password either; if you know "
		      "that this is your server, see: restante account check" },
	[WHY_LOGIN] = { "login",
			"see whether user and password are right; many "
			"providers want POP3 switched on in their settings, "
			"and a password made for this program" },
	[WHY_PROTOCOL] = { "protocol",
			   "what was delivered is on record, and the next "
			   "fetch "
			   "goes on from there; if this stays, the server is "
			   "out of order, and its operator should know" },
	[WHY_DELIVERY] = { "delivery",
			   "all messages that were not delivered are still on "
			   "the server; see to the destination and fetch "
			   "again" },
	[WHY_CONFIG] = { "configuration", "see restante.conf(5)" },
	[WHY_INTERNAL] = { "internal",
			   "nothing was deleted that was not delivered; see "
			   "to the disk, its room and its rights" },
};

#define KINDS (sizeof(tellings) / sizeof(tellings[0]))

static const struct telling *telling_of(enum why_kind kind)
{
	return &tellings[(size_t)kind < KINDS ? kind : WHY_INTERNAL];
}

const char *tell_kind(enum why_kind kind)
{
	return telling_of(kind)->name;
}

const char *tell_remedy(enum why_kind kind)
{
	return telling_of(kind)->remedy;
}

size_t tell_what_len(const char *text)
{
	bool is_quoted = false;
	const char *c = text;

	while (*c != 0 && (*c != ';' || is_quoted)) {
		is_quoted = *c == '"' ? !is_quoted : is_quoted;
		c += c[0] == '\\' && c[1] != 0 ? 2 : 1;
	}
	return (size_t)(c - text);
}

bool tell_has_remedy(const char *text)
{
	return text[tell_what_len(text)] != 0;
}

void tell_failure(struct text *t, const char *account, const struct why *why,
		  bool is_utf8)
{
	const char *remedy = tell_remedy(why->kind);

	if (account != NULL) {
		escape_str(t, account, is_utf8);
		text_str(t, ": ");
	}
	escape_str(t, why->text[0] == 0 ? "it failed" : why->text, is_utf8);
	if (remedy[0] != 0 && !tell_has_remedy(why->text)) {
		text_str(t, "; ");
		text_str(t, remedy);
	}
}
