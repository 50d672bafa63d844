// SPDX-License-Identifier: ISC
/*
 * maildir_scan.c - reading the names of a Maildir while others change it
 * (maildir.h; why it is done so stands in STATES.md, "Scan").
 * Runs in: maildrop.  Trusts: the kernel; no name.
 */
#include "store/maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limits.h"
#include "os/clock.h"
#include "os/fd.h"

/* The largest entry: its head and a name of MAILDIR_NAME_MAX with NUL. */
#define ENTRY_MAX (sizeof(struct dirent64))

/* One directory while it is read. */
struct reading {
	const struct store_maildrop *md;
	int fd;
	const char *subdir; /* MAILDIR_NEW or MAILDIR_CUR */
	uint8_t pass;
	struct maildir_names *names;
	struct store_fault *fault;
	char *entries;
	size_t cap;
};

static enum packet_status fail(const struct reading *r, int error,
			       const char *what, const char *name)
{
	char path[MAILDIR_PATH_MAX + 1];

	(void)snprintf(path, sizeof(path), "%s%s", r->subdir, name);
	return store_fail(r->fault, error, what, path);
}

/* Where the file system does not say what it is, the file does. */
static int is_regular(const struct reading *r, const struct dirent64 *e)
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

static enum packet_status add(const struct reading *r, const struct dirent64 *e)
{
	size_t len = strlen(e->d_name);
	int rc;

	if (e->d_name[0] == '.' || len > MAILDIR_NAME_MAX) {
		return STATUS_OK; /* hidden; or a name that no Maildir has */
	}
	rc = is_regular(r, e);
	if (rc < 0) {
		return fail(r, -rc, "stat", e->d_name);
	}
	if (rc == 0) {
		return STATUS_OK;
	}
	rc = maildir_names_add(r->names, r->subdir, e->d_name, len, r->pass);
	return rc < 0 ? fail(r, -rc, "list", "") : STATUS_OK;
}

static enum packet_status add_all(const struct reading *r, size_t len)
{
	enum packet_status status = STATUS_OK;

	for (size_t at = 0; at < len && status == STATUS_OK;) {
		const struct dirent64 *e = (const void *)(r->entries + at);

		status = add(r, e);
		at += e->d_reclen;
	}
	return status;
}

/* Entries of the directory take about as many octets as its size says, where it
 * says something; twice that is enough for most. */
static size_t first_cap(int fd)
{
	struct stat st;
	uint64_t guess;

	if (fstat(fd, &st) < 0 || st.st_size < 0) {
		return MAILDIR_READ_MIN;
	}
	guess = (uint64_t)st.st_size * 2;
	if (guess < MAILDIR_READ_MIN) {
		return MAILDIR_READ_MIN;
	}
	return guess > MAILDIR_READ_MAX ? MAILDIR_READ_MAX : (size_t)guess;
}

/* A larger buffer, and from the start again. */
static int enlarge(struct reading *r)
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
static enum packet_status read_entries(struct reading *r)
{
	enum packet_status status = STATUS_OK;
	ssize_t n = getdents64(r->fd, r->entries, r->cap);

	while (n > 0 && (size_t)n > r->cap - ENTRY_MAX &&
	       r->cap < MAILDIR_READ_MAX) {
		int rc = enlarge(r);

		if (rc < 0) {
			return fail(r, -rc, "read", "");
		}
		n = getdents64(r->fd, r->entries, r->cap);
	}
	while (n > 0 && status == STATUS_OK) {
		status = add_all(r, (size_t)n);
		n = getdents64(r->fd, r->entries, r->cap);
	}
	return n < 0 ? fail(r, errno, "read", "") : status;
}

/* The names of one directory as they were when they were read last. */
static enum packet_status add_known(const struct reading *r,
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
			return fail(r, -rc, "list", "");
		}
	}
	return STATUS_OK;
}

static enum packet_status read_subdir(const struct maildir *md,
				      struct reading *r)
{
	/* without its slash, behind which a link would be followed */
	char name[MAILDIR_SUBDIR_LEN] = { 0 };
	enum packet_status status;

	memcpy(name, r->subdir, sizeof(name) - 1);
	r->fd = openat(md->fd, name,
		       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (r->fd < 0) {
		return fail(r, errno, "open", "");
	}
	r->cap = first_cap(r->fd);
	if (store_may_read(r->md, r->cap)) {
		r->entries = malloc(r->cap);
		status = r->entries == NULL ? fail(r, ENOMEM, "read", "")
					    : read_entries(r);
	} else {
		r->entries = NULL;
		status = fail(r, STORE_STOPPED, "read", "");
	}
	free(r->entries);
	fd_close(&r->fd);
	return status;
}

/* Those that cannot stay the same over one more change. */
static uint32_t old_ones(const struct store_state *state, int64_t now_ns)
{
	uint32_t old = 0;

	for (size_t i = 0; i < STORE_STAMPS; i++) {
		const struct store_stamp *s = &state->stamps[i];

		if (s->mtime_ns <= now_ns - MAILDIR_YOUNG_NS &&
		    s->ctime_ns <= now_ns - MAILDIR_YOUNG_NS) {
			old |= 1u << i;
		}
	}
	return old;
}

/* 0 for new/, 1 for cur/: as in the state. */
static enum packet_status read_or_know(struct maildir *md, struct reading *r,
				       const struct maildir_scan *scan,
				       const struct store_known *known,
				       size_t which)
{
	static const char *const subdirs[] = { MAILDIR_NEW, MAILDIR_CUR };

	r->subdir = subdirs[which];
	if (known != NULL && (known->settled >> which & 1) != 0 &&
	    memcmp(&known->state.stamps[which], &scan->state.stamps[which],
		   sizeof(struct store_stamp)) == 0) {
		return add_known(r, &known->list);
	}
	return read_subdir(md, r);
}

/* One pass.  new/ first: what moves to cur/ meanwhile is seen there at the
 * latest.  *is_same_r: nothing changed while it was read. */
static enum packet_status read_once(struct maildir *md,
				    const struct store_known *known,
				    struct maildir_scan *scan, uint8_t pass,
				    bool *is_same_r, struct store_fault *fault)
{
	struct reading r = { .md = &md->base,
			     .fd = -1,
			     .pass = pass,
			     .names = &scan->names,
			     .fault = fault };
	struct store_state after = { 0 };
	int64_t now_ns = clock_unix_ns();
	enum packet_status status = maildir_state(md, &scan->state, fault);

	scan->settled = old_ones(&scan->state, now_ns);
	for (size_t i = 0; i < STORE_STAMPS && status == STATUS_OK; i++) {
		status = read_or_know(md, &r, scan, known, i);
	}
	if (status == STATUS_OK) {
		status = maildir_state(md, &after, fault);
	}
	*is_same_r = status == STATUS_OK &&
		     memcmp(&after, &scan->state, sizeof(after)) == 0;
	return status;
}

/* Of the names that only an earlier pass has seen, those whose file is still
 * there were missed by the last one. */
static void drop_vanished(const struct maildir *md, struct maildir_names *names,
			  uint8_t last)
{
	size_t kept = 0;

	for (size_t i = 0; i < names->count; i++) {
		struct maildir_name *name = &names->at[i];
		struct maildir_path path;
		struct stat st;

		if (name->pass != last &&
		    (!maildir_path_set(&path, maildir_path_of(names, name),
				       name->len) ||
		     fstatat(md->fd, path.text, &st, AT_SYMLINK_NOFOLLOW) <
			 0)) {
			continue;
		}
		names->at[kept++] = *name;
	}
	names->count = kept;
}

/* A list that leaves out a second file of a message does not stand for its
 * directory: should the first one go, the second must be seen. */
static enum packet_status order(struct maildir_scan *scan,
				struct store_fault *fault)
{
	size_t count = scan->names.count;
	int rc = maildir_names_order(&scan->names);

	if (rc < 0) {
		return store_fail(fault, -rc, "list", ".");
	}
	if (scan->names.count != count) {
		scan->settled = 0;
	}
	return STATUS_OK;
}

static enum packet_status read_until_same(struct maildir *md,
					  const struct store_known *known,
					  struct maildir_scan *scan,
					  struct store_fault *fault)
{
	enum packet_status status;

	for (uint8_t pass = 0; pass < MAILDIR_PASSES_MAX; pass++) {
		size_t before = scan->names.count;
		bool is_same = false;

		status = read_once(md, known, scan, pass, &is_same, fault);
		if (status != STATUS_OK) {
			return status;
		}
		if (is_same) {
			maildir_names_drop_front(&scan->names, before);
			return order(scan, fault);
		}
	}
	scan->settled = 0;
	status = order(scan, fault);
	drop_vanished(md, &scan->names, MAILDIR_PASSES_MAX - 1);
	return status;
}

enum packet_status maildir_scan(struct maildir *md,
				const struct store_known *known,
				struct maildir_scan *scan_r,
				struct store_fault *fault)
{
	struct maildir_scan scan = { 0 };
	enum packet_status status = read_until_same(md, known, &scan, fault);

	if (status != STATUS_OK) {
		maildir_names_finish(&scan.names);
		return status;
	}
	*scan_r = scan;
	return STATUS_OK;
}
