// SPDX-License-Identifier: ISC
/*
 * counted_role.c - what a role goes without while counts.py counts its
 * instructions: the sandbox, in which valgrind could not live, and the lookout
 * of ipc/crew.h, which works by the clock.  All else is what is installed.  The
 * linker puts this in their place (--wrap); nothing of it is installed.
 * Runs in: session, auth and maildrop as counts.py has them.
 */
#include "ipc/crew.h"
#include "os/sandbox.h"

/* The linker makes these names. */
int __wrap_sandbox_confine(enum sandbox_calls calls,
			   const struct sandbox_path *paths, size_t count,
			   bool is_required);
int __wrap_lookout_start(struct lookout *l);
void __wrap_lookout_stop(struct lookout *l);

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

/* Who takes a packet finds it awake, as on a busy server. */
int __wrap_lookout_start(struct lookout *l)
{
	atomic_store(&l->is_awake, true);
	return 0;
}

void __wrap_lookout_stop(struct lookout *l)
{
	(void)l;
}
