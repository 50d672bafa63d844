// SPDX-License-Identifier: ISC
/*
 * octets.c - octets that grow.
 * Runs in: tests.
 */
#include "octets.h"
#include "must.h"
#include <stdlib.h>

void octets_finish(struct octets *o)
{
	free(o->at);
	*o = (struct octets){ NULL, 0, 0 };
}

void octets_add(struct octets *o, struct pop3_slice s)
{
	if (s.len == 0) {
		return;
	}
	if (s.len > o->cap - o->len) {
		o->cap = 2 * o->cap + s.len;
		o->at = realloc(o->at, o->cap);
		must(o->at != NULL, "memory");
	}
	memcpy(o->at + o->len, s.at, s.len);
	o->len += s.len;
}

void octets_add_str(struct octets *o, const char *s)
{
	octets_add(o, pop3_slice_of(s, strlen(s)));
}

void octets_add_u64(struct octets *o, uint64_t n)
{
	uint8_t digits[20];
	struct pop3_writer w = pop3_writer_of(digits, sizeof(digits));

	pop3_put_u64(&w, n);
	octets_add(o, pop3_slice_of(digits, w.len));
}
