// SPDX-License-Identifier: ISC
/*
 * memsasl.c - the server's side of SASL in memory.
 * Runs in: tests.  Trusts: the engine that what it calls base64 is.
 */
#include "memsasl.h"
#include "must.h"

static enum memsasl_step ask(struct memsasl *sasl, const char *text)
{
	size_t len = strlen(text);

	must(len <= sizeof(sasl->challenge_at), "a short challenge");
	memcpy(sasl->challenge_at, text, len);
	sasl->challenge = pop3_slice_of(sasl->challenge_at, len);
	return MEMSASL_CHALLENGE;
}

static struct pop3_slice take_until_nul(struct pop3_slice *rest)
{
	const uint8_t *nul =
	    rest->len == 0 ? NULL : memchr(rest->at, '\0', rest->len);
	size_t len = nul == NULL ? rest->len : (size_t)(nul - rest->at);
	struct pop3_slice part = pop3_slice_of(rest->at, len);

	*rest = pop3_slice_tail(*rest, len + (nul != NULL));
	return part;
}

/* Who, NUL, name, NUL, secret. */
static enum memsasl_step go_plain(struct memsasl *sasl, bool has_response,
				  struct pop3_slice *user_r,
				  struct pop3_slice *secret_r)
{
	struct pop3_slice rest = pop3_slice_of(sasl->at, sasl->decoded.len);

	if (!has_response) {
		return ask(sasl, "");
	}
	(void)take_until_nul(&rest);
	*user_r = take_until_nul(&rest);
	*secret_r = rest;
	return user_r->len == 0 || secret_r->len == 0 ? MEMSASL_REFUSE
						      : MEMSASL_VERIFY;
}

static enum memsasl_step go_login(struct memsasl *sasl, bool has_response,
				  struct pop3_slice *user_r,
				  struct pop3_slice *secret_r)
{
	if (!has_response) {
		return ask(sasl, "User Name");
	}
	if (!sasl->has_name) {
		sasl->has_name = true;
		sasl->name_len = sasl->decoded.len;
		return ask(sasl, "Password");
	}
	*user_r = pop3_slice_of(sasl->at, sasl->name_len);
	*secret_r = pop3_slice_tail(pop3_slice_of(sasl->at, sasl->decoded.len),
				    sasl->name_len);
	return MEMSASL_VERIFY;
}

static void begin(struct memsasl *sasl, struct pop3_slice mechanism)
{
	must(!sasl->is_begun, "one exchange at a time");
	memsasl_forget(sasl);
	sasl->is_begun = true;
	sasl->decoded = pop3_writer_of(sasl->at, sizeof(sasl->at));
	sasl->is_login = pop3_slice_equal(mechanism, POP3_LITERAL("LOGIN"));
	sasl->is_plain = pop3_slice_equal(mechanism, POP3_LITERAL("PLAIN"));
	must(sasl->is_login || sasl->is_plain ||
		 pop3_slice_equal(mechanism,
				  POP3_LITERAL(MEMSASL_HIDDEN_MECHANISMS)),
	     "a mechanism of ours, as we call it");
}

enum memsasl_step memsasl_go(struct memsasl *sasl, const struct pop3_event *ev,
			     struct pop3_slice *user_r,
			     struct pop3_slice *secret_r)
{
	bool has_response = ev->type == POP3_EV_RESPONSE || ev->has_response;
	int rc;

	if (ev->type == POP3_EV_AUTH) {
		begin(sasl, ev->mechanism);
	}
	must(sasl->is_begun, "an exchange that was begun");
	rc = pop3_base64_decode(ev->response, &sasl->decoded);
	must(rc != POP3_EINVAL, "base64, as was promised");
	if (rc < 0 || (!sasl->is_login && !sasl->is_plain)) {
		return MEMSASL_REFUSE; /* rc: two long lines of LOGIN */
	}
	return sasl->is_login ? go_login(sasl, has_response, user_r, secret_r)
			      : go_plain(sasl, has_response, user_r, secret_r);
}

void memsasl_spoil(struct memsasl *sasl)
{
	memset(sasl->challenge_at, '!', sizeof(sasl->challenge_at));
}

void memsasl_forget(struct memsasl *sasl)
{
	memset(sasl, 0, sizeof(*sasl));
}
