// SPDX-License-Identifier: ISC
/*
 * sasl_library.c - GNU SASL's steps in terms of ours (sasl_impl.h).
 * Runs in: auth.  Trusts: GNU SASL.  Allocates: what GNU SASL does.
 *
 * GNU SASL keeps no state outside its handle, which is written to while it is
 * made only, and its sessions: so threads may share the handle, and each
 * session is one thread's at a time.  Strings are C's to it: what has a NUL
 * inside must not get there, but for PLAIN.
 */
#include "auth/sasl_impl.h"

#include <sodium.h>
#include <string.h>

static struct text property(const struct sasl_exchange *x, Gsasl_property p)
{
	const char *at = gsasl_property_fast(x->session, p);

	return at == NULL ? (struct text){ "", 0 } : text_of(at);
}

bool wants_itself(const struct sasl_exchange *x, struct text wanted)
{
	struct text is = sasl_exchange_user(x);

	return wanted.len == 0 ||
	       (is.len != 0 && wanted.len <= USER_NAME_FORM_MAX &&
		user_name_equal(wanted, is, x->sasl->options.is_folding));
}

static int judge_identity(struct sasl_exchange *x)
{
	return wants_itself(x, property(x, GSASL_AUTHZID))
		   ? GSASL_OK
		   : GSASL_AUTHENTICATION_ERROR;
}

static void keep_user(struct sasl_exchange *x)
{
	struct text user = property(x, GSASL_AUTHID);

	if (user.len != 0 && user.len <= sizeof(x->user)) {
		memcpy(x->user, user.at, user.len);
		x->user_len = user.len;
	}
}

/* CRAM-MD5's. */
static int give_password(struct sasl_exchange *x)
{
	const struct sasl_source *source = &x->sasl->options.source;
	struct secret secret = { .len = 0 };
	int rc;

	keep_user(x);
	source->password(source->ctx, sasl_exchange_user(x), x->address,
			 &secret);
	rc = gsasl_property_set_raw(x->session, GSASL_PASSWORD,
				    (const char *)secret.octets, secret.len);
	secret_wipe(&secret);
	return rc;
}

/* What GNU SASL asks.  The verifying of PLAIN and LOGIN is our caller's. */
static int answer(Gsasl *library, Gsasl_session *session, Gsasl_property p)
{
	struct sasl_exchange *x = gsasl_session_hook_get(session);

	(void)library;
	if (p == GSASL_VALIDATE_SIMPLE || p == GSASL_VALIDATE_EXTERNAL) {
		return judge_identity(x);
	}
	if (p == GSASL_PASSWORD) {
		return give_password(x);
	}
	return GSASL_NO_CALLBACK;
}

int library_init(struct sasl *sasl)
{
	int rc = gsasl_init(&sasl->library);

	if (rc == GSASL_OK) {
		gsasl_callback_set(sasl->library, answer);
	}
	return rc;
}

int library_start(struct sasl_exchange *x)
{
	int rc = gsasl_server_start(x->sasl->library, x->mechanism->name,
				    &x->session);

	if (rc != GSASL_OK) {
		return rc;
	}
	gsasl_session_hook_set(x->session, x);
	return x->has_exporter &&
		       !library_set_base64(x, GSASL_CB_TLS_EXPORTER,
					   x->exporter, sizeof(x->exporter))
		   ? GSASL_MALLOC_ERROR
		   : GSASL_OK;
}

/* GNU SASL frees its strings as they are. */
static void wipe_property(struct sasl_exchange *x, Gsasl_property p)
{
	struct text t = property(x, p);

	wipe((void *)(uintptr_t)t.at, t.len);
}

void library_finish(struct sasl_exchange *x)
{
	if (x->session == NULL) {
		return;
	}
	wipe_property(x, GSASL_PASSWORD);
	wipe_property(x, GSASL_SCRAM_SERVERKEY);
	wipe_property(x, GSASL_SCRAM_STOREDKEY);
	gsasl_finish(x->session);
	x->session = NULL;
}

bool library_set_base64(struct sasl_exchange *x, Gsasl_property p,
			const uint8_t *at, size_t len)
{
	char text[sodium_base64_ENCODED_LEN(SCRAM_SALT_MAX,
					    sodium_base64_VARIANT_ORIGINAL)];
	int rc;

	if (len > SCRAM_SALT_MAX) {
		return false;
	}
	sodium_bin2base64(text, sizeof(text), at, len,
			  sodium_base64_VARIANT_ORIGINAL);
	rc = gsasl_property_set(x->session, p, text);
	wipe(text, sizeof(text));
	return rc == GSASL_OK;
}

static enum sasl_result result_of(int rc, struct sasl_outcome *o)
{
	switch (rc) {
	case GSASL_OK:
		return SASL_PROVEN;
	case GSASL_NEEDS_MORE:
		return SASL_CHALLENGE;
	case GSASL_AUTHENTICATION_ERROR:
	case GSASL_SASLPREP_ERROR: /* no name has that form */
		o->why = "wrong proof, or another identity wanted";
		return SASL_WRONG;
	case GSASL_MALLOC_ERROR:
	case GSASL_CRYPTO_ERROR:
		o->why = "no memory";
		return SASL_TEMP;
	default: /* a number of many */
		return sasl_malformed(o, "not what the mechanism demands");
	}
}

enum sasl_result library_step(struct sasl_exchange *x,
			      struct sasl_response response,
			      struct sasl_outcome *o)
{
	char *out = NULL;
	size_t len = 0;
	int rc = gsasl_step(x->session, (const char *)response.at, response.len,
			    &out, &len);
	enum sasl_result result = result_of(rc, o);
	bool fits = len <= sizeof(o->challenge);

	if (x->user_len == 0) {
		keep_user(x);
	}
	if ((rc == GSASL_OK || rc == GSASL_NEEDS_MORE) && fits && len != 0) {
		memcpy(o->challenge, out, len);
	}
	o->challenge_len = fits ? len : 0;
	gsasl_free(out);
	if (!fits) {
		return sasl_malformed(o, "the challenge would be too long");
	}
	/* a response that is empty must not be taken for none */
	if (result == SASL_CHALLENGE && response.at != NULL &&
	    response.len == 0) {
		return sasl_malformed(o, "an empty response");
	}
	return result;
}
