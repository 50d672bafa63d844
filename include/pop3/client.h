// SPDX-License-Identifier: ISC
/*
 * pop3/client.h - a POP3 client's side of one connection, without I/O: commands
 * out, octets in, events (RFC 1939, 2449, 2595, 5034, 6856).
 *
 *	pop3_client_init(&c);
 *	for (;;) {
 *		switch (pop3_client_run(&c, &in, &ev)) {
 *		case POP3_CEV_INPUT:    send what was put; read more into in
 *		case POP3_CEV_GREETING: pop3_client_capa(&c, &out) ...
 *		case POP3_CEV_REPLY:    to ev.verb: ev.is_ok
 *		...
 *
 * A command is put to a writer of the caller's and joins the queue of what an
 * answer is awaited for; the caller sends it.  Several may wait (pipelining, RFC
 * 2449, 6.8) if the caller takes the server for one that bears it.  Answers come
 * in the order of the commands.
 *
 * The server is not trusted.  Whatever it says is an event; what no client can
 * go on from is POP3_CEV_BROKEN.  A reply that begins with "+" is success and
 * one with "-" is failure, whatever follows.  A line ends in CRLF or in a bare
 * LF, but in the text of a message a bare LF ends a line only if this server
 * ends its replies so: else octets of a message could pass for the end of it.
 *
 * It makes no system call, allocates nothing and has no clock: every limit of
 * time is the caller's.  It copies no secret: those go to the writer alone.
 */
#ifndef POP3_CLIENT_H
#define POP3_CLIENT_H

#include "pop3/base.h"
#include "pop3/server.h" /* enum pop3_code */

/* Octets with CRLF.  RFC 2449 says 512; servers are known that say more. */
#define POP3_CLIENT_LINE_MAX 2048u
/* Commands that wait for an answer at a time: ours. */
#define POP3_CLIENT_QUEUE_MAX 256u
/* A unique-id.  RFC 1939 says 70; servers are known that say more. */
#define POP3_CLIENT_UID_MAX 512u

enum pop3_verb_asked { /* the commands of a client */
	POP3_ASK_GREETING, /* what comes first, asked for by connecting */
	POP3_ASK_CAPA,
	POP3_ASK_STLS,
	POP3_ASK_USER,
	POP3_ASK_PASS,
	POP3_ASK_APOP,
	POP3_ASK_AUTH,
	POP3_ASK_UTF8,
	POP3_ASK_STAT,
	POP3_ASK_LIST,     /* all */
	POP3_ASK_LIST_ONE,
	POP3_ASK_UIDL,     /* all */
	POP3_ASK_UIDL_ONE,
	POP3_ASK_RETR,
	POP3_ASK_TOP,
	POP3_ASK_DELE,
	POP3_ASK_RSET,
	POP3_ASK_NOOP,
	POP3_ASK_QUIT,
	POP3_ASK_COUNT
};

enum pop3_client_event_type {
	POP3_CEV_INPUT,     /* all is told: feed more */
	POP3_CEV_GREETING,  /* is_ok, text, stamp */
	POP3_CEV_CAPABILITY,/* a line of CAPA: text; c->capabilities grows */
	POP3_CEV_ENTRY,     /* of LIST (msn, octets) or UIDL (msn, uid) */
	POP3_CEV_TEXT,      /* octets of RETR or TOP, see below */
	POP3_CEV_CHALLENGE, /* AUTH goes on: challenge */
	/* The answer is whole, and off the queue: verb, is_ok, code, text, and
	 * what the verb brings.  Of RETR, TOP, LIST, UIDL and CAPA it comes behind
	 * the last line; a refusal, and all others, at once. */
	POP3_CEV_REPLY,
	POP3_CEV_BROKEN,    /* why; nothing but finish may follow */
};

/* For POP3_CEV_BROKEN. */
enum pop3_client_fault {
	POP3_FAULT_NONE,
	POP3_FAULT_LINE,       /* longer than POP3_CLIENT_LINE_MAX */
	POP3_FAULT_REPLY,      /* begins with neither + nor - */
	POP3_FAULT_UNASKED,    /* octets that answer nothing */
	POP3_FAULT_BEHIND_STLS,/* octets in clear text behind the answer to STLS */
	POP3_FAULT_CHALLENGE,  /* not base64, or after the end of an exchange */
};

/* As announced by CAPA: RFC 2449, section 6; 2595; 5034; 6856. */
struct pop3_capabilities {
	bool is_known; /* CAPA was answered with + since init, STLS, log-in */
	bool top, uidl, user, stls, pipelining, resp_codes, auth_resp_code, utf8;
	bool utf8_user, lang;
	bool has_login_delay, login_delay_per_user;
	bool has_expire, expire_per_user, expire_never;
	uint32_t login_delay_s;
	uint32_t expire_days;
	size_t mechanisms_len;      /* names with one blank between, upper case */
	uint8_t mechanisms[POP3_REPLY_MAX];
	size_t implementation_len;  /* printable */
	uint8_t implementation[POP3_IMPLEMENTATION_MAX];
};

struct pop3_client_event {
	enum pop3_client_event_type type;
	enum pop3_verb_asked verb;
	enum pop3_client_fault fault;
	bool is_ok;
	enum pop3_code code;     /* of a refusal: [IN-USE] ... */
	/* The reply's or line's text without "+OK ", code and line end; points
	 * into in or the engine: valid until the next run.  Any octets. */
	struct pop3_slice text;
	struct pop3_slice stamp; /* GREETING: with its angle brackets, or none */
	uint32_t msn;            /* ENTRY, TEXT and REPLY: the message, from 1 */
	/* ENTRY: of a listing.  A line that is not in the form of one has
	 * is_malformed, and no msn; an msn may be any, twice, or out of order. */
	bool is_malformed;
	uint64_t octets;         /* ENTRY of LIST; REPLY to STAT, LIST_ONE */
	bool has_octets;         /* REPLY to RETR too, when it says them */
	uint32_t count;          /* REPLY to STAT, and to LIST when it says it */
	bool has_count;
	struct pop3_slice uid;   /* ENTRY of UIDL; REPLY to UIDL_ONE */
	/* TEXT: octets of the message without its dot-stuffing, lines ended as
	 * they came.  They point into in. */
	struct pop3_slice octets_of_text;
	struct pop3_slice challenge; /* CHALLENGE: base64, sound, maybe empty */
};

/* Opaque, but the caller places it.  About 6 KiB. */
struct pop3_client;
/* (The structure stands here in the real header.) */

/* The engine waits for a greeting. */
void pop3_client_init(struct pop3_client *c);
void pop3_client_finish(struct pop3_client *c);

/*
 * Tells the next thing that *in brings, and takes its octets off the front.
 * Returns the type, which is also in *ev_r.  With POP3_CEV_INPUT all of *in was
 * taken: nothing has to be kept.
 */
enum pop3_client_event_type pop3_client_run(struct pop3_client *c,
					    struct pop3_slice *in,
					    struct pop3_client_event *ev_r);

/* How many answers are awaited; the verb that the next octet answers. */
size_t pop3_client_awaited(const struct pop3_client *c);

/*
 * The commands.  Each is 0; or, and nothing was put: POP3_ENOSPC, if out has no
 * room or POP3_CLIENT_QUEUE_MAX wait already; POP3_EINVAL, if an argument cannot
 * stand in a command (CR, LF, NUL, a blank in a word, longer than the line may
 * be), or if this command may not follow what waits: nothing may behind STLS,
 * AUTH and QUIT.
 */
POP3_MUST_USE int pop3_client_capa(struct pop3_client *c,
				   struct pop3_writer *out);
POP3_MUST_USE int pop3_client_user(struct pop3_client *c,
				   struct pop3_writer *out,
				   struct pop3_slice user);
/* ... one for each verb: pass, apop(user, digest), stls, utf8, stat, list,
 * list_one(msn), uidl, uidl_one(msn), retr(msn), top(msn, lines), dele(msn), rset,
 * noop, quit; auth(mechanism, has_response, response): raw octets, which are put
 * as base64, "=" if empty; auth_response(octets), auth_cancel: answers to
 * POP3_CEV_CHALLENGE. */

/*
 * TLS has begun, in answer to a positive REPLY to STLS: whatever the server said
 * before is forgotten (RFC 2595, section 4).  The octets that came in clear text
 * behind that reply are POP3_CEV_BROKEN by themselves.
 */
void pop3_client_tls_begun(struct pop3_client *c);

/*
 * Servers are known that send no CRLF before the last dot, or bare LFs between
 * CRLF replies.  If the server has been silent for long, and this holds - what
 * came last of the text is a dot and a line end - the caller may ask with
 * pop3_client_probe, which puts NOOP: when the next octet is "+" or "-", the text
 * was over.  Else it goes on.
 */
bool pop3_client_text_may_be_over(const struct pop3_client *c);
POP3_MUST_USE int pop3_client_probe(struct pop3_client *c,
				    struct pop3_writer *out);

#endif
