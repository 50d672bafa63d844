// SPDX-License-Identifier: ISC
/*
 * snapshot.h - the immutable list that a POP3 session is about: for each
 * message its octets on the wire, its unique-id and where it is stored.  One
 * flat layout, built once and parsed never: it is the cache's value, the
 * packet's tail and the session's read-only mapping.
 *
 *   struct snapshot_head | struct snapshot_entry [count] | names and uids
 *
 * All numbers are the machine's own: a snapshot never leaves it.
 */
#ifndef IPC_SNAPSHOT_H
#define IPC_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

#define SNAPSHOT_MAGIC   0x31304e5350545352u /* "RSTPSN01" */
#define SNAPSHOT_UID_MAX 70u

struct snapshot_head {
	uint64_t magic;
	uint64_t len;    /* of the whole, in octets */
	uint64_t octets; /* of all messages, on the wire */
	uint32_t count;
	uint32_t zero;
};

enum snapshot_flag {
	SNAPSHOT_IS_WIRE = 1, /* stored as it is sent: see pop3/text.h */
};

struct snapshot_entry {
	uint64_t octets;   /* on the wire, without stuffing and terminator */
	uint64_t stored;   /* of the file */
	uint32_t name_off; /* from the snapshot's begin; the store's own */
	uint32_t uid_off;
	uint16_t name_len;
	uint8_t uid_len; /* 1 to SNAPSHOT_UID_MAX */
	uint8_t flags;   /* enum snapshot_flag */
	uint32_t stamp;  /* the store's own, of the file as it was measured */
};

/* A view of a snapshot in memory that somebody else owns, aligned to 8. */
struct snapshot {
	const struct snapshot_head *head;
	const struct snapshot_entry *entries;
	size_t len;
};

struct snapshot_text {
	const uint8_t *at;
	size_t len;
};

/*
 * Looks at the len octets at memory as a snapshot.  False, and *s_r untouched,
 * if the head is not one, or its count and len do not fit.  Each entry is
 * checked when it is read.
 */
MUST_USE bool snapshot_view(const void *memory, size_t len,
			    struct snapshot *s_r);

/* Whether every entry's texts lie inside, each uid is one, and the octets add
 * up to the head's. */
MUST_USE bool snapshot_is_sound(const struct snapshot *s);

/* idx < count.  A text that would lie outside is empty. */
struct snapshot_text snapshot_name(const struct snapshot *s, uint32_t idx);
struct snapshot_text snapshot_uid(const struct snapshot *s, uint32_t idx);

/* A message as it is put into a snapshot. */
struct snapshot_item {
	uint64_t octets;
	uint64_t stored;
	const uint8_t *name;
	const uint8_t *uid; /* if it lies inside name, it is stored once */
	uint16_t name_len;
	uint8_t uid_len;
	uint8_t flags;
	uint32_t stamp;
};

/* The octets that a snapshot of these items takes; false if they are too many
 * (over 4 GiB). */
MUST_USE bool snapshot_size(const struct snapshot_item *items, uint32_t count,
			    size_t *len_r);

/* Builds it into memory, aligned to 8, of len octets as snapshot_size said. */
void snapshot_build(void *memory, size_t len, const struct snapshot_item *items,
		    uint32_t count);

/* Its first count messages, at most all of them: the octets that they take, and
 * the copy, into as much memory, aligned to 8.  s was found sound. */
size_t snapshot_cut_size(const struct snapshot *s, uint32_t count);
void snapshot_cut(void *memory, const struct snapshot *s, uint32_t count);

#endif
