// SPDX-License-Identifier: ISC
/*
 * trim.h - gives the kernel back the pages of the holes that handshakes, and
 * messages read ahead, leave in the heap between connections that stay.
 */
#ifndef SESSION_TRIM_H
#define SESSION_TRIM_H

struct process;

/* Does it if there is a reason to, and the last time is long enough ago. */
void trim_tick(struct process *p);

#endif
