// SPDX-License-Identifier: ISC
/*
 * drop.h - one opened maildrop: its store, its list, its marks.  The functions
 * may be called by several threads at once; those that touch mail do it under
 * the file identity of its owner.
 *
 * A drop is counted: drop_open gives the first reference, the last drop_release
 * frees it.  drop_shut closes and unlocks it whoever still refers to it.
 */
#ifndef MAILDROP_DROP_H
#define MAILDROP_DROP_H

#include "cache.h"
#include "identity.h"
#include "ipc/settings.h"
#include "tally.h"

/* What the drops of a role process share; it lives longer than they. */
struct drop_context {
	const struct store *store;
	const struct maildrop_settings *settings;
	struct cache *cache; /* or NULL */
	struct tally *tally; /* NULL unless locks are shared */
	struct identity self;
	int root_fd;  /* of the mail root */
	int locks_fd; /* of the directory for locks, or -1 */
};

/* From a GRANT. */
struct drop_grant {
	struct identity owner;
	uint64_t conn;
	const uint8_t *user;
	const uint8_t *path;
	uint16_t user_len;
	uint16_t path_len;
};

struct drop;

/* Opens and locks; drop_count_mail must follow.  What fails is logged. */
enum packet_status drop_open(struct drop_context *ctx,
			     const struct drop_grant *grant,
			     struct drop **drop_r);

/*
 * Counts its messages; they stay the same until it is shut.  Of an unchanged
 * maildrop that is what the cache knows, and its list, unless it is small, is
 * not even looked at.  pace says how long it may read; if that is not long
 * enough it is STATUS_OK all the same, but not counted, and may be tried again.
 * What fails is logged.
 */
enum packet_status drop_count_mail(struct drop *d, struct store_pace *pace);
bool drop_is_counted(const struct drop *d);

/*
 * Takes the list of what was counted, unless it is there already: from the
 * cache, or by reading the maildrop again.  As above if the pace was too slow:
 * then it is not loaded.  If that list is not to be had any more, it is
 * STATUS_TEMP for good.
 */
enum packet_status drop_load(struct drop *d, struct store_pace *pace);
bool drop_is_loaded(struct drop *d);

/* Whether it is the first to load it beside what its session waits for; the one
 * who was says drop_end_late. */
bool drop_begin_late(struct drop *d);
void drop_end_late(struct drop *d);

void drop_hold(struct drop *d);
void drop_release(struct drop *d);

/* Closes the maildrop and gives its lock back; no message is removed. */
void drop_shut(struct drop *d);

/* Whose it is; lives as long as the drop. */
const char *drop_user(const struct drop *d);
uint64_t drop_conn(const struct drop *d);
uint32_t drop_count(const struct drop *d);
uint64_t drop_octets(const struct drop *d);

/* The list, if it is loaded and small, else an empty text.  It lives until the
 * drop is shut: only for one that nobody else knows yet. */
struct snapshot_text drop_inline_listing(struct drop *d);

/* What follows wants the list loaded: else it is STATUS_TEMP, or stays.
 *
 * A descriptor of a sealed memfd with the list, for the caller to close. */
enum packet_status drop_listing(struct drop *d, int *fd_r, uint64_t *len_r);

/* A message too large for a packet, open for reading; the caller closes it. */
struct drop_large {
	int fd; /* -1: none */
	uint64_t stored;
};

/*
 * Fetches message idx, and those behind it, count at most and at least one, as
 * far as they are small and quickly had; all of them must be in the list.  They
 * are put into texts, a TEXTS without any; or, if the first is large, that is
 * opened.  What it returns is about the first.
 */
enum packet_status drop_fetch(struct drop *d, uint32_t idx, uint32_t count,
			      struct packet *texts, struct drop_large *large_r);

/* A message was not what was listed: nothing of the list is to be believed at
 * the next log-in. */
void drop_disbelieve(struct drop *d);

/* Marks messages: bit b of octet o is message first + 8 * o + b.  False if one
 * of them is not below count, or there is no memory; then none is marked. */
MUST_USE bool drop_mark(struct drop *d, uint32_t first, const uint8_t *bits,
			size_t octets);

/* Waits until marked messages are marked, at most MAILDROP_MARKS_WAIT_MS. False
 * if there are more, or too few for so long. */
MUST_USE bool drop_await_marks(struct drop *d, uint32_t marked);

/* Removes what was marked.  What cannot be removed stays, and is logged. */
void drop_expunge(struct drop *d, uint32_t *removed_r, uint32_t *stayed_r);

#endif
