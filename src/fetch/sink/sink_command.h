// SPDX-License-Identifier: ISC
/*
 * sink_command.h - what a test may change of a sink that runs a program.
 */
#ifndef FETCH_SINK_COMMAND_H
#define FETCH_SINK_COMMAND_H

#include "fetch/sink/sink_impl.h"
#include "fetch/sink/spool.h"

struct sink_command {
	struct sink sink;
	struct spool spool;
	uint64_t limit_ms; /* of one run */
};

#endif
