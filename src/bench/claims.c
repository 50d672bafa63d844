// SPDX-License-Identifier: ISC
/*
 * claims.c - what a server said, held against what it said before (claims.h).
 * Runs in: restante-bench.  Trusts: nothing the server says.  Allocates: the
 * sizes that LIST tells, up to BENCH_MESSAGES_MAX.
 */
#include "bench/claims.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bench/number.h"

#define FIRST_CAP 64u

void claims_finish(struct claims *c)
{
	free(c->sizes);
	*c = (struct claims){ 0 };
}

void claims_forget(struct claims *c)
{
	c->has_count = false;
	c->has_octets = false;
	c->has_sizes = false;
	c->count = 0;
}

static bool agrees_on_count(struct claims *c, uint64_t count, const char *whose,
			    struct why *why)
{
	if (c->has_count && count != c->count) {
		return why_not(
		    why, "%s says %" PRIu64 " messages, but it were %" PRIu32,
		    whose, count, c->count);
	}
	if (count > BENCH_MESSAGES_MAX) {
		return why_not(why,
			       "%" PRIu64 " messages are more than this "
			       "program can count",
			       count);
	}
	c->has_count = true;
	c->count = (uint32_t)count;
	return true;
}

static bool take_blank(const uint8_t **at, const uint8_t *end)
{
	if (*at == end || **at != ' ') {
		return false;
	}
	(*at)++;
	return true;
}

bool claims_stat(struct claims *c, struct answer_part reply, struct why *why)
{
	const uint8_t *at = reply.at, *end = reply.at + reply.len;
	uint64_t count, octets;

	while (at < end && *at != ' ') {
		at++; /* "+OK" */
	}
	if (!take_blank(&at, end) || !number_take(&at, end, &count) ||
	    !take_blank(&at, end) || !number_take(&at, end, &octets) ||
	    (at < end && *at != ' ')) {
		return why_not(why, "no two numbers");
	}
	c->has_octets = true;
	c->octets = octets;
	return agrees_on_count(c, count, "STAT", why);
}

void claims_listing_begin(struct claims *c)
{
	c->lines = 0;
	c->sum = 0;
}

/* "3 320": the number is the one that is due, and what follows it. */
static bool take_due(struct claims *c, struct answer_part line,
		     struct answer_part *rest_r, struct why *why)
{
	const uint8_t *at = line.at, *end = line.at + line.len;
	uint64_t msn;

	if (!number_take(&at, end, &msn) || !take_blank(&at, end)) {
		return why_not(why, "a line without a number");
	}
	if (c->has_count && c->lines == c->count) {
		return why_not(why, "more lines than the %" PRIu32 " messages",
			       c->count);
	}
	if (c->lines == BENCH_MESSAGES_MAX) {
		return why_not(why, "more lines than this program can count");
	}
	c->lines++;
	if (msn != c->lines) {
		return why_not(why,
			       "the line of message %" PRIu64
			       " where that of %" PRIu32 " is due",
			       msn, c->lines);
	}
	*rest_r = (struct answer_part){ at, (size_t)(end - at) };
	return true;
}

static bool keep_size(struct claims *c, uint64_t octets, struct why *why)
{
	if (c->lines > c->cap) {
		size_t cap = c->cap == 0 ? FIRST_CAP : c->cap * 2;
		uint64_t *sizes = reallocarray(c->sizes, cap, sizeof(*sizes));

		if (sizes == NULL) {
			return why_not(why, "no memory");
		}
		c->sizes = sizes;
		c->cap = cap;
	}
	c->sizes[c->lines - 1] = octets;
	return true;
}

bool claims_list_line(struct claims *c, struct answer_part line,
		      struct why *why)
{
	struct answer_part rest = { 0 };
	const uint8_t *at;
	uint64_t octets;

	if (!take_due(c, line, &rest, why)) {
		return false;
	}
	at = rest.at;
	if (!number_take(&at, rest.at + rest.len, &octets) ||
	    (at < rest.at + rest.len && *at != ' ')) {
		return why_not(why, "message %" PRIu32 " has no size",
			       c->lines);
	}
	if (__builtin_add_overflow(c->sum, octets, &c->sum)) {
		return why_not(why, "sizes beyond all bounds");
	}
	return !c->keeps_sizes || keep_size(c, octets, why);
}

/* [rfc1939/7/uidl] "The unique-id of a message is an arbitrary
 * server-determined string, consisting of one to 70 characters in the range
 * 0x21 to 0x7E" */
bool claims_uidl_line(struct claims *c, struct answer_part line,
		      struct why *why)
{
	struct answer_part uid = { 0 };

	if (!take_due(c, line, &uid, why)) {
		return false;
	}
	for (size_t i = 0; i < uid.len; i++) {
		if (uid.at[i] < 0x21 || uid.at[i] > 0x7e) {
			uid.len = 0;
		}
	}
	if (uid.len == 0 || uid.len > BENCH_UID_MAX) {
		return why_not(why, "message %" PRIu32 " has no good unique-id",
			       c->lines);
	}
	return true;
}

bool claims_list_end(struct claims *c, struct why *why)
{
	if (c->has_octets && c->sum != c->octets) {
		return why_not(why,
			       "the sizes' sum is %" PRIu64
			       ", but STAT said %" PRIu64,
			       c->sum, c->octets);
	}
	c->has_sizes = c->keeps_sizes;
	return agrees_on_count(c, c->lines, "LIST", why);
}

bool claims_uidl_end(struct claims *c, struct why *why)
{
	return agrees_on_count(c, c->lines, "UIDL", why);
}

void claims_text_begin(struct claims *c)
{
	c->got_octets = 0;
}

bool claims_text(struct claims *c, uint32_t msn, size_t len, struct why *why)
{
	c->got_octets += len;
	if (c->has_sizes && c->got_octets > c->sizes[msn - 1]) {
		return why_not(why, "more octets than the %" PRIu64 " of LIST",
			       c->sizes[msn - 1]);
	}
	return true;
}

bool claims_text_end(struct claims *c, uint32_t msn, struct why *why)
{
	if (c->has_sizes && c->got_octets != c->sizes[msn - 1]) {
		return why_not(why,
			       "%" PRIu64 " octets, but LIST said %" PRIu64,
			       c->got_octets, c->sizes[msn - 1]);
	}
	return true;
}
