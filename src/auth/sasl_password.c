// SPDX-License-Identifier: ISC
/*
 * sasl_password.c - PLAIN and LOGIN (sasl_impl.h), whose secret is verified by
 * whoever called.
 * Runs in: auth.  Trusts: nothing.
 *
 * GNU SASL judges the form of these messages, with letters in the secret's
 * place: it would leave the secret behind in memory that it frees, and prepare
 * it by SASLprep or refuse it, while stored passwords are tried in several
 * forms, for PASS as for these.
 */
#include "auth/sasl_impl.h"

#include <string.h>

/* Moves a secret out of a message: its octets become letters, but for a NUL,
 * which may not be there. */
static void take_secret(struct secret *s, uint8_t *at, size_t len)
{
	(void)secret_set(s, at, len);
	for (size_t i = 0; i < len; i++) {
		at[i] = at[i] == '\0' ? '\0' : 'x';
	}
}

/* What stands behind the first NUL. */
static struct sasl_response behind_nul(struct sasl_response r)
{
	uint8_t *nul = r.len == 0 ? NULL : memchr(r.at, '\0', r.len);

	if (nul == NULL) {
		return (struct sasl_response){ .at = NULL };
	}
	return (struct sasl_response){ nul + 1,
				       r.len - (size_t)(nul + 1 - r.at) };
}

static void take_user(struct sasl_exchange *x, const uint8_t *at, size_t len)
{
	if (len <= sizeof(x->user) && len != 0) {
		memcpy(x->user, at, len);
		x->user_len = len;
	}
}

static enum sasl_result to_verify(enum sasl_result result)
{
	return result == SASL_PROVEN ? SASL_PASSWORD : result;
}

/* [rfc4616/2/message] "message = [authzid] UTF8NUL authcid UTF8NUL passwd" */
enum sasl_result step_plain(struct sasl_exchange *x,
			    struct sasl_response response,
			    struct sasl_outcome *o)
{
	struct sasl_response user = behind_nul(response), secret = { NULL, 0 };

	if (user.at != NULL) {
		secret = behind_nul(user);
	}
	if (secret.at == NULL) {
		wipe(response.at, response.len);
		return sasl_malformed(o, "not what the mechanism demands");
	}
	take_user(x, user.at, user.len - secret.len - 1);
	take_secret(&o->secret, secret.at, secret.len);
	return to_verify(library_step(x, response, o));
}

/* The user's name, then the secret. */
enum sasl_result step_login(struct sasl_exchange *x,
			    struct sasl_response response,
			    struct sasl_outcome *o)
{
	if (x->steps == 0) {
		take_user(x, response.at, response.len);
	} else {
		take_secret(&o->secret, response.at, response.len);
	}
	return to_verify(library_step(x, response, o));
}
