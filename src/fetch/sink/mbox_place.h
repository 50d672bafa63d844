// SPDX-License-Identifier: ISC
/*
 * mbox_place.h - where in an mbox a message was to be appended, as the record
 * has it: "mbox:START,BEFORE,AT,LEAD,OCTETS,TIME,HASH,TOKEN", and "/FOLDER".
 */
#ifndef FETCH_SINK_MBOX_PLACE_H
#define FETCH_SINK_MBOX_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "fetch/limits.h"
#include "fetch/sink/sink.h"
#include "fetch/sink/token.h"

struct mbox_place {
	uint64_t start;    /* the file's octets when its group began */
	uint64_t before;   /* mbox_before of these */
	uint64_t at;       /* the file's octets before this one */
	uint32_t lead;     /* line ends in front of the From_ line: 0 to 2 */
	uint64_t octets;   /* from the From_ line to the empty line */
	int64_t unix_time; /* in the From_ line */
	uint64_t hash;     /* XXH3 of these octets */
	char token[TOKEN_LEN + 1];
	char folder[FETCH_FOLDER_MAX + 1]; /* or "" */
};

void mbox_place_write(char text_r[SINK_PLACE_MAX], const struct mbox_place *p);
/* False if it is none. */
MUST_USE bool mbox_place_read(const char *text, struct mbox_place *place_r);

#endif
