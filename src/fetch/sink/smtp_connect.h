// SPDX-License-Identifier: ISC
/*
 * smtp_connect.h - a connected socket, to a path or to a host's port.
 */
#ifndef FETCH_SINK_SMTP_CONNECT_H
#define FETCH_SINK_SMTP_CONNECT_H

#include "fetch/account.h"
#include "fetch/why.h"

/* A socket that does not block, or -1 and *why. */
MUST_USE int smtp_connect(const struct destination *d, struct why *why);

/* Waits for poll's events until clock_ms is end_ms: 0, -ETIMEDOUT, or another
 * negative errno. */
MUST_USE int smtp_wait(int fd, short events, uint64_t end_ms);

#endif
