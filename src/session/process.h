// SPDX-License-Identifier: ISC
/*
 * process.h - a session process: its loop, its channels, its listeners, and all
 * of its connections.
 */
#ifndef SESSION_PROCESS_H
#define SESSION_PROCESS_H

#include "base/list.h"
#include "ipc/counters.h"
#include "ipc/startup.h"
#include "pop3/server.h"
#include "session/limits.h"
#include "session/loop.h"
#include "session/outbox.h"
#include "session/tls_context.h"

struct conn;

/* The lists of connections by what they wait for.  All of one list have the
 * same time limit, so that a list in order of touching is in order of
 * ending. */
enum timing {
	TIMING_LOGIN, /* from connecting to a log-in; never touched again */
	TIMING_IDLE,  /* a command */
	TIMING_STALL, /* the client to take its output */
	TIMING_NONE,  /* another role: no limit here */
	TIMING_COUNT
};

/* What the loop watches beside connections; their numbers are below 2^32. */
struct source {
	void (*on_ready)(struct source *source, uint32_t events);
	struct process *process; /* NULL: there is none */
	uint32_t number;
	uint32_t watched; /* events */
	int fd;
};

/* The channel to another role. */
struct backend {
	struct source source;
	struct outbox outbox;
	struct loop_burst burst;
	enum role role;
};

/* What a connection is offered depends on who might overhear it. */
enum offer {
	OFFER_OPEN,    /* nobody, or the operator does not mind */
	OFFER_CLOSED,  /* somebody: no secret in clear text */
	OFFER_PROXIED, /* its TLS ends at a proxy, which says so */
	OFFER_TLS,
	OFFER_TLS_EXTERNAL, /* with a client's certificate */
	OFFER_COUNT
};

struct listener {
	struct source source;
	struct loop_burst burst;
	enum listener_kind kind;
};

/* The master's, three other roles', and the listeners. */
#define SOURCES_MAX (4 + STARTUP_DESCRIPTORS_MAX)

struct table_slot {
	struct conn *conn;  /* NULL: free */
	uint32_t next_free; /* if it is free */
	uint32_t turn;      /* the high half of its connection's id */
};

struct process {
	struct session_settings settings;
	struct pop3_server_config offers[OFFER_COUNT];
	char mechanisms[OFFER_COUNT][POP3_MECHANISMS_MAX + 1];
	struct tls_context tls; /* count is 0: there is none */
	struct loop loop;
	struct source *sources[SOURCES_MAX]; /* by their numbers */
	uint32_t source_count;
	struct source control;
	struct backend auth;
	struct backend maildrop;
	struct backend key; /* if there is TLS */
	struct listener listeners[STARTUP_DESCRIPTORS_MAX];
	size_t listener_count;
	struct counters *counters;

	struct list timing[TIMING_COUNT];
	struct list delayed; /* connections whose refusal is told later */
	struct list resting; /* connections that have taken much */
	struct list turns;   /* handshakes that wait to ask for a signature */
	struct list ahead; /* connections with messages that were read ahead */
	size_t ahead_octets;   /* of these, but for those under way for long */
	uint64_t ahead_copied; /* octets, since memory was given back */
	struct table_slot *slots; /* by the low half of a connection's id */
	uint32_t slot_cap;
	uint32_t slot_free; /* first free slot, or slot_cap */
	uint32_t conn_count;
	uint32_t conn_max; /* what the limit of descriptors allows */

	uint64_t rested_ms;     /* when those who rest go on */
	uint64_t asked_ms;      /* when one who takes little asked last */
	uint64_t tick_ms;       /* when time limits are looked at next */
	uint64_t accept_ms;     /* when accepting goes on; 0: it does */
	uint64_t given_back_ms; /* when memory was last given back */
	uint32_t handshakes;    /* since it was because of them (trim.h) */
	uint64_t stop_ms;       /* when a graceful stop ends, by the loop */
	bool is_retired;        /* takes no new connections */
	bool is_stopping;

	struct packet packet; /* received */
	uint8_t in[SESSION_IN_MAX];
	uint8_t text[SESSION_READ_MAX];
	uint8_t out[SESSION_OUT_MAX];

	/* Tests of the sandbox look at input first (test/breach). */
	bool (*on_input)(struct conn *c, struct pop3_slice in);
};

/* Builds the loop from what the master sent.  0, or negative, logged. */
MUST_USE int process_init(struct process *p, struct startup *startup);

/* Tells the master READY, and serves from when it says SERVE until there is
 * nothing left to do. */
MUST_USE int process_run(struct process *p);

/* The process cannot go on: logs why and ends it.  The master starts
 * another. */
_Noreturn void process_fail(const char *why);

/* A connection has begun, or ended: the last one ends the loop after RETIRE or
 * a stop. */
void process_note_begin(struct process *p);
void process_note_end(struct process *p);

/* The whole role, with on_input as above or NULL. */
MUST_USE int process_main(bool (*on_input)(struct conn *, struct pop3_slice));

/* Sends a request, or keeps it until there is room. */
void backend_send(struct backend *b, struct packet *p);

/* Gives it a number and a descriptor; nothing is watched yet. */
MUST_USE int source_init(struct source *source, struct process *process, int fd,
			 void (*on_ready)(struct source *, uint32_t events));

/* Watches it for these events, and those only. */
MUST_USE int source_watch(struct source *source, uint32_t events);

/* Starts the channel's watching. */
MUST_USE int backend_init(struct backend *b, struct process *process,
			  enum role role, int fd);

void listener_on_ready(struct source *source, uint32_t events);

/* The listeners: start, or go on after a pause that is over, or end accepting.
 * An end gives the sockets up: one that the master no longer has must not go on
 * listening because of us. */
MUST_USE int listeners_start(struct process *p);
void listeners_tick(struct process *p);
void listeners_close(struct process *p);

#endif
