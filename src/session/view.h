// SPDX-License-Identifier: ISC
/*
 * view.h - a session's view of its maildrop: the snapshot that maildrop sent,
 * and which messages the client has marked as deleted.
 */
#ifndef SESSION_VIEW_H
#define SESSION_VIEW_H

#include "ipc/snapshot.h"
#include "pop3/server.h"

struct view {
	struct snapshot snapshot; /* valid if memory is not NULL */
	void *memory;             /* ours: malloc or a mapping */
	size_t len;
	uint8_t *marks; /* bit i % 8 of octet i / 8; NULL: none set */
	uint32_t count;
	bool is_mapped;
};

/* An empty view of a maildrop of count messages, without its listing. */
void view_init(struct view *v, uint32_t count);
void view_finish(struct view *v);

/* Takes a copy of a snapshot that came in a packet.  False if it is not one, or
 * not of count messages, or there is no memory. */
MUST_USE bool view_copy(struct view *v, const uint8_t *at, size_t len);

/* Maps a snapshot of len octets from a memfd, which stays the caller's. */
MUST_USE bool view_map(struct view *v, int fd, size_t len);

static inline bool view_has_listing(const struct view *v)
{
	return v->memory != NULL || v->count == 0;
}

/* The octets of the bitmap of marks. */
static inline size_t view_marks_len(const struct view *v)
{
	return ((size_t)v->count + 7) / 8;
}

/* The engine's way to look at a view; its ctx is the view. */
extern const struct pop3_maildrop_ops view_ops;

#endif
