// SPDX-License-Identifier: ISC
/*
 * sink_mbox.c - delivery into an mbox, and files beside it for folders
 * (sink.h).
 * Runs in: a carrier thread.  Trusts: nothing in the files.  Allocates: the
 * sink and its items.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "fetch/limits.h"
#include "fetch/sink/mbox_files.h"
#include "fetch/sink/mbox_find.h"
#include "fetch/sink/mbox_place.h"
#include "fetch/sink/mbox_take.h"
#include "fetch/sink/mboxrd.h"
#include "fetch/sink/sink_impl.h"
#include "fetch/sink/spool.h"
#include "fetch/sink/token.h"
#include "os/fd.h"

struct mbox {
	struct sink sink;
	struct list files; /* struct mbox_file, by path */
	struct spool spool;
	struct mboxrd quoted;  /* the message that is being written */
	XXH3_state_t *hashing; /* the same */
};

struct mbox_item {
	struct sink_item item;
	struct mbox *of;
	struct mbox_file *file;
	struct spool_text text;
	struct mbox_place place;
};

static struct mbox *mbox_of(struct sink *s)
{
	return (struct mbox *)(void *)s;
}

static struct mbox_item *item_of(struct sink_item *item)
{
	return (struct mbox_item *)(void *)item;
}

static void mbox_close(struct sink *s)
{
	struct mbox *m = mbox_of(s);

	mbox_files_finish(&m->files);
	spool_finish(&m->spool);
	XXH3_freeState(m->hashing);
	free(m);
}

static int put_text(void *arg, const uint8_t *at, size_t len)
{
	struct mbox_item *it = arg;

	if (XXH3_64bits_update(it->of->hashing, at, len) != XXH_OK) {
		return -EIO;
	}
	return spool_write(&it->of->spool, &it->text, at, len);
}

static int begin_text(struct mbox *m, struct mbox_item *it, int64_t now_unix)
{
	char line[MBOXRD_FROM_MAX];
	size_t len;

	it->place.unix_time = now_unix;
	token_make(it->place.token);
	memcpy(it->place.folder, it->file->folder, sizeof(it->place.folder));
	spool_begin(&m->spool, &it->text);
	(void)XXH3_64bits_reset(m->hashing);
	mboxrd_init(&m->quoted, put_text, it);
	len = mboxrd_from_line(line, now_unix, it->place.token);
	return put_text(it, (const uint8_t *)line, len);
}

static struct mbox_file *file_of(struct mbox *m, const char *folder)
{
	struct mbox_file *f = mbox_files_get(&m->files, m->sink.to, folder);

	if (f != NULL) {
		f->heed = &m->sink.heed;
	}
	return f;
}

static struct sink_item *
mbox_begin(struct sink *s, const struct sink_about *about, struct why *why)
{
	struct mbox *m = mbox_of(s);
	struct mbox_item *it;
	int rc;

	if (about->folder != NULL && mbox_file_is_lock(about->folder)) {
		why_set(why, WHY_CONFIG,
			"a folder of an mbox cannot end in .lock: %s",
			about->folder);
		return NULL;
	}
	it = calloc(1, sizeof(*it));
	if (it != NULL) {
		it->of = m;
		it->file = file_of(m, about->folder);
	}
	if (it == NULL || it->file == NULL) {
		mbox_failed(why, -ENOMEM, "deliver into", s->to->path);
		free(it);
		return NULL;
	}
	rc = begin_text(m, it, about->now_unix);
	if (rc < 0) {
		mbox_failed(why, rc, "keep a message for", s->to->path);
		spool_drop(&m->spool, &it->text);
		free(it);
		return NULL;
	}
	return &it->item;
}

static int mbox_write(struct sink *s, struct sink_item *item, const uint8_t *at,
		      size_t len, struct why *why)
{
	int rc = mboxrd_write(&mbox_of(s)->quoted, at, len);

	(void)item;
	return rc < 0 ? mbox_failed(why, rc, "keep a message for", s->to->path)
		      : 0;
}

static int mbox_end(struct sink *s, struct sink_item *item, struct why *why)
{
	struct mbox *m = mbox_of(s);
	struct mbox_item *it = item_of(item);
	int rc = mboxrd_end(&m->quoted);

	if (rc < 0) {
		return mbox_failed(why, rc, "keep a message for", s->to->path);
	}
	it->place.octets = it->text.octets;
	it->place.hash = XXH3_64bits_digest(m->hashing);
	return 0;
}

/* Whether one of the items that are at that step is the file's. */
static bool has_one(const struct mbox_file *f, struct sink_item **items,
		    size_t count, enum sink_step step)
{
	for (size_t i = 0; i < count; i++) {
		if (item_of(items[i])->file == f && items[i]->step == step) {
			return true;
		}
	}
	return false;
}

/* Locks what the group needs, in the order that all keep. */
static int lock_all(struct mbox *m, struct sink_item **items, size_t count,
		    struct why *why)
{
	for (struct list *l = m->files.next; l != &m->files; l = l->next) {
		struct mbox_file *f = mbox_file_at(l);

		if (has_one(f, items, count, SINK_ENDED) &&
		    mbox_take(f, why) < 0) {
			mbox_files_unlock(&m->files);
			return -1;
		}
	}
	return 0;
}

/* Where the message goes: behind the file's end, or the one before it, which
 * ends in an empty line. */
static int fix_place(struct mbox_item *it)
{
	struct mbox_file *f = it->file;
	int rc = mbox_before(f, f->start, &it->place.before);

	if (rc < 0) {
		return rc;
	}
	rc = f->end == f->start ? mbox_file_lead(f) : 0;
	if (rc < 0) {
		return rc;
	}
	it->place.start = f->start;
	it->place.at = f->end;
	it->place.lead = (uint32_t)rc;
	f->end += it->place.lead + it->place.octets;
	mbox_place_write(it->item.place, &it->place);
	return 0;
}

static int mbox_ready(struct sink *s, struct sink_item **items, size_t count,
		      struct why *why)
{
	struct mbox *m = mbox_of(s);

	if (lock_all(m, items, count, why) < 0) {
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		struct mbox_item *it = item_of(items[i]);
		int rc = fix_place(it);

		if (rc < 0) {
			mbox_files_unlock(&m->files);
			return mbox_failed(why, rc, "read", it->file->path);
		}
	}
	return 0;
}

static int append(struct mbox *m, const struct mbox_item *it)
{
	const uint8_t *piece = (const uint8_t *)"\n\n";
	size_t len = it->place.lead;
	uint64_t at = 0;
	int rc = fd_write_all(it->file->fd, piece, len);

	while (rc == 0) {
		rc = spool_piece(&m->spool, &it->text, at, &piece, &len);
		if (rc == 0 && len == 0) {
			return 0;
		}
		rc = rc == 0 ? fd_write_all(it->file->fd, piece, len) : rc;
		at += len;
	}
	return rc;
}

/* Whether the file is as long as the message's place says; else a program has
 * written to it without a lock. */
static int is_in_place(const struct mbox_item *it)
{
	struct stat st;

	if (fstat(it->file->fd, &st) < 0) {
		return -errno;
	}
	return (uint64_t)st.st_size == it->place.at ? 1 : 0;
}

/* What is written of a message goes; if not now, then when it is looked for. */
static void give_back(struct mbox_file *f, uint64_t octets)
{
	if (mbox_file_cut(f, octets) < 0) {
		f->end = octets;
	}
}

static int mbox_deliver(struct sink *s, struct sink_item *item, struct why *why)
{
	struct mbox_item *it = item_of(item);
	int rc = is_in_place(it);

	if (rc < 0) {
		return mbox_failed(why, rc, "look at", it->file->path);
	}
	if (rc == 0) {
		why_set(why, WHY_TEMP,
			"another program writes to %s without locking it",
			it->file->path);
		return -1;
	}
	mbox_file_hold(it->file);
	rc = append(mbox_of(s), it);
	if (rc < 0) {
		give_back(it->file, it->place.at);
		return mbox_failed(why, rc, "append to", it->file->path);
	}
	return 0;
}

/* If it is not durable it is not there: what the next run finds decides. */
static int settle_file(struct mbox_file *f, bool has_new, struct why *why)
{
	int rc = has_new ? mbox_file_sync(f) : 0;

	if (rc < 0) {
		give_back(f, f->start);
		return mbox_failed(why, rc, "sync", f->path);
	}
	return 0;
}

static int mbox_settle(struct sink *s, struct sink_item **items, size_t count,
		       struct why *why)
{
	struct mbox *m = mbox_of(s);
	int rc = 0;

	for (struct list *l = m->files.next; l != &m->files; l = l->next) {
		struct mbox_file *f = mbox_file_at(l);

		if (f->fd != -1 &&
		    settle_file(f, has_one(f, items, count, SINK_VISIBLE),
				why) < 0) {
			rc = -1;
		}
		mbox_file_unlock(f);
	}
	return rc;
}

static void mbox_release(struct sink *s, struct sink_item *item)
{
	struct mbox *m = mbox_of(s);

	spool_drop(&m->spool, &item_of(item)->text);
	free(item_of(item));
	if (s->items == 1) {
		mbox_files_unlock(&m->files); /* a group that was given up */
	}
}

static enum sink_found mbox_find_place(struct sink *s, const char *text)
{
	struct mbox_place place;
	struct mbox_file *f;
	enum sink_found found;
	int rc;

	if (!mbox_place_read(text, &place) || mbox_file_is_lock(place.folder)) {
		return SINK_UNKNOWN;
	}
	f = file_of(mbox_of(s), place.folder[0] == '\0' ? NULL : place.folder);
	if (f == NULL) {
		return SINK_UNKNOWN;
	}
	rc = mbox_file_lock(f, false, FETCH_MBOX_LOCK_MS);
	if (rc < 0) {
		found = rc == -ETIMEDOUT || rc == -ECANCELED ? SINK_BUSY
							     : SINK_UNKNOWN;
		return rc == -ENOENT ? SINK_NOT_THERE : found;
	}
	found = mbox_find(f, &place);
	mbox_file_unlock(f);
	return found;
}

static const struct sink_kind kind = {
	.close = mbox_close,
	.begin = mbox_begin,
	.write = mbox_write,
	.end = mbox_end,
	.ready = mbox_ready,
	.deliver = mbox_deliver,
	.settle = mbox_settle,
	.release = mbox_release,
	.find = mbox_find_place,
};

struct sink *sink_mbox_open(const struct destination *d, struct why *why)
{
	struct mbox *m = calloc(1, sizeof(*m));

	if (m == NULL) {
		mbox_failed(why, -ENOMEM, "open", d->path);
		return NULL;
	}
	m->sink.kind = &kind;
	list_init(&m->files);
	m->hashing = XXH3_createState();
	if (m->hashing == NULL || spool_init(&m->spool) < 0) {
		mbox_failed(why, -ENOMEM, "open", d->path);
		XXH3_freeState(m->hashing);
		free(m);
		return NULL;
	}
	return &m->sink;
}
