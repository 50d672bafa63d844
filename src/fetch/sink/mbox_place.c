// SPDX-License-Identifier: ISC
/*
 * mbox_place.c - where in an mbox a message was to be appended (mbox_place.h).
 * Runs in: a carrier thread.  Trusts: no place that it reads.  Allocates:
 * never.
 */
#include "fetch/sink/mbox_place.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/sink/folder.h"

#define PLACE "mbox:"
/* Of a file and of what is appended: sums of three are files' sizes. */
#define OCTETS_MAX (INT64_MAX / 4)

void mbox_place_write(char text_r[SINK_PLACE_MAX], const struct mbox_place *p)
{
	snprintf(text_r, SINK_PLACE_MAX,
		 PLACE "%" PRIu64 ",%016" PRIx64 ",%" PRIu64 ",%" PRIu32
		       ",%" PRIu64 ",%" PRId64 ",%016" PRIx64 ",%s%s%s",
		 p->start, p->before, p->at, p->lead, p->octets, p->unix_time,
		 p->hash, p->token, p->folder[0] == '\0' ? "" : "/", p->folder);
}

/* A number of digits alone, and a comma behind it, off the front. */
static bool take(const char **at, int base, uint64_t max, uint64_t *n_r)
{
	char *end;

	if (strchr("0123456789abcdef", **at) == NULL || **at == '\0') {
		return false;
	}
	errno = 0;
	*n_r = strtoull(*at, &end, base);
	if (errno != 0 || *end != ',' || *n_r > max) {
		return false;
	}
	*at = end + 1;
	return true;
}

static bool take_numbers(const char **at, struct mbox_place *p)
{
	uint64_t lead;
	uint64_t time;

	if (!take(at, 10, OCTETS_MAX, &p->start) ||
	    !take(at, 16, UINT64_MAX, &p->before) ||
	    !take(at, 10, OCTETS_MAX, &p->at) || p->at < p->start ||
	    !take(at, 10, 2, &lead) || !take(at, 10, OCTETS_MAX, &p->octets) ||
	    !take(at, 10, INT64_MAX, &time) ||
	    !take(at, 16, UINT64_MAX, &p->hash)) {
		return false;
	}
	p->lead = (uint32_t)lead;
	p->unix_time = (int64_t)time;
	return true;
}

static bool take_names(const char *at, struct mbox_place *p)
{
	size_t len = strspn(at, "0123456789abcdef");

	if (len != TOKEN_LEN) {
		return false;
	}
	memcpy(p->token, at, TOKEN_LEN);
	p->token[TOKEN_LEN] = '\0';
	p->folder[0] = '\0';
	at += TOKEN_LEN;
	if (at[0] == '\0') {
		return true;
	}
	if (at[0] != '/' || !folder_is_sound(at + 1)) {
		return false;
	}
	memcpy(p->folder, at + 1, strlen(at + 1) + 1);
	return true;
}

bool mbox_place_read(const char *text, struct mbox_place *place_r)
{
	struct mbox_place p;
	const char *at = text + strlen(PLACE);

	if (strncmp(text, PLACE, strlen(PLACE)) != 0 ||
	    !take_numbers(&at, &p) || !take_names(at, &p)) {
		return false;
	}
	*place_r = p;
	return true;
}
