// SPDX-License-Identifier: ISC
/*
 * conn.h - one connection: its engine, what it has read and not yet answered,
 * what it has answered and not yet sent, and what it waits for.
 *
 * A turn takes it as far as it goes: input through the engine, replies into the
 * process's output buffer, requests to other roles, message text from its file
 * to the socket.  A connection that waits for another role does not read; one
 * with unsent output neither reads nor works.
 */
#ifndef SESSION_CONN_H
#define SESSION_CONN_H

#include <netinet/in.h>

#include "pop3/pop3.h"
#include "session/ahead.h"
#include "session/process.h"
#include "session/report.h"
#include "session/rest.h"
#include "session/tls.h"
#include "session/view.h"

/* What another role was asked. */
enum conn_wait {
	CONN_WAITS_NOT,
	CONN_WAITS_KNOWN,
	CONN_WAITS_LOGIN,
	CONN_WAITS_LISTING,
	CONN_WAITS_MESSAGE,
	CONN_WAITS_COMMIT,
	CONN_WAITS_SIGNATURE,
	CONN_WAITS_DELAY, /* for time to pass */
};

/* The message under way. */
struct conn_body {
	struct pop3_stuff stuff;
	uint64_t octets; /* announced */
	uint64_t stored; /* in the file */
	uint64_t read;   /* of it */
	uint32_t idx;
	uint32_t next;  /* the one behind it; 0: none was asked for yet */
	uint32_t asked; /* how many messages at once */
	int fd;         /* -1: none */
	bool is_held;   /* it is in front of those that were read ahead */
	bool is_begun;
	bool is_top;
	bool is_wire; /* goes as it is stored */
};

struct conn {
	struct list timing;  /* in one of process->timing */
	struct list queue;   /* in process->delayed, turns or ahead, or alone */
	struct list resting; /* in process->resting, or alone */
	struct process *process;
	uint64_t id;
	uint64_t handle;     /* of the maildrop; 0: none */
	uint64_t touched_ms; /* when its time limit began */
	uint64_t much_ms;    /* until when it counts as one who takes much */
	uint64_t delay_ms;   /* if it waits for that: until when */
	struct tls *tls;     /* NULL: clear text */
	struct conn_rest in;
	struct conn_rest out;
	struct conn_body body;
	struct ahead ahead;
	struct view view;
	struct report report;
	struct pop3_server engine;
	uint64_t sent_clear; /* octets, without those of TLS */
	uint64_t taken;      /* octets, when the stall limit began */
	int fd;
	uint8_t waits;       /* enum conn_wait */
	uint8_t watched;     /* events that the loop watches */
	uint8_t timed;       /* enum timing that it is in */
	bool is_out_held;    /* out goes with the next answer */
	bool is_finished;    /* the engine said CLOSE */
	bool is_dropped;     /* goes away once it waits for nobody */
	bool is_tls_due;     /* when the +OK to STLS is out */
	bool is_stls;        /* its TLS began by STLS */
	bool is_in_exchange; /* auth keeps a SASL exchange for it */
	/* admit.h: */
	bool awaits_header;     /* of a proxy; nothing has been said to it */
	bool is_nobody;         /* counted by no address */
	bool is_proxied_by_tls; /* by a proxy that says so */
	uint8_t address[16];
	uint16_t port;
};

/* Begins to serve a connection whose engine is ready: greets it and listens to
 * it, or listens to what a proxy has to say first. */
void conn_begin(struct conn *c);

/* The loop says that its descriptor is ready. */
void conn_on_ready(struct conn *c, uint32_t events);

/* Begins TLS if it is due, or greets; of one that is watched. */
void conn_greet(struct conn *c);

/* Whether it only waits for a command. */
bool conn_is_idle(const struct conn *c);

/* Goes on after another role's answer was given to the engine. */
void conn_resume(struct conn *c);

/* Ends it without a word: the client is gone, or may not get another octet. */
void conn_drop(struct conn *c, enum report_end why);

/* Ends one that is idle, or about to be, with -ERR. */
void conn_abort(struct conn *c, enum report_end why, enum pop3_code code,
		const char *text);

/* Watches its descriptor for these events, and those only. */
void conn_watch(struct conn *c, uint32_t events);

/* TLS has begun: goes on, or greets. */
void conn_secured(struct conn *c);

/* Puts it into the list for what it waits for now, or marks it as heard of. */
void conn_time(struct conn *c, enum timing timing);

/* output.c: */
enum output_result {
	OUTPUT_DONE,   /* all of it is sent */
	OUTPUT_WAITS,  /* the rest waits for the client, or for its next turn */
	OUTPUT_FAILED, /* the client is gone */
};

/* Sends w and empties it; what cannot be sent now is kept in c->out. */
enum output_result output_flush(struct conn *c, struct pop3_writer *w);

/* Keeps w in c->out and empties it, if it is little: the client has said more
 * without having seen it, so that it may go with another role's answer. */
MUST_USE bool output_hold(struct conn *c, struct pop3_writer *w);

/* Puts what was kept so into w, which is empty. */
void output_take_held(struct conn *c, struct pop3_writer *w);

/* Begins to watch whether the client takes what it is sent; whether it has
 * taken less than SESSION_STALL_OCTETS since then. */
void output_begin_stall(struct conn *c);
bool output_is_stalled(const struct conn *c);

/* Sends what is kept in c->out. */
enum output_result output_flush_rest(struct conn *c);

/* Sends more of the message, by way of w; DONE when its terminator is in w. */
enum output_result output_body(struct conn *c, struct pop3_writer *w,
			       size_t *budget);

/* request.c: what is asked of auth and maildrop.  Each sets c->waits. */
void request_known(struct conn *c, const struct pop3_event *ev);
void request_login(struct conn *c, const struct pop3_event *ev);
void request_sasl(struct conn *c, const struct pop3_event *ev);
void request_sasl_step(struct conn *c, const struct pop3_event *ev);
void request_sasl_cancel(struct conn *c);
void request_signature(struct conn *c);
void request_ticket_keys(struct process *p);
void request_listing(struct conn *c);
void request_message(struct conn *c);
void request_commit(struct conn *c);
void request_close(struct process *p, uint64_t id, uint64_t handle,
		   bool is_broken);

/* message.c: */

/* The client wants message idx, and then next.  True: it is there, and the
 * engine knows; false: maildrop was asked. */
bool message_want(struct conn *c, uint32_t idx, enum ahead_next next);

/* MESSAGE, if it is OK, and TEXTS. */
void message_come(struct conn *c, struct packet *p);
void message_texts_come(struct conn *c, const struct packet *p);

/* It is sent, or will never be. */
void message_end(struct conn *c);

/* answer.c: what they say. */
void answer_packet(struct process *p, struct packet *packet);

/* secure.c: TLS on a connection. */

/* Waits for the client's first octet of TLS. */
void secure_begin(struct conn *c);

/* Goes on with the handshake. */
void secure_go_on(struct conn *c);

/* The signature that it waited for has come, or will not: len is 0.  Others
 * that waited for their turn may get it. */
void secure_signed(struct conn *c, const uint8_t *signature, size_t len);

#endif
