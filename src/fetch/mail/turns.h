// SPDX-License-Identifier: ISC
/*
 * turns.h - threads of one process take turns at the record, however long each
 * one's disk takes.  What they wait for together is another program: if that
 * has the record for too long, it has it for all who waited.
 */
#ifndef FETCH_MAIL_TURNS_H
#define FETCH_MAIL_TURNS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "fetch/limits.h"

struct turns {
	pthread_mutex_t mutex; /* who has it has the turn */
	uint64_t patience_ms;  /* a turn that fails later was kept waiting */
	uint64_t begun_ms;     /* the turn, by clock_ms */
	uint64_t lost_ms;      /* when one was last kept waiting in vain; 0 */
};

#define TURNS_INITIALIZER                                                      \
	{                                                                      \
		.mutex = PTHREAD_MUTEX_INITIALIZER,                            \
		.patience_ms = FETCH_RECORD_BUSY_MS,                           \
	}

/* Waits for a turn.  False, and there is none: another program has kept
 * somebody waiting in vain meanwhile, and so would it now. */
bool turns_take(struct turns *t);
void turns_leave(struct turns *t, bool has_failed);

#endif
