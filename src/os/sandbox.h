// SPDX-License-Identifier: ISC
/*
 * sandbox.h - what a role may still do once it serves: a list of system calls
 * (seccomp, kill on violation) and a list of paths (Landlock).
 */
#ifndef OS_SANDBOX_H
#define OS_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/checked.h"

enum sandbox_access {
	SANDBOX_READ = 1,   /* open files to read, list directories */
	SANDBOX_REMOVE = 2, /* unlink files */
	SANDBOX_WRITE = 4,  /* make and write files; with REMOVE, rename them */
};

/* Everything below path, which must exist. */
struct sandbox_path {
	const char *path;
	unsigned access; /* enum sandbox_access, or-ed */
};

enum sandbox_calls {
	SANDBOX_SESSION,
	SANDBOX_AUTH,
	SANDBOX_MAILDROP,
	SANDBOX_KEY,
};

/*
 * Confines the process, all of its threads to come, and whatever it could
 * still exec: no_new_privs, Landlock, seccomp, no core file, not dumpable.
 * Call it with one thread.  What the kernel lacks is logged as a warning, or,
 * if is_required, as an error.  0, or a negative errno: then the process must
 * end.
 */
MUST_USE int sandbox_confine(enum sandbox_calls calls,
			     const struct sandbox_path *paths, size_t count,
			     bool is_required);

#endif
