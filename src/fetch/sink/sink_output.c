// SPDX-License-Identifier: ISC
/*
 * sink_output.c - messages on standard output: as an mbox, or as they stand
 * (sink.h).
 * Runs in: a carrier thread.  Trusts: its caller.  Allocates: the sink and its
 * items.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch/sink/mboxrd.h"
#include "fetch/sink/sink_impl.h"
#include "fetch/sink/spool.h"
#include "fetch/sink/token.h"
#include "os/fd.h"

struct output {
	struct sink sink;
	struct spool spool;
	struct mboxrd quoted; /* the message that is being written */
};

struct output_item {
	struct sink_item item;
	struct output *of;
	struct spool_text text;
};

static struct output *output_of(struct sink *s)
{
	return (struct output *)(void *)s;
}

static struct output_item *item_of(struct sink_item *item)
{
	return (struct output_item *)(void *)item;
}

static int failed(struct why *why, int error, const char *what)
{
	why_errno(why, sink_kind_of_errno(error, WHY_DELIVERY), error,
		  "cannot %s", what);
	return -1;
}

static bool is_raw(const struct sink *s)
{
	return s->expects == 1;
}

static void output_close(struct sink *s)
{
	spool_finish(&output_of(s)->spool);
	free(s);
}

static int put_text(void *arg, const uint8_t *at, size_t len)
{
	struct output_item *it = arg;

	return spool_write(&it->of->spool, &it->text, at, len);
}

static int begin_text(struct output *o, struct output_item *it,
		      int64_t now_unix)
{
	char line[MBOXRD_FROM_MAX];
	char token[TOKEN_LEN + 1];
	size_t len;

	spool_begin(&o->spool, &it->text);
	if (is_raw(&o->sink)) {
		return 0;
	}
	token_make(token);
	mboxrd_init(&o->quoted, put_text, it);
	len = mboxrd_from_line(line, now_unix, token);
	return put_text(it, (const uint8_t *)line, len);
}

static struct sink_item *
output_begin(struct sink *s, const struct sink_about *about, struct why *why)
{
	struct output_item *it = calloc(1, sizeof(*it));
	int rc;

	if (it == NULL) {
		failed(why, ENOMEM, "keep a message");
		return NULL;
	}
	it->of = output_of(s);
	rc = begin_text(it->of, it, about->now_unix);
	if (rc < 0) {
		failed(why, -rc, "keep a message");
		spool_drop(&it->of->spool, &it->text);
		free(it);
		return NULL;
	}
	return &it->item;
}

static int output_write(struct sink *s, struct sink_item *item,
			const uint8_t *at, size_t len, struct why *why)
{
	int rc = is_raw(s) ? put_text(item_of(item), at, len)
			   : mboxrd_write(&output_of(s)->quoted, at, len);

	return rc < 0 ? failed(why, -rc, "keep a message") : 0;
}

static int output_end(struct sink *s, struct sink_item *item, struct why *why)
{
	int rc = is_raw(s) ? 0 : mboxrd_end(&output_of(s)->quoted);

	(void)item;
	return rc < 0 ? failed(why, -rc, "keep a message") : 0;
}

static int output_ready(struct sink *s, struct sink_item **items, size_t count,
			struct why *why)
{
	(void)s;
	(void)items;
	(void)count;
	(void)why;
	return 0;
}

static int write_text(struct output *o, const struct output_item *it,
		      struct why *why)
{
	const uint8_t *piece = NULL;
	uint64_t at = 0;
	size_t len;
	int rc;

	do {
		rc = spool_piece(&o->spool, &it->text, at, &piece, &len);
		if (rc < 0) {
			return failed(why, -rc, "read a message again");
		}
		rc = fd_write_all(STDOUT_FILENO, piece, len);
		at += len;
	} while (rc == 0 && len != 0);
	return rc < 0 ? failed(why, -rc, "write to standard output") : 0;
}

/* Messages of several accounts come one after the other: the lock of stdout is
 * the one that all threads share. */
static int output_deliver(struct sink *s, struct sink_item *item,
			  struct why *why)
{
	int rc;

	flockfile(stdout);
	rc = write_text(output_of(s), item_of(item), why);
	funlockfile(stdout);
	return rc;
}

/* A file is synced; a pipe or a terminal cannot be (EINVAL), and who reads it
 * has the mail in his hands. */
static int output_settle(struct sink *s, struct sink_item **items, size_t count,
			 struct why *why)
{
	(void)s;
	(void)items;
	(void)count;
	if (fdatasync(STDOUT_FILENO) < 0 && errno != EINVAL && errno != EROFS) {
		return failed(why, errno, "sync standard output");
	}
	return 0;
}

static void output_release(struct sink *s, struct sink_item *item)
{
	spool_drop(&output_of(s)->spool, &item_of(item)->text);
	free(item_of(item));
}

static const struct sink_kind kind = {
	.close = output_close,
	.begin = output_begin,
	.write = output_write,
	.end = output_end,
	.ready = output_ready,
	.deliver = output_deliver,
	.settle = output_settle,
	.release = output_release,
};

struct sink *sink_output_open(const struct destination *d, struct why *why)
{
	struct output *o = calloc(1, sizeof(*o));

	(void)d;
	if (o == NULL || spool_init(&o->spool) < 0) {
		why_errno(why, WHY_INTERNAL, ENOMEM, "standard output");
		free(o);
		return NULL;
	}
	o->sink.kind = &kind;
	return &o->sink;
}
