// SPDX-License-Identifier: ISC
/*
 * sasl.c - SASL exchanges (sasl.h): which mechanisms there are, and how an
 * exchange begins, goes on and ends.
 * Runs in: auth.  Trusts: GNU SASL; nothing that a session process sent.
 */
#include "auth/sasl_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum sasl_result sasl_malformed(struct sasl_outcome *o, const char *why)
{
	o->why = why;
	return SASL_MALFORMED;
}

/* CRAM-MD5 and EXTERNAL: GNU SASL alone. */
static enum sasl_result step_library(struct sasl_exchange *x,
				     struct sasl_response response,
				     struct sasl_outcome *o)
{
	if (response.len != 0 &&
	    memchr(response.at, '\0', response.len) != NULL) {
		return sasl_malformed(o, "a NUL");
	}
	return library_step(x, response, o);
}

static const struct mechanism mechanisms[] = {
	{ .name = "PLAIN", .step = step_plain },
	{ .name = "LOGIN",
	  .step = step_login,
	  .is_server_first = true,
	  .takes_initial = true },
	{ .name = "SCRAM-SHA-256", .step = step_scram, .kind = SCRAM_SHA_256 },
	{ .name = "SCRAM-SHA-256-PLUS",
	  .step = step_scram,
	  .kind = SCRAM_SHA_256,
	  .is_plus = true },
	{ .name = "SCRAM-SHA-1", .step = step_scram, .kind = SCRAM_SHA_1 },
	{ .name = "SCRAM-SHA-1-PLUS",
	  .step = step_scram,
	  .kind = SCRAM_SHA_1,
	  .is_plus = true },
	{ .name = "CRAM-MD5", .step = step_library, .is_server_first = true },
	{ .name = "EXTERNAL", .step = step_library },
};

int sasl_create(const struct sasl_options *options, struct sasl **sasl_r)
{
	struct sasl *sasl = calloc(1, sizeof(*sasl));

	if (sasl == NULL) {
		return -ENOMEM;
	}
	sasl->options = *options;
	if (library_init(sasl) != GSASL_OK || !end_point_try_crypto()) {
		log_event(LOG_ERROR, "libgsasl or libcrypto does not work");
		sasl_destroy(&sasl);
		return -EIO;
	}
	*sasl_r = sasl;
	return 0;
}

void sasl_destroy(struct sasl **saslp)
{
	struct sasl *sasl = *saslp;

	if (sasl != NULL && sasl->library != NULL) {
		gsasl_done(sasl->library);
	}
	free(sasl);
	*saslp = NULL;
}

void sasl_outcome_wipe(struct sasl_outcome *o)
{
	wipe(o, sizeof(*o));
}

struct text sasl_exchange_user(const struct sasl_exchange *x)
{
	return (struct text){ x->user, x->user_len };
}

const uint8_t *sasl_exchange_address(const struct sasl_exchange *x)
{
	return x->address;
}

bool sasl_exchange_is_owed(const struct sasl_exchange *x)
{
	return x->verifier.iterations != 0 && !x->is_proven;
}

void sasl_exchange_destroy(struct sasl_exchange **xp)
{
	struct sasl_exchange *x = *xp;

	*xp = NULL;
	if (x == NULL) {
		return;
	}
	library_finish(x);
	if (x->end_point != NULL) {
		wipe(x->end_point, sizeof(*x->end_point));
		free(x->end_point);
	}
	wipe(x, sizeof(*x));
	free(x);
}

/* Whether we have the mechanism for this connection; else NULL and why. */
static const struct mechanism *find_mechanism(const struct sasl *sasl,
					      const struct sasl_begin *b,
					      struct sasl_outcome *o)
{
	const struct mechanism *m = NULL;

	for (size_t i = 0; i < sizeof(mechanisms) / sizeof(*m); i++) {
		if (text_equal_fold(b->mechanism,
				    text_of(mechanisms[i].name))) {
			m = &mechanisms[i];
		}
	}
	if (m == NULL ||
	    (strcmp(m->name, "CRAM-MD5") == 0 && !sasl->options.cram_md5) ||
	    (strcmp(m->name, "EXTERNAL") == 0 &&
	     sasl->options.external == NULL)) {
		o->why = "no such mechanism";
		return NULL;
	}
	if (m->is_plus && b->exporter == NULL && b->end_point_len == 0) {
		o->why = "-PLUS without TLS";
		return NULL;
	}
	return m;
}

static enum sasl_result start(struct sasl *sasl, const struct mechanism *m,
			      const struct sasl_begin *b,
			      struct sasl_exchange **x_r,
			      struct sasl_outcome *o)
{
	struct sasl_exchange *x = calloc(1, sizeof(*x));

	if (x == NULL) {
		o->why = "no memory";
		return SASL_TEMP;
	}
	x->sasl = sasl;
	x->mechanism = m;
	memcpy(x->address, b->address, sizeof(x->address));
	if (b->exporter != NULL) {
		x->has_exporter = true;
		memcpy(x->exporter, b->exporter, sizeof(x->exporter));
	}
	if (b->end_point_len <= sizeof(x->binding) && b->end_point_len != 0) {
		x->binding_len = b->end_point_len;
		memcpy(x->binding, b->end_point, b->end_point_len);
	}
	if (library_start(x) != GSASL_OK) {
		sasl_exchange_destroy(&x);
		o->why = "no memory";
		return SASL_TEMP;
	}
	*x_r = x;
	return SASL_CHALLENGE;
}

/* Whose certificate it is; that the client wants to be nobody else is judged
 * by its response. */
static enum sasl_result take_certificate(struct sasl_exchange *x,
					 const struct sasl_begin *b,
					 struct sasl_outcome *o)
{
	const struct external *external = x->sasl->options.external;
	struct external_user user;
	enum external_result result;

	if (b->proof_len == 0) {
		return sasl_malformed(o, "no certificate");
	}
	result = external_verify(external, b->proof, b->proof_len, &user);
	o->why = user.why;
	switch (result) {
	case EXTERNAL_OK:
		memcpy(x->user, user.name, user.len);
		x->user_len = user.len;
		return SASL_CHALLENGE;
	case EXTERNAL_EMALFORMED:
		return SASL_MALFORMED;
	case EXTERNAL_ESIGNATURE:
	case EXTERNAL_ECHAIN:
	case EXTERNAL_ENAME:
		return SASL_WRONG;
	case EXTERNAL_ENOMEM:
		break;
	}
	return SASL_TEMP;
}

/* The first challenge: what the mechanism says first, or nothing. */
static enum sasl_result first_challenge(struct sasl_exchange *x,
					struct sasl_outcome *o)
{
	static const struct sasl_response none = { NULL, 0 };

	return x->mechanism->is_server_first ? library_step(x, none, o)
					     : SASL_CHALLENGE;
}

static enum sasl_result begin(struct sasl_exchange *x,
			      const struct sasl_begin *b,
			      struct sasl_outcome *o)
{
	const struct mechanism *m = x->mechanism;
	enum sasl_result result = SASL_CHALLENGE;

	if (strcmp(m->name, "EXTERNAL") == 0) {
		result = take_certificate(x, b, o);
	}
	if (result != SASL_CHALLENGE) {
		return result;
	}
	if (b->initial.at == NULL) {
		return first_challenge(x, o);
	}
	if (m->is_server_first && !m->takes_initial) {
		/* [rfc4422/3/first] "Should a client include an initial
		 * response in its request where the mechanism does not allow
		 * the client to send data first, the authentication exchange
		 * fails." */
		return sasl_malformed(o, "an initial response that cannot be");
	}
	result = first_challenge(x, o);
	return result == SASL_CHALLENGE ? sasl_step(x, b->initial, o) : result;
}

static void outcome_init(struct sasl_outcome *o)
{
	o->why = "ok";
	o->challenge_len = 0;
	o->user_len = 0;
	o->secret.len = 0;
	o->secret.octets[0] = '\0';
}

static void say_user(const struct sasl_exchange *x, struct sasl_outcome *o)
{
	memcpy(o->user, x->user, x->user_len);
	o->user_len = x->user_len;
}

enum sasl_result sasl_begin(struct sasl *sasl, const struct sasl_begin *b,
			    struct sasl_exchange **x_r,
			    struct sasl_outcome *outcome_r)
{
	const struct mechanism *m;
	enum sasl_result result;

	*x_r = NULL;
	outcome_init(outcome_r);
	m = find_mechanism(sasl, b, outcome_r);
	if (m == NULL) {
		return SASL_MALFORMED;
	}
	result = start(sasl, m, b, x_r, outcome_r);
	if (result == SASL_CHALLENGE) {
		result = begin(*x_r, b, outcome_r);
		say_user(*x_r, outcome_r);
	}
	if (result != SASL_CHALLENGE) {
		sasl_exchange_destroy(x_r);
	}
	return result;
}

enum sasl_result sasl_step(struct sasl_exchange *x,
			   struct sasl_response response,
			   struct sasl_outcome *outcome_r)
{
	enum sasl_result result;

	outcome_init(outcome_r);
	if (x->is_proven) {
		result = response.len == 0
			     ? SASL_PROVEN
			     : sasl_malformed(outcome_r,
					      "a response to the last word");
	} else {
		result = x->mechanism->step(x, response, outcome_r);
		x->steps++;
	}
	if (result != SASL_PASSWORD) {
		secret_wipe(&outcome_r->secret);
	}
	say_user(x, outcome_r);
	return result;
}
