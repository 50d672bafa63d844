// SPDX-License-Identifier: ISC
/*
 * pop3/server.h - a POP3 server's side of one connection, without I/O:
 * octets in, events and octets out (RFC 1939, 2449, 2595, 3206, 5034, 6856).
 *
 *	for (;;) {
 *		switch (pop3_server_run(&s, &in, &out, &ev)) {
 *		case POP3_EV_INPUT:   send out, read more into in
 *		case POP3_EV_OUTPUT:  send out, which is too full to go on
 *		case POP3_EV_LOGIN:   verify; pop3_server_login_ok or _refused
 *		case POP3_EV_STLS:    send out, begin TLS; _tls_begun
 *		...
 *
 * After an event that wants an answer, call nothing but its answer functions
 * (and finish); then run again.  Octets of in that were not consumed belong to
 * the next commands (pipelining): keep them and pass them again.  The engine
 * keeps no pointer into in or out.  It makes no system call, allocates nothing,
 * and has no clock: time limits are the caller's.
 *
 * The engine copies no secret.  What a client sends to log in - behind PASS and
 * AUTH, and as a response - stays in the caller's memory, where in pointed;
 * the events lead to it, and the caller wipes it, above all when a try fails.
 * That holds too for secrets that came with no event, because the command was
 * refused: wipe all that was consumed in AUTHORIZATION.
 */
#ifndef POP3_SERVER_H
#define POP3_SERVER_H

#include "pop3/base.h"

/* Response codes: RFC 2449, section 8; RFC 3206; RFC 6856. */
enum pop3_code {
	POP3_CODE_NONE,
	POP3_CODE_AUTH,
	POP3_CODE_IN_USE,
	POP3_CODE_LOGIN_DELAY,
	POP3_CODE_SYS_TEMP,
	POP3_CODE_SYS_PERM,
	POP3_CODE_UTF8, /* of a message that needs UTF8: RFC 6856, section 5 */
	POP3_CODE_COUNT
};

enum pop3_event_type {
	POP3_EV_INPUT,    /* in is used up, or holds no whole line: feed more */
	POP3_EV_OUTPUT,   /* out has too little room (POP3_OUT_MIN): drain it */
	POP3_EV_USER,     /* is ev.user known?  only if config.reveal_users */
	POP3_EV_LOGIN,    /* verify ev.user, ev.secret and open the maildrop */
	POP3_EV_STLS,     /* send what is in out, then begin TLS */
	POP3_EV_AUTH,     /* begin an exchange by ev.mechanism */
	POP3_EV_RESPONSE, /* go on with it: ev.response */
	/* The exchange is over, and the -ERR is in out already: forget it.
	 * Wants no answer: run again. */
	POP3_EV_AUTH_CANCEL,
	POP3_EV_LISTING, /* octets and unique-ids are wanted: have them ready */
	POP3_EV_MESSAGE, /* open message ev.idx */
	POP3_EV_BODY,    /* send its text and terminator now, see pop3/text.h */
	POP3_EV_COMMIT,  /* QUIT: remove what is marked, close the maildrop */
	POP3_EV_CLOSE,   /* send what is in out, then close the connection */
};

struct pop3_event {
	enum pop3_event_type type;
	struct pop3_slice user; /* LOGIN, USER; valid until the next run */
	/* LOGIN: the password; or, if is_apop, the digest: 32 hexadecimal
	 * digits, of either case, over the stamp (pop3_server_stamp) and the
	 * user's secret.  Wipe what held it. */
	struct pop3_slice secret;
	bool is_apop;
	/* AUTH: the name as it stands in config->mechanisms. */
	struct pop3_slice mechanism;
	bool has_response; /* AUTH: an initial response came, maybe empty */
	/* AUTH, RESPONSE: base64 that pop3_base64_decode takes; points into in.
	 * Wipe what held it. */
	struct pop3_slice response;
	uint32_t idx;        /* MESSAGE, BODY: from 0 */
	bool is_top;         /* MESSAGE, BODY */
	uint64_t body_lines; /* if is_top */
	bool is_utf8;        /* any: the client has said UTF8 */
};

/* The room in out below which run may say POP3_EV_OUTPUT. */
#define POP3_OUT_MIN POP3_REPLY_MAX

/* The opened maildrop as the engine sees it; ctx is passed to each. */
struct pop3_maildrop_ops {
	/* Called only after POP3_EV_LISTING was answered; idx < count. */
	uint64_t (*octets)(void *ctx, uint32_t idx);
	/* 1 to POP3_UID_MAX octets of 0x21 to 0x7E, valid until the next
	 * call. */
	struct pop3_slice (*uid)(void *ctx, uint32_t idx);
	/* The set of messages marked as deleted is kept by the caller. */
	bool (*is_marked)(void *ctx, uint32_t idx);
	bool (*mark)(void *ctx, uint32_t idx); /* false: no memory */
	void (*unmark_all)(void *ctx);
};

/* Limits of ours on what config holds, so that every reply fits its line. */
#define POP3_GREETING_MAX       200u
#define POP3_IMPLEMENTATION_MAX 64u
#define POP3_MECHANISMS_MAX     240u

/* Shared by any number of connections; outlives them. */
struct pop3_server_config {
	/* Both are printable ASCII; the greeting has no "<" in it, which would
	 * begin a time stamp, and no "[" in front. */
	const char *implementation; /* for CAPA; NULL: not announced */
	const char *greeting;       /* text behind "+OK " */
	uint32_t login_tries_max; /* then -ERR and POP3_EV_CLOSE; 0: no limit */
	bool reveal_users;        /* USER answers -ERR for an unknown user */
	/* USER, AUTH PLAIN and AUTH LOGIN are refused, and CAPA does not offer
	 * USER.  PLAIN and LOGIN may then not be among mechanisms. */
	bool no_plaintext;
	bool offers_stls; /* false once there is TLS */
	/* SASL mechanisms: names of 1 to 20 of A-Z, 0-9, "-" and "_", with one
	 * blank between.  NULL or "": AUTH is refused. */
	const char *mechanisms;
	uint32_t login_delay_s; /* for CAPA; 0: not announced */
	bool utf8; /* UTF8 and LANG are offered, and UTF-8 behind USER, PASS */
};

enum pop3_state {
	POP3_ST_GREETING,
	POP3_ST_AUTHORIZATION,
	POP3_ST_TRANSACTION,
	POP3_ST_UPDATE,
	POP3_ST_CLOSED,
	POP3_ST_COUNT
};

/* Opaque, but the caller places it.  About 550 octets. */
struct pop3_server {
	const struct pop3_server_config *config;
	const struct pop3_maildrop_ops *ops;
	void *ops_ctx;
	uint64_t octets; /* of the messages not marked */
	uint64_t octets_all;
	uint64_t body_lines;
	uint32_t count; /* all, marked ones too */
	uint32_t count_marked;
	uint32_t cursor; /* of a listing that waits for room */
	uint32_t idx;    /* of the message being fetched */
	uint32_t login_tries;
	uint32_t committed, stayed;
	uint8_t state;      /* enum pop3_state */
	uint8_t phase;      /* what run does next */
	uint8_t verb;       /* of the command in hand */
	uint8_t asked;      /* enum pop3_event_type that waits for an answer */
	uint8_t code;       /* enum pop3_code of the refusal in hand */
	bool is_ok;         /* the answer in hand */
	bool has_challenge; /* that, rather */
	bool has_msn;       /* the command in hand names message idx */
	bool has_listing;
	bool has_listed;  /* all messages, by LIST or UIDL */
	bool is_skipping; /* the rest of a line that is too long */
	bool is_top;
	bool has_tried; /* to log in */
	bool has_tls;   /* by STLS */
	bool is_utf8;
	uint8_t user_len;
	uint8_t stamp_len;
	const char *text;            /* of the refusal in hand; static */
	struct pop3_slice challenge; /* the answer in hand */
	uint8_t stamp[POP3_STAMP_MAX];
	uint8_t user[POP3_LINE_MAX];
};

/*
 * Begins a connection; run then puts the greeting.  stamp is an APOP time stamp
 * with its angle brackets and is copied, or NULL for none (a client takes one
 * as a promise that APOP works).  POP3_EINVAL if it is too long or not of
 * letters, digits and dots about one at sign, or if config breaks a limit
 * above.  config must outlive s.
 */
POP3_MUST_USE int pop3_server_init(struct pop3_server *s,
				   const struct pop3_server_config *config,
				   const char *stamp);

/* Wipes s. */
void pop3_server_finish(struct pop3_server *s);

/* The stamp that was given to init, or nothing. */
struct pop3_slice pop3_server_stamp(const struct pop3_server *s);

/*
 * How many octets in must be able to hold for the engine to go on:
 * POP3_SASL_LINE_MAX from POP3_EV_AUTH to the end of the exchange, else
 * POP3_LINE_MAX.
 */
size_t pop3_server_line_max(const struct pop3_server *s);

/*
 * Goes on as far as it can: consumes commands from *in, puts replies to *out,
 * and returns the type of the event that stopped it, which is also in *ev_r.
 * If in holds pop3_server_line_max octets or more, at least one is consumed or
 * an event other than POP3_EV_INPUT is returned.
 */
enum pop3_event_type pop3_server_run(struct pop3_server *s,
				     struct pop3_slice *in,
				     struct pop3_writer *out,
				     struct pop3_event *ev_r);

/* Answers to POP3_EV_USER. */
void pop3_server_user_is(struct pop3_server *s, bool is_known);

/* Answers to POP3_EV_LOGIN, AUTH and RESPONSE.  has_listing: no
 * POP3_EV_LISTING is needed.  ops and ctx must last until POP3_EV_CLOSE or
 * finish. */
void pop3_server_login_ok(struct pop3_server *s, uint32_t count,
			  uint64_t octets, bool has_listing,
			  const struct pop3_maildrop_ops *ops, void *ctx);
/* text: static, printable ASCII, at most 200 octets. */
void pop3_server_login_refused(struct pop3_server *s, enum pop3_code code,
			       const char *text);

/*
 * Answers to POP3_EV_AUTH and RESPONSE: the exchange goes on.  challenge: raw
 * octets, at most POP3_CHALLENGE_MAX, maybe none, that last until run has
 * returned anything but POP3_EV_OUTPUT.  Then POP3_EV_RESPONSE or AUTH_CANCEL
 * follows; but the connection may also end, or be aborted, first.
 */
void pop3_server_auth_challenge(struct pop3_server *s,
				struct pop3_slice challenge);

/*
 * Answers to POP3_EV_STLS: TLS has begun.  Whatever the client said before is
 * forgotten.  config, as sound as init demands, is for the secured connection
 * and must outlive s.  From now on in holds only what came through TLS.
 *
 * run returned POP3_EV_STLS only with in empty.  What came in clear text and
 * was not yet in in then must go nowhere but to the TLS handshake, which it
 * breaks.  If TLS cannot begin, nothing may be said: finish, and close.
 */
void pop3_server_tls_begun(struct pop3_server *s,
			   const struct pop3_server_config *config);

/* Answers to POP3_EV_LISTING. */
void pop3_server_listing_ready(struct pop3_server *s);
void pop3_server_listing_failed(struct pop3_server *s, enum pop3_code code,
				const char *text);

/* Answers to POP3_EV_MESSAGE. */
void pop3_server_message_ok(struct pop3_server *s);
void pop3_server_message_failed(struct pop3_server *s, enum pop3_code code,
				const char *text);

/* Answers to POP3_EV_BODY: text and terminator were sent whole.  If they cannot
 * be, break the connection: nothing may look like the terminator. */
void pop3_server_body_sent(struct pop3_server *s);

/* Answers to POP3_EV_COMMIT: how many marked messages were removed, and how
 * many could not be.  What was gone already counts as removed. */
void pop3_server_committed(struct pop3_server *s, uint32_t removed,
			   uint32_t stayed);

/*
 * Says "-ERR [code] text" and closes: for a shutdown or a limit.  Says nothing
 * where it would be misread: within a listing, and before TLS has begun.  May
 * be called at any moment but between POP3_EV_BODY and pop3_server_body_sent.
 * Nothing is committed.  Not for idle clients: "the server should close the TCP
 * connection without removing any messages or sending any response to the
 * client" (RFC 1939, section 3).
 */
void pop3_server_abort(struct pop3_server *s, enum pop3_code code,
		       const char *text);

#endif
