// SPDX-License-Identifier: ISC
/*
 * new_password.c - a password that is asked for (new_password.h).
 * Runs in: restantectl.  Trusts: the operator.
 */
#include "ctl/new_password.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "auth/saslprep.h"
#include "ctl/ask.h"

/* Clients prepare what is typed (RFC 5802, RFC 6856); what is stored must be
 * what they send.  In a character set of old it stays as it is. */
static int prepare(struct secret *secret)
{
	struct text typed = { (const char *)secret->octets, secret->len };
	struct secret prepared = { .len = 0 };

	if (!text_is_utf8(typed)) {
		return EX_OK;
	}
	if (!saslprep(typed, prepared.octets, SECRET_MAX, &prepared.len) ||
	    prepared.len == 0) {
		fputs("restantectl: the password has a character in it that "
		      "SASLprep prohibits: a control character, or letters "
		      "from right to left mixed with others\n",
		      stderr);
		return EX_DATAERR;
	}
	*secret = prepared;
	secret_wipe(&prepared);
	return EX_OK;
}

static int tell(const char *scheme, enum scheme_result result)
{
	fprintf(stderr, "restantectl: %s: %s\n", scheme, scheme_why(result));
	return result == SCHEME_ENOMEM ? EX_OSERR : EX_DATAERR;
}

/* A password for which there can be no verifier is as good as before there were
 * any: it is told, and no failure. */
static int add_scram(enum scram_kind kind, const struct secret *secret,
		     struct new_password *p)
{
	struct scram_verifier v;
	enum scheme_result result = scram_make(kind, secret, &v);

	if (result == SCHEME_MATCH) {
		verifiers_write_scram(&v, text_of(p->stored), p->scram[kind]);
		return EX_OK;
	}
	if (result == SCHEME_ENOMEM) {
		return tell(scram_name(kind), result);
	}
	fprintf(stderr,
		"restantectl: no %s verifier can be made of this password; "
		"clients must send it as it is\n",
		scram_name(kind));
	return EX_OK;
}

static int hash(const struct request *r, const struct secret *secret,
		struct new_password *p)
{
	enum scheme_result result = scheme_make(r->scheme, secret, p->stored);
	int rc = EX_OK;

	if (result != SCHEME_MATCH) {
		return tell(r->scheme, result);
	}
	for (unsigned i = 0; i < SCRAM_KINDS && rc == EX_OK; i++) {
		enum scram_kind kind = (enum scram_kind)i;

		/* where the password field is one, another is not needed */
		if ((r->scram & 1u << i) != 0 &&
		    strcasecmp(r->scheme, scram_name(kind)) != 0) {
			rc = add_scram(kind, secret, p);
		}
	}
	return rc;
}

int new_password_ask(const struct request *r, struct new_password *p)
{
	struct secret secret = { .len = 0 };
	int rc = ask_new_password(&secret);

	memset(p, 0, sizeof(*p));
	if (rc == EX_OK) {
		rc = prepare(&secret);
	}
	if (rc == EX_OK) {
		rc = hash(r, &secret, p);
	}
	secret_wipe(&secret);
	return rc;
}

void new_password_finish(struct new_password *p)
{
	wipe(p, sizeof(*p));
}
