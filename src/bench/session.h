// SPDX-License-Identifier: ISC
/*
 * session.h - one POP3 session after the other on one of a run's places: says
 * what the scenario wants, hears the answers, verifies and measures them.
 */
#ifndef BENCH_SESSION_H
#define BENCH_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"
#include "bench/answer.h"
#include "bench/bench.h"
#include "bench/claims.h"
#include "bench/conn.h"
#include "bench/scenario.h"
#include "bench/text.h"

enum session_phase {
	SESSION_IS_NONE,
	SESSION_AT_GREETING,
	SESSION_AT_STLS,
	SESSION_SHAKES, /* hands, for TLS */
	SESSION_TALKS,
	SESSION_IS_HELD,
};

enum session_result {
	SESSION_GOES_ON,
	SESSION_HOLDS,  /* has just begun to */
	SESSION_ENDED,  /* well */
	SESSION_FAILED, /* and has told */
};

struct session {
	struct conn conn;
	struct claims claims;
	struct text text; /* the message that is coming */
	struct answer answer;
	struct cursor said;
	struct cursor heard;
	enum session_phase phase;
	uint32_t user;
	bool is_greeted;
	bool is_in_answer;
	bool is_bursting; /* more is to be said when this is sent */
	bool awaits_noop;
	bool is_let_go; /* of holding */
	char *unsent;
	size_t unsent_at;
	size_t unsent_len;
	uint64_t begun_ns;
	uint64_t since_ns; /* when the awaited answer could begin */
	uint64_t moved_ns; /* when anything came */
	uint64_t held_ns;  /* when it began to hold */
	uint64_t slowest_ns;
	uint64_t answer_octets;
	uint64_t messages;
};

/* All zero at first; once. */
MUST_USE bool session_init(struct session *s, const struct bench *b);
void session_finish(struct session *s);

/* A new session of a user, on a place where none is: any result may come. */
MUST_USE enum session_result session_begin(struct bench *b, struct session *s,
					   uint32_t user);

/* epoll has told something. */
MUST_USE enum session_result session_on_event(struct bench *b,
					      struct session *s);

/* One that holds says NOOP, if no answer to one is awaited. */
MUST_USE enum session_result session_say_noop(struct bench *b,
					      struct session *s);
/* One that holds says QUIT, as soon as it can. */
MUST_USE enum session_result session_let_go(struct bench *b, struct session *s);

/* Fails if the server has been silent for too long. */
MUST_USE enum session_result session_on_clock(struct bench *b,
					      struct session *s);

/* It is over, well or not. */
void session_end(struct session *s);

#endif
