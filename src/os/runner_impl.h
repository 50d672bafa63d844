// SPDX-License-Identifier: ISC
/*
 * runner_impl.h - the packets between who asks and the runner.
 */
#ifndef OS_RUNNER_IMPL_H
#define OS_RUNNER_IMPL_H

#include "os/parcel.h"
#include "os/runner.h"

/* With the socket that the answer goes to, and runner_ask's fd. */
struct runner_packet_ask {
	uint32_t index;
	uint32_t verb;
};

/* Then the octets that were said; with runner_answer's fd. */
struct runner_packet_answer {
	int32_t result;
	int32_t status;
};

/* The runner: answers until socket ends. */
_Noreturn void runner_serve(int socket, const struct runner_task *tasks,
			    size_t count);

#endif
