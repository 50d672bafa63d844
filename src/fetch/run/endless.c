// SPDX-License-Identifier: ISC
/*
 * endless.c - a message that does not end (endless.h).
 * Runs in: the collector's loop.  Trusts: never the server.  Allocates: never.
 */
#include "fetch/run/endless.h"

#include "fetch/limits.h"

/* How long a message may be that LIST gives so many octets: servers count LFs,
 * or anything; but some never end. */
static uint64_t most_octets(uint64_t listed, uint64_t size_max)
{
	/* 0 is what servers say that do not know */
	uint64_t most = listed == 0 ? COLLECT_UNKNOWN_OCTETS
			: listed < FETCH_MESSAGE_OCTETS_MAX / 8
			    ? listed * 4 + COLLECT_UNLISTED_OCTETS
			    : FETCH_MESSAGE_OCTETS_MAX;
	uint64_t most_asked = size_max * 2 + COLLECT_BEYOND_OCTETS;

	/* size_max is about what LIST says, which may be of LFs */
	return size_max != 0 && most_asked < most ? most_asked : most;
}

bool endless_is(const struct visit_command *command, uint64_t size_max,
		uint64_t octets, struct why *why)
{
	uint64_t most = command->verb == POP3_ASK_RETR
			    ? most_octets(command->octets, size_max)
			    : COLLECT_UNLISTED_OCTETS;

	if (octets <= most) {
		return false;
	}
	why_set(why, WHY_PROTOCOL,
		"message %u does not end: %llu octets came of it, and the "
		"server said that it has %llu",
		command->msn, (unsigned long long)octets,
		(unsigned long long)command->octets);
	return true;
}
