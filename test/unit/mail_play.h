// SPDX-License-Identifier: ISC
/*
 * mail_play.h - listings, rows and records for tests of src/fetch/mail/.
 */
#ifndef TEST_MAIL_PLAY_H
#define TEST_MAIL_PLAY_H

#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fetch/limits.h"
#include "fetch/mail/plan.h"
#include "fetch/mail/record.h"

#define NOW    INT64_C(1795665600) /* 2026-11-26 */
#define DAY    INT64_C(86400)
#define KEY    "me@example.org"
#define UNUSED __attribute__((unused))
/* Texts that lie so far apart are as large. */
#define OCTETS_PERIOD 100u

/* The digest of a message that is called n, as far as these tests go. */
UNUSED static struct digest_sum sum_of(uint8_t n)
{
	struct digest_sum sum = { .octets = 1000u + n % OCTETS_PERIOD,
				  .lines = 20 };

	memset(sum.text, n, sizeof(sum.text));
	memset(sum.head, n + 100, sizeof(sum.head));
	return sum;
}

/* Of a message of sum_of, as LIST has it. */
UNUSED static uint64_t octets_of(uint8_t n)
{
	return 1020u + n % OCTETS_PERIOD;
}

UNUSED static struct record_entry row_of(const char *uid,
					 enum record_stage stage, uint8_t n)
{
	struct record_entry e = { .uid = uid,
				  .stage = stage,
				  .has_sum = true,
				  .sum = sum_of(n),
				  .octets = octets_of(n),
				  .place = "",
				  .reason = "",
				  .changed_unix = NOW - 60,
				  .delivered_unix = NOW - DAY };

	return e;
}

UNUSED static void list_one(struct listing *l, uint32_t msn, const char *uid,
			    uint64_t octets)
{
	struct why why;

	assert_int_equal(listing_octets(l, msn, octets, &why), 0);
	if (uid != NULL) {
		assert_int_equal(listing_uid(l, msn, uid, strlen(uid), &why),
				 0);
	}
}

UNUSED static void list_end(struct listing *l)
{
	struct why why;

	assert_int_equal(listing_end(l, &why), 0);
}

/* A folder of its own below TMPDIR or /tmp. */
struct site {
	char dir[200];
	char path[256]; /* of the record */
};

UNUSED static void site_begin(struct site *s)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(s->dir, sizeof(s->dir), "%.150s/restante-XXXXXX",
		 tmp == NULL ? "/tmp" : tmp);
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->path, sizeof(s->path), "%s/state/record.sqlite", s->dir);
}

UNUSED static void site_end(const struct site *s)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execlp("rm", "rm", "-rf", s->dir, (char *)NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

#endif
