// SPDX-License-Identifier: ISC
/*
 * run.h - running a program, without a shell, for what it prints.
 */
#ifndef OS_RUN_H
#define OS_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

enum run_result {
	RUN_OK,        /* it exited with 0 */
	RUN_EXITED,    /* code: its exit status */
	RUN_SIGNALLED, /* code: the signal that ended it */
	RUN_LATE,      /* it was ended, having taken too long */
	RUN_ERROR,     /* code: the errno with which it could not be run */
};

/*
 * Runs argv, found in PATH, with the standard input of /dev/null and the
 * standard error of ours, and reads its standard output to its end: the first
 * cap octets into out, of which *len_r are set whatever is returned.  It must
 * be done in limit_ms milliseconds, or gets a SIGTERM and, a second later, a
 * SIGKILL.  What it has left running is not waited for.  SIGPIPE and the
 * signals of a terminal are at their defaults in it, and none is blocked.
 */
MUST_USE enum run_result run_for_output(char *const *argv, uint32_t limit_ms,
					void *out, size_t cap, size_t *len_r,
					int *code_r);

#endif
