// SPDX-License-Identifier: ISC
/*
 * child.h - a part of a test that needs a process of its own: it ends there, or
 * changes what a process cannot change back.
 */
#ifndef TEST_CHILD_H
#define TEST_CHILD_H

#include "unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Begins it; f's result is its exit status. */
static inline pid_t child_begin(int (*f)(void *arg), void *arg)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		_exit(f(arg));
	}
	return pid;
}

/* Its exit status, or 256 and the signal that killed it. */
static inline int child_end(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 256 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static inline int in_child(int (*f)(void *arg), void *arg)
{
	return child_end(child_begin(f, arg));
}

#define KILLED_BY(sig) (256 + (sig))

#endif
