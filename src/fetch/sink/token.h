// SPDX-License-Identifier: ISC
/*
 * token.h - 64 random bits as text: what tells a thing of ours from all others.
 */
#ifndef FETCH_SINK_TOKEN_H
#define FETCH_SINK_TOKEN_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#include "os/random.h"

#define TOKEN_LEN 16u

static inline void token_make(char token_r[TOKEN_LEN + 1])
{
	uint64_t random;

	random_fill(&random, sizeof(random));
	snprintf(token_r, TOKEN_LEN + 1, "%016" PRIx64, random);
}

#endif
