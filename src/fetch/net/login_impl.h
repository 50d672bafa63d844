// SPDX-License-Identifier: ISC
/*
 * login_impl.h - what the files of login.h share.
 */
#ifndef FETCH_NET_LOGIN_IMPL_H
#define FETCH_NET_LOGIN_IMPL_H

#include <gsasl.h>

#include "fetch/net/login.h"
#include "fetch/net/scram.h"

/* What a way needs, and is. */
enum way_flags {
	WAY_SECRET = 1,   /* the password goes out as it is */
	WAY_PASSWORD = 2, /* there has to be one */
	WAY_PLUS = 4,     /* bound to the channel */
	WAY_SCRAM = 8,    /* the server proves itself, too */
	WAY_CERTIFICATE = 16,
	WAY_ASKED = 32, /* weak: only if the account names it */
	WAY_FIRST = 64, /* the client may speak first: RFC 4422, 5 */
	WAY_SASL = 128,
	WAY_STAMP = 256,
};

/* Puts the first command of the way: 0, or a negative error of libpop3's or
 * LOGIN_EWAY. */
struct way {
	const char *name;
	unsigned flags;
	int (*begin)(struct login *login, struct pop3_writer *out);
};

/* Beside enum pop3_error: this way does not begin here, another may. */
#define LOGIN_EWAY     (-100)

#define LOGIN_WAYS_MAX 16u

struct login {
	struct login_options options;
	size_t stamp_len;
	uint8_t stamp[POP3_STAMP_MAX];
	/* The ways that will do, the best first, and the one in hand. */
	const struct way *ways[LOGIN_WAYS_MAX];
	size_t count;
	size_t next;
	const struct way *way;
	/* of the way in hand: */
	Gsasl *library;
	Gsasl_session *session;
	char *text; /* what GNU SASL said last */
	size_t text_len;
	struct scram scram;
	bool has_first; /* a response that waits until it is asked for */
	struct pop3_slice first; /* in text or scram */
	bool is_challenged;
	bool is_complete; /* the mechanism has nothing more to say or hear */
	bool is_cancelled;
	struct why why; /* of that */
};

/* ways.c: chooses; false and *why_r, if no way will do. */
bool ways_choose(struct login *login, struct why *why_r);
/* Whether the server says by CAPA that it has it. */
bool ways_is_announced(const struct login *login, const struct way *way);
/* Whether it announces any -PLUS; whether we could bind. */
bool ways_announces_plus(const struct login *login);
bool ways_can_bind(const struct login *login);

/* login_clear.c */
int login_begin_user(struct login *login, struct pop3_writer *out);
int login_begin_apop(struct login *login, struct pop3_writer *out);

/* login_sasl.c.  All are 0, or negative as begin; a cancel is 0, too. */
int login_auth(struct login *login, const struct pop3_slice *first,
	       struct pop3_writer *out);
int login_cancel(struct login *login, struct pop3_writer *out,
		 enum why_kind kind, const char *what);
int login_sasl_challenge(struct login *login,
			 const struct pop3_client_event *ev,
			 struct pop3_writer *out);
void login_sasl_finish(struct login *login);

/* login_gsasl.c */
int login_begin_gsasl(struct login *login, struct pop3_writer *out);
int login_gsasl_challenge(struct login *login, struct pop3_slice said,
			  struct pop3_writer *out);
void login_gsasl_finish(struct login *login);

/* login_scram.c */
int login_begin_scram(struct login *login, struct pop3_writer *out);
int login_scram_challenge(struct login *login, struct pop3_slice said,
			  struct pop3_writer *out);

#endif
