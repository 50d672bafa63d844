// SPDX-License-Identifier: ISC
/*
 * unconfined.c - roles whose sandbox does not close, since valgrind needs
 * system calls that it forbids: all else is what is installed.  The linker puts
 * this in the sandbox's place (--wrap).  counts.py alone starts them; they are
 * not installed.
 * Runs in: session, auth and maildrop as counts.py has them.
 */
#include "os/sandbox.h"

/* Names of the linker's. */
int __wrap_sandbox_confine(enum sandbox_calls calls,
			   const struct sandbox_path *paths, size_t count,
			   bool is_required);

int __wrap_sandbox_confine(enum sandbox_calls calls,
			   const struct sandbox_path *paths, size_t count,
			   bool is_required)
{
	(void)calls;
	(void)paths;
	(void)count;
	(void)is_required;
	return 0;
}
