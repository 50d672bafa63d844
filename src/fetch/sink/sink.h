// SPDX-License-Identifier: ISC
/*
 * sink.h - where mail goes: Maildir, mbox, a command, LMTP and SMTP, standard
 * output, behind one table of functions.  Blocking code: runs in an account's
 * carrier thread, never in the loop.  STATES.md has the crash tables.
 *
 * The way of a message, each step by the carrier, several messages at a time
 * from end on (a group):
 *
 *	begin, write..., end  all octets are at a place where nobody finds them
 *	                      yet (Maildir: tmp/; others: a spool)
 *	ready (the group)     they are synced, places are fixed (mbox: locked)
 *	                      -> the record says FETCHED, with each place
 *	deliver (each)        visible
 *	settle (the group)    durable (directory synced, mbox unlocked)
 *	                      -> the record says DELIVERED; only then DELE
 *
 * After a crash find tells of a place that stands in the record as FETCHED.
 *
 * Only one message at a time is between begin and end.  ready takes all that
 * ended, as one group, which is delivered in that order and settled before the
 * next message begins.  A message that got an error, or is not wanted any more,
 * is released at any step; after ready settle follows all the same, whatever
 * happened, for an mbox is locked until then.
 *
 * The process ignores SIGPIPE.
 */
#ifndef FETCH_SINK_H
#define FETCH_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "fetch/account.h"
#include "fetch/why.h"

#define SINK_PLACE_MAX 512u /* octets with the NUL; printable */

struct sink;
struct sink_item; /* a message on its way; owned by the sink until released */

struct sink_about {
	const char *folder; /* of a rule, or NULL */
	const char *account;
	int64_t now_unix;
};

enum sink_found {
	SINK_DELIVERED, /* it is there, whole */
	SINK_NOT_THERE, /* and was not made visible: deliver it anew */
	SINK_UNKNOWN,   /* this sink cannot tell */
	SINK_BUSY,      /* another program has it: ask again later */
};

/* Opens it; d must live as long as the sink.  0; or -1 and *why tells
 * (WHY_DELIVERY, WHY_CONFIG, WHY_TEMP, WHY_INTERNAL).  Nothing is connected,
 * locked or run before ready, but a Maildir is made if it is missing. */
MUST_USE int sink_open(const struct destination *d, struct sink **sink_r,
		       struct why *why);
/* Every item must have been released.  Takes NULL. */
void sink_close(struct sink **sink);

/* Asked, in the thread that waits, whether it is to end soon: the lock of an
 * mbox is not waited for then, which is WHY_TEMP, or SINK_BUSY.  A destination
 * that may have a message is, for only it knows what becomes of that. */
struct sink_heed {
	bool (*is_stopping)(const void *ctx); /* NULL: it never is */
	const void *ctx;
};

void sink_heed(struct sink *s, const struct sink_heed *heed);

/* How many messages will come: one alone goes to standard output as it stands,
 * not as an mbox.  What is said behind the first begin changes nothing. */
void sink_expect(struct sink *s, uint64_t count);

/*
 * All below: 0, or -1 and *why, whose kind says what failed.
 *
 *	WHY_MESSAGE  this message will never do; the others may
 *	WHY_LATER    this message will not do now; the others may
 *	WHY_TEMP, WHY_DELIVERY, WHY_CONFIG, WHY_INTERNAL
 *	             the sink: stop; nothing of the group that was not delivered
 *	             is
 *
 * The first two are deliver's alone, and only where somebody has judged the
 * message: a command by its exit code, a mail server by its reply to the text.
 * Whatever fails on the way there (no room, no line, no folder) is the sink's.
 * An mbox, whose messages have places one behind the other, has neither.
 */
MUST_USE int sink_begin(struct sink *s, const struct sink_about *about,
			struct sink_item **item_r, struct why *why);
/* Text with LF line ends, in any cuts. */
MUST_USE int sink_write(struct sink *s, struct sink_item *item,
			const uint8_t *at, size_t len, struct why *why);
MUST_USE int sink_end(struct sink *s, struct sink_item *item, struct why *why);
MUST_USE int sink_ready(struct sink *s, struct sink_item **items, size_t count,
			struct why *why);
/* Valid from ready on, until release.  "" if the sink cannot find again. */
const char *sink_place(const struct sink_item *item);
MUST_USE int sink_deliver(struct sink *s, struct sink_item *item,
			  struct why *why);
/* Those of the group that were delivered are durable then.  If it fails, some
 * may be: the record keeps FETCHED, and find tells. */
MUST_USE int sink_settle(struct sink *s, struct sink_item **items, size_t count,
			 struct why *why);
/* Forgets it; what was not delivered is removed.  Takes NULL. */
void sink_release(struct sink *s, struct sink_item **item);

/* Whether find ever says anything but SINK_UNKNOWN. */
bool sink_may_find(const struct sink *s);

/* About a place that the record has, at any later time, outside of
 * begin to settle.  Removes what a crash left of it. */
enum sink_found sink_find(struct sink *s, const char *place);

#endif
