// SPDX-License-Identifier: ISC
/*
 * maildir.h - what the files of the Maildir store share.  How a Maildir changes
 * under our hands, and what we make of it, stands in STATES.md.
 */
#ifndef STORE_MAILDIR_H
#define STORE_MAILDIR_H

#include <sys/stat.h>

#include "store/maildir_known.h"
#include "store/store.h"

#define MAILDIR_NEW "new/"
#define MAILDIR_CUR "cur/"

/* new/ and cur/ at one time. */
struct maildir_look {
	struct store_state state;
	uint64_t octets[STORE_STAMPS]; /* of the directories */
	int64_t at_ns;                 /* wall time, just before */
};

struct maildir {
	struct store_maildrop base;
	int fd;                     /* of the Maildir; holds the lock */
	int lock_fd;                /* of a lock held elsewhere, or -1 */
	struct maildir_names fresh; /* the names as they were read last */
	bool has_fresh;
	struct maildir_look look; /* with which the next scan begins */
	bool has_look;
};

/* What one reading of the names yields.  The caller finishes it. */
struct maildir_scan {
	struct maildir_known
	    known; /* what it kept of the list before, if any */
	struct maildir_names names; /* the others; ordered */
	struct store_state state;   /* before they were read */
	uint32_t settled;           /* see store.h */
};

void maildir_scan_finish(struct maildir_scan *scan);

enum packet_status maildir_look(struct maildir *md, struct maildir_look *look_r,
				struct store_fault *fault);

/*
 * Reads the names in new/ and cur/; known, which may be NULL, stands for a
 * directory that has not changed since.  If nothing moves meanwhile, and the
 * names that are not known are plain ones, the scan keeps what is known; else
 * all names are in names, and scan->known is empty.
 */
enum packet_status maildir_scan(struct maildir *md,
				const struct store_known *known,
				struct maildir_scan *scan_r,
				struct store_fault *fault);

/* A message's file, as it was known and as it is found. */
struct maildir_path {
	char text[MAILDIR_PATH_MAX + 1];
	size_t len;
};

/* False if it is not the path of a message: "new/" or "cur/", and the name of
 * a file that is not hidden. */
MUST_USE bool maildir_path_set(struct maildir_path *path, const uint8_t *text,
			       size_t len);

/* Does something to the file: 0 or more, or a negative errno. */
typedef int maildir_act_fn(int fd, const char *path);

/*
 * Does it to the message's file, which is looked for again while it is not
 * where path says.  What act returned; -ENOENT if the message is gone; -EAGAIN
 * if it moves faster than we look; *path is where it was found.  If the names
 * could not be read it is another negative errno.
 */
MUST_USE int maildir_reach(struct maildir *md, struct maildir_path *path,
			   maildir_act_fn *act, struct store_fault *fault);

/* An act: opens it for reading; never follows a link, never waits. */
int maildir_open_file(int fd, const char *path);

enum packet_status maildir_list(struct store_maildrop *md,
				const struct store_known *known,
				struct store_list *list_r,
				struct store_fault *fault);
enum packet_status maildir_fetch(struct store_maildrop *md,
				 const struct snapshot *s, uint32_t idx,
				 int *fd_r, struct store_fault *fault);
enum packet_status maildir_expunge(struct store_maildrop *md,
				   const struct snapshot *s, uint32_t idx,
				   struct store_fault *fault);

/* What reading a file told. */
struct maildir_measured {
	uint64_t octets;
	uint64_t stored;
	uint32_t stamp;
	bool is_wire;
	bool is_message; /* a regular file; else there is nothing more */
};

/* Reads the file to its end, with a buffer of MAILDROP_READ_OCTETS.  0, or a
 * negative errno. */
MUST_USE int maildir_measure(const struct maildir *md, int fd, uint8_t *buffer,
			     struct maildir_measured *m_r);

/* By which it shows that a file of the same size was rewritten: 32 bits of its
 * mtime. */
uint32_t maildir_stamp(const struct stat *st);

static inline struct maildir *maildir_of(struct store_maildrop *md)
{
	return (struct maildir *)(void *)md; /* base is its first member */
}

#endif
