// SPDX-License-Identifier: ISC
/*
 * mbox_find.h - what a crash left of a message in an mbox.
 */
#ifndef FETCH_SINK_MBOX_FIND_H
#define FETCH_SINK_MBOX_FIND_H

#include "fetch/sink/mbox_file.h"
#include "fetch/sink/mbox_place.h"

/* A sum of what stands right before its octet start: tells whether all before
 * is as it was.  0, or a negative errno. */
MUST_USE int mbox_before(const struct mbox_file *f, uint64_t start,
			 uint64_t *sum_r);

/* In the file, which is locked.  Cuts off what is at its end of a message that
 * was not wholly written; makes durable what was. */
enum sink_found mbox_find(struct mbox_file *f, const struct mbox_place *p);

#endif
