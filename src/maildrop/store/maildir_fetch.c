// SPDX-License-Identifier: ISC
/*
 * maildir_fetch.c - opening and removing messages of a Maildir (store.h).
 * Runs in: maildrop, under the file identity of the mail's owner.
 * Trusts: nothing that it opens.
 * Writes: expunge unlinks a message's file.  That is all that this store ever
 * does to a Maildir.
 */
#include "store/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limits.h"
#include "os/fd.h"

uint32_t maildir_stamp(const struct stat *st)
{
	uint64_t ns = (uint64_t)st->st_mtim.tv_sec * 1000000000u +
		      (uint64_t)st->st_mtim.tv_nsec;

	return (uint32_t)(ns ^ ns >> 32);
}

/* Whether a file that was touched since has the text that was measured, as far
 * as numbers show.  A large one is not worth the time. */
static bool is_same_text(const struct maildir *md, int fd,
			 const struct snapshot_entry *e)
{
	struct maildir_measured m = { 0 };
	uint8_t *buffer;
	bool is_same;

	if (e->stored > MAILDROP_DIRECT_OCTETS_MAX) {
		return false;
	}
	buffer = malloc(MAILDROP_READ_OCTETS);
	is_same = buffer != NULL && maildir_measure(md, fd, buffer, &m) == 0 &&
		  m.stored == e->stored && m.octets == e->octets &&
		  m.is_wire == ((e->flags & SNAPSHOT_IS_WIRE) != 0);
	free(buffer);
	return is_same && lseek(fd, 0, SEEK_SET) == 0;
}

/* It must be the regular file that was measured: what the session sends was
 * announced. */
static enum packet_status check(const struct maildir *md, int fd,
				const struct snapshot_entry *e,
				const struct maildir_path *path,
				struct store_fault *fault)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		return store_fail(fault, errno, "stat", path->text);
	}
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != e->stored) {
		return STATUS_CHANGED;
	}
	return maildir_stamp(&st) == e->stamp || is_same_text(md, fd, e)
		   ? STATUS_OK
		   : STATUS_CHANGED;
}

/* Where the snapshot has it; a name that cannot be a file's is from a cache
 * that somebody else wrote. */
static enum packet_status path_of(const struct snapshot *s, uint32_t idx,
				  struct maildir_path *path,
				  struct store_fault *fault)
{
	struct snapshot_text name = snapshot_name(s, idx);

	if (!maildir_path_set(path, name.at, name.len)) {
		return store_fail(fault, EINVAL, "find", "?");
	}
	return STATUS_OK;
}

enum packet_status maildir_fetch(struct store_maildrop *base,
				 const struct snapshot *s, uint32_t idx,
				 int *fd_r, struct store_fault *fault)
{
	struct maildir *md = maildir_of(base);
	struct maildir_path path;
	enum packet_status status = path_of(s, idx, &path, fault);
	int fd;

	if (status != STATUS_OK) {
		return status;
	}
	fd = maildir_reach(md, &path, maildir_open_file, fault);
	if (fd == -ENOENT) {
		return STATUS_GONE;
	}
	if (fd == -ELOOP || fd == -ENXIO) {
		return STATUS_CHANGED; /* a link or a FIFO took its place */
	}
	if (fd < 0) {
		return store_fail(fault, -fd, "open", path.text);
	}
	status = check(md, fd, &s->entries[idx], &path, fault);
	if (status != STATUS_OK) {
		fd_close(&fd);
		return status;
	}
	*fd_r = fd;
	return STATUS_OK;
}

static int remove_file(int fd, const char *path)
{
	return unlinkat(fd, path, 0) < 0 ? -errno : 0;
}

enum packet_status maildir_expunge(struct store_maildrop *base,
				   const struct snapshot *s, uint32_t idx,
				   struct store_fault *fault)
{
	struct maildir *md = maildir_of(base);
	struct maildir_path path;
	enum packet_status status = path_of(s, idx, &path, fault);
	int rc;

	if (status != STATUS_OK) {
		return status;
	}
	rc = maildir_reach(md, &path, remove_file, fault);
	if (rc == 0 || rc == -ENOENT) {
		return STATUS_OK;
	}
	return store_fail(fault, -rc, "remove", path.text);
}
