// SPDX-License-Identifier: ISC
/*
 * run.h - running a program, without a shell, and hearing what it says.
 * All signals are at their defaults in it, and none is blocked.  And the same
 * of a function, in a process of its own.
 */
#ifndef OS_RUN_H
#define OS_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

struct run {
	char *const *argv;        /* found in PATH */
	char *const *environment; /* NULL: ours */
	int input_fd;      /* its standard input, the caller's; -1: /dev/null */
	bool hears_errors; /* its standard error, too; else that is ours */
	/* A process group of its own, so that a Ctrl-C at the terminal is for
	 * us, who let it finish; if it takes too long the whole group is
	 * killed.  And no descriptors but the three. */
	bool is_apart;
	uint64_t limit_ms; /* then SIGTERM */
	uint32_t grace_ms; /* and so much later SIGKILL */
	void *out;
	size_t cap; /* octets that are kept of what it says */
};

struct run_end {
	int status; /* as waitpid has it */
	size_t len; /* octets of out */
};

/* Runs it to its end; what it has left running is not waited for.  0 when it
 * has ended, in whatever way; -ETIMEDOUT if it was killed; or another negative
 * errno if it was not run at all, or (-ECHILD: who calls ignores SIGCHLD) its
 * end is not known.  *end_r is set in any case. */
MUST_USE int run_program(const struct run *run, struct run_end *end_r);

/*
 * The same of a function, which says what it writes to out_fd and exits with 0
 * when it returns.  It runs in a child in our process group, with all of our
 * memory and signals as they are here, but no other descriptors; the standard
 * ones are /dev/null.  It is killed when we end.  Of *run only what limits it
 * and where its output goes counts.  Call it with one thread.
 */
MUST_USE int run_function(const struct run *run,
			  void (*work)(void *arg, int out_fd), void *arg,
			  struct run_end *end_r);

enum run_result {
	RUN_OK,        /* it exited with 0 */
	RUN_EXITED,    /* code: its exit status */
	RUN_SIGNALLED, /* code: the signal that ended it */
	RUN_LATE,      /* it was ended, having taken too long */
	RUN_ERROR,     /* code: the errno with which it could not be run */
};

/* What run_program's result and the status mean. */
enum run_result run_judge(int rc, int status, int *code_r);

/* How run_for_output runs argv; without a place for what it says. */
struct run run_plainly(char *const *argv, uint32_t limit_ms);

/*
 * Runs argv in our process group, with the standard input of /dev/null and the
 * standard error of ours, for its standard output: the first cap octets into
 * out, of which *len_r are set whatever is returned.  It must be done in
 * limit_ms milliseconds, or gets a SIGTERM and, a second later, a SIGKILL.
 */
MUST_USE enum run_result run_for_output(char *const *argv, uint32_t limit_ms,
					void *out, size_t cap, size_t *len_r,
					int *code_r);

#endif
