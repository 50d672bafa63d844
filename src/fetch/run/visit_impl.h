// SPDX-License-Identifier: ISC
/*
 * visit_impl.h - what the files of a visit share: visit.c has its life and its
 * commands, visit_open.c the way up to the listing.
 */
#ifndef FETCH_VISIT_IMPL_H
#define FETCH_VISIT_IMPL_H

#include "fetch/net/login.h"
#include "fetch/run/visit.h"

/* What is waited for. */
enum visit_step {
	STEP_LINK,          /* a connection; with implicit TLS a secured one */
	STEP_GREETING,
	STEP_OFFER,         /* CAPA, before TLS or without it */
	STEP_STLS,          /* the answer to it */
	STEP_SECURING,      /* the handshake behind STLS */
	STEP_OFFER_SECURED, /* CAPA, anew */
	STEP_LOGIN,
	STEP_INSIDE,  /* the answers to CAPA, STAT, UIDL and LIST */
	STEP_AT_WORK, /* whatever the owner asks for */
	STEP_QUIT,    /* the answer to it */
	STEP_OVER,    /* on_end is due, or was called */
};

struct visit {
	const struct account *account;
	const struct visit_owner *owner;
	struct visit_want want;
	struct link *link;
	struct login *login;
	struct listing *listing;
	uv_timer_t tick;
	uint64_t heard_ms; /* when octets came last */
	uint64_t asked_ms; /* when a command was sent last */
	enum visit_step step;
	bool is_pipelining;
	bool is_asking_next; /* within owner->next and its surroundings */
	bool was_probed;     /* since octets came last */
	bool is_closing;     /* destroyed: only uv's end is awaited */
	uint8_t inside;      /* STEP_INSIDE: which answers are awaited, below */
	uint32_t count;      /* as STAT said */
	struct why why;      /* of the end */
	/* What was sent, first to last, and the answers are awaited of. */
	struct visit_command sent[POP3_CLIENT_QUEUE_MAX];
	size_t sent_first, sent_count;
	uint64_t sent_octets;
	struct pop3_client client;
};

enum {
	INSIDE_CAPA = 1,
	INSIDE_STAT = 2,
	INSIDE_UIDL = 4,
	INSIDE_LIST = 8,
};

/* Goes on from an event before STEP_AT_WORK. */
void visit_open_event(struct visit *v, const struct pop3_client_event *ev);
/* The connection is there; and TLS behind STLS is. */
void visit_open_linked(struct visit *v);
void visit_open_secured(struct visit *v);

/* Puts a command by put, and sends it. */
#define VISIT_ROOM 4096u
void visit_send(struct visit *v, struct pop3_writer *out, int rc);
/* The end, with what stands in v->why. */
void visit_end(struct visit *v);
/* Asks the owner for commands while there is room. */
void visit_pump(struct visit *v);

#endif
