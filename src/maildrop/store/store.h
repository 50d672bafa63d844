// SPDX-License-Identifier: ISC
/*
 * store.h - a store is a way of keeping mail: the table of functions by which
 * the maildrop role opens, lists, fetches and removes.  Runs in: maildrop, in
 * any of its threads, under the file identity of the mail's owner; calls for
 * one maildrop come one at a time.
 *
 * A store returns and never logs: what failed, and on which path, it leaves in
 * a struct store_fault.  It writes nothing but what its STATES.md says.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/packet.h"
#include "ipc/snapshot.h"
#include "store/listing.h"

#define STORE_STAMPS         2u
#define STORE_SETTLED_ALL    ((1u << STORE_STAMPS) - 1)
#define STORE_FAULT_PATH_MAX 512u

/* What failed last; error 0 is nothing. */
struct store_fault {
	int error;                       /* an errno */
	const char *what;                /* static */
	char path[STORE_FAULT_PATH_MAX]; /* below the maildrop; cut if longer */
};

/* Notes what failed; returns what that is to the client. */
enum packet_status store_fail(struct store_fault *fault, int error,
			      const char *what, const char *path);

/* By which a change of a maildrop is seen: of Maildir, new/ and cur/. */
struct store_stamp {
	uint64_t dev, ino;
	int64_t mtime_ns, ctime_ns;
};

struct store_state {
	struct store_stamp stamps[STORE_STAMPS];
};

/*
 * Takes a lock where the maildrop's own file system has none, in the name of
 * its device and inode.  0, and the descriptor that holds it; -EWOULDBLOCK, or
 * another negative errno.
 */
typedef int store_lock_fn(void *ctx, uint64_t dev, uint64_t ino, bool is_shared,
			  int *fd_r);

struct store_place {
	int root_fd;      /* of the mail root; borrowed */
	const char *path; /* of the maildrop, relative to it */
	bool is_shared;   /* lock it together with others who do */
	store_lock_fn *lock;
	void *lock_ctx;
};

/* How a store asks, while it lists, whether it may go on and read about so many
 * octets more; it asks every MAILDROP_READ_OCTETS, and before each file. */
struct store_pace {
	bool (*may_read)(struct store_pace *pace, uint64_t octets);
	void *ctx;
	bool stands_back; /* its thread does (os/thread.h) */
};

/* The beginning of each store's own structure. */
struct store_maildrop {
	uint64_t dev, ino; /* which maildrop this is */
	bool is_absent;    /* there is none yet: no mail, and nothing locked */
	struct store_pace *pace; /* NULL: list may take as long as it takes */
};

/* The fault's error if a list was not made since pace said no. */
#define STORE_STOPPED ECANCELED

MUST_USE bool store_may_read(const struct store_maildrop *md, uint64_t octets);

/* What is known of a maildrop from before. */
struct store_known {
	struct snapshot list;
	struct store_state state;
	uint32_t settled; /* see below */
};

/* What list found. */
struct store_list {
	struct listing listing; /* the caller finishes it */
	struct store_state state;
	/* Bit i: as long as stamp i is the same, so is what it stands for. */
	uint32_t settled;
};

struct store {
	const char *name;

	/*
	 * Opens and locks; it stays locked until close, and no longer than this
	 * process lives.  STATUS_IN_USE if somebody else has it.  A maildrop
	 * that was never made is empty (is_absent); one that cannot be reached
	 * is a failure, never an empty one.
	 */
	enum packet_status (*open)(const struct store_place *place,
				   struct store_maildrop **md_r,
				   struct store_fault *fault);

	/* The state now. */
	enum packet_status (*state)(struct store_maildrop *md,
				    struct store_state *state_r,
				    struct store_fault *fault);

	/*
	 * All messages, in the order of their delivery.  What stands in known
	 * (which may be NULL) is not measured again, nor is what has not
	 * changed since then read again.  All or nothing: one message that
	 * cannot be read is a failure; one that has vanished is not listed.
	 */
	enum packet_status (*list)(struct store_maildrop *md,
				   const struct store_known *known,
				   struct store_list *list_r,
				   struct store_fault *fault);

	/*
	 * Opens message idx of the snapshot for reading, wherever it is now.
	 * STATUS_GONE if it is nowhere, STATUS_CHANGED if it is not of the size
	 * that was listed.
	 */
	enum packet_status (*fetch)(struct store_maildrop *md,
				    const struct snapshot *s, uint32_t idx,
				    int *fd_r, struct store_fault *fault);

	/* Removes message idx.  STATUS_OK if it has vanished already. */
	enum packet_status (*expunge)(struct store_maildrop *md,
				      const struct snapshot *s, uint32_t idx,
				      struct store_fault *fault);

	/* Unlocks; *md may be NULL, and is NULL then. */
	void (*close)(struct store_maildrop **md);
};

extern const struct store store_maildir;

#endif
