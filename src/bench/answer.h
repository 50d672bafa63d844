// SPDX-License-Identifier: ISC
/*
 * answer.h - a server's answers, taken apart as their octets come, wherever
 * they are cut: a reply, and behind it lines of a listing or a message's text
 * without its dot-stuffing.
 */
#ifndef BENCH_ANSWER_H
#define BENCH_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"
#include "bench/limits.h"

enum answer_kind {
	ANSWER_STATUS,  /* the reply is all */
	ANSWER_LISTING, /* lines follow a positive one */
	ANSWER_TEXT,    /* a message follows a positive one */
};

enum answer_event {
	ANSWER_MORE,   /* all is taken, and the answer is not whole yet */
	ANSWER_REPLY,  /* part: the reply's line without its CRLF */
	ANSWER_LINE,   /* part: a listing's line without CRLF and dot */
	ANSWER_OCTETS, /* part: some of the message, which has CRLF itself */
	ANSWER_END,    /* a listing or a message is over */
};

enum {
	ANSWER_ELONG = -1, /* a line over BENCH_LINE_MAX */
	ANSWER_EFORM = -2, /* the reply begins with neither + nor - */
};

enum answer_state {
	ANSWER_AT_REPLY,
	ANSWER_AT_LISTING,
	ANSWER_AT_LINE,   /* of a text: its begin */
	ANSWER_AT_DOT,    /* behind a dot there */
	ANSWER_AT_DOT_CR, /* and a CR */
	ANSWER_IN_LINE,
	ANSWER_IN_LINE_CR, /* behind a CR */
	ANSWER_IS_OVER,
};

struct answer {
	enum answer_kind kind;
	enum answer_state state;
	bool is_positive; /* known from ANSWER_REPLY on */
	size_t len;       /* of a line that is not whole yet */
	uint8_t line[BENCH_LINE_MAX];
};

struct answer_part {
	const uint8_t
	    *at; /* into the input or the answer: until the next call */
	size_t len;
};

void answer_begin(struct answer *a, enum answer_kind kind);

/*
 * Takes octets off the front of *in until something is to be told: an enum
 * answer_event, or a negative error, after which the rest means nothing.
 * part_r is set by the events that say so, and by ANSWER_EFORM: the line.  Must
 * not be called when the answer is over.
 */
MUST_USE int answer_next(struct answer *a, struct answer_part *in,
			 struct answer_part *part_r);

/* Whether it is whole; the next octet belongs to another answer. */
static inline bool answer_is_over(const struct answer *a)
{
	return a->state == ANSWER_IS_OVER;
}

#endif
