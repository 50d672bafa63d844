// SPDX-License-Identifier: ISC
/*
 * drop_texts.c - handing out a maildrop's messages: a large one as a
 * descriptor, small ones as what stands in them, several at once (drop.h).
 * Runs in: maildrop, in any thread.
 * Trusts: its caller, for the indexes; no file to be what it was when it was
 * looked at.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "drop_impl.h"
#include "limits.h"
#include "os/clock.h"
#include "os/fd.h"

/* What one fetch works on. */
struct fetching {
	struct drop *drop;
	struct snapshot list;
	struct packet *texts;
	struct store_fault *fault;
};

static enum packet_status begin(struct fetching *f)
{
	enum packet_status status = drop_become_owner(f->drop, f->fault);

	return status == STATUS_OK ? drop_view(f->drop, &f->list, f->fault)
				   : status;
}

static enum packet_status open_message(struct fetching *f, uint32_t idx,
				       int *fd_r)
{
	struct drop *d = f->drop;

	return d->ctx->store->fetch(d->stored, &f->list, idx, fd_r, f->fault);
}

static bool has_room(const struct packet *p, uint64_t stored)
{
	return stored <= PACKET_TEXT_MAX &&
	       stored + sizeof(uint32_t) <= PACKET_MAX - p->len;
}

/* 0, or negative if fewer octets come than the file had a moment ago. */
static int read_all(int fd, uint8_t *at, size_t len)
{
	while (len != 0) {
		ssize_t n = read(fd, at, len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return n < 0 ? -errno : -EPIPE;
		}
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Puts the text of fd, for which there is room, behind the others. */
static enum packet_status put_text(struct fetching *f, uint32_t idx, int fd)
{
	struct packet *p = f->texts;
	uint32_t len = (uint32_t)f->list.entries[idx].stored;
	uint8_t *at = p->as.octets + p->len;
	int rc = read_all(fd, at + sizeof(len), len);

	if (rc == -EPIPE) {
		return STATUS_CHANGED;
	}
	if (rc < 0) {
		return store_fail(f->fault, -rc, "read", ".");
	}
	memcpy(at, &len, sizeof(len));
	p->len += sizeof(len) + len;
	p->as.texts.count++;
	return STATUS_OK;
}

static enum packet_status put_message(struct fetching *f, uint32_t idx)
{
	int fd;
	enum packet_status status = open_message(f, idx, &fd);

	if (status == STATUS_OK) {
		status = put_text(f, idx, fd);
		fd_close(&fd);
	}
	return status;
}

/* What cannot be had is told when it is asked for; and none that was had waits
 * long for those behind it. */
static void read_ahead(struct fetching *f, uint32_t from, uint32_t end)
{
	uint64_t until_ms = clock_ms() + MAILDROP_DIRECT_MS;

	for (uint32_t i = from; i < end; i++) {
		if (!has_room(f->texts, f->list.entries[i].stored) ||
		    clock_ms() > until_ms || put_message(f, i) != STATUS_OK) {
			return;
		}
	}
}

static enum packet_status fetch(struct fetching *f, uint32_t idx,
				uint32_t count, struct drop_large *large)
{
	enum packet_status status = begin(f);

	if (status != STATUS_OK) {
		return status;
	}
	large->stored = f->list.entries[idx].stored;
	if (!has_room(f->texts, large->stored)) {
		status = open_message(f, idx, &large->fd);
	} else {
		status = put_message(f, idx);
	}
	if (status == STATUS_CHANGED) {
		cache_forget(f->drop->ctx->cache, drop_id(f->drop));
	} else if (status == STATUS_OK && large->fd == -1) {
		read_ahead(f, idx + 1, idx + count);
	}
	return status;
}

enum packet_status drop_fetch(struct drop *d, uint32_t idx, uint32_t count,
			      struct packet *texts, struct drop_large *large_r)
{
	struct store_fault fault = { 0 };
	struct fetching f = { .drop = d, .texts = texts, .fault = &fault };
	enum packet_status status;

	*large_r = (struct drop_large){ .fd = -1 };
	pthread_mutex_lock(&d->lock);
	status = fetch(&f, idx, count, large_r);
	pthread_mutex_unlock(&d->lock);
	return drop_told(d, status, &fault);
}
