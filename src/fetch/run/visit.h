// SPDX-License-Identifier: ISC
/*
 * visit.h - one session with a server, in the loop: connect, TLS, log in, learn
 * what there is, then commands as fast as the server bears them, and QUIT.
 * Its owner says what to ask for; it knows nothing of mail.
 */
#ifndef FETCH_VISIT_H
#define FETCH_VISIT_H

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
	enum pop3_verb_asked verb; /* RETR, TOP, DELE, NOOP or QUIT */
	uint32_t msn;
	uint64_t lines;  /* TOP */
	uint64_t octets; /* that the answer is thought to bring */
};

enum visit_stage {
	VISIT_CONNECTED, /* perhaps not secured yet */
	VISIT_SECURED,   /* by TLS */
	VISIT_LOGGED_IN,
};

/* What its owner is told, always from the loop and never from within a function
 * below.  No call is left out but on_end, which is the last one. */
struct visit_owner {
	void *ctx;
	void (*on_stage)(void *ctx, enum visit_stage stage);
	/* What the server has.  The listing is the owner's from now on. */
	void (*on_listing)(void *ctx, struct listing *listing);
	/* Octets of the answer to RETR or TOP, within a block that the owner may
	 * hold (block_hold).  Text as it came, without dot-stuffing. */
	void (*on_text)(void *ctx, uint32_t msn, struct block *block,
			const uint8_t *at, size_t len);
	/* The command was answered.  text: what the server said. */
	void (*on_answer)(void *ctx, const struct visit_command *command,
			  bool is_ok, struct pop3_slice text);
	/* The next command, if there is one; asked as long as the window and the
	 * server have room, and after visit_wake. */
	bool (*next)(void *ctx, struct visit_command *command_r);
	/* The connection is over.  why->kind is WHY_NONE if QUIT was answered
	 * with +.  The visit may be destroyed in it. */
	void (*on_end)(void *ctx, const struct why *why);
};

struct visit_want {
	bool listing; /* false: on_listing comes with nothing in it (probes) */
	bool octets;  /* LIST, too */
};

/*
 * Begins it.  account, pool and owner must outlive it.  *visit_r; or NULL and
 * *why, when there is no memory or no descriptor.
 */
struct visit *visit_create(uv_loop_t *loop, const struct account *account,
			   struct block_pool *pool,
			   const struct visit_owner *owner,
			   const struct visit_want *want, struct why *why);

/* Ends it at once and says nothing more: neither to the server, which forgets
 * what was marked, nor to the owner.  Takes NULL. */
void visit_destroy(struct visit **visit);

/* next has something again. */
void visit_wake(struct visit *v);

/* Ends it with on_end, soon, as if the line had dropped. */
void visit_fail(struct visit *v, const struct why *why);

const struct pop3_capabilities *visit_capabilities(const struct visit *v);
/* How many commands wait for an answer. */
size_t visit_awaited(const struct visit *v);

#endif
