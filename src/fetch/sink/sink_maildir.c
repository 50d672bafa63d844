// SPDX-License-Identifier: ISC
/*
 * sink_maildir.c - delivery into a Maildir and its folders (sink.h).
 * Runs in: a carrier thread.  Trusts: nothing that is in the Maildir.
 * Allocates: the sink, its items, and a box for each folder.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/list.h"
#include "fetch/limits.h"
#include "fetch/sink/folder.h"
#include "fetch/sink/maildir_box.h"
#include "fetch/sink/maildir_place.h"
#include "fetch/sink/outfile.h"
#include "fetch/sink/sink_impl.h"
#include "fetch/sink/sync_files.h"
#include "os/clock.h"
#include "os/fd.h"

struct maildir_item {
	struct sink_item item;
	struct list link; /* of open_items, while fd is open and it has ended */
	struct maildir_box *box;
	int fd;
	int sync_error;
	uint64_t octets;
	char tmp_name[sizeof(MAILDIR_OURS) + MAILDIR_BASE_MAX];
	char base[MAILDIR_BASE_MAX];
};

struct maildir {
	struct sink sink;
	int fd; /* the Maildir, for its folders */
	struct maildir_box inbox;
	struct list folders;    /* struct maildir_box */
	struct list open_items; /* struct maildir_item: not yet synced */
	size_t open_count;
	uint64_t count;     /* messages begun: a part of names */
	struct outfile out; /* of the message that is being written */
	char host[FETCH_MAILDIR_HOST_MAX + 1];
};

static struct maildir *maildir_of(struct sink *s)
{
	return (struct maildir *)(void *)s;
}

static struct maildir_item *item_of(struct sink_item *item)
{
	return (struct maildir_item *)(void *)item;
}

static int failed(struct why *why, int error, const char *what,
		  const struct sink *s)
{
	why_errno(why, sink_kind_of_errno(error, WHY_DELIVERY), error,
		  "cannot %s the Maildir %s", what, s->to->path);
	return -1;
}

static void maildir_close(struct sink *s)
{
	struct maildir *m = maildir_of(s);

	while (!list_is_empty(&m->folders)) {
		struct maildir_box *b =
		    LIST_OWNER(m->folders.next, struct maildir_box, link);

		maildir_box_finish(b);
		free(b);
	}
	maildir_box_finish(&m->inbox);
	outfile_finish(&m->out);
	fd_close(&m->fd);
	free(m);
}

/* The open files of ended messages, synced and closed. */
static void sync_open_items(struct maildir *m)
{
	struct sync_file files[FETCH_SYNC_FILES];
	struct list *at = m->open_items.next;

	assert(m->open_count <= FETCH_SYNC_FILES);
	for (size_t i = 0; i < m->open_count; i++, at = at->next) {
		files[i].fd = LIST_OWNER(at, struct maildir_item, link)->fd;
	}
	sync_files(files, m->open_count);
	for (size_t i = 0; i < m->open_count; i++) {
		struct maildir_item *it =
		    LIST_OWNER(m->open_items.next, struct maildir_item, link);

		it->sync_error = files[i].error;
		fd_close(&it->fd);
		list_remove(&it->link);
	}
	m->open_count = 0;
}

static struct maildir_box *folder_known(struct maildir *m, const char *name)
{
	for (struct list *l = m->folders.next; l != &m->folders; l = l->next) {
		struct maildir_box *b = LIST_OWNER(l, struct maildir_box, link);

		if (strcmp(b->folder, name) == 0) {
			return b;
		}
	}
	return NULL;
}

static struct maildir_box *folder_opened(struct maildir *m, const char *name,
					 struct why *why)
{
	struct maildir_box *b = malloc(sizeof(*b));

	if (b == NULL) {
		why_errno(why, WHY_TEMP, ENOMEM, "folder %s", name);
		return NULL;
	}
	if (maildir_box_init(b, m->fd, name, why) < 0) {
		free(b);
		return NULL;
	}
	memcpy(b->folder, name, strlen(name) + 1);
	maildir_box_tidy(b, clock_unix());
	list_append(&m->folders, &b->link);
	return b;
}

static struct maildir_box *box_for(struct maildir *m, const char *folder,
				   struct why *why)
{
	char name[FOLDER_MAILDIR_MAX];
	struct maildir_box *b;

	if (folder == NULL) {
		return &m->inbox;
	}
	folder_for_maildir(folder, name);
	b = folder_known(m, name);
	return b != NULL ? b : folder_opened(m, name, why);
}

/* A name that is new in the world.  If descriptors run out, those that only
 * wait for a sync are given back first. */
static int make_file(struct maildir *m, struct maildir_item *it,
		     int64_t now_unix)
{
	maildir_stem(it->base, now_unix, ++m->count, m->host);
	snprintf(it->tmp_name, sizeof(it->tmp_name), "%s%s", MAILDIR_OURS,
		 it->base);
	it->fd = openat(it->box->tmp_fd, it->tmp_name,
			O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (it->fd < 0 && (errno == EMFILE || errno == ENFILE) &&
	    m->open_count != 0) {
		sync_open_items(m);
		it->fd = openat(it->box->tmp_fd, it->tmp_name,
				O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	return it->fd;
}

static struct sink_item *
maildir_begin(struct sink *s, const struct sink_about *about, struct why *why)
{
	struct maildir *m = maildir_of(s);
	struct maildir_box *box = box_for(m, about->folder, why);
	struct maildir_item *it;

	if (box == NULL) {
		return NULL;
	}
	it = calloc(1, sizeof(*it));
	if (it == NULL) {
		failed(why, ENOMEM, "write into", s);
		return NULL;
	}
	list_init(&it->link);
	it->box = box;
	if (make_file(m, it, about->now_unix) < 0) {
		failed(why, errno, "write into", s);
		free(it);
		return NULL;
	}
	outfile_begin(&m->out, it->fd);
	return &it->item;
}

static int maildir_write(struct sink *s, struct sink_item *item,
			 const uint8_t *at, size_t len, struct why *why)
{
	struct maildir *m = maildir_of(s);
	int rc = outfile_write(&m->out, at, len);

	item_of(item)->octets += len;
	return rc < 0 ? failed(why, -rc, "write into", s) : 0;
}

static int maildir_end(struct sink *s, struct sink_item *item, struct why *why)
{
	struct maildir *m = maildir_of(s);
	struct maildir_item *it = item_of(item);
	size_t len = strlen(it->base);
	int rc = outfile_flush(&m->out);

	if (rc < 0) {
		return failed(why, -rc, "write into", s);
	}
	snprintf(it->base + len, sizeof(it->base) - len, ",S=%" PRIu64,
		 it->octets);
	list_append(&m->open_items, &it->link);
	m->open_count++;
	if (m->open_count == FETCH_SYNC_FILES) {
		sync_open_items(m);
	}
	return 0;
}

static int maildir_ready(struct sink *s, struct sink_item **items, size_t count,
			 struct why *why)
{
	sync_open_items(maildir_of(s));
	for (size_t i = 0; i < count; i++) {
		struct maildir_item *it = item_of(items[i]);

		if (it->sync_error != 0) {
			return failed(why, it->sync_error, "sync a file of", s);
		}
		maildir_place_write(items[i]->place, it->box->folder, it->base);
	}
	return 0;
}

/* A server of NFS may have made the link, and its answer been lost. */
static bool is_linked(const struct maildir_item *it)
{
	struct stat st;

	return fstatat(it->box->tmp_fd, it->tmp_name, &st,
		       AT_SYMLINK_NOFOLLOW) == 0 &&
	       st.st_nlink == 2;
}

static int move_by_link(const struct maildir_item *it)
{
	const struct maildir_box *b = it->box;

	if (linkat(b->tmp_fd, it->tmp_name, b->new_fd, it->base, 0) < 0 &&
	    !(errno == EEXIST && is_linked(it))) {
		return -errno;
	}
	(void)unlinkat(b->tmp_fd, it->tmp_name, 0);
	return 0;
}

static bool is_not_known(int rc)
{
	return rc == -EINVAL || rc == -ENOSYS || rc == -EPERM ||
	       rc == -EOPNOTSUPP;
}

/* Without ever replacing a file.  NFS and others know no flags of rename; some
 * (exFAT, FUSE) no second name of a file either, and then the 64 random bits in
 * the name have to do. */
static int move(const struct maildir_item *it)
{
	const struct maildir_box *b = it->box;
	int rc = renameat2(b->tmp_fd, it->tmp_name, b->new_fd, it->base,
			   RENAME_NOREPLACE) < 0
		     ? -errno
		     : 0;

	if (is_not_known(rc)) {
		rc = move_by_link(it);
	}
	if (is_not_known(rc)) {
		rc = renameat(b->tmp_fd, it->tmp_name, b->new_fd, it->base) < 0
			 ? -errno
			 : 0;
	}
	return rc;
}

static int maildir_deliver(struct sink *s, struct sink_item *item,
			   struct why *why)
{
	struct maildir_item *it = item_of(item);
	int rc = move(it);

	if (rc < 0) {
		return failed(why, -rc, "deliver into", s);
	}
	it->box->is_dirty = true;
	return 0;
}

static int settle_box(struct sink *s, struct maildir_box *b, struct why *why)
{
	int rc = b->is_dirty ? maildir_box_sync(b) : 0;

	if (rc < 0) {
		return failed(why, -rc, "sync", s);
	}
	b->is_dirty = false;
	return 0;
}

static int maildir_settle(struct sink *s, struct sink_item **items,
			  size_t count, struct why *why)
{
	struct maildir *m = maildir_of(s);
	int rc = settle_box(s, &m->inbox, why);

	(void)items;
	(void)count;
	for (struct list *l = m->folders.next; l != &m->folders && rc == 0;
	     l = l->next) {
		rc =
		    settle_box(s, LIST_OWNER(l, struct maildir_box, link), why);
	}
	return rc;
}

static void maildir_release(struct sink *s, struct sink_item *item)
{
	struct maildir_item *it = item_of(item);

	if (!list_is_empty(&it->link)) {
		list_remove(&it->link);
		maildir_of(s)->open_count--;
	}
	fd_close(&it->fd);
	if (item->step != SINK_VISIBLE && item->step != SINK_SETTLED) {
		(void)unlinkat(it->box->tmp_fd, it->tmp_name, 0);
	}
	free(it);
}

static enum sink_found maildir_find(struct sink *s, const char *place)
{
	return maildir_place_find(maildir_of(s)->fd, place);
}

static const struct sink_kind kind = {
	.close = maildir_close,
	.begin = maildir_begin,
	.write = maildir_write,
	.end = maildir_end,
	.ready = maildir_ready,
	.deliver = maildir_deliver,
	.settle = maildir_settle,
	.release = maildir_release,
	.find = maildir_find,
};

static int open_boxes(struct maildir *m, const char *path, struct why *why)
{
	if (maildir_box_init(&m->inbox, AT_FDCWD, path, why) < 0) {
		return -1;
	}
	m->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m->fd < 0) {
		why_errno(why, WHY_DELIVERY, errno, "cannot open %s", path);
		maildir_box_finish(&m->inbox);
		return -1;
	}
	maildir_box_tidy(&m->inbox, clock_unix());
	return 0;
}

struct sink *sink_maildir_open(const struct destination *d, struct why *why)
{
	struct maildir *m = calloc(1, sizeof(*m));

	if (m == NULL || outfile_init(&m->out) < 0) {
		why_errno(why, WHY_INTERNAL, ENOMEM, "Maildir %s", d->path);
		free(m);
		return NULL;
	}
	if (open_boxes(m, d->path, why) < 0) {
		outfile_finish(&m->out);
		free(m);
		return NULL;
	}
	m->sink.kind = &kind;
	list_init(&m->folders);
	list_init(&m->open_items);
	maildir_host(m->host);
	return &m->sink;
}
