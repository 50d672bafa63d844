// SPDX-License-Identifier: ISC
/*
 * sink.c - the table of sinks, and the order of their steps (sink.h).
 * Runs in: a carrier thread.  Trusts: its caller, but for the order, which is
 * asserted.  Allocates: a sink and its items.
 */
#include "fetch/sink/sink.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "fetch/sink/folder.h"
#include "fetch/sink/sink_impl.h"

int sink_open(const struct destination *d, struct sink **sink_r,
	      struct why *why)
{
	static struct sink *(*const opens[])(const struct destination *,
					     struct why *) = {
		[DESTINATION_MAILDIR] = sink_maildir_open,
		[DESTINATION_MBOX] = sink_mbox_open,
		[DESTINATION_COMMAND] = sink_command_open,
		[DESTINATION_LMTP] = sink_smtp_open,
		[DESTINATION_SMTP] = sink_smtp_open,
		[DESTINATION_OUTPUT] = sink_output_open,
	};
	size_t count = sizeof(opens) / sizeof(opens[0]);
	struct sink *s;

	if (d->kind >= count || opens[d->kind] == NULL) {
		why_set(why, WHY_CONFIG, "there is nowhere to deliver to");
		return -1;
	}
	s = opens[d->kind](d, why);
	if (s == NULL) {
		return -1;
	}
	s->to = d;
	*sink_r = s;
	return 0;
}

void sink_close(struct sink **sink)
{
	if (*sink == NULL) {
		return;
	}
	assert((*sink)->items == 0);
	(*sink)->kind->close(*sink);
	*sink = NULL;
}

void sink_heed(struct sink *s, const struct sink_heed *heed)
{
	s->heed = *heed;
}

void sink_expect(struct sink *s, uint64_t count)
{
	s->expects = s->has_begun ? s->expects : count;
}

int sink_begin(struct sink *s, const struct sink_about *about,
	       struct sink_item **item_r, struct why *why)
{
	struct sink_item *item;

	if (about->folder != NULL && !folder_is_sound(about->folder)) {
		why_set(why, WHY_CONFIG,
			"a rule names a folder that cannot be");
		why_octets(why, about->folder, strlen(about->folder));
		return -1;
	}
	s->has_begun = true;
	item = s->kind->begin(s, about, why);
	if (item == NULL) {
		return -1;
	}
	item->step = SINK_WRITING;
	s->items++;
	*item_r = item;
	return 0;
}

/* Where the item goes from here: on, or only to its release. */
static int stepped(struct sink_item *item, int rc, enum sink_step next)
{
	item->step = rc == 0 ? next : SINK_FAILED;
	return rc;
}

int sink_write(struct sink *s, struct sink_item *item, const uint8_t *at,
	       size_t len, struct why *why)
{
	assert(item->step == SINK_WRITING);
	if (len == 0) {
		return 0;
	}
	return stepped(item, s->kind->write(s, item, at, len, why),
		       SINK_WRITING);
}

int sink_end(struct sink *s, struct sink_item *item, struct why *why)
{
	assert(item->step == SINK_WRITING);
	return stepped(item, s->kind->end(s, item, why), SINK_ENDED);
}

int sink_ready(struct sink *s, struct sink_item **items, size_t count,
	       struct why *why)
{
	int rc;

	for (size_t i = 0; i < count; i++) {
		assert(items[i]->step == SINK_ENDED);
	}
	rc = count == 0 ? 0 : s->kind->ready(s, items, count, why);
	for (size_t i = 0; i < count; i++) {
		stepped(items[i], rc, SINK_READY);
	}
	return rc;
}

const char *sink_place(const struct sink_item *item)
{
	return item->place;
}

int sink_deliver(struct sink *s, struct sink_item *item, struct why *why)
{
	assert(item->step == SINK_READY);
	return stepped(item, s->kind->deliver(s, item, why), SINK_VISIBLE);
}

int sink_settle(struct sink *s, struct sink_item **items, size_t count,
		struct why *why)
{
	int rc = s->kind->settle(s, items, count, why);

	for (size_t i = 0; i < count; i++) {
		if (items[i]->step == SINK_VISIBLE) {
			stepped(items[i], rc, SINK_SETTLED);
		}
	}
	return rc;
}

void sink_release(struct sink *s, struct sink_item **item)
{
	if (*item == NULL) {
		return;
	}
	s->kind->release(s, *item);
	*item = NULL;
	s->items--;
}

enum sink_found sink_find(struct sink *s, const char *place)
{
	return place[0] == '\0' || !sink_may_find(s) ? SINK_UNKNOWN
						     : s->kind->find(s, place);
}

bool sink_may_find(const struct sink *s)
{
	return s->kind->find != NULL;
}

enum why_kind sink_kind_of_errno(int error, enum why_kind other)
{
	static const int passing[] = { ENOSPC, EDQUOT,    ENOMEM,
				       EMFILE, ENFILE,    EAGAIN,
				       ESTALE, ETIMEDOUT, EOWNERDEAD };

	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
		if (error == passing[i]) {
			return WHY_TEMP;
		}
	}
	return other;
}
