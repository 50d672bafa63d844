// SPDX-License-Identifier: ISC
/*
 * scram_site.h - a server that has SCRAM for the log-in of logged.h: our own
 * engine, with GNU SASL as its server's side.
 */
#ifndef TEST_SCRAM_SITE_H
#define TEST_SCRAM_SITE_H

#include "logged.h"

#include <gsasl.h>

#define EXPORTER "0123456789abcdef0123456789abcdef"

/* The server. */
struct site {
	const char *password, *rounds;
	bool binds;           /* it has the connection's exporter */
	const char *exporter; /* if it is another's */
	struct pop3_server engine;
	struct pop3_server_config config;
	Gsasl *library;
	Gsasl_session *session;
	bool is_proven;
	struct octets challenge;
	struct pop3_slice forged; /* instead of its last word */
	unsigned steps;
};

static struct site site;

static inline int answer(Gsasl *library, Gsasl_session *session,
			 Gsasl_property p)
{
	char *text = NULL;
	size_t len;
	int rc = GSASL_NO_CALLBACK;

	(void)library;
	if (p == GSASL_PASSWORD) {
		return gsasl_property_set(session, p, site.password);
	}
	if (p == GSASL_SCRAM_ITER && site.rounds != NULL) {
		return gsasl_property_set(session, p, site.rounds);
	}
	if (p == GSASL_CB_TLS_EXPORTER && site.binds) {
		must(gsasl_base64_to(site.exporter, 32, &text, &len) ==
			 GSASL_OK,
		     "base64");
		rc = gsasl_property_set(session, p, text);
		gsasl_free(text);
	}
	return rc;
}

static inline void refuse(void)
{
	gsasl_finish(site.session);
	site.session = NULL;
	pop3_server_login_refused(&site.engine, POP3_CODE_AUTH,
				  "Log-in failed");
}

static inline void challenge_with(const void *at, size_t len)
{
	octets_finish(&site.challenge);
	octets_add(&site.challenge, pop3_slice_of(at, len));
	pop3_server_auth_challenge(&site.engine, octets_all(&site.challenge));
}

static inline void let_in(void)
{
	static const struct pop3_maildrop_ops none;

	gsasl_finish(site.session);
	site.session = NULL;
	pop3_server_login_ok(&site.engine, 0, 0, true, &none, NULL);
}

static inline void step(struct pop3_slice said)
{
	uint8_t at[16384];
	struct pop3_writer w = pop3_writer_of(at, sizeof(at));
	char *out = NULL;
	size_t len = 0;
	int rc;

	if (site.is_proven) {
		let_in();
		return;
	}
	must(pop3_base64_decode(said, &w) == 0, "base64");
	rc = gsasl_step(site.session, (char *)at, w.len, &out, &len);
	if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE) {
		refuse();
	} else if (rc == GSASL_OK && site.forged.at != NULL) {
		site.is_proven = true;
		challenge_with(site.forged.at, site.forged.len);
	} else {
		site.is_proven = rc == GSASL_OK;
		challenge_with(out, len);
	}
	gsasl_free(out);
}

static inline void begin_exchange(const struct pop3_event *ev)
{
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)ev->mechanism.len,
		 (const char *)ev->mechanism.at);
	must(gsasl_server_start(site.library, name, &site.session) == GSASL_OK,
	     "a mechanism");
	site.is_proven = false;
	if (ev->has_response) {
		step(ev->response);
	} else {
		challenge_with("", 0);
	}
}

static inline bool obey(const struct pop3_event *ev)
{
	if (ev->type == POP3_EV_AUTH) {
		begin_exchange(ev);
	} else if (ev->type == POP3_EV_RESPONSE) {
		step(ev->response);
	} else if (ev->type == POP3_EV_AUTH_CANCEL) {
		gsasl_finish(site.session);
		site.session = NULL;
	} else if (ev->type == POP3_EV_LOGIN) {
		pop3_server_login_refused(&site.engine, POP3_CODE_AUTH, "no");
	} else {
		return ev->type == POP3_EV_OUTPUT;
	}
	return true;
}

static inline void serve_site(struct logged *l, struct pop3_slice said,
			      struct octets *out)
{
	struct pop3_event ev;
	uint8_t at[2048];
	struct pop3_slice in = said;

	(void)l;
	do {
		struct pop3_writer w = pop3_writer_of(at, sizeof(at));

		(void)pop3_server_run(&site.engine, &in, &w, &ev);
		octets_add(out, pop3_slice_of(at, w.len));
	} while (obey(&ev));
}

static inline void serve_and_hear(void)
{
	struct octets out = { NULL, 0, 0 };

	serve_site(&g, pop3_slice_of(g.out.at, g.out.len), &out);
	g.out.len = 0;
	logged_hear(octets_all(&out));
	octets_finish(&out);
}

/* A server that announces these. */
static inline void begin_site(const char *mechanisms)
{
	site.config = (struct pop3_server_config){ .greeting = "ready",
						   .mechanisms = mechanisms };
	must(gsasl_init(&site.library) == GSASL_OK, "GNU SASL");
	gsasl_callback_set(site.library, answer);
	must(pop3_server_init(&site.engine, &site.config, NULL) == 0,
	     "a server");
	g.serve = serve_site;
	serve_and_hear();
	must(pop3_client_capa(&g.client, &g.out) == 0, "CAPA");
	serve_and_hear();
}

static inline int setup(void **state)
{
	memset(&site, 0, sizeof(site));
	site.password = "secret";
	site.exporter = EXPORTER;
	return logged_setup(state);
}

static inline int teardown(void **state)
{
	if (site.session != NULL) {
		gsasl_finish(site.session);
	}
	if (site.library != NULL) {
		gsasl_done(site.library);
		pop3_server_finish(&site.engine);
	}
	octets_finish(&site.challenge);
	return logged_teardown(state);
}

#endif
