// SPDX-License-Identifier: ISC
/*
 * visit.h - one session with a server, in the loop: connect, TLS, log in, learn
 * what there is, then commands as fast as the server bears them, and QUIT.
 * Its owner says what to ask for; it knows nothing of mail.
 */
#ifndef FETCH_RUN_VISIT_H
#define FETCH_RUN_VISIT_H

#include <uv.h>

#include "fetch/account.h"
#include "fetch/mail/listing.h"
#include "fetch/net/block.h"
#include "fetch/net/link.h"
#include "fetch/why.h"
#include "pop3/client.h"

struct visit;

/* A command that the owner wants to be sent. */
struct visit_command {
	enum pop3_verb_asked verb; /* RETR, TOP, DELE or QUIT */
	uint32_t msn;
	uint64_t lines;  /* TOP: of the body */
	uint64_t octets; /* that the answer is thought to bring */
	/* Of an answer: what was taken for the end of the text may be none
	 * (pop3_client_probe). */
	bool is_unsure;
};

/* What its owner is told, from the loop alone: never from within a function
 * below.  In each the owner may call any of them, visit_destroy too. */
struct visit_owner {
	/* NULL: not told. */
	void (*on_logged_in)(void *ctx, const char *mechanism);
	/* What the server has; the owner takes what is in it.  Then next is
	 * asked. */
	void (*on_listing)(void *ctx, struct listing *listing);
	/* Octets of the answer to command, RETR or TOP, within a block that
	 * the owner may hold, or a few that are the engine's and stay: text as
	 * it came, without dot-stuffing. */
	void (*on_text)(void *ctx, const struct visit_command *command,
			struct block *block, const uint8_t *at, size_t len);
	/* It was answered: is_ok, code and text are the reply's. */
	void (*on_answer)(void *ctx, const struct visit_command *command,
			  const struct pop3_client_event *reply);
	/* The next command, if there is one; asked while the window has room,
	 * and after visit_wake.  Behind QUIT there is none. */
	bool (*next)(void *ctx, struct visit_command *command_r);
	/* The end: nothing more is told.  why->kind is WHY_NONE if QUIT was
	 * answered with "+".  broke: the message of which the answer was
	 * awaited when the line broke; 0: none. */
	void (*on_end)(void *ctx, const struct why *why, uint32_t broke);
};

/* What is asked for by itself. */
enum visit_want {
	VISIT_WANT_LISTING, /* STAT, UIDL and LIST, if there is any message */
	VISIT_WANT_COUNT,   /* STAT: the listing has as many, without octets */
	VISIT_WANT_OFFER,   /* CAPA, before any log-in, then QUIT */
};

/*
 * Begins it.  account (with a password, if it needs one), pool, trust and owner
 * outlive it.  NULL and *why: no memory.
 */
MUST_USE struct visit *visit_create(uv_loop_t *loop,
				    const struct account *account,
				    struct block_pool *pool,
				    struct trust *trust,
				    const struct visit_owner *owner, void *ctx,
				    enum visit_want want, struct why *why);

/* Ends it at once, and nothing is told to the owner; without QUIT the server
 * forgets what was marked.  Takes NULL. */
void visit_destroy(struct visit **visit);

/* next has something again. */
void visit_wake(struct visit *v);

/* No octets are read until it goes on. */
void visit_pause(struct visit *v);
void visit_resume(struct visit *v);

const struct pop3_capabilities *visit_capabilities(const struct visit *v);
const struct link_peer *visit_peer(const struct visit *v);
/* How many commands wait for an answer. */
size_t visit_awaited(const struct visit *v);

#endif
