// SPDX-License-Identifier: ISC
/*
 * due.h - what the master has to do next: generations that became ready, or
 * died; reloads, retries, a stop.
 */
#ifndef MASTER_DUE_H
#define MASTER_DUE_H

#include "master/master.h"

/* Does what is due.  Returns for how many milliseconds there is nothing else,
 * -1 if there is no limit, as poll(2) wants it. */
int due_do(struct master *m);

/* Starts a generation on those sockets, with those files.  False: no memory. */
MUST_USE bool due_start(struct master *m, const struct config *config,
			const struct listen_sets *listeners,
			const struct tls_files *files, uint64_t now_ms);

/* Begins a graceful stop of all. */
void due_stop(struct master *m, uint64_t now_ms);

#endif
