// SPDX-License-Identifier: ISC
/*
 * pop3/client.h - a POP3 client's side of one connection, without I/O: commands
 * out, octets in, events (RFC 1939, 2449, 2595, 3206, 5034, 6856).
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
 * answer is awaited for; the caller sends it.  Several may wait (pipelining,
 * RFC 2449, 6.6) if the caller takes the server for one that bears it.  Answers
 * come in the order of the commands.
 *
 * The server is not trusted.  Whatever it says is an event; what no client can
 * go on from is POP3_CEV_BROKEN.  A reply that begins with "+" is success and
 * one with "-" is failure, whatever follows.  A line ends in CRLF or in a bare
 * LF, but in the text of a message a bare LF ends a line only if the "+OK" of
 * that message ended so: else octets of a message could pass for its end.
 *
 * It makes no system call, allocates nothing and has no clock: every limit of
 * time, and of how much a server may say in all, is the caller's.  It copies no
 * secret: those go to the writer alone, and the caller wipes what that held.
 */
#ifndef POP3_CLIENT_H
#define POP3_CLIENT_H

#include "pop3/base.h"
#include "pop3/server.h" /* enum pop3_code, enum pop3_state */

/* A line with its end.  RFC 2449 says 512; servers are known that say more, and
 * a challenge may have what its mechanism needs (RFC 5034, section 4). */
#define POP3_CLIENT_LINE_MAX 4096u
/* Commands that wait for an answer at a time: ours. */
#define POP3_CLIENT_QUEUE_MAX 1024u
/* A unique-id.  RFC 1939 says 70; servers are known that say more. */
#define POP3_CLIENT_UID_MAX 512u

enum pop3_verb_asked {     /* the commands of a client */
	POP3_ASK_GREETING, /* what comes first, asked for by connecting */
	POP3_ASK_CAPA,
	POP3_ASK_STLS,
	POP3_ASK_USER,
	POP3_ASK_PASS,
	POP3_ASK_APOP,
	POP3_ASK_AUTH,
	POP3_ASK_UTF8,
	POP3_ASK_STAT,
	POP3_ASK_LIST, /* all */
	POP3_ASK_LIST_ONE,
	POP3_ASK_UIDL, /* all */
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
	POP3_CEV_INPUT,      /* all is told: feed more */
	POP3_CEV_GREETING,   /* is_ok, code, text, stamp */
	POP3_CEV_CAPABILITY, /* a line of CAPA: text; c->capabilities grows */
	POP3_CEV_ENTRY,      /* of LIST (msn, octets) or UIDL (msn, uid) */
	POP3_CEV_TEXT,       /* octets of RETR or TOP: msn, octets_of_text */
	POP3_CEV_CHALLENGE,  /* AUTH goes on: challenge */
	/* The answer is whole, and off the queue: verb, msn, is_ok, code, text,
	 * and what the verb brings.  Of CAPA, LIST, UIDL, RETR and TOP it comes
	 * behind the last line, without text; a refusal, and all others, at
	 * once. */
	POP3_CEV_REPLY,
	POP3_CEV_BROKEN, /* fault, text; nothing but finish may follow */
};

/* For POP3_CEV_BROKEN; text is the line, as far as there is one. */
enum pop3_client_fault {
	POP3_FAULT_NONE,
	POP3_FAULT_LINE,        /* longer than POP3_CLIENT_LINE_MAX */
	POP3_FAULT_REPLY,       /* begins with neither + nor - */
	POP3_FAULT_UNASKED,     /* answers nothing; often why a server ends */
	POP3_FAULT_BEHIND_STLS, /* clear text behind the answer to STLS */
	POP3_FAULT_CHALLENGE,   /* AUTH goes on out of turn */
	POP3_FAULT_COUNT
};

/*
 * As announced by the last CAPA that was answered with "+": RFC 2449, section
 * 6; 2595; 3206; 5034; 6856.  A log-in leaves what is here, but may have
 * changed it: is_known then is false until CAPA is answered again.
 */
struct pop3_capabilities {
	bool is_known;
	bool top, uidl, user, stls, pipelining, resp_codes, auth_resp_code;
	bool utf8, utf8_user, lang, sasl;
	bool has_login_delay, login_delay_per_user;
	bool has_expire, expire_never, expire_per_user;
	uint32_t login_delay_s; /* UINT32_MAX: so much, or more */
	uint32_t expire_days;   /* the same */
	/* Of SASL: names with one blank between, in upper case.  What is not
	 * in the form of a name, or has no room, is left out. */
	size_t mechanisms_len;
	uint8_t mechanisms[POP3_REPLY_MAX];
	size_t implementation_len; /* printable ASCII, cut if it is long */
	uint8_t implementation[POP3_IMPLEMENTATION_MAX];
};

/*
 * What is not named with the type of an event is 0 there.  Slices point into
 * in, the engine, or static memory: valid until the next run, or until in's
 * octets change.
 */
struct pop3_client_event {
	enum pop3_client_event_type type;
	enum pop3_verb_asked verb; /* but of INPUT; BROKEN: what was awaited,
				    * POP3_ASK_COUNT if nothing */
	enum pop3_client_fault fault;
	bool is_ok;
	enum pop3_code code; /* [IN-USE] ...; [SYS/TEMP/x] is [SYS/TEMP] */
	/* A reply's text without its first word, a code that is known, and line
	 * end.  CAPABILITY: the line.  Any octets. */
	struct pop3_slice text;
	struct pop3_slice
	    stamp;    /* GREETING: with its angle brackets, or none */
	uint32_t msn; /* ENTRY, TEXT and REPLY: the message, from 1 */
	/* ENTRY, and REPLY to LIST_ONE or UIDL_ONE: not in the form of one; msn
	 * is 0, of a REPLY as asked for.  Else an ENTRY's msn is not 0, but may
	 * come twice, out of order, or be of no message that STAT counted.
	 * CHALLENGE: not base64; pop3_client_auth_cancel must follow. */
	bool is_malformed;
	/* ENTRY of LIST; REPLY to LIST_ONE, and to STAT, LIST and RETR when
	 * has_octets: they are what the server says, no more. */
	uint64_t octets;
	bool has_octets;
	uint32_t count; /* REPLY to STAT and to LIST, when has_count */
	bool has_count;
	/* ENTRY of UIDL, REPLY to UIDL_ONE: 1 to POP3_CLIENT_UID_MAX octets, of
	 * which none is a control character; a blank only within. */
	struct pop3_slice uid;
	/* TEXT: not empty; octets of the message without its dot-stuffing,
	 * lines ended as they came. */
	struct pop3_slice octets_of_text;
	struct pop3_slice challenge; /* CHALLENGE: sound base64, maybe empty */
};

struct pop3_client_asked {
	uint32_t msn;
	uint8_t verb; /* enum pop3_verb_asked */
};

/* Opaque but for capabilities and state, but the caller places it.  About
 * 13 KiB. */
struct pop3_client {
	struct pop3_capabilities capabilities;
	uint8_t state;      /* enum pop3_state, as far as answers tell */
	uint8_t phase;      /* what run does next */
	uint8_t text_at;    /* where in a line of text the last octet stood */
	uint8_t fault;      /* enum pop3_client_fault of what is broken */
	bool lf_ends;       /* the status line in hand ended in a bare LF */
	bool has_challenge; /* the caller owes a response */
	bool is_cancelled;  /* AUTH was */
	bool is_unasked;    /* the line in hand began when none was awaited */
	bool is_line_told;  /* line was a whole one, of the last event */
	bool has_octets;    /* of the answer of many lines in hand */
	bool has_count;
	uint32_t count;
	uint64_t octets;
	uint32_t asked_first, asked_count; /* a ring */
	struct pop3_client_asked asked[POP3_CLIENT_QUEUE_MAX];
	size_t line_len; /* of a line that came in pieces */
	uint8_t line[POP3_CLIENT_LINE_MAX];
};

/* The engine waits for a greeting. */
void pop3_client_init(struct pop3_client *c);

/* Wipes c. */
void pop3_client_finish(struct pop3_client *c);

/*
 * Tells the next thing that *in brings, and takes its octets off the front.
 * Returns the type, which is also in *ev_r.  With POP3_CEV_INPUT all of *in was
 * taken: nothing has to be kept.  Until then run again before reading more, and
 * before waiting.
 */
enum pop3_client_event_type pop3_client_run(struct pop3_client *c,
					    struct pop3_slice *in,
					    struct pop3_client_event *ev_r);

/* How many answers are awaited. */
size_t pop3_client_awaited(const struct pop3_client *c);

/* What the next octet answers; POP3_ASK_COUNT if none is awaited. */
enum pop3_verb_asked pop3_client_awaits(const struct pop3_client *c);

/* "RETR": what verb is called on the wire.  GREETING: "". */
const char *pop3_client_verb_name(enum pop3_verb_asked verb);

/*
 * The commands.  Each is 0; or, and nothing was put:
 *
 *   POP3_ENOSPC  out has no room, or POP3_CLIENT_QUEUE_MAX wait already
 *   POP3_ELINE   the line would be longer than it may be: POP3_LINE_MAX, within
 *                AUTH POP3_SASL_LINE_MAX
 *   POP3_EINVAL  an argument cannot stand in a command: it is empty, has CR, LF
 *                or NUL, or a blank (but in a password); or this command may
 *                not be said now: before the greeting or behind a refusing one,
 *                behind a STLS or an AUTH that is not over, behind QUIT or
 *                POP3_CEV_BROKEN
 */
POP3_MUST_USE int pop3_client_capa(struct pop3_client *c,
				   struct pop3_writer *out);
POP3_MUST_USE int pop3_client_stls(struct pop3_client *c,
				   struct pop3_writer *out);
POP3_MUST_USE int pop3_client_user(struct pop3_client *c,
				   struct pop3_writer *out,
				   struct pop3_slice user);
POP3_MUST_USE int pop3_client_pass(struct pop3_client *c,
				   struct pop3_writer *out,
				   struct pop3_slice secret);
/* digest: 32 hexadecimal digits in lower case, over stamp and secret. */
POP3_MUST_USE int pop3_client_apop(struct pop3_client *c,
				   struct pop3_writer *out,
				   struct pop3_slice user,
				   struct pop3_slice digest);
POP3_MUST_USE int pop3_client_utf8(struct pop3_client *c,
				   struct pop3_writer *out);
POP3_MUST_USE int pop3_client_stat(struct pop3_client *c,
				   struct pop3_writer *out);
POP3_MUST_USE int pop3_client_list(struct pop3_client *c,
				   struct pop3_writer *out);
POP3_MUST_USE int pop3_client_list_one(struct pop3_client *c,
				       struct pop3_writer *out, uint32_t msn);
POP3_MUST_USE int pop3_client_uidl(struct pop3_client *c,
				   struct pop3_writer *out);
POP3_MUST_USE int pop3_client_uidl_one(struct pop3_client *c,
				       struct pop3_writer *out, uint32_t msn);
POP3_MUST_USE int pop3_client_retr(struct pop3_client *c,
				   struct pop3_writer *out, uint32_t msn);
POP3_MUST_USE int pop3_client_top(struct pop3_client *c,
				  struct pop3_writer *out, uint32_t msn,
				  uint64_t body_lines);
POP3_MUST_USE int pop3_client_dele(struct pop3_client *c,
				   struct pop3_writer *out, uint32_t msn);
POP3_MUST_USE int pop3_client_rset(struct pop3_client *c,
				   struct pop3_writer *out);
POP3_MUST_USE int pop3_client_noop(struct pop3_client *c,
				   struct pop3_writer *out);
POP3_MUST_USE int pop3_client_quit(struct pop3_client *c,
				   struct pop3_writer *out);

/*
 * AUTH.  response: raw octets, which are put as base64, "=" if there are none;
 * NULL: there is no initial response, and the server asks for it by an empty
 * challenge.  That is the way, too, after POP3_ELINE.
 */
POP3_MUST_USE int pop3_client_auth(struct pop3_client *c,
				   struct pop3_writer *out,
				   struct pop3_slice mechanism,
				   const struct pop3_slice *response);

/* Answers to POP3_CEV_CHALLENGE, each once; without one POP3_EINVAL.  response:
 * raw octets, maybe none.  Behind a cancel a refusal is awaited. */
POP3_MUST_USE int pop3_client_auth_response(struct pop3_client *c,
					    struct pop3_writer *out,
					    struct pop3_slice response);
POP3_MUST_USE int pop3_client_auth_cancel(struct pop3_client *c,
					  struct pop3_writer *out);

/*
 * TLS has begun, in answer to a positive POP3_CEV_REPLY to STLS: whatever the
 * server said before is forgotten (RFC 2595, section 4).  Call it at once,
 * before the handshake or behind it; from now on in holds only what came
 * through TLS.  Octets in clear text behind that reply are POP3_CEV_BROKEN
 * instead of it, if they are in in then; those that are not in in yet must go
 * nowhere but to the handshake, which they break.
 */
void pop3_client_tls_begun(struct pop3_client *c);

/*
 * Servers are known that send no CRLF before the last dot, or bare LFs between
 * CRLF replies, so that the end of a message cannot be seen.  If the server has
 * been silent for long, and this holds - what came last of the text is a dot
 * and a line end, which was not told yet, and nothing else is awaited - the
 * caller may ask with pop3_client_probe, which puts NOOP: when one line with
 * "+" or "-" in front comes, and no octet with it, the text was over.  Else it
 * goes on, and NOOP is answered behind it.  POP3_EINVAL if it does not hold.
 */
bool pop3_client_text_may_be_over(const struct pop3_client *c);
POP3_MUST_USE int pop3_client_probe(struct pop3_client *c,
				    struct pop3_writer *out);

#endif
