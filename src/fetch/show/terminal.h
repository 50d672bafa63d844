// SPDX-License-Identifier: ISC
/*
 * terminal.h - what there is to write to: whether it is a terminal, how large,
 * and what it can show.
 */
#ifndef FETCH_SHOW_TERMINAL_H
#define FETCH_SHOW_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/checked.h"

struct terminal {
	int fd;
	bool is_terminal;
	bool is_able; /* to move its cursor: TERM is neither none nor "dumb" */
	bool is_utf8; /* LC_CTYPE, as main has set it */
	bool has_colour; /* is_able, and NO_COLOR is not set (no-color.org) */
};

/* Looks at the descriptor, the environment and the locale.  To be called before
 * there are threads. */
void terminal_look(struct terminal *t, int fd);

/* Its size now; 80 by 24 where it is unknown.  At least 1 by 1. */
void terminal_size(const struct terminal *t, size_t *columns_r, size_t *rows_r);

/* Whether a write would not wait now. */
bool terminal_is_ready(const struct terminal *t);

/* Whether it is ours to draw on: not while we run in the background of it. */
bool terminal_is_ours(const struct terminal *t);

/* All of it, waiting as long as it takes.  0, or a negative errno; -EINTR: a
 * signal came, and nobody reads. */
MUST_USE int terminal_write(int fd, const char *at, size_t len);

#endif
