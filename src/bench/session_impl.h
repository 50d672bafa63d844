// SPDX-License-Identifier: ISC
/*
 * session_impl.h - what session.c (saying) and hear.c (hearing) share.
 */
#ifndef BENCH_SESSION_IMPL_H
#define BENCH_SESSION_IMPL_H

#include "bench/session.h"

/* All that goes together from where it is; or it holds. */
MUST_USE bool session_say(struct bench *b, struct session *s, struct why *why);
MUST_USE bool session_say_stls(struct session *s, struct why *why);
/* From holding to what is behind it. */
MUST_USE bool session_resume(struct bench *b, struct session *s,
			     struct why *why);

/* Octets have come; why is set if it failed. */
MUST_USE enum session_result session_hear(struct bench *b, struct session *s,
					  const uint8_t *at, size_t len,
					  struct why *why);

/* Counts an error, and tells of it if it is among the first. */
void session_tell(struct bench *b, const struct session *s,
		  const struct why *why);

#endif
