// SPDX-License-Identifier: ISC
/*
 * sink_impl.h - what the kinds of sinks give to sink.c.
 */
#ifndef FETCH_SINK_IMPL_H
#define FETCH_SINK_IMPL_H

#include "fetch/sink/sink.h"

/* Each function as the one of sink.h; which step an item is at was judged. */
struct sink_kind {
	void (*close)(struct sink *s);
	/* All zeros but for what it sets; NULL and *why. */
	struct sink_item *(*begin)(struct sink *s,
				   const struct sink_about *about,
				   struct why *why);
	int (*write)(struct sink *s, struct sink_item *item, const uint8_t *at,
		     size_t len, struct why *why);
	int (*end)(struct sink *s, struct sink_item *item, struct why *why);
	int (*ready)(struct sink *s, struct sink_item **items, size_t count,
		     struct why *why);
	int (*deliver)(struct sink *s, struct sink_item *item, struct why *why);
	int (*settle)(struct sink *s, struct sink_item **items, size_t count,
		      struct why *why);
	void (*release)(struct sink *s, struct sink_item *item);
	/* NULL: nobody can be asked what became of a message. */
	enum sink_found (*find)(struct sink *s, const char *place);
};

enum sink_step {
	SINK_WRITING,
	SINK_ENDED,
	SINK_READY,
	SINK_VISIBLE,
	SINK_SETTLED,
	SINK_FAILED, /* only to be released */
};

/* The first member of each kind's own. */
struct sink {
	const struct sink_kind *kind;
	const struct destination *to;
	struct sink_heed heed;
	size_t items;     /* not yet released */
	uint64_t expects; /* of sink_expect; 0: not known */
	bool has_begun;
};

struct sink_item {
	enum sink_step step;
	char place[SINK_PLACE_MAX];
};

/* Each opens its kind: NULL and *why. */
struct sink *sink_maildir_open(const struct destination *d, struct why *why);
struct sink *sink_mbox_open(const struct destination *d, struct why *why);
struct sink *sink_command_open(const struct destination *d, struct why *why);
struct sink *sink_smtp_open(const struct destination *d, struct why *why);
struct sink *sink_output_open(const struct destination *d, struct why *why);

/* WHY_TEMP for what may be over next time (no room, no memory), else other. */
enum why_kind sink_kind_of_errno(int error, enum why_kind other);

#endif
