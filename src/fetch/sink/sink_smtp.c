// SPDX-License-Identifier: ISC
/*
 * sink_smtp.c - delivery to a server of LMTP or SMTP (sink.h).
 * Runs in: a carrier thread.  Trusts: nothing that the server says but its
 * "yes".  Allocates: the sink and its items.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/sink/sink_impl.h"
#include "fetch/sink/smtp_name.h"
#include "fetch/sink/smtp_talk.h"
#include "fetch/sink/spool.h"
#include "pop3/text.h"

struct smtp {
	struct sink sink;
	struct spool spool;
	struct smtp_talk talk;
};

struct smtp_item {
	struct sink_item item;
	struct spool_text text;
	struct pop3_measure measure; /* while it is written */
	uint64_t octets;
	bool is_8bit;
};

static struct smtp *smtp_of(struct sink *s)
{
	return (struct smtp *)(void *)s;
}

static struct smtp_item *item_of(struct sink_item *item)
{
	return (struct smtp_item *)(void *)item;
}

static void smtp_close(struct sink *s)
{
	struct smtp *m = smtp_of(s);

	smtp_talk_end(&m->talk);
	spool_finish(&m->spool);
	free(m);
}

static struct sink_item *
smtp_begin(struct sink *s, const struct sink_about *about, struct why *why)
{
	struct smtp_item *it = calloc(1, sizeof(*it));

	(void)about;
	if (it == NULL) {
		why_errno(why, WHY_TEMP, ENOMEM, "cannot keep a message");
		return NULL;
	}
	spool_begin(&smtp_of(s)->spool, &it->text);
	pop3_measure_init(&it->measure);
	return &it->item;
}

static bool has_8bit(const uint8_t *at, size_t len)
{
	uint8_t all = 0;

	for (size_t i = 0; i < len; i++) {
		all |= at[i];
	}
	return (all & 0x80) != 0;
}

static int smtp_write(struct sink *s, struct sink_item *item, const uint8_t *at,
		      size_t len, struct why *why)
{
	struct smtp_item *it = item_of(item);
	int rc = spool_write(&smtp_of(s)->spool, &it->text, at, len);

	if (rc < 0) {
		why_errno(why, sink_kind_of_errno(-rc, WHY_DELIVERY), -rc,
			  "cannot keep a message");
		return -1;
	}
	pop3_measure_add(&it->measure, pop3_slice_of(at, len));
	it->is_8bit = it->is_8bit || has_8bit(at, len);
	return 0;
}

static int smtp_end(struct sink *s, struct sink_item *item, struct why *why)
{
	struct smtp_item *it = item_of(item);

	(void)s;
	(void)why;
	it->octets = pop3_measure_end(&it->measure);
	return 0;
}

/* A server that is away is noticed before the record says anything. */
static int smtp_ready(struct sink *s, struct sink_item **items, size_t count,
		      struct why *why)
{
	(void)items;
	(void)count;
	return smtp_talk_begin(&smtp_of(s)->talk, why);
}

static int smtp_deliver(struct sink *s, struct sink_item *item, struct why *why)
{
	struct smtp *m = smtp_of(s);
	const struct smtp_item *it = item_of(item);
	const struct smtp_message message = { .spool = &m->spool,
					      .text = &it->text,
					      .octets = it->octets,
					      .is_8bit = it->is_8bit };

	return smtp_talk_send(&m->talk, &message, why);
}

/* Its "yes" is a promise that it made already. */
static int smtp_settle(struct sink *s, struct sink_item **items, size_t count,
		       struct why *why)
{
	(void)s;
	(void)items;
	(void)count;
	(void)why;
	return 0;
}

static void smtp_release(struct sink *s, struct sink_item *item)
{
	spool_drop(&smtp_of(s)->spool, &item_of(item)->text);
	free(item_of(item));
}

static const struct sink_kind kind = {
	.close = smtp_close,
	.begin = smtp_begin,
	.write = smtp_write,
	.end = smtp_end,
	.ready = smtp_ready,
	.deliver = smtp_deliver,
	.settle = smtp_settle,
	.release = smtp_release,
};

static int check(const struct destination *d, struct why *why)
{
	if (d->recipient == NULL || !smtp_is_address(d->recipient, true)) {
		why_set(why, WHY_CONFIG,
			"a mail server wants a recipient: an address without "
			"blanks and brackets");
		return -1;
	}
	if (d->sender != NULL && !smtp_is_address(d->sender, false)) {
		why_set(why, WHY_CONFIG, "this cannot be a sender:");
		why_octets(why, d->sender, strlen(d->sender));
		return -1;
	}
	if (d->host == NULL && d->path == NULL) {
		why_set(why, WHY_CONFIG, "no mail server to deliver to");
		return -1;
	}
	return 0;
}

struct sink *sink_smtp_open(const struct destination *d, struct why *why)
{
	struct smtp *m;

	if (check(d, why) < 0) {
		return NULL;
	}
	m = calloc(1, sizeof(*m));
	if (m == NULL || spool_init(&m->spool) < 0) {
		why_errno(why, WHY_INTERNAL, ENOMEM, "a mail server's sink");
		free(m);
		return NULL;
	}
	m->sink.kind = &kind;
	m->talk.line.fd = -1;
	m->talk.to = d;
	return &m->sink;
}
