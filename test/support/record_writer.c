// SPDX-License-Identifier: ISC
/*
 * record_writer.c - fills a record until it is killed or the disk is full, and
 * tells what is in one: for tests of what a record survives.
 *
 *	record_writer write RECORD ACCOUNT   groups of rows, a transaction each;
 *	                                     prints a group's number when it is
 *	                                     durable
 *	record_writer look RECORD ACCOUNT    prints "GROUP ROWS" for each group
 *
 * Exits with 75 for WHY_TEMP, 78 for WHY_CONFIG, else 1, and says why.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch/mail/record.h"

#define GROUP_ROWS  40u
#define GROUPS_MAX  100000u
#define DIGEST_STEP 7u

static int fail(const struct why *why)
{
	fprintf(stderr, "%s\n", why->text);
	return why->kind == WHY_TEMP ? 75 : why->kind == WHY_CONFIG ? 78 : 1;
}

static int put_group(struct record *r, unsigned group, struct why *why)
{
	char uid[64];

	if (record_begin(r, why) < 0) {
		return -1;
	}
	for (unsigned i = 0; i < GROUP_ROWS; i++) {
		struct record_entry e = { .uid = uid,
					  .stage = RECORD_DELIVERED,
					  .has_sum = true,
					  .octets = group };

		snprintf(uid, sizeof(uid), "%u-%u", group, i);
		memset(e.sum.text, (int)(group * DIGEST_STEP + i),
		       sizeof(e.sum.text));
		if (record_put(r, &e, why) < 0) {
			record_rollback(r);
			return -1;
		}
	}
	return record_commit(r, why);
}

static int say(unsigned group)
{
	char line[32];
	int len = snprintf(line, sizeof(line), "%u\n", group);

	return write(STDOUT_FILENO, line, (size_t)len) == len ? 0 : -1;
}

/* Rows of each group; the last group. */
static unsigned count_groups(const struct entries *rows, unsigned *counts)
{
	unsigned last = 0;

	for (size_t i = 0; i < rows->count; i++) {
		unsigned group = (unsigned)rows->at[i].octets;

		if (group < GROUPS_MAX) {
			counts[group]++;
			last = group > last ? group : last;
		}
	}
	return last;
}

static int fill(struct record *r, unsigned group)
{
	struct why why;

	for (; group < GROUPS_MAX; group++) {
		if (put_group(r, group, &why) < 0) {
			return fail(&why);
		}
		if (say(group) < 0) {
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	static unsigned counts[GROUPS_MAX];
	struct entries rows = { 0 };
	struct record *r;
	struct why why;
	unsigned last;
	int rc = 0;

	if (argc != 4) {
		fprintf(stderr, "usage: record_writer write|look RECORD KEY\n");
		return 64;
	}
	if (record_open(argv[2], argv[3], &r, &why) < 0) {
		return fail(&why);
	}
	if (record_load(r, NULL, &rows, &why) < 0) {
		record_close(&r);
		return fail(&why);
	}
	last = count_groups(&rows, counts);
	entries_finish(&rows);
	if (strcmp(argv[1], "write") == 0) {
		rc = fill(r, last + 1);
	}
	for (unsigned i = 1; i <= last && strcmp(argv[1], "look") == 0; i++) {
		printf("%u %u\n", i, counts[i]);
	}
	record_close(&r);
	return rc;
}
