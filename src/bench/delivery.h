// SPDX-License-Identifier: ISC
/*
 * delivery.h - messages that are delivered into users' Maildirs, as an MTA
 * does, but not synced: each one other than all before.
 */
#ifndef BENCH_DELIVERY_H
#define BENCH_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"
#include "bench/answer.h"
#include "bench/why.h"

#define DELIVERED_NAME_MAX 96u

struct delivery;

/* One message. */
struct delivered {
	char base[DELIVERED_NAME_MAX];      /* empty: none */
	char header[BENCH_DELIVERED_LEAST]; /* as on the wire */
};

/* maildir: a template, which must live as long.  octets: of each file. */
struct delivery *delivery_create(const char *maildir, size_t octets,
				 struct why *why);
void delivery_destroy(struct delivery **d);

MUST_USE bool delivery_deliver(struct delivery *d, struct delivered *message,
			       uint32_t user, struct why *why);

/* Whether the message has these octets there, on the wire. */
bool delivery_has(const struct delivery *d, const struct delivered *message,
		  uint64_t offset, struct answer_part part);

/* Of each message, on the wire. */
uint64_t delivery_octets(const struct delivery *d);

/* Whether neither new/ nor cur/ has it any more. */
MUST_USE bool delivery_is_gone(const struct delivery *d,
			       const struct delivered *message, uint32_t user,
			       struct why *why);

/* Removes it if it is still there: its session failed. */
void delivery_take_back(const struct delivery *d, struct delivered *message,
			uint32_t user);

#endif
