// SPDX-License-Identifier: ISC
/*
 * maildir_read.h - reading the names of one directory of a Maildir.
 */
#ifndef STORE_MAILDIR_READ_H
#define STORE_MAILDIR_READ_H

#include "store/maildir.h"

/* One directory while it is read. */
struct maildir_reading {
	const struct store_maildrop *md;
	int fd;
	const char *subdir; /* MAILDIR_NEW or MAILDIR_CUR */
	uint8_t pass;
	struct maildir_names *names;
	struct maildir_known *known; /* NULL: each goes into names */
	struct store_fault *fault;
	char *entries;
	size_t cap;
};

/* Reads new/ or cur/, which takes about so many octets.  A name that is known
 * is kept, any other one added. */
enum packet_status maildir_read(const struct maildir *md,
				struct maildir_reading *r, uint64_t octets);

/* Adds its names as they were when they were read last. */
enum packet_status maildir_reading_add_known(const struct maildir_reading *r,
					     const struct snapshot *known);

/* As store_fail, of a name in it. */
enum packet_status maildir_reading_fail(const struct maildir_reading *r,
					int error, const char *what,
					const char *name);

#endif
