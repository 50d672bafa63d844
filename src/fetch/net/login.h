// SPDX-License-Identifier: ISC
/*
 * login.h - logging in: which way, the exchange itself, and what a refusal
 * means.  Without I/O: it puts commands to a writer by the client engine
 * (pop3/client.h) and is told the engine's events.
 *
 * A secret goes out in clear text only where nobody listens: in TLS, to
 * loopback, or if the account has clear_text.  The next way is tried only when
 * the server does not know the one in hand; never after it has refused a
 * password.  SCRAM's server has to prove that it knows the password, too.
 */
#ifndef FETCH_NET_LOGIN_H
#define FETCH_NET_LOGIN_H

#include "base/secret.h"
#include "fetch/account.h"
#include "fetch/net/link.h"
#include "fetch/why.h"
#include "pop3/client.h"

struct login;

struct login_options {
	const struct account *account; /* outlives the login */
	/* NULL: there is none.  Outlives the login. */
	const struct secret *password;
	/* Events are fed to it by the owner; outlives the login.  Its
	 * capabilities are those of this connection by now: CAPA was asked
	 * (behind STLS again), or is unknown. */
	struct pop3_client *client;
	struct pop3_slice stamp; /* the greeting's, or none; is copied */
	/* TLS stands, or it is loopback (link_peer). */
	bool is_private;
	bool has_certificate; /* of ours, shown in TLS (trust.h) */
	/* Of link_binding (link.h), LINK_BINDING_EXPORTER and END_POINT; 0:
	 * there is none. */
	size_t exporter_len, end_point_len;
	uint8_t exporter[LINK_BINDING_MAX];
	uint8_t end_point[LINK_BINDING_MAX];
};

enum login_step {
	LOGIN_GOES_ON, /* what was put is to be sent */
	LOGIN_DONE,    /* we are in, and the server is who knows the password */
	/* We are not, and must not go on with this session but by QUIT: *why_r
	 * is WHY_TEMP, WHY_LOGIN, WHY_CONFIG, WHY_PROTOCOL or WHY_INTERNAL. */
	LOGIN_REFUSED,
};

/* Puts the first command.  *login_r is set in any case, maybe to NULL, and to
 * be destroyed. */
MUST_USE enum login_step login_begin(const struct login_options *options,
				     struct pop3_writer *out,
				     struct login **login_r, struct why *why_r);

/* An event of the engine's; only challenges and replies change anything, and
 * they are those of the log-in. */
MUST_USE enum login_step login_go_on(struct login *login,
				     const struct pop3_client_event *ev,
				     struct pop3_writer *out,
				     struct why *why_r);

/* "SCRAM-SHA-256-PLUS", "USER": the way in hand, or NULL. */
const char *login_way(const struct login *login);

/* Wipes what it has of secrets.  Takes NULL. */
void login_destroy(struct login **login);

/* Whether every word of an account's mechanisms is one that there is; else
 * *word_r is the first that is not.  For who reads the configuration. */
MUST_USE bool login_knows(const char *mechanisms, struct pop3_slice *word_r);

#endif
