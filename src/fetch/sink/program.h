// SPDX-License-Identifier: ISC
/*
 * program.h - one run of another program: what it reads, what it may take, how
 * it ended and what it said.  No shell; an environment of our own; a process
 * group of its own, which is killed if it takes too long.
 */
#ifndef FETCH_SINK_PROGRAM_H
#define FETCH_SINK_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

#define PROGRAM_SAID_MAX 1024u /* the first octets that it wrote */

struct program {
	char *const *argv;
	char *const *environment;
	int input_fd; /* its standard input; stays the caller's */
	uint64_t limit_ms;
};

struct program_end {
	int status; /* as waitpid has it */
	size_t said_len;
	uint8_t said[PROGRAM_SAID_MAX];
};

/* 0 when it has ended, in whatever way; -ETIMEDOUT if it was killed; or another
 * negative errno if it was not run at all. */
MUST_USE int program_run(const struct program *p, struct program_end *end_r);

#endif
