// SPDX-License-Identifier: ISC
/*
 * mboxrd.h - messages as an mbox has them: a From_ line, every line of the text
 * that is "From " behind any number of ">" with one ">" more, a line end if the
 * last line has none, and an empty line.
 */
#ifndef FETCH_SINK_MBOXRD_H
#define FETCH_SINK_MBOXRD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

/* Takes all of it: 0, or a negative number of its own. */
typedef int mboxrd_put_fn(void *arg, const uint8_t *at, size_t len);

/* A text on its way, in any cuts. */
struct mboxrd {
	mboxrd_put_fn *put;
	void *arg;
	bool at_line;  /* the next octet begins a line, or goes on what may */
	uint64_t held; /* ">" at the line's front that are not yet put */
	unsigned matched; /* octets of "From " behind them */
};

void mboxrd_init(struct mboxrd *m, mboxrd_put_fn *put, void *arg);
/* 0, or what put said. */
MUST_USE int mboxrd_write(struct mboxrd *m, const uint8_t *at, size_t len);
MUST_USE int mboxrd_end(struct mboxrd *m);

/* "From restante-TOKEN Thu Nov 26 04:05:06 2026\n", the time in UTC (RFC 4155).
 * The token makes it one that no other message has. */
#define MBOXRD_FROM_MAX 80u
size_t mboxrd_from_line(char line_r[MBOXRD_FROM_MAX], int64_t unix_time,
			const char *token);

#endif
