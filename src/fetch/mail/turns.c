// SPDX-License-Identifier: ISC
/*
 * turns.c - whose turn it is (turns.h).
 * Runs in: the collector's carriers.  Trusts: them.  Allocates: never.
 */
#include "fetch/mail/turns.h"

#include "os/clock.h"

bool turns_take(struct turns *t)
{
	uint64_t from_ms = clock_ms();

	pthread_mutex_lock(&t->mutex);
	if (t->lost_ms > from_ms) {
		pthread_mutex_unlock(&t->mutex);
		return false;
	}
	t->begun_ms = clock_ms();
	return true;
}

void turns_leave(struct turns *t, bool has_failed)
{
	uint64_t now_ms = clock_ms();

	if (has_failed && now_ms - t->begun_ms >= t->patience_ms) {
		t->lost_ms = now_ms;
	}
	pthread_mutex_unlock(&t->mutex);
}
