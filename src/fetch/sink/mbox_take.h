// SPDX-License-Identifier: ISC
/*
 * mbox_take.h - an mbox is locked to be appended to, if it is one.
 */
#ifndef FETCH_SINK_MBOX_TAKE_H
#define FETCH_SINK_MBOX_TAKE_H

#include "fetch/sink/mbox_file.h"
#include "fetch/why.h"

/* -1, and *why tells that rc (a negative errno) came of what was to be done
 * with path. */
int mbox_failed(struct why *why, int rc, const char *what, const char *path);

/* Waits for its lock.  0; or -1, and *why tells: then nothing was written, and
 * it may be locked. */
MUST_USE int mbox_take(struct mbox_file *f, struct why *why);

#endif
