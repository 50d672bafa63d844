// SPDX-License-Identifier: ISC
/*
 * add_server.c - finding the server of an account (add_impl.h). Runs in:
 * restante, before there are threads.  Trusts: the person; nothing that a
 * server says.
 *
 * The order is what is safest first: TLS at once before STLS, and a server
 * whose certificate is sound, wherever it is, before one whose certificate a
 * person would have to judge.  Nothing is sent in clear text but to loopback.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "fetch/add/add_impl.h"
#include "fetch/conf/text.h"
#include "fetch/limits.h"
#include "fetch/pin.h"
#include "fetch/show/exit.h"
#include "fetch/show/tell.h"

/* What was found so far. */
struct found {
	bool has_unverified;
	struct guess unverified; /* the first one */
	struct probe_offer offer;
	struct why why; /* of it; else of the last that answered anything */
	enum probe_outcome outcome;
};

static const char *tls_text(enum account_tls tls)
{
	switch (tls) {
	case ACCOUNT_TLS_IMPLICIT:
		return "TLS";
	case ACCOUNT_TLS_STLS:
		return "STLS";
	case ACCOUNT_TLS_NONE:
		break;
	}
	return "clear text";
}

static const char *outcome_text(enum probe_outcome outcome)
{
	switch (outcome) {
	case PROBE_READY:
		return "a POP3 server";
	case PROBE_UNVERIFIED:
		return "a POP3 server, but its certificate is not to be "
		       "trusted";
	case PROBE_NO_HOST:
		return "no such host";
	case PROBE_NO_ANSWER:
		return "no answer";
	case PROBE_NO_TLS:
		return "no TLS";
	case PROBE_NO_POP3:
		return "no POP3 server";
	case PROBE_FAILED:
		break;
	}
	return "it could not be asked";
}

static int use_guess(struct adding *a, const struct guess *guess)
{
	a->account.port = guess->port;
	a->account.tls = guess->tls;
	return add_set(a, &a->account.host, guess->host);
}

static void remember(struct found *f, enum probe_outcome outcome,
		     const struct guess *guess, const struct probe_offer *offer,
		     const struct why *why)
{
	if (f->has_unverified) {
		return;
	}
	if (outcome != PROBE_NO_HOST || f->outcome == PROBE_NO_HOST) {
		f->why = *why;
		f->outcome = outcome;
	}
	if (outcome == PROBE_UNVERIFIED) {
		f->has_unverified = true;
		f->unverified = *guess;
		f->offer = *offer;
	}
}

/* A name that there is not need not be tried at another port, nor a port behind
 * which there is TLS without it. */
static bool is_in_vain(const struct guesses *g, size_t i,
		       const enum probe_outcome *outcomes)
{
	const struct guess *guess = &g->guess[i];

	for (size_t k = 0; k < i; k++) {
		const struct guess *before = &g->guess[k];

		if (strcmp(before->host, guess->host) == 0 &&
		    (outcomes[k] == PROBE_NO_HOST ||
		     (outcomes[k] == PROBE_UNVERIFIED &&
		      before->port == guess->port))) {
			return true;
		}
	}
	return false;
}

/* Says what it does, and what comes of it; a server that is silent is not worth
 * the whole of the usual wait. */
static enum probe_outcome try_one(struct adding *a, struct why *why)
{
	const struct probe *probe = a->add->probe;
	uint32_t usual = a->account.timeout_s;
	enum probe_outcome outcome;

	ask_say(&a->ask, "  %s, port %u, %s: ", a->account.host,
		a->account.port, tls_text(a->account.tls));
	a->offer = (struct probe_offer){ .has_capa = false };
	*why = (struct why){ .kind = WHY_NONE };
	a->account.timeout_s = ADD_TRY_S;
	outcome = probe->try(probe->ctx, &a->account, &a->offer, why);
	a->account.timeout_s = usual;
	ask_say(&a->ask, "%s\n", outcome_text(outcome));
	return outcome;
}

/* Tries them until one is ready.  1: account and offer are that one's; 0: none
 * is, and *f tells; or -1, and it was told why. */
static int try_all(struct adding *a, const struct guesses *g, struct found *f)
{
	enum probe_outcome outcomes[GUESSES_MAX] = { PROBE_NO_HOST };

	*f = (struct found){ .outcome = PROBE_NO_HOST };
	for (size_t i = 0; i < g->count; i++) {
		struct why why;

		outcomes[i] = PROBE_NO_HOST;
		if (is_in_vain(g, i, outcomes)) {
			continue;
		}
		if (use_guess(a, &g->guess[i]) != EX_OK) {
			return -1;
		}
		outcomes[i] = try_one(a, &why);
		if (outcomes[i] == PROBE_READY) {
			return 1;
		}
		if (outcomes[i] == PROBE_FAILED) {
			ask_fail(&a->ask, "%s", why.text);
			return -1;
		}
		remember(f, outcomes[i], &g->guess[i], &a->offer, &why);
	}
	return 0;
}

static void show_certificate(struct adding *a, const struct found *f,
			     const char *pin)
{
	ask_say(&a->ask, "\nThe certificate of %s cannot be verified:\n%.*s\n",
		a->account.host, (int)tell_what_len(f->why.text), f->why.text);
	ask_say(&a->ask, "  fingerprint:  %s\n", pin);
	ask_say(
	    &a->ask,
	    "If whoever runs that server tells you the same fingerprint, it "
	    "can be pinned:\nthen this certificate is trusted, and no other. "
	    "If not, somebody else may be\nlistening.\n");
}

/* First use: a person says whether this is the certificate.  0, and it is
 * pinned. */
static int pin_it(struct adding *a, const struct found *f)
{
	bool is_to_be_pinned = false;
	char pin[PIN_TEXT_MAX];

	if (use_guess(a, &f->unverified) != EX_OK) {
		return EX_OSERR;
	}
	a->offer = f->offer;
	pin_write(f->offer.fingerprint, pin);
	if (a->account.has_pin || !a->ask.is_terminal) {
		ask_fail(
		    &a->ask,
		    "the certificate of %s, port %u, cannot be verified: "
		    "%s; if its fingerprint is right, give it with --pin %s",
		    a->account.host, a->account.port, f->why.text, pin);
		return exit_of(WHY_TLS);
	}
	show_certificate(a, f, pin);
	if (!ask_yes(&a->ask, "Pin it?", false, &is_to_be_pinned)) {
		return add_ended(a);
	}
	if (!is_to_be_pinned) {
		ask_fail(&a->ask, "nothing was written");
		return exit_of(WHY_TLS);
	}
	a->account.has_pin = true;
	memcpy(a->account.pin, f->offer.fingerprint, sizeof(a->account.pin));
	return EX_OK;
}

/* Port and tls as given on the command line. */
static int read_given(struct adding *a, uint16_t *port_r, bool *has_tls_r,
		      enum account_tls *tls_r)
{
	static const char *const names[] = {
		[ACCOUNT_TLS_IMPLICIT] = "implicit",
		[ACCOUNT_TLS_STLS] = "stls",
		[ACCOUNT_TLS_NONE] = "none",
	};
	const char *port = a->options->port, *tls = a->options->tls;
	struct conf_reason why;

	if (port != NULL && text_port(port, port_r, &why) < 0) {
		ask_fail(&a->ask, "--port %s: %s", port, why.text);
		return EX_USAGE;
	}
	*has_tls_r = tls != NULL;
	for (size_t i = 0; tls != NULL && i < 3; i++) {
		if (strcmp(tls, names[i]) == 0) {
			*tls_r = (enum account_tls)i;
			return EX_OK;
		}
	}
	if (tls != NULL) {
		ask_fail(&a->ask, "--tls must be implicit, stls or none");
		return EX_USAGE;
	}
	return EX_OK;
}

static int refuse_clear_text(struct adding *a, const struct guesses *g)
{
	if (g->count > 0 && g->guess[0].tls == ACCOUNT_TLS_NONE &&
	    !account_host_is_loopback(g->guess[0].host)) {
		ask_fail(&a->ask,
			 "--tls none would send your password in clear "
			 "text; that is for this machine alone");
		return EX_USAGE;
	}
	return EX_OK;
}

static int guess_named(struct adding *a, const char *host, struct guesses *g_r)
{
	enum account_tls tls = ACCOUNT_TLS_IMPLICIT;
	struct conf_reason why;
	uint16_t port = 0;
	bool has_tls = false;
	int rc = read_given(a, &port, &has_tls, &tls);
	char *bare;

	if (rc != EX_OK) {
		return rc;
	}
	/* an IPv6 address may stand alone, without a port */
	if (text_host(host, &bare, &why) < 0 &&
	    (strstr(host, "://") != NULL ||
	     text_host_port(host, &bare, &port, &why) < 0)) {
		ask_fail(&a->ask, "%s: %s", host, why.text);
		return EX_USAGE;
	}
	guess_server(g_r, bare, port, has_tls ? &tls : NULL);
	free(bare);
	return refuse_clear_text(a, g_r);
}

/* The usual case: all is known by the address. */
static int guess_by_address(struct adding *a, struct guesses *g_r)
{
	const enum account_tls tls = ACCOUNT_TLS_IMPLICIT;
	const char *at = strrchr(text_of(&a->address), '@');

	*g_r = (struct guesses){ 0 };
	if (a->options->port != NULL || a->options->tls != NULL) {
		ask_fail(&a->ask, "--port and --tls are for --server");
		return EX_USAGE;
	}
	if (at == NULL) {
		return EX_OK;
	}
	a->provider = provider_find(at + 1);
	if (a->provider == NULL) {
		guess_domain(g_r, at + 1);
		return EX_OK;
	}
	ask_say(&a->ask, "%s is known.%s%s\n", a->provider->name,
		a->provider->note == NULL ? "" : " ",
		a->provider->note == NULL ? "" : a->provider->note);
	if (a->provider->host == NULL) {
		return EX_UNAVAILABLE;
	}
	guess_server(g_r, a->provider->host, 0, &tls);
	return EX_OK;
}

static int tell_none(struct adding *a, const struct found *f)
{
	ask_fail(&a->ask, "no POP3 server was found%s%s; name it with --server",
		 f->why.text[0] == 0 ? "" : ": ", f->why.text);
	return f->why.kind == WHY_NONE ? exit_of(WHY_NETWORK)
				       : exit_of(f->why.kind);
}

/* None of them is sound.  Another name may be told, or a certificate pinned. */
static int next_guesses(struct adding *a, const struct found *f,
			struct guesses *g_r)
{
	const char *answer;
	char host[GUESS_HOST_MAX];
	unsigned tries = 0;

	if (a->options->server != NULL || !a->ask.is_terminal) {
		return tell_none(a, f);
	}
	while (tries <= ASK_TRIES_MAX) {
		answer = ask_line(&a->ask, "Name of the server", NULL);
		if (answer == NULL && a->ask.has_ended) {
			return add_ended(a);
		}
		if (answer == NULL || answer[0] == 0 ||
		    strlen(answer) >= sizeof(host)) {
			continue;
		}
		snprintf(host, sizeof(host), "%s", answer);
		if (guess_named(a, host, g_r) == EX_OK) {
			return EX_OK;
		}
		tries++;
	}
	return EX_USAGE;
}

int add_server(struct adding *a)
{
	struct guesses guesses;
	struct found found = { .outcome = PROBE_NO_HOST };
	int rc = a->options->server != NULL
		     ? guess_named(a, a->options->server, &guesses)
		     : guess_by_address(a, &guesses);

	for (unsigned tries = 0; rc == EX_OK; tries++) {
		int is_found;

		if (guesses.count > 0) {
			ask_say(&a->ask, "Looking for the server:\n");
		}
		is_found = try_all(a, &guesses, &found);
		if (is_found < 0) {
			return EX_OSERR;
		}
		if (is_found > 0) {
			return EX_OK;
		}
		if (found.has_unverified) {
			return pin_it(a, &found);
		}
		if (tries == ASK_TRIES_MAX) {
			return tell_none(a, &found);
		}
		rc = next_guesses(a, &found, &guesses);
	}
	return rc;
}
