// SPDX-License-Identifier: ISC
/*
 * packet_rows.h - each packet as a row of offsets and ranges, for the model
 * alone (packet_model.h).
 */
#ifndef TEST_PACKET_ROWS_H
#define TEST_PACKET_ROWS_H

#include "ipc/packet.h"

#define PACKET_RANGES_MAX 9
#define PACKET_PARTS_MAX  3

/* A number in the fixed part: at, octets, least, most, a multiple of. */
struct packet_range {
	uint8_t at, size;
	uint32_t least, most, step;
};

struct packet_row {
	unsigned from, to; /* bit sets of enum role */
	uint16_t fixed;
	bool has_fd;
	uint8_t status_at;                 /* a descriptor only if this is 0 */
	uint8_t tail_at[PACKET_PARTS_MAX]; /* their sum is the tail's length */
	struct packet_range fields[PACKET_RANGES_MAX];
};

extern const struct packet_row packet_rows[PACKET_TYPE_COUNT];

#endif
