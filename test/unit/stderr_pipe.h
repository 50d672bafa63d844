// SPDX-License-Identifier: ISC
/*
 * stderr_pipe.h - what the code under test writes to standard error.
 */
#ifndef TEST_STDERR_PIPE_H
#define TEST_STDERR_PIPE_H

#include "unit.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct stderr_pipe {
	int ends[2];
	int saved;
	char text[65536];
	size_t len;
};

static inline void stderr_begin(struct stderr_pipe *p)
{
	assert_int_equal(pipe2(p->ends, O_CLOEXEC | O_NONBLOCK), 0);
	p->saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	assert_true(p->saved >= 0);
	assert_int_equal(dup2(p->ends[1], STDERR_FILENO), STDERR_FILENO);
}

/* Standard error is as it was; text holds what was written, with a NUL. */
static inline void stderr_end(struct stderr_pipe *p)
{
	ssize_t n;

	assert_int_equal(dup2(p->saved, STDERR_FILENO), STDERR_FILENO);
	n = read(p->ends[0], p->text, sizeof(p->text) - 1);
	p->len = n > 0 ? (size_t)n : 0;
	p->text[p->len] = '\0';
	close(p->ends[0]);
	close(p->ends[1]);
	close(p->saved);
}

#endif
