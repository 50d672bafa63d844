// SPDX-License-Identifier: ISC
/*
 * login_sasl.c - SASL exchanges, with GNU SASL as the client (login_impl.h).
 * Runs in: the collector's loop.  Trusts: GNU SASL; nothing that a server
 * says. Allocates: what GNU SASL does.
 */
#include "fetch/net/login_impl.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/limits.h"
#include "pop3/base64.h"

/* The longest of SCRAM's hashes. */
#define HASH_MAX 32u

static bool is_scram(const struct login *l)
{
	return (l->way->flags & WAY_SCRAM) != 0;
}

/* --- SCRAM's hash --- */

struct salt {
	size_t len;
	uint8_t octets[POP3_CLIENT_LINE_MAX];
};

static bool take_salt(Gsasl_session *session, struct salt *salt_r)
{
	const char *text = gsasl_property_fast(session, GSASL_SCRAM_SALT);
	struct pop3_writer w =
	    pop3_writer_of(salt_r->octets, sizeof(salt_r->octets));

	if (text == NULL ||
	    pop3_base64_decode(pop3_slice_of(text, strlen(text)), &w) != 0) {
		return false;
	}
	salt_r->len = w.len;
	return true;
}

/* 0: the server wants fewer or more than may be. */
static int rounds_of(const struct login *l)
{
	const char *text = gsasl_property_fast(l->session, GSASL_SCRAM_ITER);
	uint64_t n = 0;

	if (text == NULL ||
	    pop3_slice_u64(pop3_slice_of(text, strlen(text)), &n) != 0 ||
	    n > FETCH_SCRAM_ROUNDS_MAX ||
	    (n < FETCH_SCRAM_ROUNDS_MIN && !l->options.is_private)) {
		return 0;
	}
	return (int)n;
}

/* What the hash is of: [rfc5802/2.2] the password by SASLprep; one that it
 * does not take goes as it is, as other clients have it. */
static char *prepare(const struct secret *password)
{
	char *prepared = NULL;

	if (gsasl_saslprep((const char *)password->octets,
			   GSASL_ALLOW_UNASSIGNED, &prepared,
			   NULL) == GSASL_OK) {
		return prepared;
	}
	return strdup((const char *)password->octets);
}

static bool hash(const struct login *l, const struct salt *salt, int rounds,
		 uint8_t *hash_r, size_t len)
{
	const EVP_MD *md = len == HASH_MAX ? EVP_sha256() : EVP_sha1();
	char *prepared = prepare(l->options.password);
	bool is_well;

	if (prepared == NULL) {
		return false;
	}
	is_well = PKCS5_PBKDF2_HMAC(prepared, (int)strlen(prepared),
				    salt->octets, (int)salt->len, rounds, md,
				    (int)len, hash_r) == 1;
	wipe(prepared, strlen(prepared));
	free(prepared);
	return is_well;
}

/* OpenSSL does in a tenth of the time what GNU SASL would do by itself, and
 * the number of rounds is judged before a server can have us count for ever. */
static int give_salted(struct login *l)
{
	size_t len = strstr(l->way->name, "-256") != NULL ? HASH_MAX : 20;
	uint8_t octets[HASH_MAX];
	char text[2 * HASH_MAX + 1];
	struct salt salt;
	int rounds = rounds_of(l);
	int rc;

	if (rounds == 0) {
		why_set(&l->why, WHY_LOGIN,
			"%s: its SCRAM wants a number of rounds that is not "
			"safe",
			l->options.account->host);
		return GSASL_AUTHENTICATION_ERROR;
	}
	if (!take_salt(l->session, &salt) ||
	    !hash(l, &salt, rounds, octets, len)) {
		return GSASL_CRYPTO_ERROR;
	}
	for (size_t i = 0; i < len; i++) {
		snprintf(text + 2 * i, 3, "%02x", octets[i]);
	}
	rc = gsasl_property_set(l->session, GSASL_SCRAM_SALTED_PASSWORD, text);
	wipe(octets, sizeof(octets));
	wipe(text, sizeof(text));
	return rc;
}

/* --- what GNU SASL asks --- */

static int give_exporter(const struct login *l)
{
	uint8_t text[POP3_BASE64_LEN(LOGIN_EXPORTER_MAX) + 1];
	struct pop3_writer w = pop3_writer_of(text, sizeof(text) - 1);
	bool is_plus = (l->way->flags & WAY_PLUS) != 0;

	/* [rfc5802/6/flag] Without -PLUS, what is given here makes the flag
	 * "y": "the client supports channel binding but thinks the server does
	 * not". So a server that does, and whose -PLUS somebody has taken out
	 * of CAPA, finds out.  To one that has announced it the flag is "n". */
	if (l->options.exporter_len == 0 ||
	    (!is_plus && ways_announces_plus(l))) {
		return GSASL_NO_CALLBACK;
	}
	pop3_put_base64(
	    &w, pop3_slice_of(l->options.exporter, l->options.exporter_len));
	text[w.len] = '\0';
	return gsasl_property_set(l->session, GSASL_CB_TLS_EXPORTER,
				  (const char *)text);
}

static int answer(Gsasl *library, Gsasl_session *session, Gsasl_property p)
{
	struct login *l = gsasl_session_hook_get(session);
	const struct secret *password = l->options.password;

	(void)library;
	if (p == GSASL_AUTHID) {
		return gsasl_property_set(session, p, l->options.account->user);
	}
	if (p == GSASL_SCRAM_SALTED_PASSWORD && password != NULL) {
		return give_salted(l);
	}
	if (p == GSASL_PASSWORD && password != NULL && !is_scram(l)) {
		return gsasl_property_set(session, p,
					  (const char *)password->octets);
	}
	return GSASL_NO_CALLBACK;
}

/* --- the exchange --- */

/* GNU SASL frees its strings as they are. */
static void wipe_property(Gsasl_session *session, Gsasl_property p)
{
	const char *at = gsasl_property_fast(session, p);

	if (at != NULL) {
		wipe((void *)(uintptr_t)at, strlen(at));
	}
}

static void free_text(char **text, size_t len)
{
	if (*text != NULL) {
		wipe(*text, len);
		gsasl_free(*text);
	}
	*text = NULL;
}

void login_sasl_finish(struct login *l)
{
	free_text(&l->first, l->first_len);
	l->has_first = false;
	if (l->session != NULL) {
		wipe_property(l->session, GSASL_PASSWORD);
		wipe_property(l->session, GSASL_SCRAM_SALTED_PASSWORD);
		wipe_property(l->session, GSASL_SCRAM_SERVERKEY);
		wipe_property(l->session, GSASL_SCRAM_STOREDKEY);
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
	return !is_scram(l) || give_exporter(l) == GSASL_OK ||
	       (l->way->flags & WAY_PLUS) == 0;
}

/* What a client that speaks first says; sent with AUTH if that is long enough
 * a line and the server is known to have the mechanism.  If it is not known,
 * nothing is said before it has answered. */
int login_begin_sasl(struct login *l, struct pop3_writer *out)
{
	const char *name = l->way->name;
	struct pop3_slice mechanism = pop3_slice_of(name, strlen(name));
	struct pop3_client *c = l->options.client;
	int rc;

	if (!start(l)) {
		return LOGIN_EWAY;
	}
	if ((l->way->flags & WAY_FIRST) == 0) {
		return pop3_client_auth(c, out, mechanism, NULL);
	}
	rc = gsasl_step(l->session, NULL, 0, &l->first, &l->first_len);
	if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE) {
		return LOGIN_EWAY;
	}
	l->is_complete = rc == GSASL_OK;
	l->has_first = true;
	if (ways_is_announced(l, l->way)) {
		struct pop3_slice response =
		    pop3_slice_of(l->first, l->first_len);

		rc = pop3_client_auth(c, out, mechanism, &response);
		if (rc != POP3_ELINE) {
			free_text(&l->first, l->first_len);
			l->has_first = false;
			return rc;
		}
	}
	return pop3_client_auth(c, out, mechanism, NULL);
}

static int cancel(struct login *l, struct pop3_writer *out)
{
	l->is_cancelled = true;
	return pop3_client_auth_cancel(l->options.client, out);
}

static int cancel_why(struct login *l, struct pop3_writer *out,
		      enum why_kind kind, const char *what)
{
	if (l->why.kind == WHY_NONE) {
		why_set(&l->why, kind, "%s: %s", l->options.account->host,
			what);
	}
	return cancel(l, out);
}

/* [rfc5802/7/server-error] the server's last word may be "e=" and why. */
static int cancel_refused(struct login *l, struct pop3_writer *out,
			  struct pop3_slice said)
{
	why_set(&l->why, WHY_LOGIN,
		"%s refuses the log-in; are the user name and the password "
		"right? It says",
		l->options.account->host);
	why_octets(&l->why, said.at, said.len);
	return cancel(l, out);
}

static int step(struct login *l, struct pop3_slice said,
		struct pop3_writer *out)
{
	char *response = NULL;
	size_t len = 0;
	int rc = gsasl_step(l->session, (const char *)said.at, said.len,
			    &response, &len);

	if (rc == GSASL_OK || rc == GSASL_NEEDS_MORE) {
		l->is_complete = rc == GSASL_OK;
		rc = pop3_client_auth_response(l->options.client, out,
					       pop3_slice_of(response, len));
		free_text(&response, len);
		return rc;
	}
	free_text(&response, len);
	if (rc == GSASL_AUTHENTICATION_ERROR && is_scram(l)) {
		return cancel_why(l, out, WHY_LOGIN,
				  "it does not prove that it knows the "
				  "password; it may be another server than it "
				  "says");
	}
	return cancel_why(l, out, WHY_PROTOCOL,
			  "what it says in the log-in is not what the "
			  "mechanism demands");
}

static int give_first(struct login *l, struct pop3_writer *out)
{
	int rc = pop3_client_auth_response(
	    l->options.client, out, pop3_slice_of(l->first, l->first_len));

	free_text(&l->first, l->first_len);
	l->has_first = false;
	return rc;
}

int login_sasl_challenge(struct login *l, const struct pop3_client_event *ev,
			 struct pop3_writer *out)
{
	uint8_t at[POP3_CLIENT_LINE_MAX + 1];
	struct pop3_writer w = pop3_writer_of(at, sizeof(at) - 1);
	struct pop3_slice said;

	/* what it says before it knows who we are is of no importance, were it
	 * base64 or not */
	if (l->has_first && !ev->is_malformed) {
		return give_first(l, out);
	}
	if (ev->is_malformed || pop3_base64_decode(ev->challenge, &w) != 0) {
		return cancel_why(l, out, WHY_PROTOCOL,
				  "a challenge that is not base64");
	}
	said = pop3_slice_of(at, w.len);
	at[w.len] = '\0';
	if (l->is_complete) {
		return cancel_why(l, out, WHY_PROTOCOL,
				  "a challenge behind the end of the "
				  "mechanism");
	}
	if (is_scram(l) && said.len >= 2 && memcmp(at, "e=", 2) == 0) {
		return cancel_refused(l, out, said);
	}
	return step(l, said, out);
}
