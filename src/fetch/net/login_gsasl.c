// SPDX-License-Identifier: ISC
/*
 * login_gsasl.c - the mechanisms that GNU SASL has for us: PLAIN, LOGIN,
 * EXTERNAL, CRAM-MD5 (login_impl.h).
 * Runs in: the collector's loop.  Trusts: GNU SASL.  Allocates: what it does.
 */
#include "fetch/net/login_impl.h"

#include <string.h>

static int answer(Gsasl *library, Gsasl_session *session, Gsasl_property p)
{
	const struct login *l = gsasl_session_hook_get(session);

	(void)library;
	if (p == GSASL_AUTHID) {
		return gsasl_property_set(session, p, l->options.account->user);
	}
	if (p == GSASL_PASSWORD && l->options.password != NULL) {
		return gsasl_property_set(
		    session, p, (const char *)l->options.password->octets);
	}
	return GSASL_NO_CALLBACK;
}

/* GNU SASL frees its strings as they are. */
static void free_text(char **text, size_t len)
{
	if (*text != NULL) {
		wipe(*text, len);
		gsasl_free(*text);
	}
	*text = NULL;
}

static void wipe_password(Gsasl_session *session)
{
	const char *at = gsasl_property_fast(session, GSASL_PASSWORD);

	if (at != NULL) {
		wipe((void *)(uintptr_t)at, strlen(at));
	}
}

void login_gsasl_finish(struct login *l)
{
	free_text(&l->text, l->text_len);
	if (l->session != NULL) {
		wipe_password(l->session);
		gsasl_finish(l->session);
		l->session = NULL;
	}
	if (l->library != NULL) {
		gsasl_done(l->library);
		l->library = NULL;
	}
}

static bool start(struct login *l)
{
	if (gsasl_init(&l->library) != GSASL_OK) {
		l->library = NULL;
		return false;
	}
	gsasl_callback_set(l->library, answer);
	if (gsasl_client_start(l->library, l->way->name, &l->session) !=
	    GSASL_OK) {
		l->session = NULL;
		return false;
	}
	gsasl_session_hook_set(l->session, l);
	return true;
}

/* What it has to say to that is in text. */
static bool step(struct login *l, struct pop3_slice said)
{
	int rc;

	free_text(&l->text, l->text_len);
	rc = gsasl_step(l->session, (const char *)said.at, said.len, &l->text,
			&l->text_len);
	l->is_complete = rc == GSASL_OK;
	return rc == GSASL_OK || rc == GSASL_NEEDS_MORE;
}

int login_begin_gsasl(struct login *l, struct pop3_writer *out)
{
	struct pop3_slice first;

	if (!start(l)) {
		return LOGIN_EWAY;
	}
	if ((l->way->flags & WAY_FIRST) == 0) {
		return login_auth(l, NULL, out);
	}
	if (!step(l, pop3_slice_of(NULL, 0))) {
		return LOGIN_EWAY;
	}
	first = pop3_slice_of(l->text, l->text_len);
	return login_auth(l, &first, out);
}

int login_gsasl_challenge(struct login *l, struct pop3_slice said,
			  struct pop3_writer *out)
{
	if (!step(l, said)) {
		return login_cancel(l, out, WHY_PROTOCOL,
				    "what it says in the log-in is not what "
				    "the mechanism demands");
	}
	return pop3_client_auth_response(l->options.client, out,
					 pop3_slice_of(l->text, l->text_len));
}
