// SPDX-License-Identifier: ISC
/*
 * sasl_scram.c - the SCRAM mechanisms (sasl_impl.h; RFC 5802, RFC 7677): who
 * has the exchange, GNU SASL or sasl_end_point.c, and what both are given.
 * Runs in: auth.  Trusts: nothing.
 */
#include "auth/sasl_impl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_binding(const struct sasl_exchange *x)
{
	return x->has_exporter || x->binding_len != 0;
}

/* Why the client's channel binding will not do, or NULL. */
static const char *binding_fault(const struct sasl_exchange *x,
				 const struct scram_first *f)
{
	if (x->mechanism->is_plus) {
		bool is_known =
		    (text_equal(f->binding, text_of("tls-exporter")) &&
		     x->has_exporter) ||
		    (text_equal(f->binding, text_of("tls-server-end-point")) &&
		     x->binding_len != 0);

		return is_known ? NULL : "no such channel binding here";
	}
	if (f->flag == 'p') {
		return "a channel binding, but not asked for by -PLUS";
	}
	/* [rfc5802/6/downgrade] "If the flag is set to "y" and the server
	 * supports channel binding, the server MUST fail authentication": the
	 * client would bind if it knew that we can, and who told it that we
	 * cannot was not us. */
	if (f->flag == 'y' && has_binding(x)) {
		return "the client did not see -PLUS: somebody hid it";
	}
	return NULL;
}

static bool take_user(struct sasl_exchange *x, const struct scram_first *f)
{
	return scram_name_decode(f->user, x->user, sizeof(x->user),
				 &x->user_len);
}

/* Whether the client wants to be who it says that it is; judged before the
 * proof, so that whoever wants somebody else's mail never has one judged. */
static bool is_own(const struct sasl_exchange *x, struct text authzid)
{
	char wanted[PACKET_USER_MAX];
	size_t len;

	return scram_name_decode(authzid, wanted, sizeof(wanted), &len) &&
	       wants_itself(x, (struct text){ wanted, len });
}

static bool give_challenge(struct sasl_exchange *x)
{
	const struct scram_verifier *v = &x->verifier;
	char iterations[16];

	snprintf(iterations, sizeof(iterations), "%" PRIu32, v->iterations);
	return gsasl_property_set(x->session, GSASL_SCRAM_ITER, iterations) ==
		   GSASL_OK &&
	       library_set_base64(x, GSASL_SCRAM_SALT, v->salt, v->salt_len);
}

static bool give_keys(struct sasl_exchange *x, const struct scram_verifier *v)
{
	size_t len = scram_key_len(v->kind);

	return library_set_base64(x, GSASL_SCRAM_STOREDKEY, v->stored_key,
				  len) &&
	       library_set_base64(x, GSASL_SCRAM_SERVERKEY, v->server_key, len);
}

static enum sasl_result from_end_point(struct sasl_exchange *x,
				       enum end_point_result result,
				       struct sasl_outcome *o)
{
	switch (result) {
	case END_POINT_OK:
		memcpy(o->challenge, x->end_point->challenge,
		       x->end_point->challenge_len);
		o->challenge_len = x->end_point->challenge_len;
		return SASL_CHALLENGE;
	case END_POINT_EMALFORMED:
		return sasl_malformed(o, "not what the mechanism demands");
	case END_POINT_EWRONG:
		o->why = "wrong proof, or another channel";
		return SASL_WRONG;
	case END_POINT_ENOMEM:
		break;
	}
	o->why = "no memory";
	return SASL_TEMP;
}

static enum sasl_result begin_end_point(struct sasl_exchange *x,
					struct text message,
					const struct scram_first *f,
					struct sasl_outcome *o)
{
	x->end_point = calloc(1, sizeof(*x->end_point));
	if (x->end_point == NULL) {
		o->why = "no memory";
		return SASL_TEMP;
	}
	return from_end_point(x,
			      end_point_begin(x->end_point, message, f,
					      &x->verifier, x->binding,
					      x->binding_len),
			      o);
}

static enum sasl_result begin(struct sasl_exchange *x,
			      struct sasl_response response,
			      struct sasl_outcome *o)
{
	const struct sasl_source *source = &x->sasl->options.source;
	struct text message = { (const char *)response.at, response.len };
	struct scram_first f;
	const char *fault;

	if (!scram_first_parse(message, &f)) {
		return sasl_malformed(o, "not what the mechanism demands");
	}
	fault = binding_fault(x, &f);
	if (fault != NULL || !take_user(x, &f)) {
		return sasl_malformed(o, fault != NULL ? fault
						       : "too long a name");
	}
	if (!is_own(x, f.authzid)) {
		o->why = "another identity wanted";
		return SASL_WRONG;
	}
	source->challenge(source->ctx, sasl_exchange_user(x), x->address,
			  x->mechanism->kind, &x->verifier);
	if (text_equal(f.binding, text_of("tls-server-end-point"))) {
		return begin_end_point(x, message, &f, o);
	}
	if (!give_challenge(x)) {
		o->why = "no memory";
		return SASL_TEMP;
	}
	return library_step(x, response, o);
}

static enum sasl_result judge(struct sasl_exchange *x,
			      struct sasl_response response,
			      const struct scram_verifier *v,
			      struct sasl_outcome *o)
{
	struct text message = { (const char *)response.at, response.len };
	enum sasl_result result = SASL_TEMP;

	if (x->end_point != NULL) {
		return from_end_point(
		    x, end_point_finish(x->end_point, message, v), o);
	}
	o->why = "no memory";
	if (give_keys(x, v)) {
		result = library_step(x, response, o);
	}
	return result == SASL_PROVEN ? SASL_CHALLENGE : result;
}

/* The server's proof goes out as a challenge, and the client answers that with
 * an empty response: POP3 has no reply that both succeeds and says something
 * (RFC 5034, section 4). */
static enum sasl_result finish(struct sasl_exchange *x,
			       struct sasl_response response,
			       struct sasl_outcome *o)
{
	struct text message = { (const char *)response.at, response.len };
	const struct sasl_source *source = &x->sasl->options.source;
	struct scram_verifier v = x->verifier;
	struct scram_final f;
	enum sasl_result result = SASL_TEMP;

	if (!scram_final_parse(message, &f)) {
		return sasl_malformed(o, "not what the mechanism demands");
	}
	o->why = "no memory";
	if (source->keys(source->ctx, sasl_exchange_user(x), x->address, &v)) {
		result = judge(x, response, &v, o);
		wipe(&v, sizeof(v));
	}
	if (result == SASL_MALFORMED) {
		/* the keys may have taken a hash: who asks for that answers
		 * for it */
		result = SASL_WRONG;
	}
	x->is_proven = result == SASL_CHALLENGE;
	return result;
}

enum sasl_result step_scram(struct sasl_exchange *x,
			    struct sasl_response response,
			    struct sasl_outcome *o)
{
	return x->steps == 0 ? begin(x, response, o) : finish(x, response, o);
}
