// SPDX-License-Identifier: ISC
/*
 * guard_file.h - the file that auth's guard keeps in mind what it must (who
 * failed, who is familiar: auth/guard.h) in: made by the master, which passes
 * it to each auth (PACKET_FILE, FILE_GUARD), and mapped there.
 */
#ifndef IPC_GUARD_FILE_H
#define IPC_GUARD_FILE_H

#include "base/checked.h"

/* Octets: a head, and the tables of auth/guard_memory.h. */
#define GUARD_FILE_OCTETS (4096u + (14u << 20))

/*
 * Opens the file at path, or makes it, for its owner alone, so that it can be
 * mapped: see guard_file_fill.  The descriptor, or a negative errno; -EINVAL
 * if path is not a regular file's.  What stands in it is auth's to judge.
 */
MUST_USE int guard_file_open(const char *path);

/*
 * Sees to it that a file open for reading and writing has GUARD_FILE_OCTETS at
 * least, and a place on the disk for each of them: a mapping of a shorter one,
 * or one for which the disk has no room, would end its user by a SIGBUS.  It
 * never gets shorter: another process may have it mapped.  0, or a negative
 * errno.
 */
MUST_USE int guard_file_fill(int fd);

#endif
