// SPDX-License-Identifier: ISC
/*
 * octets.h - octets that grow: what a test collects.
 */
#ifndef TEST_OCTETS_H
#define TEST_OCTETS_H

#include "pop3/base.h"

struct octets {
	uint8_t *at;
	size_t len, cap;
};

void octets_finish(struct octets *o);
void octets_add(struct octets *o, struct pop3_slice s);
void octets_add_str(struct octets *o, const char *s);
void octets_add_u64(struct octets *o, uint64_t n);

static inline struct pop3_slice octets_all(const struct octets *o)
{
	return pop3_slice_of(o->at, o->len);
}

#endif
