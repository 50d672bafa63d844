// SPDX-License-Identifier: ISC
/*
 * maildir_list.c - the snapshot of a Maildir: sizes of its messages, measured
 * or known, and their unique-ids (store.h).
 * Runs in: maildrop, under the file identity of the mail's owner.
 * Trusts: known as far as snapshot.h checks it; no name; no file.
 */
#include "store/maildir.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "os/fd.h"

/* A list in the making.  Its items point into names, uids and files' paths. */
struct making {
	struct maildir *md;
	const struct snapshot *known; /* or NULL */
	uint32_t known_idx;           /* all before it come before the next */
	struct maildir_known *kept;   /* by the scan */
	struct maildir_names *names;
	struct snapshot_item *items; /* one for each name */
	uint32_t count;
	uint8_t *buffer; /* MAILDROP_READ_OCTETS, once needed */
	uint8_t (*made)[MAILDIR_MADE_UID_LEN]; /* unique-ids that we made */
	size_t made_count;
	struct store_fault *fault;
};

/* 1 and *m_r; 0 if there is no such message any more; or a negative errno. */
static int measure(struct making *mk, struct maildir_path *path,
		   struct maildir_measured *m_r)
{
	int fd = maildir_reach(mk->md, path, maildir_open_file, mk->fault);
	int rc;

	if (fd == -ENOENT || fd == -ELOOP || fd == -ENXIO) {
		return 0; /* it vanished, or a link or a FIFO took its place */
	}
	if (fd < 0) {
		return fd;
	}
	if (mk->buffer == NULL) {
		mk->buffer = malloc(MAILDROP_READ_OCTETS);
	}
	rc = mk->buffer == NULL ? -ENOMEM
				: maildir_measure(mk->md, fd, mk->buffer, m_r);
	fd_close(&fd);
	return rc < 0 ? rc : m_r->is_message;
}

static void put_kept(struct making *mk, uint32_t idx)
{
	const struct snapshot_entry *e = &mk->known->entries[idx];
	struct snapshot_text name = snapshot_name(mk->known, idx);
	struct snapshot_text uid = snapshot_uid(mk->known, idx);

	mk->items[mk->count++] = (struct snapshot_item){
		.octets = e->octets,
		.stored = e->stored,
		.name = name.at,
		.uid = uid.at,
		.name_len = e->name_len,
		.uid_len = e->uid_len,
		.flags = e->flags,
		.stamp = e->stamp,
	};
}

/* What the scan has kept of those before message idx. */
static void put_kept_before(struct making *mk, uint32_t idx)
{
	for (; mk->known_idx < idx; mk->known_idx++) {
		if (mk->kept->kept[mk->known_idx] != 0) {
			put_kept(mk, mk->known_idx);
		}
	}
}

/* Both lists are in the same order, so each is walked once. */
static const struct snapshot_entry *walk_known(struct making *mk,
					       const struct maildir_base *base)
{
	while (mk->known_idx < mk->known->head->count) {
		struct snapshot_text name =
		    snapshot_name(mk->known, mk->known_idx);
		struct maildir_base here =
		    maildir_base_in_path(name.at, name.len);
		int order = maildir_compare(&here, base);

		if (order > 0) {
			return NULL;
		}
		mk->known_idx++;
		if (order == 0) {
			return &mk->known->entries[mk->known_idx - 1];
		}
	}
	return NULL;
}

/* What is known of a message whose name is not; what comes before it is put
 * into the list first. */
static const struct snapshot_entry *find_known(struct making *mk,
					       const struct maildir_base *base)
{
	bool is_it;
	uint32_t idx;

	if (mk->known == NULL) {
		return NULL;
	}
	if (mk->kept == NULL) {
		return walk_known(mk, base);
	}
	idx = maildir_known_find(mk->kept, base, &is_it);
	put_kept_before(mk, idx);
	return is_it ? &mk->known->entries[idx] : NULL;
}

static void put_known(struct snapshot_item *item,
		      const struct snapshot_entry *known)
{
	item->octets = known->octets;
	item->stored = known->stored;
	item->flags = known->flags;
	item->stamp = known->stamp;
}

static enum packet_status put_measured(struct making *mk,
				       const struct maildir_name *name,
				       struct snapshot_item *item,
				       bool *is_there_r)
{
	struct maildir_measured m = { 0 };
	struct maildir_path path;
	int rc = 0;

	if (maildir_path_set(&path, maildir_path_of(mk->names, name),
			     name->len)) {
		rc = measure(mk, &path, &m);
	}
	if (rc < 0) {
		return store_fail(mk->fault, -rc, "read", path.text);
	}
	item->octets = m.octets;
	item->stored = m.stored;
	item->stamp = m.stamp;
	item->flags = m.is_wire ? SNAPSHOT_IS_WIRE : 0;
	*is_there_r = rc > 0;
	return STATUS_OK;
}

static enum packet_status put_item(struct making *mk,
				   const struct maildir_name *name)
{
	struct maildir_base base = maildir_base_at(mk->names, name);
	const struct snapshot_entry *known = find_known(mk, &base);
	struct snapshot_item *item = &mk->items[mk->count];
	enum packet_status status = STATUS_OK;
	bool is_there = true;

	*item = (struct snapshot_item){
		.name = maildir_path_of(mk->names, name),
		.name_len = name->len,
		.uid = base.at,
		.uid_len = (uint8_t)base.len,
	};
	if (known != NULL) {
		put_known(item, known);
	} else {
		status = put_measured(mk, name, item, &is_there);
	}
	if (!maildir_is_uid(base.at, base.len)) {
		item->uid = NULL;
		mk->made_count += is_there;
	}
	mk->count += is_there;
	return status;
}

static bool is_made(struct making *mk, const uint8_t *uid, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (memcmp(mk->made[i], uid, MAILDIR_MADE_UID_LEN) == 0) {
			return true;
		}
	}
	return false;
}

/* Whether two of the made ones are the same, or there is no memory to tell: the
 * slow way is right in any case. */
static bool has_twins(const struct making *mk)
{
	struct maildir_names uids = { 0 };
	int rc = 0;
	bool is_unique;

	for (size_t i = 0; i < mk->made_count && rc == 0; i++) {
		rc = maildir_names_add(&uids, MAILDIR_CUR,
				       (const char *)mk->made[i],
				       MAILDIR_MADE_UID_LEN, 0);
	}
	is_unique = rc == 0 && maildir_names_order(&uids) == 0 &&
		    uids.count == mk->made_count;
	maildir_names_finish(&uids);
	return !is_unique;
}

/* In the order of delivery each gets the first of its unique-ids that none
 * before it has. */
static void separate_twins(struct making *mk)
{
	size_t n = 0;

	for (uint32_t i = 0; i < mk->count; i++) {
		struct snapshot_item *item = &mk->items[i];
		struct maildir_base base;
		uint64_t again = 0;

		if (item->uid != mk->made[n]) {
			continue;
		}
		base = maildir_base_in_path(item->name, item->name_len);
		while (is_made(mk, mk->made[n], n)) {
			maildir_make_uid(base.at, base.len, ++again,
					 mk->made[n]);
		}
		n++;
		if (n == mk->made_count) {
			return;
		}
	}
}

static enum packet_status make_uids(struct making *mk)
{
	size_t n = 0;

	if (mk->made_count == 0) {
		return STATUS_OK;
	}
	mk->made = malloc(mk->made_count * sizeof(*mk->made));
	if (mk->made == NULL) {
		return store_fail(mk->fault, ENOMEM, "list", ".");
	}
	for (uint32_t i = 0; i < mk->count; i++) {
		struct snapshot_item *item = &mk->items[i];
		struct maildir_base base;

		if (item->uid != NULL) {
			continue;
		}
		base = maildir_base_in_path(item->name, item->name_len);
		maildir_make_uid(base.at, base.len, 0, mk->made[n]);
		item->uid = mk->made[n];
		item->uid_len = MAILDIR_MADE_UID_LEN;
		n++;
	}
	if (has_twins(mk)) {
		separate_twins(mk);
	}
	return STATUS_OK;
}

static enum packet_status build(const struct making *mk,
				struct listing *listing_r)
{
	struct listing listing = LISTING_NONE;
	size_t len = 0;
	int rc;

	if (!snapshot_size(mk->items, mk->count, &len)) {
		return store_fail(mk->fault, E2BIG, "list", ".");
	}
	rc = listing_create(&listing, len);
	if (rc < 0) {
		return store_fail(mk->fault, -rc, "list", ".");
	}
	snapshot_build(listing.memory, len, mk->items, mk->count);
	*listing_r = listing;
	return STATUS_OK;
}

static enum packet_status make(struct making *mk, struct listing *listing_r)
{
	uint32_t known = mk->kept == NULL ? 0 : mk->known->head->count;
	uint32_t kept = mk->kept == NULL ? 0 : maildir_known_kept(mk->kept);
	size_t count_max = mk->names->count + kept;
	enum packet_status status = STATUS_OK;

	if (count_max > MAILDROP_MESSAGES_MAX) {
		return store_fail(mk->fault, E2BIG, "list", ".");
	}
	mk->items = malloc((count_max + 1) * sizeof(mk->items[0]));
	if (mk->items == NULL) {
		return store_fail(mk->fault, ENOMEM, "list", ".");
	}
	for (size_t i = 0; i < mk->names->count && status == STATUS_OK; i++) {
		status = put_item(mk, &mk->names->at[i]);
	}
	put_kept_before(mk, known);
	if (status == STATUS_OK) {
		status = make_uids(mk);
	}
	return status == STATUS_OK ? build(mk, listing_r) : status;
}

static void forget_fresh(struct maildir *md)
{
	maildir_names_finish(&md->fresh);
	md->has_fresh = false;
}

enum packet_status maildir_list(struct store_maildrop *base,
				const struct store_known *known,
				struct store_list *list_r,
				struct store_fault *fault)
{
	struct maildir_scan scan = { 0 };
	struct making mk = { .md = maildir_of(base),
			     .known = known == NULL ? NULL : &known->list,
			     .names = &scan.names,
			     .fault = fault };
	struct listing listing = LISTING_NONE;
	enum packet_status status = STATUS_OK;

	if (!base->is_absent) {
		status = maildir_scan(mk.md, known, &scan, fault);
	}
	if (status == STATUS_OK) {
		mk.kept = scan.known.s == NULL ? NULL : &scan.known;
		status = make(&mk, &listing);
	}
	if (status == STATUS_OK) {
		*list_r =
		    (struct store_list){ listing, scan.state, scan.settled };
	}
	forget_fresh(mk.md);
	free(mk.items);
	free(mk.buffer);
	free(mk.made);
	maildir_scan_finish(&scan);
	return status;
}
