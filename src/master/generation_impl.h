// SPDX-License-Identifier: ISC
/*
 * generation_impl.h - what generation.c and generation_start.c share.
 */
#ifndef MASTER_GENERATION_IMPL_H
#define MASTER_GENERATION_IMPL_H

#include "master/generation.h"

/* Whether the configuration has that role. */
bool generation_has_core(const struct generation *g, enum generation_core core);

/* Starts a session process.  0, or negative, logged: then there may be a
 * process that is to be killed. */
MUST_USE int generation_start_session(struct generation_common *common,
				      struct generation *g, uint32_t slot);

#endif
