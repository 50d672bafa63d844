// SPDX-License-Identifier: ISC
/*
 * judged_packet.h - one packet at a time, judged by packet_check and the model.
 */
#ifndef TEST_JUDGED_PACKET_H
#define TEST_JUDGED_PACKET_H

#include "unit.h"

#include "packet_model.h"

static struct packet p;

/* What is behind the packet must not matter. */
static inline void sample(uint32_t type)
{
	p.len = packet_model_sample(type, p.as.octets);
	p.fd = packet_model_has_fd(type) ? 5 : -1;
}

/* As the model says; returns it. */
static inline bool judge_as(enum role from, enum role to)
{
	bool want =
	    packet_model_allows(p.as.octets, p.len, p.fd != -1, from, to);

	if (packet_check(&p, from, to) != want) {
		print_error("%s of %zu octets, fd %d, from %d to %d: %s\n",
			    packet_name(p.as.head.type), p.len, p.fd, from, to,
			    want ? "sound" : "unsound");
	}
	assert_int_equal(packet_check(&p, from, to), want);
	return want;
}

static inline bool judge(uint32_t type)
{
	return judge_as(packet_model_from(type), packet_model_to(type));
}

#endif
