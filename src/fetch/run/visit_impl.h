// SPDX-License-Identifier: ISC
/*
 * visit_impl.h - what the files of a visit share: visit.c has its life,
 * visit_open.c the way up to the listing, visit_flow.c the commands from there.
 */
#ifndef FETCH_RUN_VISIT_IMPL_H
#define FETCH_RUN_VISIT_IMPL_H

#include "fetch/net/login.h"
#include "fetch/run/visit.h"

/* What is waited for. */
enum visit_step {
	STEP_GREETING, /* or a connection, with implicit TLS a secured one */
	STEP_OFFER,    /* the answer to CAPA, before TLS or without any */
	STEP_STLS,     /* to STLS */
	STEP_SECURING, /* the handshake behind it */
	STEP_OFFER_SECURED,
	STEP_LOGIN,
	STEP_INSIDE,  /* the answers to what stands in inside */
	STEP_AT_WORK, /* whatever the owner asks for */
	STEP_OVER,
};

/* What is asked for within STEP_INSIDE. */
enum {
	INSIDE_CAPA = 1,
	INSIDE_STAT = 2,
	INSIDE_UIDL = 4,
	INSIDE_LIST = 8,
};

struct visit {
	const struct account *account;
	const struct visit_owner *owner;
	void *ctx;
	enum visit_want want;
	struct link *link;
	struct trust *trust;
	struct login *login;
	struct secret password; /* during the log-in */
	struct listing listing;
	uv_timer_t tick;
	/* Ticks and no clock: while we are stopped, or starved, there are none,
	 * and the server has not been silent. */
	unsigned ticks;
	unsigned silent_ticks; /* since octets came last, or could come */
	uint64_t asked_ms;     /* when a command was put last, by uv_now */
	enum visit_step step;
	unsigned todo;   /* STEP_INSIDE: to be asked for */
	unsigned inside; /* asked for */
	bool has_capa;
	bool is_pipelining;
	bool is_pumping;
	bool is_probed;        /* since octets came last */
	bool is_freed;         /* its memory waits for the timer's end */
	bool is_empty;         /* STAT says so */
	uint32_t count;        /* as STAT said */
	uint32_t idle_lines;   /* of CAPA, and no entries in listings */
	size_t opening_octets; /* heard before the log-in was through */
	size_t stamp_len;      /* the greeting's */
	uint8_t stamp[POP3_STAMP_MAX];
	/* Sent, the answers awaited, first to last; a ring. */
	struct visit_command sent[POP3_CLIENT_QUEUE_MAX];
	size_t sent_first, sent_count;
	uint64_t sent_octets;
	struct pop3_client client;
};

/* -- visit.c */

/* The end: the owner is told, once.  v may be gone then. */
void visit_end(struct visit *v, const struct why *why);
/* The same for what a function of pop3/client.h returned: only a bug of ours,
 * or a server that was asked too much, can be behind it. */
void visit_end_unsaid(struct visit *v, int rc);
/* What was put goes out. */
void visit_flush(struct visit *v);

/* -- visit_open.c */

void visit_open_ready(struct visit *v);
void visit_open_event(struct visit *v, const struct pop3_client_event *ev);

/* -- visit_flow.c */

/* Asks the owner for commands while there is room for them. */
void visit_pump(struct visit *v);
/* An answer has come, in STEP_AT_WORK. */
void visit_flow_event(struct visit *v, const struct pop3_client_event *ev);
/* Octets of the answer that is awaited next. */
void visit_flow_text(struct visit *v, struct block *block,
		     struct pop3_slice text);
/* Once a second: a silent server may have to be asked. */
void visit_flow_tick(struct visit *v);
/* The message whose answer is awaited next, or 0. */
uint32_t visit_flow_msn(const struct visit *v);

#endif
