// SPDX-License-Identifier: ISC
/*
 * counters.h - how many connections there are, in memory that the master and
 * the session processes share.  Each session process writes a column of its own
 * and reads all; a column is emptied by the master when its process has ended,
 * so a process that dies leaves no count behind.
 *
 * Addresses (of IPv6 the first 64 bits) are counted by a keyed hash.  Two that
 * meet in one bucket share its count, which nobody outside can bring about.
 */
#ifndef IPC_COUNTERS_H
#define IPC_COUNTERS_H

#include <stdint.h>

#include "base/checked.h"

#define COUNTERS_COLUMNS 256u /* session processes at once, old ones too */
#define COUNTERS_BUCKETS 65536u

struct counters_column {
	uint32_t total;
	uint16_t bucket[COUNTERS_BUCKETS];
};

struct counters {
	uint64_t key[2];
	uint8_t in_use[COUNTERS_COLUMNS];
	struct counters_column column[COUNTERS_COLUMNS];
};

enum counters_verdict {
	COUNTERS_ENTERED,
	COUNTERS_FULL,         /* connections in all */
	COUNTERS_ADDRESS_FULL, /* connections of this address */
};

/* Makes the shared memory (master): a descriptor, or a negative errno. */
MUST_USE int counters_create(void);

/* Maps it for good; NULL if it cannot be, or is not of the right size. */
struct counters *counters_map(int fd);

/* A free column, now in use and empty, or -1 (master). */
MUST_USE int counters_take_column(struct counters *c);
void counters_free_column(struct counters *c, uint32_t column);

/* Counts a connection from address (16 octets) in column, unless a limit
 * forbids: then nothing is counted. */
MUST_USE enum counters_verdict
counters_enter(struct counters *c, uint32_t column, const uint8_t *address,
	       uint32_t all_max, uint32_t address_max);
void counters_leave(struct counters *c, uint32_t column,
		    const uint8_t *address);

/* The same of a connection that is nobody's yet, and counts as one of all but
 * by no address: all_max alone may forbid it. */
MUST_USE enum counters_verdict
counters_enter_total(struct counters *c, uint32_t column, uint32_t all_max);
void counters_leave_total(struct counters *c, uint32_t column);

#endif
