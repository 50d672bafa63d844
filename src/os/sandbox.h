// SPDX-License-Identifier: ISC
/*
 * sandbox.h - what a process may still do: system calls (seccomp) and paths,
 * ports and signals (Landlock).  A role of the server has lists of what it may;
 * a program of a user's own has a list of paths, and of calls that it may not.
 */
#ifndef OS_SANDBOX_H
#define OS_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

enum sandbox_access {
	SANDBOX_READ = 1,   /* open files to read, list directories */
	SANDBOX_REMOVE = 2, /* unlink files */
	SANDBOX_WRITE = 4,  /* make and write files; with REMOVE, rename them */
	SANDBOX_LIST = 8,   /* list directories, and no more */
	/* make directories; with WRITE and REMOVE, move files between them */
	SANDBOX_FOLDERS = 16,
	SANDBOX_DEVICE = 32, /* read, write, control */
};

/* Everything below path, or a file. */
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
 * Confines a role: the process, all of its threads to come, and whatever it
 * could still exec: no_new_privs, Landlock, seccomp, no core file, not
 * dumpable.  Call it with one thread.  Paths must exist.  What the kernel lacks
 * is logged as a warning, or, if is_required, as an error.  0, or a negative
 * errno: then the process must end.
 */
MUST_USE int sandbox_confine(enum sandbox_calls calls,
			     const struct sandbox_path *paths, size_t count,
			     bool is_required);

/* For a program of a user's own. */
struct sandbox_user {
	const struct sandbox_path *paths; /* that may be there */
	size_t paths_count;
	const uint16_t *ports; /* to which TCP connects */
	size_t ports_count;
};

/* What the kernel has no rules for. */
enum sandbox_lacks {
	SANDBOX_LACKS_PATHS = 1,
	SANDBOX_LACKS_PORTS = 2,
	SANDBOX_LACKS_SIGNALS = 4,
	SANDBOX_LACKS_CALLS = 8,
};

/*
 * Confines the process, and all of its threads to come: no_new_privs; files
 * and folders as the paths say; no TCP but to the ports, none that listens; no
 * signal to others; and none of the calls by which a process gets out, as into
 * another program or process (sandbox_refuse.c lists them).  Call it with one
 * thread.  0, and *lacks_r is of enum sandbox_lacks; or a negative errno: then
 * the process must end.
 */
MUST_USE int sandbox_confine_user(const struct sandbox_user *user,
				  unsigned *lacks_r);

#endif
