// SPDX-License-Identifier: ISC
/*
 * maildir_scan.c - reading the names of a Maildir while others change it
 * (maildir.h; why it is done so stands in STATES.md, "Scan").
 * Runs in: maildrop.  Trusts: the kernel; no name.
 */
#include "store/maildir_read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "limits.h"

/* Those that cannot stay the same over one more change. */
static uint32_t old_ones(const struct maildir_look *look)
{
	int64_t young_ns = look->at_ns - MAILDIR_YOUNG_NS;
	uint32_t old = 0;

	for (size_t i = 0; i < STORE_STAMPS; i++) {
		const struct store_stamp *s = &look->state.stamps[i];

		if (s->mtime_ns <= young_ns && s->ctime_ns <= young_ns) {
			old |= 1u << i;
		}
	}
	return old;
}

static const char *const subdirs[STORE_STAMPS] = { MAILDIR_NEW, MAILDIR_CUR };

static bool is_unchanged(const struct store_known *known,
			 const struct maildir_look *look, size_t which)
{
	return known != NULL && (known->settled >> which & 1) != 0 &&
	       memcmp(&known->state.stamps[which], &look->state.stamps[which],
		      sizeof(struct store_stamp)) == 0;
}

/* Every name of a subdirectory, or those that are not known. */
static enum packet_status read_or_know(struct maildir *md,
				       struct maildir_reading *r,
				       const struct maildir_look *look,
				       const struct store_known *known,
				       size_t which)
{
	r->subdir = subdirs[which];
	if (!is_unchanged(known, look, which)) {
		if (r->known != NULL && maildir_known_index(r->known) < 0) {
			return maildir_reading_fail(r, ENOMEM, "list", "");
		}
		return maildir_read(md, r, look->octets[which]);
	}
	if (r->known == NULL) {
		return maildir_reading_add_known(r, &known->list);
	}
	maildir_known_keep_all(r->known, r->subdir);
	return STATUS_OK;
}

static enum packet_status look_before(struct maildir *md,
				      struct maildir_look *look_r,
				      struct store_fault *fault)
{
	if (md->has_look) {
		md->has_look = false;
		*look_r = md->look;
		return STATUS_OK;
	}
	return maildir_look(md, look_r, fault);
}

/* One pass.  new/ first: what moves to cur/ meanwhile is seen there at the
 * latest.  *is_same_r: nothing changed while it was read. */
static enum packet_status read_once(struct maildir *md,
				    const struct store_known *known,
				    struct maildir_scan *scan, uint8_t pass,
				    bool *is_same_r, struct store_fault *fault)
{
	struct maildir_reading r = { .md = &md->base,
				     .fd = -1,
				     .pass = pass,
				     .names = &scan->names,
				     .known = scan->known.s == NULL
						  ? NULL
						  : &scan->known,
				     .fault = fault };
	struct maildir_look look = { 0 };
	struct maildir_look after = { 0 };
	enum packet_status status = look_before(md, &look, fault);

	scan->state = look.state;
	scan->settled = old_ones(&look);
	for (size_t i = 0; i < STORE_STAMPS && status == STATUS_OK; i++) {
		status = read_or_know(md, &r, &look, known, i);
	}
	if (status == STATUS_OK) {
		status = maildir_look(md, &after, fault);
	}
	*is_same_r = status == STATUS_OK &&
		     memcmp(&after.state, &look.state, sizeof(look.state)) == 0;
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

/* Whether each new name is a message of its own, or takes the place of one that
 * was not kept: the others want to be looked at together. */
static bool is_plain(const struct maildir_scan *scan, size_t read)
{
	if (scan->names.count != read) {
		return false;
	}
	for (size_t i = 0; i < scan->names.count; i++) {
		struct maildir_base base =
		    maildir_base_at(&scan->names, &scan->names.at[i]);
		bool is_it;
		uint32_t idx = maildir_known_find(&scan->known, &base, &is_it);

		if (!maildir_is_uid(base.at, base.len) ||
		    (is_it && scan->known.kept[idx] != 0)) {
			return false;
		}
	}
	return true;
}

/* Reads what is not known.  False, with STATUS_OK, if it takes more than one
 * pass of that. */
static enum packet_status read_news(struct maildir *md,
				    const struct store_known *known,
				    struct maildir_scan *scan,
				    bool *is_enough_r,
				    struct store_fault *fault)
{
	enum packet_status status;
	size_t read;

	*is_enough_r = false;
	if (known == NULL) {
		return STATUS_OK;
	}
	if (maildir_known_init(&scan->known, &known->list) < 0) {
		return store_fail(fault, ENOMEM, "list", ".");
	}
	status = read_once(md, known, scan, 0, is_enough_r, fault);
	read = scan->names.count;
	if (status == STATUS_OK && *is_enough_r) {
		status = order(scan, fault);
		*is_enough_r = status == STATUS_OK && is_plain(scan, read);
	}
	return status;
}

enum packet_status maildir_scan(struct maildir *md,
				const struct store_known *known,
				struct maildir_scan *scan_r,
				struct store_fault *fault)
{
	struct maildir_scan scan = { 0 };
	bool is_enough;
	enum packet_status status =
	    read_news(md, known, &scan, &is_enough, fault);

	if (status == STATUS_OK && !is_enough) {
		maildir_scan_finish(&scan);
		status = read_until_same(md, known, &scan, fault);
	}
	if (status != STATUS_OK) {
		maildir_scan_finish(&scan);
		return status;
	}
	*scan_r = scan;
	return STATUS_OK;
}

void maildir_scan_finish(struct maildir_scan *scan)
{
	maildir_known_finish(&scan->known);
	maildir_names_finish(&scan->names);
}
