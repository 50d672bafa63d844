// SPDX-License-Identifier: ISC
/*
 * played_syslog.h - syslog(3) that keeps what it is given.  Its header and
 * base/log.h share names, so the one is not seen here.
 */
#ifndef TEST_PLAYED_SYSLOG_H
#define TEST_PLAYED_SYSLOG_H

#include <stddef.h>

#define SYSLOG_LINES_MAX 512
#define SYSLOG_MAIL      (2 << 3) /* LOG_MAIL */

struct syslog_line {
	int level;
	char text[1100];
};

extern struct syslog_line syslog_lines[SYSLOG_LINES_MAX];
extern size_t syslog_count;
extern int syslog_facility; /* that openlog was told */

#endif
