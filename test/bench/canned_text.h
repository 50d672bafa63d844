// SPDX-License-Identifier: ISC
/*
 * canned_text.h - what canned.c answers, made before it serves.
 * Runs in: canned.c alone.  Trusts: its arguments; what it cannot have ends the
 * process with a message.  Allocates: once, and gives nothing back.
 */
#ifndef BENCH_CANNED_TEXT_H
#define BENCH_CANNED_TEXT_H

#include <stddef.h>
#include <sys/types.h>

#define CANNED_MESSAGES_MAX 1000000u
#define CANNED_OCTETS_MAX   (1u << 30)
#define CANNED_FILES_MAX    16u

/* Octets in memory, or, if fd is not -1, of a file from at on. */
struct piece {
	const char *octets;
	size_t len;
	int fd;
	off_t at;
};

/* Zeroed, then canned_add_file any number of times, then canned_make. */
struct canned_text {
	size_t messages;
	struct piece stat; /* whole replies */
	struct piece list;
	struct piece uidl;
	struct piece message; /* each of them, if there are no files */
	struct piece files[CANNED_FILES_MAX];
	size_t files_count;
};

void canned_add_file(struct canned_text *t, const char *path);

/* messages of octets each; but with files those are the messages. */
void canned_make(struct canned_text *t, size_t messages, size_t octets);

/* idx from 0. */
struct piece canned_message(const struct canned_text *t, size_t idx);

#endif
