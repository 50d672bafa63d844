// SPDX-License-Identifier: ISC
/*
 * maildir_read.c - reading the names of one directory (maildir_read.h).
 * Runs in: maildrop.  Trusts: the kernel; no name.
 */
#include "store/maildir_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limits.h"
#include "os/fd.h"

/* The largest entry: its head and a name of MAILDIR_NAME_MAX with NUL. */
#define ENTRY_MAX (sizeof(struct dirent64))

enum packet_status maildir_reading_fail(const struct maildir_reading *r,
					int error, const char *what,
					const char *name)
{
	char path[MAILDIR_PATH_MAX + 1];

	(void)snprintf(path, sizeof(path), "%s%s", r->subdir, name);
	return store_fail(r->fault, error, what, path);
}

/* Where the file system does not say what it is, the file does. */
static int is_regular(const struct maildir_reading *r, const struct dirent64 *e)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN) {
		return e->d_type == DT_REG;
	}
	if (fstatat(r->fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		return errno == ENOENT ? 0 : -errno;
	}
	return S_ISREG(st.st_mode);
}

static enum packet_status add(const struct maildir_reading *r,
			      const struct dirent64 *e)
{
	size_t len = strlen(e->d_name);
	int rc;

	if (e->d_name[0] == '.' || len > MAILDIR_NAME_MAX) {
		return STATUS_OK; /* hidden; or a name that no Maildir has */
	}
	rc = is_regular(r, e);
	if (rc < 0) {
		return maildir_reading_fail(r, -rc, "stat", e->d_name);
	}
	if (rc == 0) {
		return STATUS_OK;
	}
	if (r->known != NULL &&
	    maildir_known_keep(r->known, r->subdir, e->d_name, len)) {
		return STATUS_OK;
	}
	rc = maildir_names_add(r->names, r->subdir, e->d_name, len, r->pass);
	return rc < 0 ? maildir_reading_fail(r, -rc, "list", "") : STATUS_OK;
}

/* Some entries that follow each other. */
struct batch {
	const struct dirent64 *at[MAILDIR_KNOWN_BATCH];
	const char *names[MAILDIR_KNOWN_BATCH];
	size_t count;
};

/* Fills it from the len octets at entries; returns how many it took. */
static size_t batch_take(struct batch *b, const char *entries, size_t len)
{
	size_t taken = 0;

	b->count = 0;
	while (taken < len && b->count < MAILDIR_KNOWN_BATCH) {
		const struct dirent64 *e = (const void *)(entries + taken);

		b->at[b->count] = e;
		b->names[b->count] = e->d_name;
		b->count++;
		taken += e->d_reclen;
	}
	return taken;
}

static enum packet_status add_all(const struct maildir_reading *r, size_t len)
{
	enum packet_status status = STATUS_OK;
	struct batch b;

	for (size_t at = 0; at < len && status == STATUS_OK;) {
		at += batch_take(&b, r->entries + at, len - at);
		if (r->known != NULL) {
			maildir_known_fetch(r->known, b.names, b.count);
		}
		for (size_t i = 0; i < b.count && status == STATUS_OK; i++) {
			status = add(r, b.at[i]);
		}
	}
	return status;
}

/* Entries of the directory take about as many octets as its size says, where it
 * says something; twice that is enough for most. */
static size_t first_cap(uint64_t octets)
{
	if (octets < MAILDIR_READ_MIN / 2) {
		return MAILDIR_READ_MIN;
	}
	return octets > MAILDIR_READ_MAX / 2 ? MAILDIR_READ_MAX
					     : (size_t)octets * 2;
}

/* A larger buffer, and from the start again. */
static int enlarge(struct maildir_reading *r)
{
	size_t cap =
	    r->cap * 4 > MAILDIR_READ_MAX ? MAILDIR_READ_MAX : r->cap * 4;
	char *entries;

	if (!store_may_read(r->md, cap)) {
		return -STORE_STOPPED;
	}
	entries = malloc(cap);
	if (entries == NULL) {
		return -ENOMEM;
	}
	free(r->entries);
	r->entries = entries;
	r->cap = cap;
	return lseek(r->fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

/*
 * The kernel holds the directory's lock for the length of one getdents64: what
 * one call returns is one state of it, however busy others are.  So the buffer
 * grows until all fits into one, as far as MAILDIR_READ_MAX.
 */
static enum packet_status read_entries(struct maildir_reading *r)
{
	enum packet_status status = STATUS_OK;
	ssize_t n = getdents64(r->fd, r->entries, r->cap);

	while (n > 0 && (size_t)n > r->cap - ENTRY_MAX &&
	       r->cap < MAILDIR_READ_MAX) {
		int rc = enlarge(r);

		if (rc < 0) {
			return maildir_reading_fail(r, -rc, "read", "");
		}
		n = getdents64(r->fd, r->entries, r->cap);
	}
	while (n > 0 && status == STATUS_OK) {
		status = add_all(r, (size_t)n);
		n = getdents64(r->fd, r->entries, r->cap);
	}
	return n < 0 ? maildir_reading_fail(r, errno, "read", "") : status;
}

enum packet_status maildir_reading_add_known(const struct maildir_reading *r,
					     const struct snapshot *known)
{
	for (uint32_t i = 0; i < known->head->count; i++) {
		struct snapshot_text text = snapshot_name(known, i);
		const char *name = (const char *)text.at + MAILDIR_SUBDIR_LEN;
		int rc;

		if (text.len <= MAILDIR_SUBDIR_LEN ||
		    text.len > MAILDIR_PATH_MAX ||
		    memcmp(text.at, r->subdir, MAILDIR_SUBDIR_LEN) != 0) {
			continue;
		}
		rc = maildir_names_add(r->names, r->subdir, name,
				       text.len - MAILDIR_SUBDIR_LEN, r->pass);
		if (rc < 0) {
			return maildir_reading_fail(r, -rc, "list", "");
		}
	}
	return STATUS_OK;
}

enum packet_status maildir_read(const struct maildir *md,
				struct maildir_reading *r, uint64_t octets)
{
	/* without its slash, behind which a link would be followed */
	char name[MAILDIR_SUBDIR_LEN] = { 0 };
	enum packet_status status;

	memcpy(name, r->subdir, sizeof(name) - 1);
	r->fd = openat(md->fd, name,
		       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (r->fd < 0) {
		return maildir_reading_fail(r, errno, "open", "");
	}
	r->cap = first_cap(octets);
	if (store_may_read(r->md, r->cap)) {
		r->entries = malloc(r->cap);
		status = r->entries == NULL
			     ? maildir_reading_fail(r, ENOMEM, "read", "")
			     : read_entries(r);
	} else {
		r->entries = NULL;
		status = maildir_reading_fail(r, STORE_STOPPED, "read", "");
	}
	free(r->entries);
	fd_close(&r->fd);
	return status;
}
