// SPDX-License-Identifier: ISC
/*
 * memclient.h - a client in memory: the engine of libpop3, fed by the test, and
 * a trace of its events in words.  It keeps the rules of pop3/client.h as
 * strictly as it can: each piece of input lies between pages that may not be
 * touched, and what was told is spoilt before the next run.
 *
 * The trace has a line for each event, texts that follow one another as one:
 *
 *	GREETING + "ready <1@x>" <1@x>
 *	CAPABILITY "TOP"
 *	ENTRY LIST 1 octets=3805
 *	ENTRY UIDL 1 uid "abc"
 *	ENTRY LIST malformed
 *	TEXT RETR 1 "S: 1\r\n"
 *	CHALLENGE "dGVzdA=="
 *	REPLY STAT + count=1 octets=3805 "1 3805"
 *	REPLY DELE 2 - [IN-USE] "not now"
 *	BROKEN REPLY at GREETING "220 hello"
 */
#ifndef TEST_MEMCLIENT_H
#define TEST_MEMCLIENT_H

#include "guard.h"
#include "octets.h"
#include "pop3/client.h"

/* How what a server says is cut. */
enum memclient_cut {
	MEMCLIENT_WHOLE,
	MEMCLIENT_OCTETS, /* each by itself */
	MEMCLIENT_AT,     /* once, where cut_at octets came in all */
};

struct memclient;

/* What a client does at an event but INPUT, before it runs again. */
typedef void memclient_react(struct memclient *mc,
			     const struct pop3_client_event *ev);

struct memclient {
	struct pop3_client engine;
	enum memclient_cut cut;
	size_t cut_at;
	bool is_front;  /* input lies behind the front page, rather */
	size_t heard;   /* octets */
	bool is_broken; /* what comes then is not fed any more */
	struct guard in;
	struct octets trace;
	struct octets text; /* that is not in the trace yet */
	uint32_t text_msn;
	enum pop3_verb_asked text_verb;
	struct octets all_text; /* of all messages, as it came */
	memclient_react *react; /* or NULL */
	void *ctx;              /* its own */
	struct pop3_writer out; /* of commands */
	uint8_t out_at[65536];
};

void memclient_begin(struct memclient *mc);
void memclient_finish(struct memclient *mc);

/* The server says octets. */
void memclient_hear(struct memclient *mc, struct pop3_slice octets);

/* All events so far. */
struct pop3_slice memclient_trace(struct memclient *mc);

/* The commands since the last look. */
struct pop3_slice memclient_said(struct memclient *mc);

/*
 * Says a command, or within AUTH a response, as it is written down without its
 * end.  Returns what the engine's function does; POP3_EINVAL, too, if a client
 * has no such command.
 */
int memclient_say(struct memclient *mc, struct pop3_slice line);

#define memclient_say_str(mc, s)  memclient_say((mc), POP3_LITERAL(s))
#define memclient_hear_str(mc, s) memclient_hear((mc), POP3_LITERAL(s))

#endif
