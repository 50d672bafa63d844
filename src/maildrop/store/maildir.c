// SPDX-License-Identifier: ISC
/*
 * maildir.c - the Maildir store: opening, locking, closing (store.h,
 * STATES.md).
 * Runs in: maildrop, under the file identity of the mail's owner.
 * Trusts: the path only as far as beneath.h; nothing that it finds there.
 * Writes: nothing; maildir_fetch.c removes.
 */
#include "store/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "os/clock.h"
#include "os/fd.h"
#include "store/beneath.h"

static bool has_no_locks(int error)
{
	/* NFS locks no directory, some file systems nothing at all */
	return error == EBADF || error == ENOLCK || error == EOPNOTSUPP ||
	       error == EINVAL || error == ENOSYS;
}

static int take_lock(struct maildir *md, const struct store_place *place)
{
	int how = (place->is_shared ? LOCK_SH : LOCK_EX) | LOCK_NB;

	if (flock(md->fd, how) == 0) {
		return 0;
	}
	if (!has_no_locks(errno)) {
		return -errno;
	}
	return place->lock(place->lock_ctx, md->base.dev, md->base.ino,
			   place->is_shared, &md->lock_fd);
}

static enum packet_status lock(struct maildir *md,
			       const struct store_place *place,
			       struct store_fault *fault)
{
	struct stat st;
	int rc;

	if (fstat(md->fd, &st) < 0) {
		return store_fail(fault, errno, "stat", ".");
	}
	md->base.dev = st.st_dev;
	md->base.ino = st.st_ino;
	rc = take_lock(md, place);
	if (rc == -EWOULDBLOCK) {
		return STATUS_IN_USE;
	}
	return rc < 0 ? store_fail(fault, -rc, "lock", ".") : STATUS_OK;
}

/* Missing is nothing but a Maildir that was never made; anything else could
 * hide mail. */
static enum packet_status enter(struct maildir *md,
				const struct store_place *place,
				struct store_fault *fault)
{
	int rc = beneath_open(place->root_fd, place->path);

	if (rc == -ENOENT) {
		rc = beneath_check_absent(place->root_fd, place->path);
		if (rc == 0) {
			md->base.is_absent = true;
			return STATUS_OK;
		}
		(void)store_fail(fault, -rc, "find above", ".");
		return STATUS_TEMP;
	}
	if (rc < 0) {
		return store_fail(fault, -rc, "open", ".");
	}
	md->fd = rc;
	return lock(md, place, fault);
}

static void close_maildir(struct store_maildrop **md_at)
{
	struct maildir *md = maildir_of(*md_at);

	if (md == NULL) {
		return;
	}
	fd_close(&md->fd);
	fd_close(&md->lock_fd);
	maildir_names_finish(&md->fresh);
	free(md);
	*md_at = NULL;
}

static enum packet_status open_maildir(const struct store_place *place,
				       struct store_maildrop **md_r,
				       struct store_fault *fault)
{
	struct maildir *md = calloc(1, sizeof(*md));
	struct store_maildrop *base;
	enum packet_status status;

	if (md == NULL) {
		return store_fail(fault, ENOMEM, "open", ".");
	}
	md->fd = -1;
	md->lock_fd = -1;
	base = &md->base;
	status = enter(md, place, fault);
	if (status != STATUS_OK) {
		close_maildir(&base);
		return status;
	}
	*md_r = base;
	return STATUS_OK;
}

static int64_t ns_of(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static enum packet_status look_at(const struct maildir *md, const char *subdir,
				  struct store_stamp *stamp_r,
				  uint64_t *octets_r, struct store_fault *fault)
{
	struct stat st;

	if (fstatat(md->fd, subdir, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		return store_fail(fault, errno, "stat", subdir);
	}
	*stamp_r = (struct store_stamp){
		.dev = st.st_dev,
		.ino = st.st_ino,
		.mtime_ns = ns_of(&st.st_mtim),
		.ctime_ns = ns_of(&st.st_ctim),
	};
	*octets_r = st.st_size < 0 ? 0 : (uint64_t)st.st_size;
	return STATUS_OK;
}

enum packet_status maildir_look(struct maildir *md, struct maildir_look *look_r,
				struct store_fault *fault)
{
	static const char *const subdirs[STORE_STAMPS] = { "new", "cur" };
	struct maildir_look look = { .at_ns = clock_unix_ns() };
	enum packet_status status = STATUS_OK;

	for (size_t i = 0; i < STORE_STAMPS && status == STATUS_OK; i++) {
		status = look_at(md, subdirs[i], &look.state.stamps[i],
				 &look.octets[i], fault);
	}
	if (status == STATUS_OK) {
		*look_r = look;
	}
	return status;
}

/* The list that may follow needs not look again: whatever happens from now on,
 * its end will see. */
static enum packet_status state_of(struct store_maildrop *base,
				   struct store_state *state_r,
				   struct store_fault *fault)
{
	struct maildir *md = maildir_of(base);
	enum packet_status status = maildir_look(md, &md->look, fault);

	md->has_look = status == STATUS_OK;
	if (status == STATUS_OK) {
		*state_r = md->look.state;
	}
	return status;
}

const struct store store_maildir = {
	.name = "maildir",
	.open = open_maildir,
	.state = state_of,
	.list = maildir_list,
	.fetch = maildir_fetch,
	.expunge = maildir_expunge,
	.close = close_maildir,
};
